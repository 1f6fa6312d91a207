"""One person followed through a film: where their face is in each frame that is to be changed."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64

from unmask.errors import UsageError
from unmask.faces.identity import Embedding, distance, embedding_of, middle_of
from unmask.faces.track import FaceTracker
from unmask.media.probe import probe
from unmask.media.rewrite import Progress
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Boxes, Crop, Landmarks, Media, Seconds, Track

SAME_BELOW = 0.6
LOOKS = 5
RUN_SECONDS = 0.2
"""A longer gap parts two runs of frames, over which nothing is smoothed."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """The face of one person in a film.

    Attributes:
        path: The film.
        media: What ``probe`` found in it.
        times: When the face is seen.
        landmarks: Its points at these times, in pixels.
        boxes: Boxes around it.
        crops: Some clear pictures of it.
        others: Boxes of everyone else, for a label that hides no one.
    """

    path: Path
    media: Media
    times: Seconds
    landmarks: Float32[np.ndarray, "frames 468 3"]
    boxes: Boxes
    crops: tuple[Crop, ...]
    others: Float32[np.ndarray, "others 4"]

    @property
    def everyone(self) -> Float32[np.ndarray, "faces 4"]:
        """Boxes of all faces of the film."""
        return np.concatenate([self.boxes, self.others])

    def row_at(self, seconds: float) -> int | None:
        """Number of the frame at this time among those in which the face is seen; None where it is not."""
        row = int(np.searchsorted(self.times, seconds))
        return row if row < len(self.times) and self.times[row] == seconds else None

    def face_at(self, seconds: float) -> Landmarks | None:
        """Points of the face at this time, None where it is not seen."""
        row = self.row_at(seconds)
        return None if row is None else self.landmarks[row]

    def runs(self) -> list[slice]:
        """Stretches of frames without a gap."""
        breaks = np.flatnonzero(np.diff(self.times) > RUN_SECONDS) + 1
        edges = [0, *breaks.tolist(), len(self.times)]
        return [slice(start, end) for start, end in pairwise(edges)]

    def embedding(self) -> Embedding:
        """Identity of the face.

        Raises:
            MissingComponent: The extra that tells people apart is not installed.
        """
        return _embedding(self.crops)


def follow_person(
    path: Path,
    settings: Settings,
    *,
    person: int | None = None,
    like: Embedding | None = None,
    on_progress: Progress | None = None,
) -> Followed:
    """Follow one person through a film, or find them in a still.

    Args:
        path: The film or still.
        settings: Limits, and the least sandbox.
        person: Which one, from 1, the person seen longest and largest being the first.
        like: Whose face is looked for, in all shots; without it one stretch of the film is taken.
        on_progress: Told how far the film is read.

    Raises:
        UsageError: No such face is seen.
        InputError: The film cannot be decoded.
    """
    media = probe(path, settings)
    if media.video is None:
        raise UsageError(f"{shown(path)} has no picture; name a film or still.")
    tracker = FaceTracker()
    with open_frames(path, media, settings, exact=True) as film:
        for frame in film:
            tracker.see(frame)
            if on_progress is not None:
                on_progress(frame.seconds, media.duration_seconds)
    tracks = tracker.finish().tracks
    mine = _mine(path, tracks, person, like)
    others = [track.boxes for track in tracks if all(track is not one for one in mine)]
    return _followed(path, media, mine, np.concatenate(others) if others else np.zeros((0, 4), np.float32))


def _mine(path: Path, tracks: tuple[Track, ...], person: int | None, like: Embedding | None) -> list[Track]:
    if not tracks:
        raise UsageError(f"No face is seen in {shown(path)}; name a film in which one is larger or sharper.")
    if person is not None:
        if not 1 <= person <= len(tracks):
            raise UsageError(f"There is no person {person} in {shown(path)}; it shows {len(tracks)}.")
        return [tracks[person - 1]]
    if like is None:
        return [tracks[0]]
    near = [track for track in tracks if track.crops and distance(_embedding(track.crops), like) < SAME_BELOW]
    if not near:
        raise UsageError(f"The person of the faces is not seen in {shown(path)}; name another film, or say --person N.")
    return near


def _followed(path: Path, media: Media, tracks: list[Track], others: Float32[np.ndarray, "others 4"]) -> Followed:
    times: Float64[np.ndarray, " frames"] = np.concatenate([track.times for track in tracks])
    order = np.argsort(times, kind="stable")
    order = order[np.concatenate([[True], np.diff(times[order]) > 0])]  # of two tracks at one time, the first
    return Followed(
        path,
        media,
        times[order],
        np.concatenate([track.landmarks_of() for track in tracks])[order],
        np.concatenate([track.boxes for track in tracks])[order],
        tuple(crop for track in tracks for crop in track.crops),
        others,
    )


def _embedding(crops: tuple[Crop, ...]) -> Embedding:
    clearest = sorted(crops, key=lambda crop: -crop.sharpness)[:LOOKS]
    return middle_of(np.stack([embedding_of(crop.image, crop.landmarks) for crop in clearest]))
