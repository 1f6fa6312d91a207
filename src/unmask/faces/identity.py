"""Whose face is it: a measure of identity that nothing is ever trained with.

The network is dlib's ResNet (128 numbers), an extra. It serves three ends: a film is compared with a person's own clips, a
face set must match the face that its consent enrolled, and a swap is measured by whom it looks like.

Reference:
    King, dlib C++ Library, face recognition model v1; He et al., Deep Residual Learning, CVPR 2016.
"""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float64, UInt8

from unmask.errors import MissingComponent
from unmask.types import Landmarks, RgbImage, Track

Embedding = Float64[np.ndarray, "128"]
"""Place of a face among faces; the nearer, the more alike."""
Chip = UInt8[np.ndarray, "150 150 3"]
SAME_PERSON = 0.6
"""Two faces nearer than this are one person's, as the network's author set it."""
SIDE, PADDING = 150, 0.25
LOOKS = 5
"""A look costs a quarter of a second; five tell a person."""
MOST_YAW_DEGREES, MOST_PITCH_DEGREES = 30.0, 25.0
"""The network knows faces turned further less well."""
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


def looks_of(track: Track, most: int = LOOKS) -> tuple[Float64[np.ndarray, " faces"], Float64[np.ndarray, "faces 128"]]:
    """A person's face at some moments: the sharpest of the pictures that show it from the front, or else of all.

    Args:
        track: The person; no picture of them gives no look.
        most: Looks wanted.

    Returns:
        Seconds, rising, and the embedding at each.

    Raises:
        MissingComponent: The extra that brings the network is not installed.
    """
    yaw, pitch = (np.abs(track.pose[:, axis]) for axis in (0, 1))
    frontal = (yaw <= MOST_YAW_DEGREES) & (pitch <= MOST_PITCH_DEGREES)
    rows = [int(np.abs(track.times - crop.seconds).argmin()) for crop in track.crops]
    ranked = sorted(zip(rows, track.crops, strict=True), key=lambda pair: (not frontal[pair[0]], -pair[1].sharpness))
    chosen = sorted((crop for _, crop in ranked[:most]), key=lambda crop: crop.seconds)
    looks = [embedding_of(crop.image, crop.landmarks) for crop in chosen]
    return np.array([crop.seconds for crop in chosen], np.float64), np.reshape(looks, (-1, 128)).astype(np.float64)


def distance(one: Embedding, other: Embedding) -> float:
    """Euclidean distance of two faces: below SAME_PERSON one person, about 0.8 and more two.

    >>> distance(np.zeros(128), np.full(128, 0.1))
    1.131...
    """
    return float(np.linalg.norm(one - other))


def middle_of(embeddings: Float64[np.ndarray, "faces 128"]) -> Embedding:
    """One place for several pictures of a person."""
    return np.asarray(np.median(embeddings, axis=0), np.float64)


def apart(faces: Float64[np.ndarray, "faces 128"]) -> Float64[np.ndarray, " faces"]:
    """Distance of each face from the middle of the others; 0 for one alone.

    >>> apart(np.array([[0.0] * 128, [0.0] * 128, [0.1] * 128])).round(2).tolist()
    [0.57, 0.57, 1.13]
    """
    if len(faces) < 2:
        return np.zeros(len(faces))
    return np.array([distance(face, middle_of(np.delete(faces, row, axis=0))) for row, face in enumerate(faces)])


def installed() -> bool:
    """Whether the extra that tells people apart is there."""
    try:
        _network()
    except MissingComponent:
        return False
    return True


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


@cache
def network_sha256() -> str:
    """SHA-256 of the network's file, for the report of a run that used it.

    Raises:
        MissingComponent: The extra that brings it is not installed.
    """
    return hashlib.sha256(_model().read_bytes()).hexdigest()


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
    return "Telling whose face it is needs dlib; install it with: pip install 'unmask[identity]'."
