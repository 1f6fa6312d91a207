"""Which of many faces are worth training on: clear, large, and unlike each other."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.forgery.swap.gathering import Taken

THUMBNAIL = 24
BIN_DEGREES = 10.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What is left out, and how many are kept.

    Attributes:
        least_width: Of a face in its source, pixels.
        blurred_share: The share of the faces that is least sharp is left out, 0–1.
        most_yaw: Degrees to either side.
        most_pitch: Degrees up or down.
        least_change: Mean difference of small pictures, in levels of 255, below which a face is like one already kept;
            0 keeps all.
        most: How many are kept, spread over yaw and pitch, the sharpest first.
    """

    least_width: float = 48.0
    blurred_share: float = 0.05
    most_yaw: float = 95.0
    most_pitch: float = 60.0
    least_change: float = 1.2
    most: int = 3000


def chosen(faces: Sequence[Taken], choice: Choice) -> tuple[tuple[Taken, ...], dict[str, int]]:
    """The faces that are kept, in their order, and how many were left out for which reason."""
    left: dict[str, int] = {}
    kept = list(faces)
    for reason, narrow in STEPS.items():
        narrowed = narrow(kept, choice)
        left[reason], kept = len(kept) - len(narrowed), narrowed
    return tuple(kept), left


def sharper_than(faces: Sequence[Taken], share: float) -> list[Taken]:
    """The faces without the given share of the least sharp, 0–1."""
    if not faces or share <= 0:
        return list(faces)
    least = float(np.quantile([taken.face.sharpness for taken in faces], share))
    return [taken for taken in faces if taken.face.sharpness >= least]


def unlike(faces: Sequence[Taken], least_change: float) -> list[Taken]:
    """The faces without those that look like one kept before, of the same source."""
    kept: list[Taken] = []
    before = np.empty((len(faces), THUMBNAIL * THUMBNAIL), np.float32)
    for taken in faces:
        small = _thumbnail(taken)
        of_source = [number for number, other in enumerate(kept) if other.face.source == taken.face.source]
        if least_change > 0 and (np.abs(before[of_source] - small).mean(axis=1) < least_change).any():
            continue
        before[len(kept)] = small
        kept.append(taken)
    return kept


def spread(faces: Sequence[Taken], most: int) -> list[Taken]:
    """At most so many faces: in turn the sharpest of each bin of yaw and pitch."""
    if len(faces) <= most:
        return list(faces)
    bins: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, taken in enumerate(faces):
        yaw, pitch, _ = taken.face.pose
        bins[round(yaw / BIN_DEGREES), round(pitch / BIN_DEGREES)].append(index)
    ranked = [sorted(group, key=lambda index: -faces[index].face.sharpness) for group in bins.values()]
    rounds = sorted(
        (place, -faces[index].face.sharpness, index) for group in ranked for place, index in enumerate(group)
    )
    return [faces[index] for index in sorted(index for _, _, index in rounds[:most])]


STEPS: Mapping[str, Callable[[Sequence[Taken], Choice], list[Taken]]] = MappingProxyType(
    {
        "small": lambda faces, choice: [taken for taken in faces if taken.face.width >= choice.least_width],
        "turned away": lambda faces, choice: [
            taken
            for taken in faces
            if abs(taken.face.pose[0]) <= choice.most_yaw and abs(taken.face.pose[1]) <= choice.most_pitch
        ],
        "blurred": lambda faces, choice: sharper_than(faces, choice.blurred_share),
        "like another": lambda faces, choice: unlike(faces, choice.least_change),
        "more than wanted": lambda faces, choice: spread(faces, choice.most),
    }
)
"""Why faces are left out, in the order in which it is asked."""


def _thumbnail(taken: Taken) -> Float32[np.ndarray, " pixels"]:
    grey = cv2.cvtColor(taken.picture, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).reshape(-1)
