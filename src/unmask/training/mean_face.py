"""The mean face: 468 points in millimetres, looking straight ahead, left and right the same.

Run ``python -m unmask.training.mean_face FOLDER OUT.npy`` on a folder of portraits. Pose, rectified skin cells and
aligned crops are measured against this shape.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

from unmask.errors import UsageError
from unmask.faces.detect import detect
from unmask.faces.landmarks import find_landmarks, square_of_detection, square_of_landmarks
from unmask.faces.pose import align_points
from unmask.types import Landmarks

EYE_DISTANCE_MM = 63.0
RIGHT_EYE, LEFT_EYE = (33, 133), (362, 263)
ROUNDS = 20


def portraits(folder: Path) -> list[Landmarks]:
    """Points of the main face of each picture in a folder, pictures without a face left out."""
    found = []
    for path in sorted(folder.rglob("*.[jp][pn]g")):
        picture = cv2.imread(str(path))
        if picture is None:
            continue
        image = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8)
        for detection in detect(image)[:1]:
            landmarks, _ = find_landmarks(image, square_of_detection(detection))
            landmarks, presence = find_landmarks(image, square_of_landmarks(landmarks))
            if presence > 0.9:
                found.append(landmarks)
    return found


def mean_face(faces: list[Landmarks]) -> Landmarks:
    """Mean shape of faces by generalised Procrustes analysis, made symmetric and scaled to the mean eye distance.

    Args:
        faces: Points of at least ten faces.

    Returns:
        Points in millimetres, centred between the eyes, y down, z negative towards the camera.

    Raises:
        UsageError: Fewer than ten faces were given.

    Reference:
        Gower, Psychometrika 40, 1975. Eye distance: Dodgson, Proc. SPIE 5291, 2004.
    """
    if len(faces) < 10:
        raise UsageError(f"A mean face needs at least 10 portraits, {len(faces)} had a face; name a larger folder.")
    shape = _normalised(faces[0])
    for _ in range(ROUNDS):
        shape = _normalised(np.mean([align_points(face, shape) for face in faces], axis=0))
        shape = _normalised(_symmetric(shape))
    return shape.astype(np.float32)


def _normalised(shape: Landmarks) -> Landmarks:
    right, left = shape[list(RIGHT_EYE)].mean(axis=0), shape[list(LEFT_EYE)].mean(axis=0)
    return ((shape - (right + left) / 2) * (EYE_DISTANCE_MM / np.linalg.norm(left - right))).astype(np.float32)


def _symmetric(shape: Landmarks) -> Landmarks:
    mirrored = shape * np.array([-1.0, 1.0, 1.0], np.float32)
    distances = np.linalg.norm(shape[:, None] - mirrored[None], axis=2)
    partner = linear_sum_assignment(distances)[1]
    return ((shape + mirrored[partner]) / 2).astype(np.float32)


if __name__ == "__main__":
    np.save(sys.argv[2], mean_face(portraits(Path(sys.argv[1]))))
