"""Flicker: how unsteady the colour of one set of cells is against another, from frame to frame."""

import numpy as np
from jaxtyping import Float64

from unmask.types import ColorTrace

DARKEST = 4.0
"""Added before taking logarithms, so that rounding in the dark does not count as flicker."""


def flicker_contrast(cells: ColorTrace, against: Float64[np.ndarray, "*others frames 3"]) -> float:
    """How much more a set of cells flickers than another, as a log ratio; 0 when too little was seen of one.

    Flicker is the median size of the second difference of log colour over frames: slow changes of light and steady
    motion do not count.

    Args:
        cells: Mean RGB (0-255) of the cells in question.
        against: Mean RGB of the cells to compare with, over the same frames.
    """
    levels = [_flicker(colors) for colors in (cells, against)]
    if not all(np.isfinite(level) and level > 0 for level in levels):
        return 0.0
    return float(np.log(levels[0] / levels[1]))


def _flicker(colors: ColorTrace) -> float:
    bend = np.abs(np.diff(np.log(colors + DARKEST), n=2, axis=-2))
    seen = bend[np.isfinite(bend)]
    return float(np.median(seen)) if len(seen) else float("nan")
