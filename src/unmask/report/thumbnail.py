"""A person's picture inside the page."""

import base64

import cv2

from unmask.types import Crop, RgbImage

_SIDE = 256
_QUALITY = 85
_MARGIN = 0.1
"""Share of the side left off all round: there lies little but background, or the black beyond the picture."""


def best_crop(crops: tuple[Crop, ...]) -> Crop:
    """The sharpest of a person's pictures."""
    return max(crops, key=lambda crop: crop.sharpness)


def data_uri(image: RgbImage) -> str:
    """The middle of the picture as a JPEG within an address, at most 256 pixels wide and high."""
    margin = round(_MARGIN * min(image.shape[:2]))
    return whole_uri(image[margin : image.shape[0] - margin, margin : image.shape[1] - margin])


def whole_uri(image: RgbImage) -> str:
    """The whole picture likewise."""
    height, width = image.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode("ascii")
