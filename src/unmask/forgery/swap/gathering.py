"""Faces gathered from films and stills: found, followed, measured twice and cut out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from unmask.errors import BrokenMedia
from unmask.faces.align import sharpness_of
from unmask.faces.landmarks import box_of, find_landmarks, square_of_landmarks
from unmask.faces.pose import pose_of
from unmask.faces.track import LEAST_PRESENCE, FaceTracker
from unmask.forgery.swap.alignment import crop_matrix, cut_out, moved
from unmask.forgery.swap.store import FaceSource, StoredFace
from unmask.media.image import encode_jpeg
from unmask.media.probe import probe
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Face, Frame, Landmarks, RgbImage, Track

KEPT_QUALITY = 97
UPPER_LIP, LOWER_LIP, MOUTH_CORNERS = 13, 14, (61, 291)
NOSE_LINE = (168, 1)


@dataclass(frozen=True, slots=True)
class Taking:
    """How faces are taken.

    Attributes:
        face_type: One of ``FACE_TYPES``.
        side: Of the crops, pixels.
        rate_hz: Faces a second of film at most; 0 takes every frame.
    """

    face_type: str = "full"
    side: int = 256
    rate_hz: float = 15.0


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """One face, cut out.

    Attributes:
        face: What is known of it.
        coded: Its picture as JPEG, so that thousands fit into memory.
        person: Which of the people of its source it is, as the tracker counts them.
    """

    face: StoredFace
    coded: bytes
    person: int

    @property
    def picture(self) -> RgbImage:
        """The crop."""
        content = np.frombuffer(self.coded, np.uint8)
        return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR_RGB), np.uint8)


@dataclass(frozen=True, slots=True)
class Gathered:
    """All faces of some files.

    Attributes:
        sources: The files in which a face was seen.
        faces: In order of file and time.
        remarks: Files in which none was seen, a sentence each.
    """

    sources: tuple[FaceSource, ...]
    faces: tuple[Taken, ...]
    remarks: tuple[str, ...]


def gather_faces(
    paths: Sequence[Path],
    taking: Taking,
    settings: Settings,
    *,
    on_file: Callable[[Path], None] | None = None,
    on_progress: Callable[[float, float | None], None] | None = None,
) -> Gathered:
    """Take the faces of films and stills.

    Args:
        paths: The files.
        taking: How.
        settings: Limits, and the least sandbox.
        on_file: Told before each file.
        on_progress: Told the seconds that were read, and those that the film lasts.

    Raises:
        InputError: A file cannot be decoded.
        UsageError: No face is seen in any of them.
    """
    sources: list[FaceSource] = []
    faces: list[Taken] = []
    remarks = []
    for path in paths:
        if on_file is not None:
            on_file(path)
        media = probe(path, settings)
        if media.video is None:
            raise BrokenMedia(f"{shown(path)} has no picture to take faces from.")
        with open_frames(path, media, settings) as film:
            found = _from_film(film, taking, len(sources), media.duration_seconds, on_progress)
        if found:
            sources.append(FaceSource(path.name, media.sha256))
            faces.extend(found)
        else:
            remarks.append(f"No face is seen in {shown(path)}.")
    return Gathered(tuple(sources), tuple(faces), tuple(remarks))


def _from_film(
    frames: Iterable[Frame],
    taking: Taking,
    source: int,
    duration: float | None,
    on_progress: Callable[[float, float | None], None] | None,
) -> list[Taken]:
    tracker = FaceTracker()
    taken: list[tuple[StoredFace, bytes, Landmarks]] = []
    due = float("-inf")
    for frame in frames:
        seen = tracker.see(frame)
        if on_progress is not None:
            on_progress(frame.seconds, duration)
        if frame.seconds >= due:
            due = frame.seconds + (1 / taking.rate_hz if taking.rate_hz else 0.0) - 1e-3
            taken += [(*_cut(frame, face, taking, source), face.landmarks) for face in seen]
    tracks = tracker.finish().tracks
    owners = [_owner(tracks, face.seconds, landmarks) for face, _, landmarks in taken]
    return [Taken(face, coded, owner) for (face, coded, _), owner in zip(taken, owners, strict=True) if owner]


def _cut(frame: Frame, face: Face, taking: Taking, source: int) -> tuple[StoredFace, bytes]:
    """A face measured a second time, from where the first look found it, and cut out."""
    again, presence = find_landmarks(frame.image, square_of_landmarks(face.landmarks))
    landmarks = again if presence >= LEAST_PRESENCE else face.landmarks
    matrix = crop_matrix(landmarks, taking.face_type, taking.side)
    picture = cut_out(frame.image, matrix, taking.side)
    inside = moved(landmarks, matrix)
    box = box_of(landmarks)
    yaw, pitch, roll = (float(angle) for angle in pose_of(landmarks))
    stored = StoredFace(
        picture="",
        source=source,
        seconds=frame.seconds,
        landmarks=inside,
        pose=(yaw, pitch, roll),
        sharpness=sharpness_of(frame.image, box),
        width=float(box[2] - box[0]),
        light=light_of(picture, inside),
        mouth=mouth_opening(landmarks),
    )
    return stored, encode_jpeg(picture, KEPT_QUALITY)


def light_of(picture: RgbImage, landmarks: Landmarks) -> tuple[float, float]:
    """Mean luma of a face, 0–255, and how much brighter its right half (in the picture) is than its left, −1 to 1."""
    side = len(picture)
    luma = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    hull = np.zeros((side, side), np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(np.rint(landmarks[:, :2]).astype(np.int32)), 1)
    top, foot = landmarks[list(NOSE_LINE), :2]
    across = np.arange(side, dtype=np.float32)[None, :] - _line_x(top, foot, side)[:, None]
    halves = [luma[(hull > 0) & part] for part in (across < 0, across >= 0)]
    if any(len(half) == 0 for half in halves):
        return float(luma.mean()), 0.0
    left, right = (float(half.mean()) for half in halves)
    return float(luma[hull > 0].mean()), (right - left) / max(right + left, 1.0)


def mouth_opening(landmarks: Landmarks) -> float:
    """Distance of the inner lips ÷ width of the mouth."""
    lips, corners = landmarks[[UPPER_LIP, LOWER_LIP], :2], landmarks[list(MOUTH_CORNERS), :2]
    return float(np.linalg.norm(lips[1] - lips[0]) / max(float(np.linalg.norm(corners[1] - corners[0])), 1e-6))


def _line_x(top: np.ndarray, foot: np.ndarray, side: int) -> np.ndarray:
    """Where the line along the nose lies in each row."""
    rows = np.arange(side, dtype=np.float32)
    slope = (foot[0] - top[0]) / (foot[1] - top[1]) if abs(foot[1] - top[1]) > 1 else 0.0
    return np.asarray(top[0] + slope * (rows - top[1]), np.float32)


def _owner(tracks: Sequence[Track], seconds: float, landmarks: Landmarks) -> int:
    """The person whose face this is; 0 where a short flicker was dropped."""
    box = box_of(landmarks)
    for track in tracks:
        row = int(np.searchsorted(track.times, seconds))
        if row < len(track.times) and track.times[row] == seconds and np.allclose(track.boxes[row], box, atol=0.5):
            return track.id
    return 0
