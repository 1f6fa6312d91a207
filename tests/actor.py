"""An actor: landmarks that move by a manner that is known, without pictures.

track = acted(HER, seconds=40.0, take=1)
"""

import numpy as np
from jaxtyping import Float64

from unmask.faces.pose import mean_face
from unmask.types import MESH_STEPS, Crop, Track

Manner = Float64[np.ndarray, "motions moods"]
"""How much of each mood goes into each motion: nod, smile, brows, jaw."""

HER: Manner = np.array([[1.0, 0.0], [0.9, 0.1], [0.1, 1.0], [-0.2, 0.9]])
"""Smiles as she nods; raises her brows as she speaks."""
HIM: Manner = np.array([[1.0, 0.0], [-0.9, 0.2], [-0.9, 0.1], [0.1, 1.0]])
"""Smiles and raises his brows as the head sinks; speaks as he pleases."""
SIZE, MIDDLE = 1.5, np.array([320.0, 240.0])


def moods(times: Float64[np.ndarray, " frames"], count: int, take: int) -> Float64[np.ndarray, "moods frames"]:
    """Slow waves of their own in each take, about −1 to 1; those of one moment are the same at any frame rate."""
    chance = np.random.default_rng(take)
    rates, phases = chance.uniform(0.08, 0.9, (count, 12, 1)), chance.uniform(0, 2 * np.pi, (count, 12, 1))
    return np.sin(2 * np.pi * rates * times + phases).sum(axis=1) / 12**0.5


def acted(
    manner: Manner,
    *,
    seconds: float = 40.0,
    take: int = 1,
    frame_rate: float = 20.0,
    start: float = 0.0,
    crops: tuple[Crop, ...] = (),
) -> Track:
    """A person's track, from the mean face moved by a manner; each motion has a little of its own as well."""
    times = start + np.arange(round(seconds * frame_rate)) / frame_rate
    waves = moods(times - start, manner.shape[1] + len(manner), take)
    nod, smile, brows, jaw = manner @ waves[: manner.shape[1]] + 0.4 * waves[manner.shape[1] :]
    landmarks = np.tile(mean_face().astype(np.float64), (len(times), 1, 1))
    landmarks[:, 61, :2] += np.stack([-2 * smile, -smile], axis=1)
    landmarks[:, 291, :2] += np.stack([2 * smile, -smile], axis=1)
    landmarks[:, [107, 336, 70, 300], 1] -= 2 * brows[:, None]
    landmarks[:, 152, 1] += 3 * jaw
    turned = SIZE * landmarks @ nodding(np.radians(6 * nod))
    return _track(times, turned, np.degrees(np.radians(6 * nod)), 0.2 + 0.1 * jaw, crops)


def nodding(pitch: Float64[np.ndarray, " frames"]) -> Float64[np.ndarray, "frames 3 3"]:
    """Transposed rotations that look up by so much."""
    none, one = np.zeros_like(pitch), np.ones_like(pitch)
    rows = [[one, none, none], [none, np.cos(pitch), -np.sin(pitch)], [none, np.sin(pitch), np.cos(pitch)]]
    return np.moveaxis(np.array(rows), -1, 0)


def _track(
    times: Float64[np.ndarray, " frames"],
    landmarks: Float64[np.ndarray, "frames 468 3"],
    pitch_degrees: Float64[np.ndarray, " frames"],
    lips: Float64[np.ndarray, " frames"],
    crops: tuple[Crop, ...],
) -> Track:
    frames = len(times)
    half = np.array([110.0, 140.0])
    ones = np.ones(frames, np.float32)
    return Track(
        id=1,
        times=times,
        boxes=np.tile(np.concatenate([MIDDLE - half, MIDDLE + half]).astype(np.float32), (frames, 1)),
        mesh=np.rint(landmarks * MESH_STEPS).astype(np.int16),
        pose=np.stack([0 * pitch_degrees, pitch_degrees, 0 * pitch_degrees], axis=1).astype(np.float32),
        colors=np.zeros((frames, 1, 3), np.float32),
        cells=("cheek",),
        sharpness=ones,
        clipped=0 * ones,
        scores=ones,
        eyes=np.full((frames, 2), 0.3, np.float32),
        lips=lips.astype(np.float32),
        crops=crops,
    )
