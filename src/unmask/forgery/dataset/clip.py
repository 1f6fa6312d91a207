"""A clip cut out of a film: decoded and shrunk once, held in memory, its main person followed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from unmask.errors import BrokenMedia, UsageError
from unmask.faces.identity import Embedding, distance
from unmask.faces.track import FaceTracker
from unmask.forgery.dataset.films import JOINED_BELOW, USUAL_RATE, face_of
from unmask.forgery.dataset.plan import Place
from unmask.forgery.followed import Followed
from unmask.media.probe import probe
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Frame, Media, RgbImage, Track

SmallImage = UInt8[np.ndarray, "rows columns 3"]
"""Gamma-coded RGB, 0–255, of another size than the picture it comes from."""
FASTEST_RATE = 30.5
"""Faster films are thinned to half, a third, … of their pictures a second."""
LEAST_SHARE = 0.95
"""A clip that ends before this share of its length broke off."""
LONG_SECONDS = 0.5
"""Whoever is followed for so long must be one of the persons that the plan names."""
STRANGER_BEYOND = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Pictures of a stretch of a film, evenly spaced.

    Attributes:
        place: Which stretch.
        path: The film.
        media: What ``probe`` found in it.
        frames: RGB pictures of one even-sided size, the first at 0 s.
        frame_rate: Pictures a second.
    """

    place: Place
    path: Path
    media: Media
    frames: tuple[Frame, ...]
    frame_rate: Fraction


def read_clip(folder: Path, place: Place, short_side: int, settings: Settings) -> Clip:
    """Decode a stretch of a film and shrink its pictures.

    Args:
        folder: Of the originals.
        place: Which stretch of which film.
        short_side: The picture's shorter side at most, pixels.
        settings: Limits, and the least sandbox.

    Raises:
        UsageError: The film is not the one that the plan was made for.
        InputError: It cannot be decoded.
    """
    path = folder / place.film
    media = probe(path, settings)
    if media.sha256 != place.sha256 or media.video is None:
        raise UsageError(f"{shown(path)} has changed since the plan was made; make a new plan in an empty folder.")
    rate = paced(media.video.frame_rate or USUAL_RATE)
    stop = place.start + place.seconds
    with open_frames(path, media, settings, start_seconds=place.start, stop_seconds=stop, exact=True) as film:
        frames = tuple(shrunk(film, rate, short_side))
    if len(frames) < LEAST_SHARE * place.seconds * rate - 2:
        raise BrokenMedia(
            f"{shown(path)} gave {len(frames) / float(rate):.1f} of {place.seconds:.1f} s from {place.start:.1f} s on; it is damaged there."
        )
    if any(frame.image.shape != frames[0].image.shape for frame in frames):
        raise BrokenMedia(f"{shown(path)} changes the size of its picture after {place.start:.1f} s; cut it there.")
    return Clip(place, path, media, frames, rate)


def paced(frame_rate: float) -> Fraction:
    """Pictures a second of a clip: those of the film, or a whole part of them where it is faster than FASTEST_RATE.

    >>> paced(29.97), paced(60.0)
    (Fraction(2997, 100), Fraction(30, 1))
    """
    parts = max(1, int(np.ceil(frame_rate / FASTEST_RATE)))
    return Fraction(frame_rate).limit_denominator(1001) / parts


def shrunk(frames: Iterable[Frame], rate: Fraction, short_side: int) -> Iterator[Frame]:
    """Pictures evenly spaced from 0 s on, each the one that is nearest in time, shrunk to even sides."""
    begin, count = 0.0, 0
    before: Frame | None = None
    for frame in frames:
        if before is None:
            begin = frame.seconds
        else:
            middle = (before.seconds + frame.seconds) / 2
            while begin + float(count / rate) < middle:
                yield Frame(small(before.image, short_side), float(count / rate))
                count += 1
        before = frame
    while before is not None and begin + float((count - Fraction(1, 4)) / rate) <= before.seconds:
        yield Frame(small(before.image, short_side), float(count / rate))
        count += 1


def small(image: RgbImage, short_side: int) -> SmallImage:
    """A picture whose shorter side is at most so long, both sides even, as coders want them."""
    height, width = image.shape[:2]
    factor = min(1.0, short_side / min(height, width))
    size = (2 * round(width * factor / 2), 2 * round(height * factor / 2))
    if factor == 1.0:  # an odd row or column is cut off, not squeezed in
        return image[: height - height % 2, : width - width % 2]
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def follow(clip: Clip, settings: Settings, known: Sequence[Embedding] = ()) -> Followed:
    """The person who is seen longest and largest in a clip, followed through all its shots.

    Args:
        clip: Pictures.
        settings: Says how many people are followed at once.
        known: Places of those who may be seen; with none, anyone may.

    Raises:
        UsageError: No face is seen, or someone else's than those known.
    """
    tracker = FaceTracker(settings.max_people)
    for frame in clip.frames:
        tracker.see(frame)
    tracks = [track for track in tracker.finish().tracks if track.crops]
    if not tracks:
        raise UsageError(f"No face is seen in {told(clip)}; a larger or sharper one is needed.")
    faces = {track.id: face_of(track.crops) for track in tracks if track is tracks[0] or lasting(track)}
    for face in faces.values():
        apart = min((distance(face, other) for other in known), default=0.0)
        if apart > STRANGER_BEYOND:
            raise UsageError(
                f"Someone is seen in {told(clip)} whom the first look did not find, {apart:.2f} from everyone in it; it could be a person of another split."
            )
    mine = [
        track for track in tracks if track.id in faces and distance(faces[track.id], faces[tracks[0].id]) < JOINED_BELOW
    ]
    others = [track.boxes for track in tracks if all(track is not one for one in mine)]
    return _joined(clip, mine, np.concatenate(others) if others else np.zeros((0, 4), np.float32))


def lasting(track: Track) -> bool:
    """Whether someone is seen long enough to be told apart from others."""
    return track.duration_seconds >= LONG_SECONDS


def told(clip: Clip) -> str:
    """A clip in words."""
    place = clip.place
    return f"{shown(clip.path)} from {place.start:.1f} to {place.start + place.seconds:.1f} s"


def _joined(clip: Clip, tracks: Sequence[Track], others: Float32[np.ndarray, "sights 4"]) -> Followed:
    times = np.concatenate([track.times for track in tracks])
    order = np.argsort(times, kind="stable")
    order = order[np.concatenate([[True], np.diff(times[order]) > 0])]  # of two tracks at one time, the first
    return Followed(
        clip.path,
        clip.media,
        times[order],
        np.concatenate([track.landmarks_of() for track in tracks])[order],
        np.concatenate([track.boxes for track in tracks])[order],
        tuple(crop for track in tracks for crop in track.crops),
        others,
    )
