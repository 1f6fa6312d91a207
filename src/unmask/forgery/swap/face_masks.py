"""Where the face is in a crop: by its points alone, or by a mask of its own that lies in the store as a picture."""

import hashlib
import os
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.errors import BrokenMedia
from unmask.forgery.paste.masks import SHAPES
from unmask.forgery.swap.alignment import FACE_TYPES
from unmask.media.source import shown
from unmask.media.writing import written_aside
from unmask.types import Landmarks, Mask

HALF = 128
"""Of 255: as much and more is face."""


def hull_of(landmarks: Landmarks, face_type: str, side: int) -> Mask:
    """The mask of a crop by the points of its face alone: zeros and ones.

    Args:
        landmarks: The face's points in the crop's pixels.
        face_type: One of ``FACE_TYPES``.
        side: Of the crop, pixels.
    """
    return SHAPES[FACE_TYPES[face_type].shape](landmarks, (side, side))


def at_side(mask: Mask, side: int) -> Float32[np.ndarray, "side side"]:
    """A square mask at another size, its rim soft where it is made smaller."""
    shrinks = side < len(mask)
    scaled = cv2.resize(mask, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(scaled, np.float32)


def overlap(one: Mask, other: Mask) -> float:
    """Intersection over union of two masks, 0–1; what is 0.5 and more counts as inside. Two empty ones are alike.

    >>> overlap(np.ones((2, 4), np.float32), np.array([[1, 0, 0, 0], [1, 0, 0, 0]], np.float32))
    0.25
    """
    first, second = one >= 0.5, other >= 0.5
    union = int((first | second).sum())
    return int((first & second).sum()) / union if union else 1.0


def read_mask(path: Path, side: int) -> Mask:
    """A mask that ``write_mask`` wrote: zeros and ones.

    Raises:
        BrokenMedia: It is missing or damaged.
    """
    found = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) if os.path.exists(path) else None
    if found is None or found.shape != (side, side):
        raise BrokenMedia(
            f"The mask {shown(path)} of the store is missing or damaged; make the masks anew, or take them away, with: unmask forge swap mask apply"
        )
    return (np.asarray(found) >= HALF).astype(np.float32)


def write_mask(folder: Path, picture: str, mask: Mask) -> str:
    """Write the mask of a picture as a grey PNG of 0 and 255.

    Args:
        folder: Where to.
        picture: Name of the picture.
        mask: 0.5 and more is face.

    Returns:
        Its name, which also tells what is in it: another mask has another name.

    Raises:
        OutputError: It cannot be written.
    """
    _, coded = cv2.imencode(".png", np.where(mask >= 0.5, 255, 0).astype(np.uint8))
    content = bytes(coded)
    name = f"{Path(picture).stem}-{hashlib.sha256(content).hexdigest()[:8]}.png"
    with written_aside(folder / name) as aside:
        aside.write_bytes(content)
    return name


def remove_others(folder: Path, names: set[str]) -> None:
    """Remove all files of a folder but those named, and the folder when none is left.

    Raises:
        OSError: One cannot be removed.
    """
    for path in folder.iterdir():
        if path.name not in names:
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()
