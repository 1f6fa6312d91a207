"""How well maps and segments find what was made: in the picture and in time. Pure functions, no files."""

from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import Bool, Float64

from unmask.types import Segment

Suspicion = Float64[np.ndarray, "rows columns"]
"""One number a pixel or cell, larger where it looks more made; not a number where nothing was seen."""
Forged = Bool[np.ndarray, "rows columns"]
"""Which of these were made."""
Times = tuple[float, float]
"""Begin and end of a stretch in seconds."""


def mask_iou(suspicion: Suspicion, forged: Forged, threshold: float) -> float:
    """Intersection over union (0–1) of what reaches a threshold and what was made; 1 where neither holds anything.

    >>> mask_iou(np.array([[0.9, 0.8, 0.1]]), np.array([[True, False, False]]), 0.5)
    0.5

    Args:
        suspicion: The map; what was not seen counts as not found.
        forged: The truth.
        threshold: From which a pixel counts as found.

    Reference:
        Everingham et al., The PASCAL Visual Object Classes Challenge, IJCV 2010, section 4.3.
    """
    found = np.nan_to_num(suspicion, nan=-np.inf) >= threshold
    union = int((found | forged).sum())
    return int((found & forged).sum()) / union if union else 1.0


def pointing_hit(suspicion: Suspicion, forged: Forged, tolerance_pixels: int = 0) -> float:
    """Whether the map's maximum lies inside what was made: 1 or 0, the share of the maxima where there are several.

    A flat map so scores the share of the picture that was made, as a blind finger would.

    >>> pointing_hit(np.array([[0.1, 0.9], [0.2, 0.3]]), np.array([[False, True], [False, False]]))
    1.0

    Args:
        suspicion: The map, of which something must have been seen.
        forged: The truth, of which something must be made.
        tolerance_pixels: So far outside still counts.

    Reference:
        Zhang et al., Top-down neural attention by excitation backprop, ECCV 2016 (there with 15 pixels).

    Raises:
        ValueError: Nothing was seen, or nothing was made.
    """
    if np.isnan(suspicion).all() or not forged.any():
        raise ValueError("A pointing game needs a map in which something was seen, and something that was made.")
    side = 2 * tolerance_pixels + 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    near = cv2.dilate(forged.astype(np.uint8), ellipse) > 0
    return float(near[suspicion == np.nanmax(suspicion)].mean())


def time_iou(one: Times, other: Times) -> float:
    """Intersection over union (0–1) of two stretches of time; 0 where both have no length.

    >>> time_iou((0.0, 2.0), (1.0, 3.0))
    0.3333333333333333
    """
    common = max(0.0, min(one[1], other[1]) - max(one[0], other[0]))
    union = (one[1] - one[0]) + (other[1] - other[0]) - common
    return common / union if union > 0 else 0.0


def segment_average_precision(
    found: Sequence[Sequence[Segment]], forged: Sequence[Sequence[Times]], least_iou: float = 0.5
) -> float:
    """Average precision (0–1) of segments over all films, the surest first.

    A segment is right where it overlaps a forged stretch of its own film by ``least_iou`` or more that no surer one has
    taken. The precision at each recall is the best at that recall or any larger one. Equally sure segments come in the
    order of the films.

    >>> segment_average_precision([[Segment(0.0, 2.0, 0.9)], [Segment(0.0, 1.0, 0.4)]], [[(0.0, 2.5)], []])
    1.0

    Args:
        found: Segments of each film.
        forged: Stretches that were forged, film by film in the same order; at least one in all.
        least_iou: Overlap in time from which a segment is right, 0–1.

    Reference:
        Caba Heilbron et al., ActivityNet, CVPR 2015; for forged stretches, Cai et al., Do You Really Mean That?
        (LAV-DF), DICTA 2022.

    Raises:
        ValueError: Nothing was forged, or the films differ in number.
    """
    wanted = sum(map(len, forged))
    if not wanted or len(found) != len(forged):
        raise ValueError("Segments are judged film by film, and at least one stretch must be forged.")
    hits = _hits(found, forged, least_iou)
    if not len(hits):
        return 0.0
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best[hits].sum() / wanted)


def _hits(
    found: Sequence[Sequence[Segment]], forged: Sequence[Sequence[Times]], least_iou: float
) -> Bool[np.ndarray, " segments"]:
    """Whether each segment is right, the surest first."""
    ordered = sorted(
        ((film, segment) for film, segments in enumerate(found) for segment in segments),
        key=lambda one: -one[1].fake,
    )
    free = [list(stretches) for stretches in forged]
    hits = []
    for film, segment in ordered:
        overlaps = [time_iou((segment.start, segment.end), stretch) for stretch in free[film]]
        best = int(np.argmax(overlaps)) if overlaps else -1
        hits.append(best >= 0 and overlaps[best] >= least_iou)
        if hits[-1]:
            del free[film][best]
    return np.array(hits, dtype=bool)
