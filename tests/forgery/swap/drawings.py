"""Something that covers faces, painted into the pictures of a store, and drawings of it as labelme writes them."""

import json
from pathlib import Path

import cv2
import numpy as np

from unmask.forgery.swap.store import PICTURES, FaceStore
from unmask.types import Mask, RgbImage

GREEN = (70, 150, 60)
LIPS = (13, 14)
Corners = list[list[float]]


def labelme(picture: str, side: int, *shapes: dict[str, object], **changed: object) -> str:
    """A file of labelme, with all that it writes."""
    told: dict[str, object] = {
        "version": "5.5.0",
        "flags": {},
        "shapes": list(shapes),
        "imagePath": picture,
        "imageData": None,
        "imageHeight": side,
        "imageWidth": side,
    }
    return json.dumps(told | changed)


def polygon(label: str, points: Corners, **changed: object) -> dict[str, object]:
    shape: dict[str, object] = {"label": label, "points": points, "group_id": None, "description": "", "flags": {}}
    return shape | {"shape_type": "polygon", "mask": None} | changed


def box(left: float, top: float, right: float, bottom: float) -> Corners:
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def cover(store: FaceStore, number: int) -> Corners:
    """Paint a green board over the mouth of a face, and tell where it is; it lies elsewhere on each."""
    face, side = store.faces[number], store.side
    x, y = face.landmarks[list(LIPS), :2].mean(axis=0) + np.array([(number % 5 - 2) * 0.05, (number % 3) * 0.04]) * side
    corners = box(
        *(float(round(value)) for value in (x - 0.22 * side, y - 0.14 * side, x + 0.22 * side, y + 0.14 * side))
    )
    path = store.folder / PICTURES / face.picture
    picture = store.picture(face)
    (left, top), (right, bottom) = corners[0], corners[2]
    picture[int(top) : int(bottom), int(left) : int(right)] = GREEN
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 95])
    return corners


def draw(store: FaceStore, number: int, *shapes: dict[str, object], folder: Path | None = None) -> Path:
    """Write the drawing of a face, beside its picture or into a folder."""
    name = store.faces[number].picture
    path = ((folder or store.folder / PICTURES) / name).with_suffix(".json")
    path.write_text(labelme(name, store.side, *shapes), encoding="utf-8")
    return path


def board_in(picture: RgbImage) -> Mask:
    """Where the board is: 1, elsewhere 0."""
    return (np.abs(picture.astype(int) - GREEN).max(axis=2) < 24).astype(np.float32)
