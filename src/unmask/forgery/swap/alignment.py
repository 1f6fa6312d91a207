"""Faces levelled and cut out for a swap: the crop hangs on the skull, so that it keeps still while the face talks.

Unlike an alignment of the points in the picture's plane, which shrinks a turned head's width, the square follows the
head in space: its size is that of the head, whatever the turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import cv2
import numpy as np
from jaxtyping import Float64, UInt8

from unmask.faces.pose import RIGID, mean_face, similarity
from unmask.faces.skin import OUTLINE
from unmask.types import Landmarks, RgbImage

CropMatrix = Float64[np.ndarray, "2 3"]
"""Affine matrix from a picture's pixels to a crop's."""
FaceCrop = UInt8[np.ndarray, "side side 3"]
"""A face cut out, gamma-coded RGB."""
TOP, CHIN = 10, 152
MOST_SHRINKING = 16


@dataclass(frozen=True, slots=True)
class FaceType:
    """How much of a head a crop shows.

    Attributes:
        share: Side of the square, in heights of the face from its top point to the chin.
        raised: How far its middle lies above the face's, in the same.
        shape: The mask that a swap learns and lays over, as ``unmask.forgery.paste.masks`` names it.
    """

    share: float
    raised: float
    shape: str


FACE_TYPES: Mapping[str, FaceType] = MappingProxyType(
    {
        "half": FaceType(0.92, -0.08, "inner-face"),
        "mid": FaceType(1.06, -0.04, "inner-face"),
        "full": FaceType(1.22, 0.0, "face-hull"),
        "whole": FaceType(1.42, 0.06, "raised-hull"),
        "head": FaceType(2.0, 0.14, "raised-hull"),
    }
)
"""Face types by name, as DeepFaceLab calls them, from the least to the most that is shown."""


def crop_matrix(landmarks: Landmarks, face_type: str, side: int) -> CropMatrix:
    """The matrix that cuts a face out: upright, of constant size, in the middle.

    Args:
        landmarks: The face's points in the picture's pixels.
        face_type: One of ``FACE_TYPES``.
        side: Of the crop, pixels.
    """
    kind, (middle, height) = FACE_TYPES[face_type], _template()
    scale, rotation, shift = similarity(mean_face()[list(RIGID)], landmarks[list(RIGID)])
    center = middle + np.array([0.0, -kind.raised * height, 0.0])
    x, y, _ = scale * rotation @ center + shift
    zoom = side / max(scale * height * kind.share, 1e-6)
    angle = np.arctan2(rotation[1, 0], rotation[0, 0])
    turn = zoom * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.column_stack([turn, side / 2 - turn @ (x, y)])


def cut_out(image: RgbImage, matrix: CropMatrix, side: int) -> FaceCrop:
    """The crop; what lies outside the picture repeats its edge.

    A warp that shrinks skips pixels, so a large face is first cut out at about its own size.
    """
    factor = max(1, round(1 / max(float(np.hypot(matrix[0, 0], matrix[1, 0])), 1 / MOST_SHRINKING)))
    large = cv2.warpAffine(
        image,
        matrix * factor,
        (side * factor, side * factor),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def moved(landmarks: Landmarks, matrix: CropMatrix) -> Landmarks:
    """Points of a face in the crop's pixels."""
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    across = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return np.column_stack([across, landmarks[:, 2] * scale]).astype(np.float32)


def eased(matrices: Float64[np.ndarray, "frames 2 3"], strength: float) -> Float64[np.ndarray, "frames 2 3"]:
    """Matrices of neighbouring frames smoothed over time, so that a crop does not tremble.

    Args:
        matrices: One a frame, without a gap.
        strength: Standard deviation of the smoothing in frames; 0 leaves them as they are.
    """
    if strength <= 0 or len(matrices) < 2:
        return matrices
    reach = int(np.ceil(3 * strength))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / strength) ** 2)
    padded = np.concatenate([matrices[:1].repeat(reach, 0), matrices, matrices[-1:].repeat(reach, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    return np.asarray(windows @ (weights / weights.sum()))


@cache
def _template() -> tuple[Float64[np.ndarray, "3"], float]:
    """Middle of the mean face's outline in millimetres, and its height."""
    face = mean_face().astype(np.float64)
    outline = face[list(OUTLINE)]
    middle = (outline.min(axis=0) + outline.max(axis=0)) / 2
    middle[2] = face[:, 2].mean()
    return middle, float(face[CHIN, 1] - face[TOP, 1])
