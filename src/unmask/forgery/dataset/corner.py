"""One corner for the labels of both films of a pair, and the box that is to be blanked before training."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from unmask.forgery.label import CORNERS, label_for
from unmask.types import Boxes

BLOCK = 16
"""Side of the coder's blocks, pixels: what a label does to its neighbours ends with the block, but for a soft rim."""
RIM = 4
Fence = Float32[np.ndarray, "2 4"]
"""Two boxes, left, top, right, bottom in pixels."""
Box = tuple[int, int, int, int]
"""left, top, right, bottom in pixels."""


def shared_corner(texts: Sequence[str], shape: tuple[int, ...], faces: Boxes) -> tuple[Fence, Box]:
    """The corner in which the labels of a pair hide the faces least.

    Args:
        texts: Of the labels, as ``label_for`` takes them.
        shape: Of the pictures: height, width, channels.
        faces: Boxes of all faces of the clip.

    Returns:
        Boxes to name as faces when the films are sealed, so that both labels go to that corner; and the box around
        both labels, grown to whole blocks.
    """
    fences = [fence(corner, shape) for corner in CORNERS]
    boxes = [around([label_for(text, shape, fenced).box for text in texts], shape) for fenced in fences]
    best = min(range(len(boxes)), key=lambda index: overlap(boxes[index], faces))
    return fences[best], boxes[best]


def fence(corner: tuple[float, float], shape: tuple[int, ...]) -> Fence:
    """Boxes that leave one corner free: the other half of the picture's height, and the edge on the other side."""
    height, width = shape[:2]
    half = (0, 0, width, height // 2) if corner[1] else (0, height // 2, width, height)
    edge = (0, 0, 1, height) if corner[0] else (width - 1, 0, width, height)
    return np.array([half, edge], np.float32)


def around(boxes: Sequence[Box], shape: tuple[int, ...]) -> Box:
    """The box around some boxes and a rim, grown to whole blocks within the picture."""
    height, width = shape[:2]
    left, top = (min(box[side] for box in boxes) - RIM for side in (0, 1))
    right, bottom = (max(box[side] for box in boxes) + RIM for side in (2, 3))
    return (
        max(0, left // BLOCK * BLOCK),
        max(0, top // BLOCK * BLOCK),
        min(width, -(-right // BLOCK) * BLOCK),
        min(height, -(-bottom // BLOCK) * BLOCK),
    )


def overlap(box: Box, faces: Boxes) -> float:
    """Pixels of faces within a box, summed over all faces."""
    low, high = np.maximum(faces[:, :2], box[:2]), np.minimum(faces[:, 2:], box[2:])
    return float(np.prod(np.clip(high - low, 0, None), axis=1).sum())
