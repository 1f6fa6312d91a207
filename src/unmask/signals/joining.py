"""Several detectors taken as one: their log-odds added, and the sum calibrated for each set of them that may answer."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache

from pydantic import TypeAdapter

from unmask.signals.linear import LinearModel
from unmask.weights import weight_path

LEAST_MEMBERS = 2
"""Of one detector alone nothing is made that it does not say itself."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Detectors that look for one kind of forgery.

    Attributes:
        members: Their names, in the order of the alphabet.
        lines: Calibration of the sum of the log-odds of those that answered, by their names as ``key`` joins them.
        filmed: By the same names and by group, such as ``originals`` of the swaps and ``others``: the log-odds, rising, that
            models without its person gave each filmed clip in that of its codings in which it looked most like a forgery.
    """

    members: tuple[str, ...]
    lines: Mapping[str, LinearModel]
    filmed: Mapping[str, Mapping[str, tuple[float, ...]]]

    @staticmethod
    def key(names: Iterable[str]) -> str:
        """Names as one.

        >>> Joined.key(["seam", "flicker"])
        'flicker+seam'
        """
        return "+".join(sorted(names))

    def as_json(self) -> str:
        """As its file holds it."""
        lines = {key: asdict(line) for key, line in self.lines.items()}
        filmed = {key: {group: list(odds) for group, odds in groups.items()} for key, groups in self.filmed.items()}
        return json.dumps({"members": self.members, "lines": lines, "filmed": filmed}, indent=1) + "\n"


@cache
def joined(weight: str) -> Joined:
    """Detectors that come joined with the package.

    Raises:
        MissingComponent: The file is missing or altered.
    """
    return TypeAdapter(Joined).validate_json(weight_path(weight).read_bytes())
