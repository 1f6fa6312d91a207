"""The piece of film that a pulse is read from."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from unmask.signals.color import EvenSeconds, resample_evenly
from unmask.types import Seconds

READ_SECONDS = 30.0
"""Longest stretch that is read as one; in a longer one a heart does not keep its rate."""

ControlTrace = Float64[np.ndarray, "controls frames 3"]
"""Mean RGB (0–255) of cells of the background; NaN where not seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Evenly sampled colours of one piece of film without long gaps.

    Attributes:
        times: Even presentation times in seconds.
        skin: Mean RGB of each cell of skin; NaN where not seen.
        background: Mean RGB of each cell of the background; NaN where not seen.
        rate_hz: Samples a second.
    """

    times: EvenSeconds
    skin: Float64[np.ndarray, "cells samples 3"]
    background: Float64[np.ndarray, "controls samples 3"]
    rate_hz: float


def longest(
    times: Seconds, skin: Float64[np.ndarray, "cells frames 3"], background: ControlTrace, rate_hz: float
) -> Stretch:
    """The longest piece in which at least half of the cells that are ever seen are seen."""
    even, skin_evenly = resample_evenly(times, skin, rate_hz)
    _, background_evenly = resample_evenly(times, background, rate_hz)
    seen = np.isfinite(skin_evenly).all(axis=-1)
    ever = max(1, int(seen.any(axis=-1).sum()))
    usable = np.concatenate([[0], seen.sum(axis=0) >= ever / 2, [0]]).astype(np.int8)
    starts, ends = np.flatnonzero(np.diff(usable) == 1), np.flatnonzero(np.diff(usable) == -1)
    piece = int((ends - starts).argmax()) if len(starts) else 0
    kept = slice(starts[piece], ends[piece]) if len(starts) else slice(0, 0)
    return Stretch(even[kept], skin_evenly[:, kept], background_evenly[:, kept], rate_hz)


def steadiest(stretch: Stretch) -> Stretch:
    """At most 30 s of the stretch, where brightness changes least from frame to frame."""
    width = round(READ_SECONDS * stretch.rate_hz)
    if len(stretch.times) <= width:
        return stretch
    brightness = np.nanmean(stretch.skin, axis=(0, 2))
    changes = np.concatenate([[0.0], np.cumsum(np.diff(brightness) ** 2)])
    step = max(1, round(stretch.rate_hz))
    starts = np.arange(0, len(brightness) - width + 1, step)
    start = int(starts[(changes[starts + width - 1] - changes[starts]).argmin()])
    kept = slice(start, start + width)
    return Stretch(stretch.times[kept], stretch.skin[:, kept], stretch.background[:, kept], stretch.rate_hz)
