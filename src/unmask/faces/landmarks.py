"""The 468 points of a face: FaceMesh in a turned square around it."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.faces.detect import Detection
from unmask.faces.networks import network
from unmask.types import Landmarks, RgbImage

SIDE = 192
MARGIN = 1.5
EYE_CORNERS = (33, 263)


@dataclass(frozen=True, slots=True)
class Square:
    """A turned square in a picture: where FaceMesh looks.

    Attributes:
        x: Centre in pixels.
        y: Centre in pixels.
        side: Side in pixels.
        angle: Radians by which the eyes' line is turned clockwise.
    """

    x: float
    y: float
    side: float
    angle: float

    def to_crop(self) -> Float32[np.ndarray, "2 3"]:
        """Affine matrix from the picture into the SIDE × SIDE crop."""
        scale = SIDE / self.side
        cos, sin = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        turn = np.array([[cos, sin], [-sin, cos]])
        shift = SIDE / 2 - turn @ (self.x, self.y)
        return np.column_stack([turn, shift]).astype(np.float32)


def square_of_detection(detection: Detection) -> Square:
    """Where to look for the points of a detected face."""
    left, top, right, bottom = (float(edge) for edge in detection.box)
    across = detection.eyes[1] - detection.eyes[0]
    side = max(right - left, bottom - top) * MARGIN
    return Square((left + right) / 2, (top + bottom) / 2, side, float(np.arctan2(across[1], across[0])))


def square_of_landmarks(landmarks: Landmarks) -> Square:
    """Where to look for the face in the next frame."""
    first, second = landmarks[EYE_CORNERS[0], :2], landmarks[EYE_CORNERS[1], :2]
    angle = float(np.arctan2(second[1] - first[1], second[0] - first[0]))
    cos, sin = np.cos(angle), np.sin(angle)
    upright = landmarks[:, :2] @ np.array([[cos, -sin], [sin, cos]], np.float32)
    low, high = upright.min(axis=0), upright.max(axis=0)
    center = np.array([[cos, -sin], [sin, cos]]) @ ((low + high) / 2)
    return Square(float(center[0]), float(center[1]), float((high - low).max()) * MARGIN, angle)


def find_landmarks(image: RgbImage, square: Square) -> tuple[Landmarks, float]:
    """Points of the face in a square, and whether one is there.

    Args:
        image: RGB picture.
        square: Where to look; what lies outside the picture reads black.

    Returns:
        468 points (x, y, z in pixels of the picture) and the presence of a face, 0–1.

    Reference:
        Kartynnik et al., Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs, 2019.
    """
    matrix = square.to_crop()
    crop = cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    points, logit = network("face_landmark")((crop.astype(np.float32) / np.float32(255))[None])
    points = points.reshape(468, 3)
    back = cv2.invertAffineTransform(matrix)
    landmarks = np.empty((468, 3), np.float32)
    landmarks[:, :2] = points[:, :2] @ back[:, :2].T + back[:, 2]
    landmarks[:, 2] = points[:, 2] * (square.side / SIDE)
    return landmarks, float(1.0 / (1.0 + np.exp(-logit.ravel()[0])))


def box_of(landmarks: Landmarks) -> Float32[np.ndarray, "4"]:
    """Box around the points: left, top, right, bottom in pixels."""
    return np.concatenate([landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)])
