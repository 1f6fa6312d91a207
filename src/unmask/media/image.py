"""Stills: read upright through the sandbox, written whole or not at all."""

from pathlib import Path

import cv2

from unmask.errors import BrokenMedia, OutputError
from unmask.media.probe import probe
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.media.writing import written_aside
from unmask.settings import Settings
from unmask.types import RgbImage

JPEG_QUALITY = 95


def read_image(path: Path, settings: Settings) -> RgbImage:
    """A still, or the first picture of a film, turned upright by its EXIF orientation; see-through parts on white.

    Raises:
        InputError: It cannot be read, see ``probe``.
    """
    media = probe(path, settings)
    if media.video is None:
        raise BrokenMedia(f"{shown(path)} has no picture.")
    with open_frames(path, media, settings) as film:
        for frame in film:
            return frame.image
    raise BrokenMedia(f"{shown(path)} holds no picture that can be decoded.")


def encode_png(image: RgbImage) -> bytes:
    """The picture as PNG, without loss.

    >>> import numpy as np
    >>> encode_png(np.zeros((2, 3, 3), np.uint8))[1:4]
    b'PNG'
    """
    return encoded(image, ".png", [])


def encode_jpeg(image: RgbImage, quality: int = JPEG_QUALITY) -> bytes:
    """The picture as JPEG.

    Args:
        image: The picture.
        quality: 1 (smallest) to 100 (best).
    """
    return encoded(image, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, quality])


def encoded(image: RgbImage, ending: str, options: list[int]) -> bytes:
    """The picture in the format of the ending.

    Raises:
        OutputError: The picture is empty or too large for the format.
    """
    try:
        done, content = cv2.imencode(ending, cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    except cv2.error as error:
        raise OutputError(f"A picture of shape {image.shape} cannot be written as {ending[1:]}.") from error
    if not done:
        raise OutputError(f"A picture of shape {image.shape} cannot be written as {ending[1:]}.")
    return bytes(content)


def write_image(path: Path, image: RgbImage) -> None:
    """Write a picture as PNG or JPEG by the ending of its name.

    Raises:
        OutputError: The ending is another one, or the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending == ".png":
        content = encode_png(image)
    elif ending in {".jpg", ".jpeg"}:
        content = encode_jpeg(image)
    else:
        raise OutputError(f"{shown(path)} ends with '{path.suffix}'; name it .png or .jpg.")
    with written_aside(path) as aside:
        aside.write_bytes(content)
