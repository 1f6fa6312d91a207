"""Has a network learned faces by heart? How far what it draws lies from the nearest face that it learned from."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.forgery.synthesize.faces import FacePictures, TrainingFaces
from unmask.types import PerFrame

COMPARED_SIDE = 32
"""Pixels at which faces are compared: likeness without grain."""
Flat = Float32[np.ndarray, "_ values"]


@dataclass(frozen=True, slots=True)
class Memory:
    """How near drawn faces come to learned ones, as root mean square differences of levels (0–255).

    Attributes:
        nearest: Least distance of any drawn face from its nearest training face.
        median: Middle of these distances.
        people_apart: Middle distance of a training face from the nearest one of another person; None where there is
            one person only. Faces that are drawn nearer than that resemble someone.
    """

    nearest: float
    median: float
    people_apart: float | None


def memory_of(drawn: FacePictures, faces: TrainingFaces) -> Memory:
    """Compare drawn faces with those that were learned from."""
    distances = nearest_training_distance(drawn, faces)
    return Memory(float(distances.min()), float(np.median(distances)), people_apart(faces))


def nearest_training_distance(drawn: FacePictures, faces: TrainingFaces) -> PerFrame:
    """Distance of each drawn face from the nearest training face or its mirror image.

    Args:
        drawn: Faces in the same colours.
        faces: What was learned from.

    Returns:
        Root mean square difference of levels (0–255) at 32 × 32 pixels; 0 for a copy.
    """
    both = np.concatenate([faces.pictures, faces.pictures[:, :, ::-1]])
    return _distances(_flat(drawn), _flat(both)).min(axis=1)


def people_apart(faces: TrainingFaces) -> float | None:
    """Middle distance of a training face from the nearest one of another person; None where there is one only."""
    if len(np.unique(faces.owners)) < 2:
        return None
    flat = _flat(faces.pictures)
    distances = _distances(flat, flat)
    distances[faces.owners[:, None] == faces.owners[None]] = np.inf
    return float(np.median(distances.min(axis=1)))


def _flat(pictures: FacePictures) -> Flat:
    size = (COMPARED_SIDE, COMPARED_SIDE)
    small = [cv2.resize(picture, size, interpolation=cv2.INTER_AREA).reshape(-1) for picture in pictures]
    return np.stack(small).astype(np.float32)


def _distances(some: Flat, others: Flat) -> Float32[np.ndarray, "some others"]:
    lengths = (some**2).mean(1)[:, None] + (others**2).mean(1)[None]
    squares = lengths - 2 / some.shape[1] * (some @ others.T)
    return np.sqrt(np.maximum(squares, 0)).astype(np.float32)
