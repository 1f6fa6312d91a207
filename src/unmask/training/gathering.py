"""What all who gather faces from films share: film after film, and which faces of one are looked at."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np

from unmask.datasets import Clip
from unmask.errors import InputError
from unmask.faces.track import FaceTracker
from unmask.media.source import shown
from unmask.types import Face, Frame

LEAST_WIDTH = 64.0
MOST_TURNED_DEGREES = 45.0
Found = TypeVar("Found")


def gathered(
    clips: Sequence[Clip],
    people: Sequence[str],
    read: Callable[[Clip, str], Found | None],
    *,
    on_begin: Callable[[str], None],
    on_end: Callable[[], None],
) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """What is read of each film, and a sentence for each that shows no face or cannot be read.

    Args:
        clips: Films and stills.
        people: Whom each is left out with, in the same order.
        read: Reads one; None where no face is large enough.
        on_begin: Told the name of each film.
        on_end: Called when it is read.
    """
    found: list[Found] = []
    remarks: list[str] = []
    for clip, person in zip(clips, people, strict=True):
        on_begin(clip.path.name)
        try:
            faces = read(clip, person)
        except InputError as error:
            remarks.append(str(error))
        else:
            if faces is None:
                remarks.append(f"{shown(clip.path)} shows no face of {LEAST_WIDTH:.0f} pixels to learn from.")
            else:
                found.append(faces)
        on_end()
    return tuple(found), tuple(remarks)


def main_faces(film: Iterable[Frame], step_seconds: float, most: int) -> Iterator[tuple[Frame, Face]]:
    """The widest face of every so many seconds, where it is large enough and not turned away."""
    return islice(_main_faces(film, step_seconds), most)


def _main_faces(film: Iterable[Frame], step_seconds: float) -> Iterator[tuple[Frame, Face]]:
    tracker, last = FaceTracker(), float("-inf")
    for frame in film:
        seen = [face for face in tracker.see(frame) if _is_clear(face)]
        if seen and frame.seconds - last >= step_seconds * 0.98:
            last = frame.seconds
            yield frame, max(seen, key=lambda one: float(one.box[2] - one.box[0]))


def _is_clear(face: Face) -> bool:
    return float(face.box[2] - face.box[0]) >= LEAST_WIDTH and float(np.abs(face.pose[:2]).max()) <= MOST_TURNED_DEGREES
