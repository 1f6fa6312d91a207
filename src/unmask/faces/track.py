"""People through time: one pass over the frames builds every track.

FaceMesh follows each face from frame to frame. The detector runs only when a face was lost, after a cut, and every
SCAN_SECONDS for newcomers. A track survives a loss of LOSS_SECONDS and ends at a shot cut.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from unmask.faces.build import CropBudget, TrackBuilder
from unmask.faces.detect import Detection, detect, overlap
from unmask.faces.landmarks import Square, box_of, find_landmarks, square_of_detection, square_of_landmarks
from unmask.faces.pose import pose_of
from unmask.faces.shots import CutFinder
from unmask.types import Face, Frame, RgbImage, Track

SCAN_SECONDS = 2.0
HUNT_SECONDS = 0.1
LOSS_SECONDS = 1.0
LEAST_PRESENCE = 0.5
NEW_FACE_PRESENCE = 0.8
SAME_PERSON_OVERLAP = 0.25
TWIN_OVERLAP = 0.5
LEAST_FACE_PIXELS = 24
LEAST_FRAMES = 5
DRIFT_SCANS = 2


@dataclass(frozen=True, slots=True)
class Following:
    """What one pass over a film found.

    Attributes:
        tracks: People, the one seen longest and largest first.
        frames: Frames looked at.
        seen_until: Presentation time of the last frame in seconds, None when there was none.
        cuts: Times of shot cuts in seconds.
        crowd: Faces seen at one moment beyond those followed.
    """

    tracks: tuple[Track, ...]
    frames: int
    seen_until: float | None
    cuts: tuple[float, ...]
    crowd: int


@dataclass(slots=True)
class _Person:
    """A track in the making and where its face was seen last."""

    builder: TrackBuilder
    square: Square
    face: Face
    last_seen: float
    missed_scans: int = 0


@dataclass(slots=True)
class FaceTracker:
    """Follows people from frame to frame.

    Attributes:
        max_people: People followed at once; of more, the largest faces are.
        bits_per_pixel: Coded bits a pixel of the film, handed on to the tracks.
        changes: Whether to measure what changes from frame to frame.
    """

    max_people: int = 8
    bits_per_pixel: float | None = None
    changes: bool = False
    crowd: int = 0
    cuts: list[float] = field(default_factory=list)
    frames: int = 0
    _seen_until: float | None = None
    _people: list[_Person] = field(default_factory=list)
    _done: list[TrackBuilder] = field(default_factory=list)
    _last_scan: float = float("-inf")
    _cut_finder: CutFinder = field(default_factory=CutFinder)
    _crops: CropBudget = field(default_factory=CropBudget)

    def see(self, frame: Frame) -> list[Face]:
        """Follow everyone into the next frame; the faces seen in it."""
        before, self._seen_until = self._seen_until, frame.seconds
        self.frames += 1
        if self._cut_finder.is_cut(frame.image):
            self.cuts.append(frame.seconds)
            self._end(self._people)
            self._last_scan = float("-inf")
        self._follow([person for person in self._people if person.last_seen == before], frame)
        if self._must_scan(frame.seconds):
            self._scan(frame)
        self._end([person for person in self._people if frame.seconds - person.last_seen > LOSS_SECONDS])
        return [person.face for person in self._people if person.last_seen == frame.seconds]

    def finish(self) -> Following:
        """End all tracks; short flickers of a long film are dropped."""
        self._end(self._people)
        least = min(LEAST_FRAMES, self.frames)
        tracks = [builder.build(self.bits_per_pixel) for builder in self._done if builder.frames >= least]
        tracks.sort(key=lambda track: -len(track.times) * track.face_width)
        numbered = tuple(_numbered(track, number) for number, track in enumerate(tracks, 1))
        return Following(numbered, self.frames, self._seen_until, tuple(self.cuts), self.crowd)

    def _follow(self, people: list[_Person], frame: Frame) -> None:
        """Those seen in the frame before are looked for where they were; the others are left to the detector."""
        for person in people:
            face = look_at(frame.image, person.square)
            if face and face.score >= LEAST_PRESENCE and not self._is_twin(face, person, frame.seconds):
                self._add(person, face, frame)

    def _is_twin(self, face: Face, person: _Person, seconds: float) -> bool:
        """Two tracks that slid onto one face: the longer one keeps it."""
        return any(
            other is not person and other.last_seen == seconds and overlap(other.face.box, face.box) > TWIN_OVERLAP
            for other in self._people
        )

    def _must_scan(self, seconds: float) -> bool:
        if any(person.last_seen < seconds for person in self._people):
            return True
        return seconds - self._last_scan >= (SCAN_SECONDS if self._people else HUNT_SECONDS)

    def _scan(self, frame: Frame) -> None:
        self._last_scan = frame.seconds
        found = [d for d in detect(frame.image) if d.box[2] - d.box[0] >= LEAST_FACE_PIXELS]
        found.sort(key=lambda detection: -float(np.prod(detection.box[2:] - detection.box[:2])))
        self._note_drift(found, frame.seconds)
        for detection in found:
            if not any(p.last_seen == frame.seconds and _same(p.face, detection) for p in self._people):
                self._meet(detection, frame)
        self.crowd = max(self.crowd, len(found) - self.max_people)

    def _meet(self, detection: Detection, frame: Frame) -> None:
        """Someone the tracks did not follow here: a lost one found again, or a newcomer."""
        face = look_at(frame.image, square_of_detection(detection))
        face = look_at(frame.image, square_of_landmarks(face.landmarks)) if face else None
        if face is None or face.score < NEW_FACE_PRESENCE:
            return
        if any(p.last_seen == frame.seconds and overlap(p.face.box, face.box) > TWIN_OVERLAP for p in self._people):
            return
        lost = [p for p in self._people if p.last_seen < frame.seconds and near(p.face, face)]
        if lost:
            self._add(max(lost, key=lambda p: overlap(p.face.box, face.box)), face, frame)
        elif len(self._people) < self.max_people:
            person = _Person(
                TrackBuilder(self._crops, changes=self.changes),
                square_of_landmarks(face.landmarks),
                face,
                frame.seconds,
            )
            self._people.append(person)
            self._add(person, face, frame)

    def _note_drift(self, found: list[Detection], seconds: float) -> None:
        """A track that the detector denies twice, with a weak presence, has slid off its face."""
        for person in self._people:
            if person.face.score > NEW_FACE_PRESENCE or any(_same(person.face, detection) for detection in found):
                person.missed_scans = 0
            elif person.last_seen == seconds:
                person.missed_scans += 1
        self._end([person for person in self._people if person.missed_scans > DRIFT_SCANS])

    def _add(self, person: _Person, face: Face, frame: Frame) -> None:
        person.face, person.last_seen = face, frame.seconds
        person.square = square_of_landmarks(face.landmarks)
        person.builder.add(frame, face)

    def _end(self, people: list[_Person]) -> None:
        for person in people:
            person.builder.close()
            self._done.append(person.builder)
        self._people = [person for person in self._people if all(person is not other for other in people)]


def follow(
    frames: Iterable[Frame], *, max_people: int = 8, bits_per_pixel: float | None = None, changes: bool = False
) -> Following:
    """Follow everyone through a film in one pass.

    Args:
        frames: Pictures in order of time.
        max_people: People followed at once.
        bits_per_pixel: Coded bits a pixel of the film, None for stills.
        changes: Whether to measure what changes from frame to frame, which costs as much as following a face.
    """
    tracker = FaceTracker(max_people=max_people, bits_per_pixel=bits_per_pixel, changes=changes)
    for frame in frames:
        tracker.see(frame)
    return tracker.finish()


def look_at(image: RgbImage, square: Square) -> Face | None:
    """The face in a square, whether one is there or not; None where none could be."""
    if not (LEAST_FACE_PIXELS <= square.side < 8 * max(image.shape)):
        return None
    landmarks, presence = find_landmarks(image, square)
    box = box_of(landmarks)
    height, width = image.shape[:2]
    if box[2] <= 0 or box[3] <= 0 or box[0] >= width or box[1] >= height or box[2] - box[0] < LEAST_FACE_PIXELS / 2:
        return None
    return Face(box, landmarks, presence, pose_of(landmarks))


def _same(face: Face, detection: Detection) -> bool:
    return overlap(face.box, detection.box) > SAME_PERSON_OVERLAP


def near(before: Face, now: Face) -> bool:
    """Whether a lost face may be the one found: overlapping, or moved by less than its own width at like size."""
    if overlap(before.box, now.box) > SAME_PERSON_OVERLAP / 2:
        return True
    size = before.box[2:] - before.box[:2], now.box[2:] - now.box[:2]
    moved = np.abs((before.box[:2] + before.box[2:]) - (now.box[:2] + now.box[2:])) / 2
    ratio = float(size[1][0] / size[0][0])
    return bool((moved < size[0]).all()) and 0.5 < ratio < 2.0


def _numbered(track: Track, number: int) -> Track:
    return Track(**{name: getattr(track, name) for name in Track.__slots__} | {"id": number})
