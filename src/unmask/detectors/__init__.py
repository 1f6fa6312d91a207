"""Every file in this folder is one detector: a ``CARD`` and one function ``examine``.

A detector is found by its place in the folder. It takes a track, alone or with a reference, the facts of a file or its
provenance, and returns evidence: a probability or an abstention, always with a reason. It reads no settings and no files, prints nothing, trains
nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from unmask.errors import UsageError
from unmask.types import Card, Evidence


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector: what it says of itself, and what it does.

    Attributes:
        examine: Takes what ``card.needs`` names: a Track, a Comparison, a Media or a Provenance.
    """

    card: Card
    examine: Callable[[Any], Evidence]


@cache
def detectors() -> Mapping[str, Detector]:
    """All detectors by name, in the order of their names."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return {module.CARD.name: Detector(module.CARD, module.examine) for module in modules}


def choose(names: tuple[str, ...] | None) -> tuple[Detector, ...]:
    """The named detectors, or all.

    Raises:
        UsageError: A name is unknown; the message offers the nearest.
    """
    known = detectors()
    if names is not None and not names:
        raise UsageError(f"No detector is named. There are {', '.join(known)}.")
    for name in names or ():
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"Did you mean '{near[0]}'?" if near else f"There are {', '.join(known)}."
            raise UsageError(f"No detector is called '{name}'. {hint}")
    return tuple(detector for name, detector in known.items() if names is None or name in names)
