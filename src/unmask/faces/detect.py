"""Finding faces in a picture: BlazeFace, full range."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.faces.networks import network
from unmask.types import RgbImage

SIDE = 192
CELLS = 48
LEAST_SCORE = 0.6
SAME_FACE_OVERLAP = 0.3
CLOSE_UP_SHRINK = 0.5
"""A face that fills the picture is found once the picture is shrunk."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face as the detector sees it.

    Attributes:
        box: left, top, right, bottom in pixels.
        eyes: Centres of the eye at the image's left and of the one at its right, in pixels.
        score: Confidence 0–1.
    """

    box: Float32[np.ndarray, "4"]
    eyes: Float32[np.ndarray, "2 2"]
    score: float


def detect(image: RgbImage) -> list[Detection]:
    """Faces in a picture, the most certain first.

    Args:
        image: RGB picture of any size.

    Returns:
        One detection a face, overlapping ones merged.

    Reference:
        Bazarevsky et al., BlazeFace, CVPR workshop 2019; the full-range model of MediaPipe.
    """
    found = _detect_at(image, 1.0)
    return found or _detect_at(image, CLOSE_UP_SHRINK)


def _detect_at(image: RgbImage, shrink: float) -> list[Detection]:
    picture, scale = _letterbox(image, shrink)
    raw_boxes, raw_scores = network("face_detection_full_range")(picture)
    scores = 1.0 / (1.0 + np.exp(-np.clip(raw_scores[0, :, 0], -100.0, 100.0)))
    certain = np.flatnonzero(scores >= LEAST_SCORE)
    points = raw_boxes[0, certain].reshape(-1, 8, 2) / SIDE
    anchors = (np.stack([certain % CELLS, certain // CELLS], axis=1) + 0.5) / CELLS
    points[:, 0] += anchors
    points[:, 2:] += anchors[:, None]
    points *= SIDE / scale
    found = [_detection(points[i], float(scores[certain[i]])) for i in np.argsort(-scores[certain])]
    return _merge(found)


def overlap(first: Float32[np.ndarray, "4"], second: Float32[np.ndarray, "4"]) -> float:
    """Intersection over union of two boxes, 0–1.

    >>> import numpy as np
    >>> box = np.array([0, 0, 2, 2], np.float32)
    >>> round(overlap(box, box + 1), 3)
    0.143
    """
    corner = np.maximum(first[:2], second[:2])
    shared = np.prod(np.maximum(np.minimum(first[2:], second[2:]) - corner, 0.0))
    areas = np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2])
    return float(shared / max(areas - shared, 1e-9))


def _letterbox(image: RgbImage, shrink: float) -> tuple[Float32[np.ndarray, "1 192 192 3"], float]:
    height, width = image.shape[:2]
    scale = SIDE * shrink / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    picture = np.zeros((1, SIDE, SIDE, 3), np.float32)
    picture[0, : size[1], : size[0]] = small.astype(np.float32) / 127.5 - 1.0
    return picture, scale


def _detection(points: Float32[np.ndarray, "8 2"], score: float) -> Detection:
    half = points[1] / 2
    box = np.concatenate([points[0] - half, points[0] + half]).astype(np.float32)
    return Detection(box, points[2:4].astype(np.float32), score)


def _merge(found: list[Detection]) -> list[Detection]:
    kept: list[Detection] = []
    for candidate in found:
        if all(overlap(candidate.box, other.box) < SAME_FACE_OVERLAP for other in kept):
            kept.append(candidate)
    return kept
