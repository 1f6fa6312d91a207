"""The part of a picture around a face, so that a small face in a large picture costs little."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from unmask.errors import UsageError
from unmask.types import Landmarks, Mask, RgbImage

View = UInt8[np.ndarray, "rows columns 3"]

LEAST_FACE_PIXELS = 16.0
EARS, TOP_AND_CHIN = (234, 454), (10, 152)


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of whole pixels inside a picture: from left and top up to, not including, right and bottom."""

    left: int
    top: int
    right: int
    bottom: int

    def cut(self, image: RgbImage) -> View:
        """This part of a picture, not copied."""
        return image[self.top : self.bottom, self.left : self.right]

    def points(self, landmarks: Landmarks) -> Landmarks:
        """The face's points in this window's pixels."""
        return landmarks - np.array([self.left, self.top, 0], np.float32)

    def put(self, image: RgbImage, view: View) -> RgbImage:
        """A copy of the picture with this part exchanged."""
        changed = image.copy()
        changed[self.top : self.bottom, self.left : self.right] = view
        return changed

    def put_mask(self, image: RgbImage, mask: Float32[np.ndarray, "rows columns"]) -> Mask:
        """A mask of this part as a mask of the whole picture; nothing was made elsewhere."""
        whole = np.zeros(image.shape[:2], np.float32)
        whole[self.top : self.bottom, self.left : self.right] = mask
        return whole


def face_width(landmarks: Landmarks) -> float:
    """Distance between the ears in pixels, measured in depth too, so that it stays when the head turns."""
    return float(np.linalg.norm(landmarks[EARS[0]] - landmarks[EARS[1]]))


def window_around(landmarks: Landmarks, size: tuple[int, ...], margin: float) -> Window:
    """The part of a picture around a face.

    Args:
        landmarks: Points of the face in the picture's pixels.
        size: Height and width of the picture, and what else its shape holds.
        margin: Space on each side as a share of the face's width.

    Raises:
        UsageError: No part of the face is in the picture, it is too small, or its points are not finite.
    """
    require_face(landmarks, size)
    reach = face_width(landmarks) * margin
    low = np.floor(landmarks[:, :2].min(axis=0) - reach).astype(int)
    high = np.ceil(landmarks[:, :2].max(axis=0) + reach).astype(int) + 1
    return Window(max(int(low[0]), 0), max(int(low[1]), 0), min(int(high[0]), size[1]), min(int(high[1]), size[0]))


def require_face(landmarks: Landmarks, size: tuple[int, ...]) -> None:
    """Refuse points that are no face in a picture of this height and width."""
    if not np.isfinite(landmarks).all():
        raise UsageError("Some points of the face are not finite; find its landmarks anew.")
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    if (high <= 0).any() or low[0] >= size[1] - 1 or low[1] >= size[0] - 1:
        place = f"{low[0]:.0f}, {low[1]:.0f} to {high[0]:.0f}, {high[1]:.0f}"
        raise UsageError(
            f"The face lies at {place}, outside its picture of {size[1]} × {size[0]}; give landmarks in its pixels."
        )
    width, height = (
        face_width(landmarks),
        float(np.linalg.norm(landmarks[TOP_AND_CHIN[0]] - landmarks[TOP_AND_CHIN[1]])),
    )
    if min(width, height) < LEAST_FACE_PIXELS:
        raise UsageError(
            f"The face is {width:.0f} pixels wide and {height:.0f} high; take a picture in which it has "
            f"{LEAST_FACE_PIXELS:.0f} or more."
        )
