"""Model files that come with the package: a name → a path whose hash was checked.

The folder ``weights`` beside this file holds each model and its card, a TOML file of the same name.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from unmask.errors import MissingComponent

FOLDER = Path(__file__).with_suffix("")


@dataclass(frozen=True, slots=True)
class WeightCard:
    """Where a model file comes from.

    Attributes:
        file: File name in the folder of weights.
        what: What the model does, in a sentence.
        recipe: The command that makes the file again, or where it was taken from unchanged.
    """

    name: str
    file: str
    what: str
    source: str
    licence: str
    sha256: str
    recipe: str


def names() -> tuple[str, ...]:
    """Names of all weights that come with the package."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def weight_card(name: str) -> WeightCard:
    """The card of a weight.

    Raises:
        MissingComponent: No weight has that name.
    """
    path = FOLDER / f"{name}.toml"
    if not path.is_file():
        raise MissingComponent(f"No weight is called '{name}'; the package holds {', '.join(names()) or 'none'}.")
    return WeightCard(name=name, **tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def weight_path(name: str) -> Path:
    """Path of a weight, its SHA-256 compared with its card once a process.

    Raises:
        MissingComponent: The file is absent or not the one its card describes.
    """
    card = weight_card(name)
    path = FOLDER / card.file
    if not path.is_file():
        raise MissingComponent(f"The weight file '{card.file}' is missing; install unmask again.")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != card.sha256:
        raise MissingComponent(
            f"The weight file '{card.file}' has SHA-256 {found[:12]}…, its card says {card.sha256[:12]}…; install unmask again."
        )
    return path
