"""A film of a puppet, with the truth of every frame, and the film of a perfect swap.

Who is in the picture is one field of a scene. What moves, stands behind, lights, dresses and disturbs it is in the
others, so the true swap of one person for another is the same scene with another person::

    swapped = replace(scene, person=identity(8))

Its frames have the head of the other person in the same pose, expression, light and place, before the same
room, in the same clothes and under the same noise.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32

from unmask.forgery.puppets.figure import figure, posed
from unmask.forgery.puppets.identity import Color, Identity
from unmask.forgery.puppets.nuisance import Motion, Nuisance
from unmask.forgery.puppets.render import CLOTHES, drawn
from unmask.forgery.puppets.room import room
from unmask.types import Frame, Landmarks, Mask


@dataclass(frozen=True, slots=True)
class Scene:
    """A film to be made.

    Attributes:
        person: Who is in it, see ``identity``.
        motion: What the person does.
        width: Pixels.
        height: Pixels.
        frame_rate: Frames a second.
        seconds: Length of the film.
        background_seed: Which room it is in.
        clothes: Colour of what the person wears.
        noise: Standard deviation of the camera's noise, levels of 255.
        noise_seed: Which noise.
    """

    person: Identity
    motion: Motion = field(default_factory=Motion)
    width: int = 320
    height: int = 320
    frame_rate: float = 30.0
    seconds: float = 12.0
    background_seed: int = 0
    clothes: Color = CLOTHES
    noise: float = 2.0
    noise_seed: int = 0

    @property
    def frames(self) -> int:
        """Number of frames, at least one."""
        return max(1, round(self.seconds * self.frame_rate))


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A frame and what is true of it.

    Attributes:
        frame: The picture and its time.
        landmarks: The true points in pixels, see ``render.Rendered``.
        pose: True yaw, pitch and roll in degrees.
        face_mask: Share of each pixel that shows the face, 0–1.
        nuisance: All that passes in this frame.
    """

    frame: Frame
    landmarks: Landmarks
    pose: Float32[np.ndarray, "3"]
    face_mask: Mask
    nuisance: Nuisance


def scene_frames(scene: Scene) -> Iterator[Shot]:
    """The frames of a scene, one after the other; the same scene gives the same bytes."""
    for index in range(scene.frames):
        yield shot_of(scene, index)


def shot_of(scene: Scene, index: int) -> Shot:
    """One frame of a scene, without those before it."""
    nuisance = _nuisance(scene, index)
    behind = room(scene.background_seed, scene.width, scene.height)
    done = drawn(scene.person, nuisance, scene.width, scene.height, background=behind, clothes=scene.clothes)
    chance = np.random.default_rng((scene.noise_seed, index))
    noise = chance.standard_normal(done.picture.shape, dtype=np.float32) * np.float32(scene.noise)
    image = np.clip(np.rint(done.picture + noise), 0, 255).astype(np.uint8)
    return Shot(Frame(image, index / scene.frame_rate), done.landmarks, done.pose, done.face_mask, nuisance)


def landmarks_of(scene: Scene, index: int) -> Landmarks:
    """The true points of one frame, as ``shot_of`` gives them, without drawing it."""
    return posed(figure(scene.person), _nuisance(scene, index), scene.width, scene.height).landmarks


def _nuisance(scene: Scene, index: int) -> Nuisance:
    """All that passes in one frame."""
    return scene.motion.at(index / scene.frame_rate, scene.width, scene.height)
