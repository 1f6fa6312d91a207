"""Every file in this folder is one detector: a ``CARD`` and one function ``examine``.

A detector is found by its place in the folder. It takes a track, alone or with a reference, the facts of a file or its
provenance, and returns evidence: a probability or an abstention, always with a reason. It reads no settings and no
files, prints nothing, trains nothing. One of them, ``external``, stands for the models that a user brings; each of these becomes a detector when it is bound.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from unmask.errors import UsageError
from unmask.models.running import OpenModel, Sitting
from unmask.types import Card, Evidence


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector: what it says of itself, and what it does.

    Attributes:
        examine: Takes what ``card.needs`` names: a Track, a Comparison, a Media, a Provenance or a Sitting.
        sha256: Of the model that the user brought; None for a detector that comes with unmask.
    """

    card: Card
    examine: Callable[[Any], Evidence]
    sha256: str | None = None


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
    if names is not None:
        require_known(names, known)
    return tuple(detector for name, detector in known.items() if names is None or name in names)


def require_known(names: Sequence[str], known: Collection[str]) -> None:
    """Refuse names that no detector has.

    Args:
        names: Those that were asked for.
        known: Those that there are.

    Raises:
        UsageError: A name is unknown, or none is given; the message offers the nearest.
    """
    if not names:
        raise UsageError(f"No detector is named. There are {', '.join(known)}.")
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"Did you mean '{near[0]}'?" if near else f"There are {', '.join(known)}."
            raise UsageError(f"No detector is called '{name}'. {hint}")


def bound(model: OpenModel) -> Detector:
    """A model that the user brought, as a detector that looks at a Track."""
    external = import_module(f"{__name__}.external")
    return Detector(
        external.card_of(model.card, model.calibration),
        lambda track: external.examine(Sitting(track, model)),
        model.sha256,
    )
