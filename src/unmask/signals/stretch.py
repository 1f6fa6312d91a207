"""The piece of film that a pulse is read from."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from unmask.signals.color import EvenSeconds, resample_evenly
from unmask.types import Seconds

READ_SECONDS = 30.0
"""Longest stretch that is read as one; in a longer one a heart does not keep its rate."""

MAX_GAP_SECONDS = 0.5
STEP_SECONDS = 1.0

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


def stretch_of(
    times: Seconds, skin: Float64[np.ndarray, "cells frames 3"], background: ControlTrace, rate_hz: float
) -> Stretch:
    """The piece to read, evenly sampled: of the longest piece in view the steadiest 30 s.

    A frame counts as in view when at least half of the cells that are ever seen are; shorter losses than MAX_GAP_SECONDS
    do not end a piece. Only the chosen frames are resampled, so that a long film takes no more memory than a short one.
    """
    frames = _steadiest(times, skin, _longest(times, skin))
    if frames.stop - frames.start < 2:
        empty = np.zeros((0, 0, 3))
        return Stretch(np.zeros(0), empty, empty, rate_hz)
    even, skin_evenly = resample_evenly(times[frames], skin[:, frames], rate_hz)
    _, background_evenly = resample_evenly(times[frames], background[:, frames], rate_hz)
    return Stretch(even, skin_evenly, background_evenly, rate_hz)


def _longest(times: Seconds, skin: Float64[np.ndarray, "cells frames 3"]) -> slice:
    """Frames of the longest piece in view."""
    seen = np.isfinite(skin[..., 0])
    rows = np.flatnonzero(seen.sum(axis=0) >= max(1, int(seen.any(axis=1).sum())) / 2)
    if not len(rows):
        return slice(0, 0)
    breaks = np.flatnonzero(np.diff(times[rows]) > MAX_GAP_SECONDS)
    firsts, lasts = rows[np.concatenate([[0], breaks + 1])], rows[np.concatenate([breaks, [len(rows) - 1]])]
    piece = int((times[lasts] - times[firsts]).argmax())
    return slice(int(firsts[piece]), int(lasts[piece]) + 1)


def _steadiest(times: Seconds, skin: Float64[np.ndarray, "cells frames 3"], piece: slice) -> slice:
    """At most 30 s of a piece, where brightness changes least from frame to frame."""
    inside = times[piece]
    if not len(inside) or inside[-1] - inside[0] <= READ_SECONDS:
        return piece
    lit = np.nansum(skin[:, piece], axis=(0, 2)) / np.maximum(np.isfinite(skin[:, piece]).sum(axis=(0, 2)), 1)
    changes = np.concatenate([[0.0], np.cumsum(np.diff(lit) ** 2)])
    starts = np.searchsorted(inside, np.arange(inside[0], inside[-1] - READ_SECONDS, STEP_SECONDS))
    ends = np.searchsorted(inside, inside[starts] + READ_SECONDS)
    calmest = int((changes[ends - 1] - changes[starts]).argmin())
    return slice(piece.start + int(starts[calmest]), piece.start + int(ends[calmest]))
