"""The head's turn in degrees, by laying the mean face onto the points."""

from functools import cache

import numpy as np
from jaxtyping import Float32, Float64

from unmask.types import Landmarks
from unmask.weights import weight_path

Rotation = Float64[np.ndarray, "3 3"]
Points = Float32[np.ndarray, "points 3"]

# Points that stay put when a face talks, laughs or blinks: brow, nose bridge, eye corners, cheekbones, temples.
RIGID = (6, 8, 9, 10, 33, 67, 109, 127, 133, 151, 168, 195, 197, 234, 263, 297, 338, 356, 362, 454, 5, 4, 1)


@cache
def mean_face() -> Landmarks:
    """The mean face in millimetres: x to the image's right, y down, z negative towards the camera."""
    return np.load(weight_path("mean_face"), allow_pickle=False)


def similarity(source: Points, target: Points) -> tuple[float, Rotation, Float64[np.ndarray, "3"]]:
    """Scale, rotation and shift that lay ``source`` onto ``target`` with the least squared error.

    Reference:
        Umeyama, IEEE TPAMI 13(4), 1991.
    """
    middle, goal = source.mean(axis=0, dtype=np.float64), target.mean(axis=0, dtype=np.float64)
    centred = source - middle
    left, stretch, right = np.linalg.svd((target - goal).T @ centred)
    mirror = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = (left * mirror) @ right
    scale = float((stretch * mirror).sum() / np.square(centred).sum())
    return scale, rotation, goal - scale * rotation @ middle


def align_points(points: Points, onto: Points) -> Points:
    """Points moved, turned and scaled as near to others as they get."""
    scale, rotation, shift = similarity(points, onto)
    return (scale * points @ rotation.T + shift).astype(np.float32)


def rotation_of(landmarks: Landmarks, points: tuple[int, ...] = RIGID) -> Rotation:
    """Rotation from the mean face to a face, from some of its points."""
    chosen = list(points)
    return similarity(mean_face()[chosen], landmarks[chosen])[1]


def degrees_of(rotation: Rotation) -> Float32[np.ndarray, "3"]:
    """Yaw, pitch and roll of a rotation, in degrees.

    Positive yaw looks to the image's right, positive pitch looks up, positive roll leans clockwise.

    >>> import numpy as np
    >>> degrees_of(np.eye(3)).tolist()
    [0.0, 0.0, 0.0]
    """
    forward = -rotation[:, 2]
    yaw = np.arctan2(forward[0], -forward[2])
    pitch = np.arcsin(np.clip(-forward[1], -1.0, 1.0))
    roll = np.arctan2(rotation[1, 0], rotation[0, 0])
    return np.degrees([yaw, pitch, roll]).astype(np.float32) + np.float32(0.0)


def pose_of(landmarks: Landmarks) -> Float32[np.ndarray, "3"]:
    """Yaw, pitch and roll of a head in degrees, from its points."""
    return degrees_of(rotation_of(landmarks))
