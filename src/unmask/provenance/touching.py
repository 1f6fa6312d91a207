"""Whose face lies in a part of the picture that was altered."""

from collections.abc import Sequence

import numpy as np

from unmask.types import Region, Track

LEAST_SHARE = 0.08
"""Share of a face's box that a region covers, on the mean over their common time, from which it touches the face."""


def touched_faces(regions: Sequence[Region], tracks: Sequence[Track]) -> tuple[int, ...]:
    """Numbers of the people whose face some region touches while they are in view."""
    return tuple(track.id for track in tracks if any(covered(region, track) >= LEAST_SHARE for region in regions))


def covered(region: Region, track: Track) -> float:
    """Mean share (0–1) of a face's box that a region covers while both are there; 0 when they never are.

    The box reaches around the landmarks, so a region that holds no more than the mouth covers about a tenth of it.
    """
    together = (track.times >= region.start - 1e-6) & (track.times <= region.end + 1e-6)
    if not together.any():
        return 0.0
    left, top, right, bottom = track.boxes[together].astype(np.float64).T
    across = np.minimum(right, region.box[2]) - np.maximum(left, region.box[0])
    down = np.minimum(bottom, region.box[3]) - np.maximum(top, region.box[1])
    area = np.maximum((right - left) * (bottom - top), 1e-9)
    return float((np.maximum(across, 0) * np.maximum(down, 0) / area).mean())
