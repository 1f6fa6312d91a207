"""Files for a service under test, drawn: stills of one face, no two alike, and films of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.benchmark.films import to_and_fro
from unmask.forgery.drawing import PuppetOrder, scene_of
from unmask.forgery.puppets.film import scene_frames, shot_of
from unmask.media.encode import write_video
from unmask.media.image import encode_png
from unmask.types import RgbImage

STILL_SIDE = 160
GRAIN = 2
"""Largest change of a pixel between two stills, levels of 255; none can be told from another by eye."""
FILM_SIZE, FILM_RATE, DRAWN_SECONDS = (320, 240), 25.0, 2.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is sent to the service.

    Attributes:
        stills: Pictures of one face, each with another SHA-256.
        small_film: Two seconds.
        film: The same to and fro, for as long as asked.
    """

    stills: tuple[Path, ...]
    small_film: Path
    film: Path


def draw(folder: Path, stills: int, film_seconds: float, seed: int) -> Drawn:
    """Draw the files into a folder.

    Args:
        folder: Where they go; it must be there.
        stills: How many.
        film_seconds: Length of the longer film.
        seed: Of the grain.

    Raises:
        OutputError: They cannot be written.
    """
    places = tuple(folder / f"still-{number:04d}.png" for number in range(stills))
    for place, picture in zip(places, _stills(stills, seed), strict=True):
        place.write_bytes(encode_png(picture))
    width, height = FILM_SIZE
    frames = [
        shot.frame.image for shot in scene_frames(scene_of(PuppetOrder(1, 1, DRAWN_SECONDS, width, height, FILM_RATE)))
    ]
    return Drawn(
        places,
        _film(frames, folder / "small.mp4", DRAWN_SECONDS),
        _film(frames, folder / "film.mp4", film_seconds),
    )


def _film(frames: Sequence[RgbImage], place: Path, seconds: float) -> Path:
    write_video(place, to_and_fro(frames, round(seconds * FILM_RATE)), FILM_RATE, crf=23, preset="superfast")
    return place


def _stills(count: int, seed: int) -> Iterator[RgbImage]:
    order = PuppetOrder(seconds=0.0, width=STILL_SIDE, height=STILL_SIDE)
    face, chance = shot_of(scene_of(order), 0).frame.image.astype(np.int16), np.random.default_rng(seed)
    for _ in range(count):
        grain = chance.integers(-GRAIN, GRAIN + 1, face.shape, np.int16)
        yield np.clip(face + grain, 0, 255).astype(np.uint8)
