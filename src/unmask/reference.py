"""A folder of one person's clips → a ``Reference``: how they look and how they move."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int64

from unmask.errors import InputError, UsageError
from unmask.faces.expression import expression_of
from unmask.faces.identity import SAME_PERSON, Embedding, apart, distance, installed, looks_of, middle_of
from unmask.faces.track import follow
from unmask.media.probe import probe
from unmask.media.rewrite import Progress
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.settings import settings as read_settings
from unmask.signals.gesture import WINDOW_SECONDS, Gestures, gestures_of
from unmask.types import Frame, Reference, Track

FILMS = frozenset({".mp4", ".m4v", ".mov", ".qt", ".mkv", ".webm", ".avi", ".ts", ".mts", ".mpg", ".mpeg", ".flv"})
STILLS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
NOT_INSTALLED = "Whether the clips show one person was not checked, which needs dlib; install it with: pip install 'unmask[identity]'."


@dataclass(frozen=True, slots=True, eq=False)
class _Clip:
    """What one film or still tells of its main person.

    Attributes:
        seconds: Film in which they are seen.
        face: Place of the face among faces, None where it could not be told.
        remark: What could not be read of it, None when all could.
    """

    name: str
    seconds: float
    face: Embedding | None
    gestures: Gestures
    remark: str | None


def reference_files(place: Path) -> list[Path]:
    """The films and stills that a folder, or the name of one file, stands for.

    Raises:
        UsageError: There is nothing of that name, or no film or still in the folder.
    """
    if os.path.isdir(place):
        found = sorted(path for path in place.rglob("*") if path.suffix.lower() in FILMS | STILLS and path.is_file())
        if not found:
            raise UsageError(
                f"The reference {shown(place)} holds no film or still; name a folder of one person's clips."
            )
        return found
    if not os.path.exists(place):
        raise UsageError(f"The reference {shown(place)} is not there; name a folder of one person's clips.")
    return [place]


def read_reference(
    place: Path | str,
    settings: Settings | None = None,
    *,
    on_begin: Callable[[str], None] = lambda _: None,
    on_progress: Progress = lambda _seconds, _length: None,
    on_end: Callable[[], None] = lambda: None,
) -> Reference:
    """Learn how one person looks and moves from clips of them, of each its main person.

    Args:
        place: A folder of films and stills, or one of them.
        settings: Limits; the user's when None.
        on_begin: Told the name of each clip.
        on_progress: Told how far it was read.
        on_end: Told that it is done.

    Raises:
        UsageError: There are no clips, no face is seen in them, or they show different people.
        MissingComponent: A weight file is missing or altered.
    """
    limits, clips, remarks, known = settings or read_settings(), list[_Clip](), list[str](), dict[str, str]()
    for path in reference_files(Path(place)):
        on_begin(path.name)
        try:
            clip = _read_clip(path, limits, known, on_progress)
        except InputError as error:
            remarks.append(f"Left out of the reference: {error}")
        else:
            remarks += [clip.remark] if clip.remark else []
            clips += [clip] if clip.seconds or clip.face is not None else []
        on_end()
    if not clips:
        raise UsageError(f"No face is seen in the reference {shown(Path(place))}; name a folder of one person's clips.")
    _require_one_person(clips)
    return _joined(clips, remarks if installed() else [*remarks, NOT_INSTALLED])


def _read_clip(path: Path, settings: Settings, known: dict[str, str], on_progress: Progress) -> _Clip:
    """Read one clip; ``known`` holds names by SHA-256, since a copy would pass for a second occasion of the same."""
    media = probe(path, settings)
    if media.sha256 in known:
        return _without_face(path, f"{shown(path)} is a copy of {shown(known[media.sha256])}.")
    known[media.sha256] = path.name
    if media.video is None:
        return _without_face(path, f"{shown(path)} has no picture.")
    with open_frames(path, media, settings) as film:
        following = follow(_told(film, media.duration_seconds, on_progress), max_people=settings.max_people)
    if not following.tracks:
        return _without_face(path, f"no face is seen in {shown(path)}.")
    tracks, face = _main_person(following.tracks)
    gestures = np.concatenate([gestures_of(*expression_of(track))[1] for track in tracks])
    seconds = sum(track.duration_seconds for track in tracks)
    broken = f"{shown(path)} of the reference was read in part. {film.broken_off}" if film.broken_off else None
    return _Clip(path.name, seconds, face, gestures, broken)


def _without_face(path: Path, because: str) -> _Clip:
    return _Clip(path.name, 0.0, None, np.zeros((0, 0)), f"Left out of the reference: {because}")


def _told(film: Iterable[Frame], length: float | None, on_progress: Progress) -> Iterator[Frame]:
    for frame in film:
        on_progress(frame.seconds, length)
        yield frame


def _main_person(tracks: Sequence[Track]) -> tuple[list[Track], Embedding | None]:
    """The person seen longest and largest, in the other long shots of the clip as well, and their face."""
    main = tracks[0]
    face = _face_of(main)
    if face is None:
        return [main], None
    shots = [track for track in tracks[1:] if track.duration_seconds >= WINDOW_SECONDS]
    looks = [(track, _face_of(track)) for track in shots]
    same = [track for track, look in looks if look is not None and distance(look, face) < SAME_PERSON]
    return [main, *same], face


def _face_of(track: Track) -> Embedding | None:
    """Place of a face among faces, None without a picture of it or where the network is not installed."""
    if not installed() or not track.crops:
        return None
    return middle_of(looks_of(track)[1])


def _require_one_person(clips: Sequence[_Clip]) -> None:
    named = [(clip.name, clip.face) for clip in clips if clip.face is not None]
    far = apart(np.reshape([face for _, face in named], (-1, 128)).astype(np.float64))
    strangers = [
        f"{shown(name)} ({away:.2f})" for (name, _), away in zip(named, far, strict=True) if away >= SAME_PERSON
    ]
    if strangers:
        raise UsageError(
            f"The reference must show one person, but faces in {', '.join(strangers)} lie {SAME_PERSON} or more "
            "from the middle of the others; take out the clips of someone else."
        )


def _joined(clips: Sequence[_Clip], remarks: Sequence[str]) -> Reference:
    moving = [(number, clip.gestures) for number, clip in enumerate(clips) if len(clip.gestures)]
    return Reference(
        clips=tuple(clip.name for clip in clips),
        seconds=sum(clip.seconds for clip in clips),
        faces=np.reshape([clip.face for clip in clips if clip.face is not None], (-1, 128)).astype(np.float64),
        gestures=np.concatenate([gestures for _, gestures in moving]) if moving else np.zeros((0, 0)),
        gesture_clips=np.repeat(*_counted(moving)),
        remarks=tuple(remarks),
    )


def _counted(moving: Sequence[tuple[int, Gestures]]) -> tuple[Int64[np.ndarray, " clips"], Int64[np.ndarray, " clips"]]:
    """Numbers of the clips, and how many windows each has."""
    numbers = np.array([number for number, _ in moving], np.int64)
    return numbers, np.array([len(gestures) for _, gestures in moving], np.int64)
