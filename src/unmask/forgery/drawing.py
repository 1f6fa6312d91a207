"""Puppets drawn into films and stills, sealed: people of whom everything is known, and who need not be asked."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from unmask.errors import UsageError
from unmask.forgery.lab import Sealer
from unmask.forgery.puppets.film import Scene, landmarks_of, scene_frames, shot_of
from unmask.forgery.puppets.identity import identity
from unmask.forgery.puppets.nuisance import Motion
from unmask.forgery.seal import Made, Pace, SealedMedia, seal_reel, seal_still
from unmask.forgery.truth import Truth
from unmask.types import Boxes

LEAST_SIDE, LARGEST_SIDE = 96, 1920
FACE_SHARE = 0.34
"""Width of the face as a share of the picture's shorter side."""
LOOKS = 9


@dataclass(frozen=True, slots=True)
class PuppetOrder:
    """Which puppet is to be drawn, and what it does.

    Attributes:
        person: Seed of who it is.
        motion: Seed of what it does; two people with one motion do the same, which makes a true swap.
        seconds: Length of the film; 0 for a still.
        width: Pixels.
        height: Pixels.
        frame_rate: Frames a second.
        yaw_degrees: How far the head turns to either side, 0–90.
        heart_rate_bpm: None has no pulse.
        breath_rate_bpm: None holds the breath.
        noise: Standard deviation of the camera's noise, levels of 255.
        room: Seed of the room behind.
    """

    person: int = 1
    motion: int = 1
    seconds: float = 10.0
    width: int = 480
    height: int = 480
    frame_rate: float = 25.0
    yaw_degrees: float = 12.0
    heart_rate_bpm: float | None = 72.0
    breath_rate_bpm: float | None = 14.0
    noise: float = 2.0
    room: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if not all(LEAST_SIDE <= side <= LARGEST_SIDE for side in (self.width, self.height)):
            raise UsageError(
                f"A picture of {self.width}×{self.height} is not drawn; take sides of {LEAST_SIDE} to {LARGEST_SIDE} pixels."
            )
        if not 0 <= self.yaw_degrees <= 90:
            raise UsageError(f"A head does not turn by {self.yaw_degrees:g}°; take 0 to 90.")
        if not 0 <= self.seconds <= 3600:
            raise UsageError(f"A film of {self.seconds:g} s is not drawn; take 0 (a still) to 3600.")
        if not 1 <= self.frame_rate <= 120:
            raise UsageError(f"A rate of {self.frame_rate:g} frames a second is not drawn; take 1 to 120.")
        if any(rate is not None and not 4 <= rate <= 240 for rate in (self.heart_rate_bpm, self.breath_rate_bpm)):
            raise UsageError("A heart or breath rate lies between 4 and 240 a minute; leave it out for none.")


def scene_of(order: PuppetOrder) -> Scene:
    """The scene that an order stands for."""
    yaw = order.yaw_degrees
    motion = Motion(
        seed=order.motion,
        yaw_degrees=(-yaw, yaw),
        heart_rate_bpm=order.heart_rate_bpm,
        breath_rate_bpm=order.breath_rate_bpm,
        face_width=FACE_SHARE * min(order.width, order.height),
    )
    return Scene(
        identity(order.person),
        motion,
        order.width,
        order.height,
        order.frame_rate,
        order.seconds,
        background_seed=order.room,
        noise=order.noise,
        noise_seed=order.motion,
    )


def draw_puppet(order: PuppetOrder, sealer: Sealer) -> SealedMedia:
    """A puppet's film or still, sealed; its mask is where the face is seen.

    Args:
        order: Which, and what it does.
        sealer: The lab's keys.
    """
    scene = scene_of(order)
    truth = Truth("puppet", "drawn", asdict(order), seed=order.person)
    faces = _boxes(scene)
    if order.seconds == 0:
        shot = shot_of(scene, 0)
        return seal_still(Made(shot.frame.image, shot.face_mask), truth, sealer, faces=faces)
    return seal_reel(_pictures(scene), Pace(scene.frame_rate, seconds=scene.seconds), truth, sealer, faces=faces)


def _pictures(scene: Scene) -> Iterator[tuple[float, Made]]:
    for shot in scene_frames(scene):
        yield shot.frame.seconds, Made(shot.frame.image, shot.face_mask)


def _boxes(scene: Scene) -> Boxes:
    """Where the face is, from a few frames."""
    rows = np.unique(np.linspace(0, scene.frames - 1, LOOKS).astype(int))
    points = [landmarks_of(scene, int(row))[:, :2] for row in rows]
    return np.array([np.concatenate([face.min(axis=0), face.max(axis=0)]) for face in points], np.float32)
