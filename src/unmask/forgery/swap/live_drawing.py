"""What becomes of one live picture: the face followed, asked whose it is, and drawn over; as it is where that may not be."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from unmask.errors import BrokenMedia, UsageError
from unmask.faces.align import crop_face, sharpness_of
from unmask.faces.live import FaceFollower, Seen
from unmask.forgery.followed import Followed
from unmask.forgery.paste.window import require_face
from unmask.forgery.seal import Made
from unmask.forgery.swap.alignment import CropMatrix, crop_matrix
from unmask.forgery.swap.live_source import Source
from unmask.forgery.swap.live_tally import Tally
from unmask.forgery.swap.merge import Merger
from unmask.media.source import shown
from unmask.types import Crop, Face, Frame

LOOKS, LOOK_SECONDS = 6, 0.08
"""Clear pictures of a face that are looked at before it is drawn over, and the least time between two."""
LOOK_YAW, LOOK_PITCH = 35.0, 30.0
"""Degrees up to which a face is known again."""
STILL_SHARE, MOVING = 0.35, 0.04
"""Share of the new place that is taken of a face that keeps still, and the way, as a share of the crop's side, from which all is."""

Admit = Callable[[Followed], None]
"""Refuses a face that must not be drawn over, with a UsageError."""
MergerFor = Callable[[Followed], Merger]


@dataclass(frozen=True, slots=True, eq=False)
class LivePicture:
    """A picture with the drawn face, or as it came.

    Attributes:
        made: The picture, and which of its pixels were made.
        seconds: When it was taken.
        person: The looks by which the person was first known.
    """

    made: Made
    seconds: float
    person: Followed


@dataclass(slots=True)
class LiveDrawer:
    """Draws over one person's face, picture by picture.

    Nothing is let through before the first person was known by some clear looks, and allowed. Whoever comes into view later is
    asked likewise; they, and a room without anybody, are shown as they are.

    Attributes:
        source: Where the pictures come from.
        admit: Refuses who must not be drawn over.
        merger_for: What draws, its colours matched to the first looks.
        face_type: With which the model's faces were cut out.
        side: Of its crops, pixels.
        tally: Counts what is followed and drawn.
        follower: Follows the face.
    """

    source: Source
    admit: Admit
    merger_for: MergerFor
    face_type: str
    side: int
    tally: Tally
    follower: FaceFollower
    _looks: list[tuple[Face, Crop]] = field(default_factory=list)
    _appearance: int = 0
    _allowed: bool | None = None
    _person: Followed | None = None
    _merger: Merger | None = None
    _matrix: CropMatrix | None = None
    _shape: tuple[int, ...] = ()

    def draw(self, frame: Frame) -> LivePicture | None:
        """What is shown of a frame; None before the first person is known.

        Raises:
            UsageError: The first person in view must not be drawn over.
            BrokenMedia: The picture changes its size.
        """
        self._require_size(frame)
        with self.tally.timed("followed"):
            seen = self.follower.see(frame)
        if seen is not None and seen.appearance != self._appearance:
            self._appearance, self._allowed, self._matrix, self._looks = seen.appearance, None, None, []
        if seen is not None and self._allowed is None:
            self._consider(frame, seen)
        if self._person is None or self._merger is None:
            return None
        made = None
        if seen is not None and self._allowed and _can_be_drawn(seen.face, frame):
            with self.tally.timed("drawn"):
                self._matrix = steadied(self._matrix, self._place(seen.face), self.side)
                made = self._merger.changed(frame.image, seen.face.landmarks, self._matrix)
        else:
            self._matrix = None
        self.tally.note = _note(seen, self._allowed)
        return LivePicture(made or _untouched(frame), frame.seconds, self._person)

    def _consider(self, frame: Frame, seen: Seen) -> None:
        """Look at a face that came into view, and once it was seen clearly, ask whether it may be drawn over."""
        face = seen.face
        yaw, pitch, _ = np.abs(face.pose)
        soon = bool(self._looks) and frame.seconds - self._looks[-1][1].seconds < LOOK_SECONDS
        if soon or yaw > LOOK_YAW or pitch > LOOK_PITCH:
            return
        crop = crop_face(frame.image, face.landmarks, frame.seconds, sharpness_of(frame.image, face.box))
        self._looks.append((face, crop))
        if len(self._looks) == LOOKS:
            self._ask(followed_by_looks(self.source, self._looks, seen))

    def _ask(self, followed: Followed) -> None:
        try:
            self.admit(followed)
        except UsageError:
            if self._person is None:
                raise
            self._allowed = False
            return
        self._allowed = True
        if self._person is None:
            self._person, self._merger = followed, self.merger_for(followed)

    def _place(self, face: Face) -> CropMatrix:
        return crop_matrix(face.landmarks, self.face_type, self.side)

    def _require_size(self, frame: Frame) -> None:
        if self._shape not in ((), frame.image.shape):
            raise BrokenMedia(
                f"{shown(self.source.path)} changes its picture from {self._shape[1]}×{self._shape[0]} to {frame.image.shape[1]}×{frame.image.shape[0]}; begin anew there."
            )
        self._shape = frame.image.shape


def followed_by_looks(source: Source, looks: list[tuple[Face, Crop]], seen: Seen) -> Followed:
    """The looks at a face in the form in which a film's person is asked for, and drawn over.

    Args:
        source: Where they were taken.
        looks: Faces, and their pictures.
        seen: The last look, with everyone else in view.
    """
    faces = [face for face, _ in looks]
    return Followed(
        source.path,
        source.media,
        np.array([crop.seconds for _, crop in looks]),
        np.stack([face.landmarks for face in faces]),
        np.stack([face.box for face in faces]),
        tuple(crop for _, crop in looks),
        seen.others,
    )


def steadied(before: CropMatrix | None, now: CropMatrix, side: int) -> CropMatrix:
    """The place of a face between the last picture's and this one's, so that it does not tremble, and yet keeps up.

    A face that keeps still is smoothed over some pictures; one that moves is followed at once, as it could only lag behind.

    Args:
        before: Matrix into the crop's pixels that was used for the last picture, None when there is none.
        now: As measured in this picture.
        side: Of the crop, pixels.
    """
    if before is None:
        return now
    corners = np.array([(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)])
    places = (corners - now[:, 2]) @ np.linalg.inv(now[:, :2]).T
    moved = np.abs(places @ before[:, :2].T + before[:, 2] - corners).max() / side
    share = min(1.0, STILL_SHARE + (1 - STILL_SHARE) * float(moved) / MOVING)
    return np.asarray(before + share * (now - before), np.float64)


def _can_be_drawn(face: Face, frame: Frame) -> bool:
    """Whether enough of the face is in the picture."""
    try:
        require_face(face.landmarks, frame.image.shape)
    except UsageError:
        return False
    return True


def _untouched(frame: Frame) -> Made:
    return Made(frame.image, np.zeros(frame.image.shape[:2], np.float32))


def _note(seen: Seen | None, allowed: bool | None) -> str:  # noqa: FBT001 # three answers, told in words
    if seen is None:
        return "no face in view"
    return {True: "", False: "someone else in view", None: "looking at who it is"}[allowed]
