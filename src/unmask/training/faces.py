"""Levelled faces of films and stills, gathered once and kept, for networks to learn from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8

from unmask.datasets import Clip
from unmask.faces.align import crop_face, sharpness_of
from unmask.media.blanking import blanked_name
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.media.writing import written_aside
from unmask.settings import Settings
from unmask.training.gathering import gathered, main_faces
from unmask.types import Crop, Frame

STEP_SECONDS = 0.2
MOST_FACES = 40
"""Of a film, spread over its beginning; more of one film teach little."""
VERSION = 1
"""In the name of what is kept; raised when faces are gathered otherwise."""
DIGITS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Faces of the main person of a film or still.

    Attributes:
        clip: The film.
        person: Whom it is left out with.
        images: Crops as ``faces.align`` cuts them: gamma-coded RGB, 0–255.
        landmarks: Their points in the crops' pixels.
    """

    clip: Clip
    person: str
    images: UInt8[np.ndarray, "faces 256 256 3"]
    landmarks: Float32[np.ndarray, "faces 468 3"]


def gather(
    clips: Sequence[Clip],
    people: Sequence[str],
    work: Path,
    settings: Settings,
    *,
    on_begin: Callable[[str], None] = lambda _: None,
    on_end: Callable[[], None] = lambda: None,
) -> tuple[tuple[Faces, ...], tuple[str, ...]]:
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

    def read(clip: Clip, person: str) -> Faces | None:
        faces = _faces_of(clip, person, work, settings)
        return faces if len(faces.images) else None

    return gathered(clips, people, read, on_begin=on_begin, on_end=on_end)


def _faces_of(clip: Clip, person: str, work: Path, settings: Settings) -> Faces:
    media = probe(clip.path, settings)
    place = work / f"{media.sha256[:DIGITS]}-faces-{VERSION}{blanked_name(clip.label_box)}.npz"
    if not place.is_file():
        with open_frames(clip.path, media, settings, blank=clip.label_box) as film:
            crops = _crops(film)
        images = np.array([crop.image for crop in crops], np.uint8).reshape(-1, 256, 256, 3)
        landmarks = np.array([crop.landmarks for crop in crops], np.float32).reshape(-1, 468, 3)
        with written_aside(place) as aside, aside.open("wb") as file:
            np.savez(file, images=images, landmarks=landmarks)
    with np.load(place) as kept:
        return Faces(clip, person, kept["images"], kept["landmarks"])


def _crops(film: Iterable[Frame]) -> list[Crop]:
    return [
        crop_face(frame.image, face.landmarks, frame.seconds, sharpness_of(frame.image, face.box))
        for frame, face in main_faces(film, STEP_SECONDS, MOST_FACES)
    ]
