"""Whose face is it: a measure of identity that nothing in the lab is ever trained with.

The network is dlib's ResNet (128 numbers), an extra. It serves two ends: a face set must match the face that its
consent enrolled, and a swap is measured by whom it looks like.

Reference:
    King, dlib C++ Library, face recognition model v1; He et al., Deep Residual Learning, CVPR 2016.
"""

from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float64, UInt8

from unmask.errors import MissingComponent
from unmask.types import Landmarks, RgbImage

Embedding = Float64[np.ndarray, "128"]
"""Place of a face among faces; the nearer, the more alike."""
Chip = UInt8[np.ndarray, "150 150 3"]
SAME_PERSON = 0.6
"""Two faces nearer than this are one person's, as the network's author set it."""
SIDE, PADDING = 150, 0.25
MODEL = "dlib_face_recognition_resnet_model_v1.dat"
POINTS = (33, 133, 362, 263, 2)
"""Corners of the eyes and the base of the nose, in the order of the network's own five points."""
GOAL = np.array(((0.087, 0.214), (0.333, 0.224), (0.638, 0.219), (0.883, 0.207), (0.484, 0.600)), np.float32)
"""Where these lie, as shares of the side, before the padding: measured on faces that dlib itself had cut out."""


def embedding_of(image: RgbImage, landmarks: Landmarks) -> Embedding:
    """Identity of a face.

    Args:
        image: RGB picture.
        landmarks: The face's points in its pixels.

    Returns:
        128 numbers; compare two by ``distance``.

    Raises:
        MissingComponent: The extra that brings the network is not installed.
    """
    chip = _chip(image, landmarks)
    return np.array(_network().compute_face_descriptor(chip), np.float64)


def distance(one: Embedding, other: Embedding) -> float:
    """Euclidean distance of two faces: below SAME_PERSON one person, about 0.8 and more two.

    >>> distance(np.zeros(128), np.full(128, 0.1))
    1.131...
    """
    return float(np.linalg.norm(one - other))


def middle_of(embeddings: Float64[np.ndarray, "faces 128"]) -> Embedding:
    """One place for several pictures of a person."""
    return np.asarray(np.median(embeddings, axis=0), np.float64)


def _chip(image: RgbImage, landmarks: Landmarks) -> Chip:
    goal = ((GOAL + PADDING) / (1 + 2 * PADDING) * SIDE).astype(np.float32)
    matrix, _ = cv2.estimateAffinePartial2D(landmarks[list(POINTS), :2], goal, method=cv2.LMEDS)
    if matrix is None:  # all points in one place
        matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    return np.ascontiguousarray(cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA))


@cache
def _network() -> Any:
    try:
        import dlib  # noqa: PLC0415 # an extra, and slow to load
    except ImportError as error:
        raise MissingComponent(_missing()) from error
    return dlib.face_recognition_model_v1(str(_model()))


def _model() -> Path:
    """The network's file, found without running what it came with."""
    try:
        found = [file for file in files("face-recognition-models") or () if file.name == MODEL]
    except PackageNotFoundError as error:
        raise MissingComponent(_missing()) from error
    if not found:
        raise MissingComponent(_missing())
    return Path(str(found[0].locate()))


def _missing() -> str:
    return "Telling whose face it is needs dlib; install it with: pip install 'unmask[lab]'."
