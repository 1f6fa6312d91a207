"""What a store knows of a face and of the file it comes from, and how its index tells it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unmask.types import Landmarks

STEPS = 16
"""Points are kept in 1/STEPS pixels."""


@dataclass(frozen=True, slots=True)
class FaceSource:
    """A file from which faces were taken."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class StoredFace:
    """One aligned face.

    Attributes:
        picture: Name of its picture in the store, empty before it is written.
        source: Number of its file among the sources, from 0.
        seconds: When it is seen there.
        landmarks: Its points in the crop's pixels.
        pose: Yaw, pitch, roll in degrees.
        sharpness: As ``unmask.faces.align.sharpness_of`` measures it.
        width: Of the face in the source, pixels.
        light: Mean luma of the face, 0–255, and how much brighter its right half (in the picture) is than its left, −1 to 1.
        mouth: Opening of the lips, inner-lip distance ÷ mouth width.
        mask: Name of its mask in the store; empty where the hull of its points is its mask.
    """

    picture: str
    source: int
    seconds: float
    landmarks: Landmarks
    pose: tuple[float, float, float]
    sharpness: float
    width: float
    light: tuple[float, float]
    mouth: float
    mask: str = ""


def face_as_json(face: StoredFace) -> dict[str, Any]:
    """A face as a line of the index."""
    return {
        "picture": face.picture,
        "mask": face.mask or None,
        "source": face.source,
        "seconds": round(face.seconds, 4),
        "pose": [round(float(angle), 2) for angle in face.pose],
        "sharpness": round(float(face.sharpness), 2),
        "width": round(float(face.width), 1),
        "light": [round(float(value), 3) for value in face.light],
        "mouth": round(float(face.mouth), 3),
        "landmarks": np.rint(face.landmarks * STEPS).astype(int).reshape(-1).tolist(),
    }


def face_from_json(told: dict[str, Any]) -> StoredFace:
    """A face from its line.

    Raises:
        ValueError: A value makes no sense; KeyError and TypeError where one is missing or is something else.
    """
    points = np.array(told["landmarks"], np.float32).reshape(468, 3) / STEPS
    yaw, pitch, roll = (float(angle) for angle in told["pose"])
    luma, sideways = (float(value) for value in told["light"])
    numbers = [float(told[name]) for name in ("seconds", "sharpness", "width", "mouth")]
    if not (np.isfinite(points).all() and np.isfinite([yaw, pitch, roll, luma, sideways, *numbers]).all()):
        raise ValueError
    return StoredFace(
        picture=Path(str(told["picture"])).name,
        source=int(told["source"]),
        seconds=numbers[0],
        landmarks=points.astype(np.float32),
        pose=(yaw, pitch, roll),
        sharpness=numbers[1],
        width=numbers[2],
        light=(luma, sideways),
        mouth=numbers[3],
        mask=Path(str(told["mask"] or "")).name,
    )
