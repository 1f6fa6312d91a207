"""Aligned crops: eyes level, the face always the same size, its surround in view."""

from functools import cache

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8

from unmask.faces.pose import mean_face
from unmask.types import Crop, Landmarks, NativeImage, RgbImage

CROP_SIDE = 256
FACE_SHARE = 0.55
"""Height of the face from brow to chin as a share of the crop's side."""
NATIVE_SIDE = 192
"""Pixels a side that are kept of a face as it is; more would take much memory and tell little more."""
ANCHORS = (33, 133, 362, 263, 1, 61, 291)

Alignment = Float64[np.ndarray, "2 3"]
CutOut = UInt8[np.ndarray, "side side 3"]
"""Gamma-coded RGB, CROP_SIDE pixels square."""


def crop_face(image: RgbImage, landmarks: Landmarks, seconds: float, sharpness: float) -> Crop:
    """A face cut out, levelled and scaled.

    Args:
        image: RGB picture.
        landmarks: Points of the face in the picture's pixels.
        seconds: Presentation time of the picture.
        sharpness: As measured by ``sharpness_of``.

    Returns:
        A crop of CROP_SIDE pixels; what lies outside the picture is black.
    """
    matrix = alignment_of(landmarks)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    picture = cut_out(image, matrix)
    moved = landmarks.copy()
    moved[:, :2] = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    moved[:, 2] *= scale
    height, width = image.shape[:2]
    corners = np.array([(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)], np.float32)
    edges = (corners @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    return Crop(picture, seconds, moved, sharpness, scale, edges, native_square(image, landmarks))


def native_square(
    image: RgbImage, landmarks: Landmarks, most_side: int = NATIVE_SIDE, share: float = 1.0
) -> NativeImage:
    """The square around a face in the picture's own pixels, or the middle of it; smaller where it leaves the picture.

    Args:
        image: RGB picture.
        landmarks: Points of the face in the picture's pixels.
        most_side: Pixels a side beyond which only the middle is taken.
        share: Side of the square as a share of the face's longer side.
    """
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    half = min(share * float((high - low).max()), most_side) / 2
    left, top = (max(0, round(float(one) - half)) for one in (low + high) / 2)
    right, bottom = (max(1, round(float(one) + half)) for one in (low + high) / 2)
    height, width = image.shape[:2]
    return image[min(top, height - 1) : bottom, min(left, width - 1) : right].copy()


def alignment_of(landmarks: Landmarks) -> Alignment:
    """The similarity from a picture's pixels to those of the crop in which the face with these points is level."""
    matrix, _ = cv2.estimateAffinePartial2D(landmarks[list(ANCHORS), :2], _goal(), method=cv2.LMEDS)
    if matrix is None:  # all anchors in one place
        return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    return np.asarray(matrix, np.float64)


def cut_out(image: RgbImage, matrix: Alignment) -> CutOut:
    """The part of a picture that a crop of this alignment shows; what lies outside the picture is black."""
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    flags = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    return np.asarray(cv2.warpAffine(image, matrix, (CROP_SIDE, CROP_SIDE), flags=flags), np.uint8)


def sharpness_of(image: RgbImage, box: Float32[np.ndarray, "4"]) -> float:
    """Variance of the Laplacian of the inner face's green channel, shrunk to at most 128 pixels a side.

    Reference:
        Pech-Pacheco et al., ICPR 2000.
    """
    left, top, right, bottom = box + np.array([1, 1, -1, -1], np.float32) * np.tile((box[2:] - box[:2]) * 0.2, 2)
    height, width = image.shape[:2]
    rows = slice(int(np.clip(top, 0, height - 1)), int(np.clip(bottom, 1, height)) + 1)
    columns = slice(int(np.clip(left, 0, width - 1)), int(np.clip(right, 1, width)) + 1)
    inner = np.ascontiguousarray(image[rows, columns, 1])
    longest = max(inner.shape)
    if longest > 128:
        shrunk = (max(1, inner.shape[1] * 128 // longest), max(1, inner.shape[0] * 128 // longest))
        inner = cv2.resize(inner, shrunk, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(inner, cv2.CV_32F).var())


@cache
def _goal() -> Float32[np.ndarray, "anchors 2"]:
    shape = mean_face()[:, :2]
    height = shape[:, 1].max() - shape[:, 1].min()
    scale = CROP_SIDE * FACE_SHARE / height
    middle = (shape.max(axis=0) + shape.min(axis=0)) / 2
    return ((shape[list(ANCHORS)] - middle) * scale + CROP_SIDE * np.array([0.5, 0.52])).astype(np.float32)
