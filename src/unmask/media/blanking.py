"""A part of each picture painted over, so that nobody can look at it."""

import numpy as np

from unmask.types import PixelBox, RgbImage

BLANK_LEVEL = 128


def blanked(image: RgbImage, box: PixelBox) -> RgbImage:
    """The picture with a box in middle grey; what of the box lies outside of it is left aside.

    >>> blanked(np.zeros((1, 3, 3), np.uint8), (1, -2, 9, 1))[0, :, 0].tolist()
    [0, 128, 128]
    """
    left, top, right, bottom = (max(0, side) for side in box)
    painted = image.copy()
    painted[top:bottom, left:right] = BLANK_LEVEL
    return np.asarray(painted, np.uint8)


def blanked_name(box: PixelBox | None) -> str:
    """What to add to the name under which something is kept that was measured without a box; nothing where there was none.

    >>> blanked_name((0, 16, 128, 48))
    '-without-0-16-128-48'
    """
    return "" if box is None else f"-without-{'-'.join(map(str, box))}"
