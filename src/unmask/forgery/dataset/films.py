"""A first look at the films of a folder: how long they are, where clips are cut, and who is seen there."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from unmask.errors import InputError, UsageError
from unmask.faces.identity import Embedding, distance, embedding_of, middle_of
from unmask.faces.track import FaceTracker
from unmask.forgery.dataset.recipes import Recipe
from unmask.media.probe import probe
from unmask.media.source import shown
from unmask.media.video import open_stretches
from unmask.settings import Settings
from unmask.types import Crop, Media

ENDINGS = frozenset({".mp4", ".m4v", ".mov", ".qt", ".mkv", ".webm", ".avi", ".ts", ".mts", ".mpg", ".mpeg", ".flv"})
LOOKS, LOOK_FRAMES, LOOK_SECONDS = 3, 8, 0.3
"""A clip is looked at in so many places, each for so many frames and so long at least."""
JOINED_BELOW = 0.5
"""Faces nearer than this are one person's."""
SHARPEST = 5
USUAL_RATE = 25.0
FAULTS = (InputError, UsageError, cv2.error, ArithmeticError, ValueError)
"""What one film may cause, and what costs no other."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the first look at a film found.

    Attributes:
        film: Its name, relative to the folder of originals.
        bytes: Its size.
        sha256: Of its bytes, None where it cannot be read.
        seconds: How long it lasts.
        faces: Place among faces of each person seen, the one seen longest and largest first.
        left_out: Why it cannot be used, None where it can.
    """

    film: str
    bytes: int
    sha256: str | None = None
    seconds: float = 0.0
    faces: tuple[tuple[float, ...], ...] = ()
    left_out: str | None = None


def films_in(folder: Path, but: Path) -> list[Path]:
    """The films below a folder, by name; what is hidden or lies in another folder is not looked at.

    Raises:
        UsageError: There is no such folder, or no film in it.
    """
    if not os.path.isdir(folder):
        raise UsageError(f"{shown(folder)} is no folder; name the one that holds the original films with --real.")
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
    kept = [path for path in found if not path.resolve().is_relative_to(but.resolve())]
    kept = [path for path in kept if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    if not kept:
        raise UsageError(f"{shown(folder)} holds no film; name a folder of films with --real.")
    return kept


def look_at(path: Path, name: str, recipe: Recipe, seed: int, settings: Settings) -> Seen:
    """Look at the places of a film where clips will be cut.

    Raises:
        MissingComponent: The extra that tells people apart is not installed.
    """
    size = path.stat().st_size if os.path.exists(path) else 0
    try:
        media = probe(path, settings)
        if media.video is None or media.kind != "video":
            return Seen(name, size, media.sha256, left_out=f"{shown(path)} has no moving picture.")
        seconds = media.video.duration_seconds or media.duration_seconds or 0.0
        if seconds < recipe.least_seconds:
            said = f"{shown(path)} lasts {seconds:.1f} s; at least {recipe.least_seconds:g} s are cut out."
            return Seen(name, size, media.sha256, seconds, left_out=said)
        places = clip_places(seconds, recipe, seed, media.sha256)
        faces = faces_at(path, media, places, settings)
    except FAULTS as error:
        return Seen(name, size, left_out=said_of(error))
    if not faces:
        said = f"No face is seen in {shown(path)}; a larger or sharper one is needed."
        return Seen(name, size, media.sha256, seconds, left_out=said)
    return Seen(name, size, media.sha256, seconds, tuple(tuple(face.round(5).tolist()) for face in faces))


def clip_places(film_seconds: float, recipe: Recipe, seed: int, sha256: str) -> list[tuple[float, float]]:
    """Where clips are cut out of a film: starts and lengths in seconds, drawn by the seed, none over another.

    >>> clip_places(4.0, Recipe("one", {"self-blend": 1.0}, seconds=10.0), 1, "00" * 32)
    [(0.0, 4.0)]
    """
    length = min(recipe.seconds, film_seconds)
    count = max(1, min(recipe.clips_per_film, int(film_seconds / length)))
    room = film_seconds / count
    chance = np.random.default_rng([seed, int(sha256[:12], 16)])
    starts = [index * room + float(chance.uniform(0, max(0.0, room - length))) for index in range(count)]
    return [(round(start, 3), round(length, 3)) for start in starts]


def faces_at(
    path: Path, media: Media, places: Sequence[tuple[float, float]], settings: Settings
) -> tuple[Embedding, ...]:
    """Who is seen in some clips, looked at here and there.

    Raises:
        InputError: The film cannot be decoded.
    """
    rate = (media.video.frame_rate if media.video is not None else None) or USUAL_RATE
    tracker = FaceTracker(settings.max_people)
    with open_stretches(path, media, settings, looks_of(places, rate)) as film:
        for frame in film:
            tracker.see(frame)
    return who_is_who([face_of(track.crops) for track in tracker.finish().tracks if track.crops])


def looks_of(places: Sequence[tuple[float, float]], frame_rate: float) -> list[tuple[float, float]]:
    """The moments of some clips that are looked at: rising stretches of seconds, none reaching into the next."""
    length = max(LOOK_SECONDS, LOOK_FRAMES / frame_rate)
    looks: list[tuple[float, float]] = []
    for start, seconds in places:
        for place in np.linspace(0, max(0.0, seconds - length), LOOKS):
            begin = max(start + float(place), looks[-1][1] if looks else 0.0)
            looks.append((begin, max(begin, start + float(place) + length)))
    return looks


def who_is_who(faces: Sequence[Embedding]) -> tuple[Embedding, ...]:
    """The persons among some faces, in the order in which they first appear."""
    people: list[list[Embedding]] = []
    for face in faces:
        near = [group for group in people if distance(face, middle_of(np.stack(group))) < JOINED_BELOW]
        near[0].append(face) if near else people.append([face])
    return tuple(middle_of(np.stack(group)) for group in people)


def face_of(crops: Sequence[Crop]) -> Embedding:
    """Place of a followed face among faces, by its sharpest pictures."""
    clearest = sorted(crops, key=lambda crop: -crop.sharpness)[:SHARPEST]
    return middle_of(np.stack([embedding_of(crop.image, crop.landmarks) for crop in clearest]))


def said_of(fault: Exception) -> str:
    """A fault of FAULTS in a sentence; those that nobody foresaw are named by their kind alone."""
    foreseen = isinstance(fault, (InputError, UsageError))
    return str(fault) if foreseen else f"It failed in a way that nobody foresaw ({type(fault).__name__})."
