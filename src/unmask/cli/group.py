"""Commands that share their first words."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Group:
    """What follows a word of the command line.

    Attributes:
        help: What these commands are for.
        commands: By the word that names each.
        groups: Words after which more words follow.
        alone: What the word does when none follows; None prints the help.
    """

    help: str
    commands: dict[str, Callable[..., int]]
    groups: dict[str, "Group"] = field(default_factory=dict)
    alone: Callable[..., int] | None = None
