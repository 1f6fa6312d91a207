"""Films for measuring cost, made of one short clip: of any size and length, without a cut in them."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.repeat import repeat_video
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import RgbImage

FILM_SIZE = (1280, 720)
LOOP_SIZE = (640, 480)
FILM_RATE = 30
MOST_SOURCE_FRAMES = 450

Size = tuple[int, int]
"""Width and height in pixels."""
FittedImage = UInt8[np.ndarray, "rows columns 3"]
"""Gamma-coded RGB of another size than the picture it comes from."""


def source_frames(clip: Path, settings: Settings) -> list[RgbImage]:
    """The first frames of a clip.

    Raises:
        InputError: It cannot be read.
    """
    with open_frames(clip, probe(clip, settings), settings) as film:
        return [frame.image for frame in islice(film, MOST_SOURCE_FRAMES)]


def to_and_fro(images: Sequence[RgbImage], frames: int) -> Iterator[RgbImage]:
    """Pictures forwards and backwards for as long as wanted, so that no cut arises.

    >>> pictures = [np.full((1, 1, 3), k, np.uint8) for k in range(3)]
    >>> [int(picture[0, 0, 0]) for picture in to_and_fro(pictures, 6)]
    [0, 1, 2, 1, 0, 1]
    """
    period = max(1, 2 * (len(images) - 1))
    for index in range(frames):
        place = index % period
        yield images[min(place, period - place) if period > 1 else 0]


def fitted(image: RgbImage, size: Size) -> FittedImage:
    """The middle of a picture, cut to the shape of ``size`` and scaled to it."""
    height, width = image.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    across, down = min(width, round(size[0] / scale)), min(height, round(size[1] / scale))
    left, top = (width - across) // 2, (height - down) // 2
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image[top : top + down, left : left + across], size, interpolation=method), np.uint8)


def write_film(images: Sequence[RgbImage], destination: Path, seconds: int) -> None:
    """A 720p film of 30 frames a second.

    Raises:
        OutputError: It cannot be written.
    """
    pictures = (fitted(image, FILM_SIZE) for image in to_and_fro(images, seconds * FILM_RATE))
    write_video(destination, pictures, float(FILM_RATE), crf=23, preset="superfast")


def write_longer(film: Path, destination: Path, times: int) -> None:
    """The film several times in a row, its coded pictures copied.

    Raises:
        OutputError: It cannot be written.
    """
    repeat_video(film, destination, times)


def write_pictures(images: Sequence[RgbImage], destination: Path, frames: int) -> None:
    """Pictures of 640 × 480 as one array in a file, shape ``frames height width 3``."""
    np.save(destination, np.stack([fitted(image, LOOP_SIZE) for image in to_and_fro(images, frames)]))
