"""A store of faces: one versioned folder of aligned pictures and a JSON file that says what they are.

STORE/faces.json     version, face type, side, sources, a line for each face
STORE/pictures/      000001.jpg …, as they were filmed
STORE/consents.json  the consents it rests on, see ``unmask.forgery.consent``
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from unmask.errors import BrokenMedia, OutputError, UsageError
from unmask.forgery.consent import note_descent, rests_on
from unmask.forgery.paste.masks import SHAPES
from unmask.forgery.swap.alignment import FACE_TYPES
from unmask.forgery.swap.faceset import FaceSet
from unmask.media.image import encode_jpeg
from unmask.media.source import shown
from unmask.media.writing import written_aside
from unmask.types import Landmarks, RgbImage

VERSION = 1
INDEX, PICTURES = "faces.json", "pictures"
STEPS = 16
"""Points are kept in 1/STEPS pixels."""
JPEG_QUALITY = 95


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


@dataclass(frozen=True, slots=True)
class FaceStore:
    """A store, opened.

    Attributes:
        folder: Where it lies.
        subject: Whom it shows, as its consent or its user says.
        face_type: One of ``FACE_TYPES``.
        side: Of the crops, pixels.
        sources: Files the faces were taken from.
        faces: In order of source and time.
        consents: Consents it rests on; none for faces that may only be drawn anew as themselves.
    """

    folder: Path
    subject: str
    face_type: str
    side: int
    sources: tuple[FaceSource, ...]
    faces: tuple[StoredFace, ...] = field(repr=False)
    consents: tuple[str, ...] = ()

    def picture(self, face: StoredFace) -> RgbImage:
        """The picture of a face.

        Raises:
            BrokenMedia: It is missing or damaged.
        """
        path = self.folder / PICTURES / face.picture
        found = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB) if os.path.exists(path) else None
        if found is None or found.shape != (self.side, self.side, 3):
            raise BrokenMedia(f"The picture {shown(path)} of the store is missing or damaged; prepare the faces anew.")
        return np.asarray(found, np.uint8)


def write_store(store: FaceStore, pictures: Iterable[RgbImage], *, force: bool = False) -> FaceStore:
    """Write a store, whole or not at all.

    Args:
        store: What it is; the names of its pictures are given here.
        pictures: One for each face, in their order.
        force: Whether a store that lies there may be replaced.

    Raises:
        UsageError: Something lies there.
        OutputError: It cannot be written.
    """
    folder = store.folder
    if os.path.lexists(folder):
        if not force:
            raise UsageError(f"{shown(folder)} is there already; name another, or replace it with --force.")
        open_store(folder)  # nothing but a store is replaced
    aside = folder.with_name(f".unmask-{folder.name}")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        (aside / PICTURES).mkdir(parents=True)
        named = replace(store, folder=aside, faces=tuple(_written(aside, store.faces, pictures)))
        with written_aside(aside / INDEX) as file:
            file.write_text(json.dumps(_as_json(named), allow_nan=False) + "\n", encoding="utf-8")
        note_descent(aside, store.consents)
        shutil.rmtree(folder, ignore_errors=True)
        aside.replace(folder)
    except OSError as error:
        raise OutputError(f"The store {shown(folder)} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return replace(named, folder=folder)


def open_store(folder: Path) -> FaceStore:
    """A store as it was written.

    Raises:
        UsageError: There is none, it is broken, or a newer program wrote it.
    """
    path = folder / INDEX
    if not os.path.exists(path):
        raise UsageError(f"{shown(folder)} holds no faces; make it with: unmask forge swap prepare")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        version = told["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(_broken(path)) from error
    if version != VERSION:
        raise UsageError(
            f"{shown(folder)} is a store of version {version}, this program knows {VERSION}; use a newer unmask, or prepare the faces anew."
        )
    try:
        store = _from_json(folder, told)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise UsageError(_broken(path)) from error
    return replace(store, consents=rests_on(folder))


def face_set(store: FaceStore, side: int) -> FaceSet:
    """All faces of a store in memory, to train on.

    Args:
        store: The store.
        side: Of the pictures wanted, pixels.

    Raises:
        BrokenMedia: A picture is missing or damaged.
    """
    shape = SHAPES[FACE_TYPES[store.face_type].shape]
    zoom = np.float32(side / store.side)
    images = np.empty((len(store.faces), side, side, 3), np.uint8)
    masks = np.empty((len(store.faces), side, side), np.uint8)
    points = np.stack([face.landmarks for face in store.faces]) * zoom
    for number, face in enumerate(store.faces):
        images[number] = cv2.resize(store.picture(face), (side, side), interpolation=cv2.INTER_AREA)
        masks[number] = np.rint(shape(points[number], (side, side)) * 255).astype(np.uint8)
    pose = np.array([face.pose for face in store.faces], np.float32)
    return FaceSet(images, masks, points.astype(np.float32), pose)


def _written(folder: Path, faces: Sequence[StoredFace], pictures: Iterable[RgbImage]) -> Iterator[StoredFace]:
    for number, (face, picture) in enumerate(zip(faces, pictures, strict=True), 1):
        name = f"{number:06d}.jpg"
        (folder / PICTURES / name).write_bytes(encode_jpeg(picture, JPEG_QUALITY))
        yield replace(face, picture=name)


def _as_json(store: FaceStore) -> dict[str, Any]:
    return {
        "version": VERSION,
        "subject": store.subject,
        "face_type": store.face_type,
        "side": store.side,
        "sources": [{"file": source.file, "sha256": source.sha256} for source in store.sources],
        "faces": [_face_as_json(face) for face in store.faces],
    }


def _face_as_json(face: StoredFace) -> dict[str, Any]:
    return {
        "picture": face.picture,
        "source": face.source,
        "seconds": round(face.seconds, 4),
        "pose": [round(float(angle), 2) for angle in face.pose],
        "sharpness": round(float(face.sharpness), 2),
        "width": round(float(face.width), 1),
        "light": [round(float(value), 3) for value in face.light],
        "mouth": round(float(face.mouth), 3),
        "landmarks": np.rint(face.landmarks * STEPS).astype(int).reshape(-1).tolist(),
    }


def _from_json(folder: Path, told: dict[str, Any]) -> FaceStore:
    if told["face_type"] not in FACE_TYPES or not 16 <= told["side"] <= 2048:
        raise ValueError
    sources = tuple(FaceSource(str(source["file"]), str(source["sha256"])) for source in told["sources"])
    faces = tuple(_face_from_json(face) for face in told["faces"])
    if not faces or any(not 0 <= face.source < len(sources) for face in faces):
        raise ValueError
    return FaceStore(folder, str(told["subject"]), told["face_type"], int(told["side"]), sources, faces)


def _face_from_json(told: dict[str, Any]) -> StoredFace:
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
    )


def _broken(path: Path) -> str:
    return f"{shown(path)} is damaged; prepare the faces anew."
