"""Faces of films and stills in their own pixels, with a margin around them, gathered once and kept."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from unmask.datasets import Clip
from unmask.faces.align import native_square
from unmask.media.blanking import blanked_name
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.media.writing import written_aside
from unmask.settings import Settings
from unmask.training.gathering import gathered, main_faces
from unmask.types import Frame

STEP_SECONDS = 0.5
MOST_FACES = 6
MARGIN = 1.4
"""Side of what is kept as a share of the face's longer side."""
MOST_SIDE = 320
VERSION = 1
"""In the name of what is kept; raised when faces are gathered otherwise."""
DIGITS = 24


AnyNativeImage = UInt8[np.ndarray, "_ _ 3"]
"""As ``NativeImage``; the faces of one film differ in size."""


@dataclass(frozen=True, slots=True, eq=False)
class NativeFaces:
    """Faces of the main person of a film or still.

    Attributes:
        clip: The film.
        person: Whom it is left out with.
        digest: Begin of the film's SHA-256.
        pictures: Gamma-coded RGB in the film's own pixels, each a face with a margin, or its middle.
        side: Longer side of the face in pixels, median over the pictures.
    """

    clip: Clip
    person: str
    digest: str
    pictures: tuple[AnyNativeImage, ...]
    side: float


def gather_native(
    clips: Sequence[Clip],
    people: Sequence[str],
    work: Path,
    settings: Settings,
    *,
    on_begin: Callable[[str], None] = lambda _: None,
    on_end: Callable[[], None] = lambda: None,
) -> tuple[tuple[NativeFaces, ...], tuple[str, ...]]:
    """Faces of each film, and a sentence for each that shows none or cannot be read.

    Args:
        clips: Films and stills.
        people: Whom each is left out with, in the same order.
        work: Folder in which faces are kept.
        settings: Limits.
        on_begin: Told the name of each film.
        on_end: Called when it is read.

    Raises:
        OutputError: Faces cannot be kept.
    """
    work.mkdir(parents=True, exist_ok=True)

    def read(clip: Clip, person: str) -> NativeFaces | None:
        faces = _faces_of(clip, person, work, settings)
        return faces if faces.pictures else None

    return gathered(clips, people, read, on_begin=on_begin, on_end=on_end)


def _faces_of(clip: Clip, person: str, work: Path, settings: Settings) -> NativeFaces:
    media = probe(clip.path, settings)
    digest = media.sha256[:DIGITS]
    place = work / f"{digest}-native-{VERSION}{blanked_name(clip.label_box)}.npz"
    if not place.is_file():
        with open_frames(clip.path, media, settings, blank=clip.label_box) as film:
            pictures, sides = _seen(film)
        with written_aside(place) as aside, aside.open("wb") as file:
            np.savez(
                file,
                allow_pickle=False,
                sides=np.array(sides),
                **{f"picture_{k}": one for k, one in enumerate(pictures)},
            )
    with np.load(place) as kept:
        sides = kept["sides"].tolist()
        pictures = [kept[f"picture_{k}"] for k in range(len(sides))]
    return NativeFaces(clip, person, digest, tuple(pictures), float(np.median(sides)) if sides else 0.0)


def _seen(film: Iterable[Frame]) -> tuple[list[AnyNativeImage], list[float]]:
    pictures, sides = list[AnyNativeImage](), list[float]()
    for frame, face in main_faces(film, STEP_SECONDS, MOST_FACES):
        pictures.append(native_square(frame.image, face.landmarks, MOST_SIDE, MARGIN))
        sides.append(float((face.box[2:] - face.box[:2]).max()))
    return pictures, sides
