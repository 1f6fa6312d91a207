"""One person followed as the pictures come: nothing is known of what follows, and nothing is kept but the last place.

As in ``track``, FaceMesh goes from frame to frame, and the detector is asked when the face is lost, and now and then. A
face that may be another person's than the one before gets another number, so that whoever draws over it can ask anew.
"""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32

from unmask.faces.detect import Detection, detect, overlap
from unmask.faces.landmarks import square_of_detection, square_of_landmarks
from unmask.faces.shots import CutFinder
from unmask.faces.track import (
    DRIFT_SCANS,
    HUNT_SECONDS,
    LEAST_FACE_PIXELS,
    LEAST_PRESENCE,
    LOSS_SECONDS,
    NEW_FACE_PRESENCE,
    SAME_PERSON_OVERLAP,
    SCAN_SECONDS,
    look_at,
    near,
)
from unmask.types import Boxes, Face, Frame, RgbImage

NOBODY: Boxes = np.zeros((0, 4), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The person in a frame.

    Attributes:
        face: Their face.
        appearance: Counts from 1; another number may be another person.
        others: Boxes of everyone else whom the detector saw last.
    """

    face: Face
    appearance: int
    others: Float32[np.ndarray, "others 4"]


@dataclass(slots=True)
class FaceFollower:
    """Follows the largest face from frame to frame.

    Attributes:
        person: Follow not the largest but, of those in view, the one of this rank; the largest is 1.
    """

    person: int = 1
    _face: Face | None = None
    _last: Face | None = None
    _last_seconds: float = float("-inf")
    _scanned: float = float("-inf")
    _missed: int = 0
    _appearance: int = 0
    _others: Boxes = field(default_factory=lambda: NOBODY)
    _cuts: CutFinder = field(default_factory=CutFinder)

    def see(self, frame: Frame) -> Seen | None:
        """The person in the next frame, None where they are not seen."""
        if self._cuts.is_cut(frame.image):
            self._face = self._last = None
        self._face = _again(frame.image, self._face)
        since = frame.seconds - self._scanned
        if not 0 <= since < (HUNT_SECONDS if self._face is None else SCAN_SECONDS):
            self._scan(frame)
        if self._face is None:
            return None
        self._last, self._last_seconds = self._face, frame.seconds
        return Seen(self._face, self._appearance, self._others)

    def _scan(self, frame: Frame) -> None:
        self._scanned = frame.seconds
        found = [one for one in detect(frame.image) if one.box[2] - one.box[0] >= LEAST_FACE_PIXELS]
        found.sort(key=lambda one: -float(np.prod(one.box[2:] - one.box[:2])))
        if self._face is not None:
            self._note_drift(self._face, found)
        if self._face is None:
            self._meet(found, frame)
        face = self._face
        rest = [one.box for one in found if face is None or not _same(face, one)]
        self._others = np.stack(rest) if rest else NOBODY

    def _note_drift(self, face: Face, found: list[Detection]) -> None:
        """A weak face that the detector denies again and again has slid off its head."""
        denied = face.score <= NEW_FACE_PRESENCE and not any(_same(face, one) for one in found)
        self._missed = self._missed + 1 if denied else 0
        if self._missed > DRIFT_SCANS:
            self._face, self._missed = None, 0

    def _meet(self, found: list[Detection], frame: Frame) -> None:
        """The one who was lost a moment ago, at about the same place; else the one of the rank that is wanted."""
        faces = [_met(frame.image, one) for one in found]
        if self._last is not None and 0 <= frame.seconds - self._last_seconds <= LOSS_SECONDS:
            again = next((face for face in faces if face is not None and near(self._last, face)), None)
            if again is not None:
                self._face = again
                return
        if len(faces) >= self.person and (face := faces[self.person - 1]) is not None:
            self._face, self._missed = face, 0
            self._appearance += 1


def _again(image: RgbImage, before: Face | None) -> Face | None:
    """The face where it was, if one is there."""
    face = None if before is None else look_at(image, square_of_landmarks(before.landmarks))
    return face if face is not None and face.score >= LEAST_PRESENCE else None


def _met(image: RgbImage, detection: Detection) -> Face | None:
    """The face of a detection, looked at twice, since the detector's square is rough."""
    face = look_at(image, square_of_detection(detection))
    face = look_at(image, square_of_landmarks(face.landmarks)) if face else None
    return face if face is not None and face.score >= NEW_FACE_PRESENCE else None


def _same(face: Face, detection: Detection) -> bool:
    return overlap(face.box, detection.box) > SAME_PERSON_OVERLAP
