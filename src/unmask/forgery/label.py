"""The visible label, burnt into every picture that the lab makes."""

from dataclasses import dataclass

import cv2
import numpy as np

from unmask.errors import UsageError
from unmask.types import Boxes, RgbImage

FONT = cv2.FONT_HERSHEY_SIMPLEX
HEIGHT_SHARE, LEAST_HEIGHT, WIDTH_SHARE = 0.032, 9, 0.96
"""Height of the capitals as a share of the picture's shorter side, in pixels at least; width at most."""
LEAST_SIDE = 48
DARKENING = 0.9
CORNERS = ((0.0, 1.0), (1.0, 1.0), (0.0, 0.0), (1.0, 0.0))
"""Where a label may lie, as shares of the room that is left: bottom left, bottom right, top left, top right."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label laid out for pictures of one size.

    Attributes:
        text: What it says.
        scale: Size of the font, as OpenCV counts it.
        thickness: Of the strokes, pixels.
        box: left, top, right, bottom in pixels.
        margin: Pixels between the box and the text.
    """

    text: str
    scale: float
    thickness: int
    box: tuple[int, int, int, int]
    margin: int


def label_for(text: str, shape: tuple[int, ...], faces: Boxes | None = None) -> Label:
    """Lay a label out in the corner that hides the faces least.

    Args:
        text: What it says, in ASCII; of several lines (``|``) the last ones are dropped until it fits.
        shape: Of the pictures: height, width, channels.
        faces: Boxes of the faces of all pictures, in pixels; None when they are not known.

    Raises:
        UsageError: The pictures are too small for a label that can be read.
    """
    height, width = shape[:2]
    if min(height, width) < LEAST_SIDE:
        raise UsageError(
            f"A picture of {width}×{height} is too small for a label; the least side is {LEAST_SIDE} pixels."
        )
    words = text.split("|")
    for kept in range(len(words), 1, -1):
        label = _laid_out(" ".join(words[:kept]), height, width, faces)
        if label.box[2] - label.box[0] <= width * WIDTH_SHARE:
            return label
    return _laid_out(words[0], height, width, faces)


def burnt_in(image: RgbImage, label: Label) -> RgbImage:
    """The picture with its label: white on a darkened box."""
    labelled = image.copy()
    left, top, right, bottom = label.box
    window = labelled[top:bottom, left:right]
    window[:] = (window * (1 - DARKENING)).astype(np.uint8)
    foot = (left + label.margin, bottom - label.margin)
    cv2.putText(labelled, label.text, foot, FONT, label.scale, (255, 255, 255), label.thickness, cv2.LINE_AA)
    return labelled


def _laid_out(text: str, height: int, width: int, faces: Boxes | None) -> Label:
    capitals = max(LEAST_HEIGHT, round(min(height, width) * HEIGHT_SHARE))
    thickness = max(1, capitals // 9)
    scale = cv2.getFontScaleFromHeight(FONT, capitals, thickness)
    (wide, high), below = cv2.getTextSize(text, FONT, scale, thickness)
    margin = below + 2
    size = (wide + 2 * margin, high + below + margin)
    corner = min(CORNERS, key=lambda place: _hidden(_box(place, size, height, width), faces))
    return Label(text, scale, thickness, _box(corner, size, height, width), margin)


def _box(corner: tuple[float, float], size: tuple[int, int], height: int, width: int) -> tuple[int, int, int, int]:
    left, top = round(corner[0] * max(0, width - size[0])), round(corner[1] * max(0, height - size[1]))
    return left, top, left + size[0], min(height, top + size[1])


def _hidden(box: tuple[int, int, int, int], faces: Boxes | None) -> float:
    """Pixels of faces under a label, summed over all pictures."""
    if faces is None or len(faces) == 0:
        return 0.0
    low, high = np.maximum(faces[:, :2], box[:2]), np.minimum(faces[:, 2:], box[2:])
    return float(np.prod(np.clip(high - low, 0, None), axis=1).sum())
