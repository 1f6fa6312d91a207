"""A face with the squares tinted in which something may have been made."""

import cv2
import numpy as np

from unmask.types import Overlay, RgbImage

SURE, TINT = 0.5, 0.55
"""Probability from which a square is outlined, and the opacity of a square that was made for certain."""
ORANGE = (217, 83, 0)


def tinted(overlay: Overlay) -> RgbImage:
    """The picture, orange where it may have been made, with a line around what is more likely made than not."""
    height, width = overlay.picture.shape[:2]
    made = np.asarray(cv2.resize(overlay.made, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    share = (TINT * np.clip(made, 0, 1))[..., None]
    mixed = overlay.picture * (1 - share) + np.array(ORANGE, np.float32) * share
    drawn = np.ascontiguousarray(np.rint(mixed).astype(np.uint8))
    outlines, _ = cv2.findContours((made >= SURE).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(drawn, outlines, -1, (255, 255, 255), 1, cv2.LINE_8)
    return drawn
