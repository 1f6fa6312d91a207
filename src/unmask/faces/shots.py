"""Shot cuts, from the change of a small picture."""

import numpy as np
from jaxtyping import Float32

from unmask.types import RgbImage

SMALL_SIDE = 48
JUMPS = ((24.0, 4.0), (12.0, 30.0))
"""Least mean change (0–255), and how many times the recent changes it must be: a large jump in any film, or a smaller
one in a film that stood still, as between two people before the same wall. Set so that 36 clips without a cut have none.
"""
STILLNESS = 0.3
"""Change (0–255) that a still film has from coding alone; less does not make a jump larger."""
RECENT_WEIGHT = 0.3
"""A cut counts among the recent changes too: in a pan or in noise only the first step may pass for one."""


class CutFinder:
    """Tells when the picture jumps: its mean change is large, and large against that of the frames before.

    Reference:
        The adaptive detector of PySceneDetect has the same idea, over a two-sided window.
    """

    def __init__(self) -> None:
        self._small: Float32[np.ndarray, "rows columns 3"] | None = None
        self._shape: tuple[int, ...] = ()
        self._recent = 0.0

    def is_cut(self, image: RgbImage) -> bool:
        """Whether this frame starts a new shot; a change of the picture's size does."""
        rows, columns = image.shape[:2]
        step = max(1, max(rows, columns) // SMALL_SIDE)
        small = image[step // 2 :: step, step // 2 :: step].astype(np.float32)
        before, resized = self._small, self._shape not in ((), image.shape)
        self._small, self._shape = small, image.shape
        if before is None or resized:
            return resized
        change = float(np.abs(small - before).mean())
        recent = max(self._recent, STILLNESS)
        cut = any(change > least and change > times * recent for least, times in JUMPS)
        self._recent = (1 - RECENT_WEIGHT) * self._recent + RECENT_WEIGHT * change
        return cut
