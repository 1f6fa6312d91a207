"""Stills: read upright through the sandbox, written whole or not at all."""

import re
from pathlib import Path

import cv2

from unmask.errors import BrokenMedia, OutputError
from unmask.media.probe import probe
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.media.writing import written_aside
from unmask.settings import Settings
from unmask.types import Media, RgbImage

JPEG_QUALITY = 95
WEBP_QUALITY = 95
KEPT_BITS = 8
SEE_THROUGH = re.compile(r"rgba|bgra|argb|abgr|ya\d|yuva|gbrap|pal8")
"""How the names of pixel formats with transparency begin; a palette may hold some."""


def read_image(path: Path, settings: Settings) -> RgbImage:
    """A still, or the first picture of a film, turned upright by its EXIF orientation; see-through parts on white.

    Raises:
        InputError: It cannot be read, see ``probe``.
    """
    media = probe(path, settings)
    if media.video is None:
        raise BrokenMedia(f"{shown(path)} has no picture.")
    with open_frames(path, media, settings, exact=True) as film:
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


def encode_webp(image: RgbImage, quality: int = WEBP_QUALITY) -> bytes:
    """The picture as WebP.

    Args:
        image: The picture.
        quality: 1 (smallest) to 100 (best); beyond 100 without loss.
    """
    return encoded(image, ".webp", [cv2.IMWRITE_WEBP_QUALITY, quality])


CODERS = {".png": encode_png, ".jpg": encode_jpeg, ".jpeg": encode_jpeg, ".webp": encode_webp}


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
    """Write a picture as PNG, JPEG or WebP by the ending of its name.

    Raises:
        OutputError: The ending is another one, or the file cannot be written.
    """
    encode = CODERS.get(path.suffix.lower())
    if encode is None:
        raise OutputError(f"{shown(path)} ends with '{path.suffix}'; name it .png, .jpg or .webp.")
    content = encode(image)
    with written_aside(path) as aside:
        aside.write_bytes(content)


def losses(media: Media) -> tuple[str, ...]:
    """Sentences on what of a still is not kept when it is read and written, such as transparency; often none.

    Args:
        media: What ``probe`` found in it.
    """
    video = media.video
    if video is None:
        return ()
    said = []
    if video.bit_depth > KEPT_BITS:
        said.append(f"Of {video.bit_depth} bits a channel {KEPT_BITS} are kept.")
    if SEE_THROUGH.match(video.pixel_format):
        said.append("Where it is see-through, it is laid on white.")
    return tuple(said)
