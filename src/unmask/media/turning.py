"""Pictures turned upright and laid on white."""

import cv2
import numpy as np

from unmask.media.decoder import Picture
from unmask.types import RgbImage

OPAQUE = 255
TURNS = {
    3: cv2.ROTATE_180,
    5: cv2.ROTATE_90_CLOCKWISE,
    6: cv2.ROTATE_90_CLOCKWISE,
    7: cv2.ROTATE_90_CLOCKWISE,
    8: cv2.ROTATE_90_COUNTERCLOCKWISE,
}
MIRRORS = {2: 1, 4: 0, 5: 1, 7: 0}
"""EXIF orientation → axis over which OpenCV mirrors after the turn."""


def upright(picture: Picture) -> RgbImage:
    """The picture as a viewer shows it: turned by its EXIF orientation, see-through parts on white."""
    rgb = picture.pixels if picture.pixels.shape[2] == 3 else on_white(picture.pixels)
    if picture.turn in TURNS:
        rgb = cv2.rotate(rgb, TURNS[picture.turn])
    if picture.turn in MIRRORS:
        rgb = cv2.flip(rgb, MIRRORS[picture.turn])
    return np.asarray(rgb, np.uint8)


def on_white(rgba: np.ndarray) -> RgbImage:
    """See-through parts laid on white, as browsers do.

    >>> on_white(np.array([[[0, 0, 0, 51]]], np.uint8)).tolist()
    [[[204, 204, 204]]]
    """
    rgb, alpha = rgba[..., :3], rgba[..., 3:]
    if alpha.min(initial=OPAQUE) == OPAQUE:
        return np.ascontiguousarray(rgb)
    mixed = rgb.astype(np.uint16) * alpha + OPAQUE * (OPAQUE - alpha.astype(np.uint16))
    return ((mixed + OPAQUE // 2) // OPAQUE).astype(np.uint8)
