"""A store of faces: one versioned folder of aligned pictures and a JSON file that says what they are.

STORE/faces.json     version, face type, side, sources, a line for each face
STORE/pictures/      000001.jpg …, as they were filmed
STORE/masks/         000001-1a2b3c4d.png …, where a face has a mask of its own: white is face
STORE/consents.json  the consents it rests on, see ``unmask.forgery.consent``
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from unmask.errors import BrokenMedia, OutputError, UsageError
from unmask.forgery.consent import note_descent, rests_on
from unmask.forgery.swap.alignment import FACE_TYPES
from unmask.forgery.swap.face_masks import at_side, hull_of, read_mask, remove_others, write_mask
from unmask.forgery.swap.faceset import FaceSet
from unmask.forgery.swap.store_versions import VERSION, Told, upgraded
from unmask.forgery.swap.stored_face import FaceSource, StoredFace, face_as_json, face_from_json
from unmask.media.image import encode_jpeg
from unmask.media.source import shown
from unmask.media.writing import written_aside
from unmask.types import Mask, RgbImage

__all__ = [
    "FaceSource",
    "FaceStore",
    "StoredFace",
    "face_set",
    "open_store",
    "write_kept",
    "write_masks",
    "write_store",
]

INDEX, PICTURES, MASKS = "faces.json", "pictures", "masks"
JPEG_QUALITY = 95

Contents = tuple[bytes, Mask | None, Told | None]
"""What is written for a face: its picture as JPEG, its mask, and what was drawn on it."""


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
        many: Whether it shows many people, for an encoder or a synthesis to learn from; nobody is swapped with those.
    """

    folder: Path
    subject: str
    face_type: str
    side: int
    sources: tuple[FaceSource, ...]
    faces: tuple[StoredFace, ...] = field(repr=False)
    consents: tuple[str, ...] = ()
    many: bool = False

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

    def hull(self, face: StoredFace) -> Mask:
        """The mask that a face has by its points alone: zeros and ones."""
        return hull_of(face.landmarks, self.face_type, self.side)

    def mask(self, face: StoredFace) -> Mask | None:
        """The mask of its own that a face was given, zeros and ones; None where the hull of its points is its mask.

        Raises:
            BrokenMedia: It is missing or damaged.
        """
        return read_mask(self.folder / MASKS / face.mask, self.side) if face.mask else None


def write_store(store: FaceStore, pictures: Iterable[RgbImage], *, force: bool = False) -> FaceStore:
    """Write a store, whole or not at all.

    Args:
        store: What it is; the names of its pictures are given here, and no face has a mask of its own.
        pictures: One for each face, in their order.
        force: Whether a store that lies there may be replaced.

    Raises:
        UsageError: Something lies there.
        OutputError: It cannot be written.
    """
    coded = (encode_jpeg(picture, JPEG_QUALITY) for picture in pictures)
    return _written(store, ((picture, None, None) for picture in coded), force=force)


def write_kept(store: FaceStore, numbers: Iterable[int], folder: Path, *, force: bool = False) -> FaceStore:
    """Write a store of some faces of another: their pictures as they are, their masks and what was drawn on them too.

    Args:
        store: The store they lie in.
        numbers: Of the faces, from 0; they keep the order of the store.
        folder: Where the new store is to lie.
        force: Whether a store that lies there may be replaced.

    Raises:
        UsageError: Something lies there.
        BrokenMedia: A picture or a mask is missing or damaged.
        OutputError: It cannot be written.
    """
    faces = [store.faces[number] for number in sorted(set(numbers))]
    used = sorted({face.source for face in faces})
    kept = replace(
        store,
        folder=folder,
        sources=tuple(store.sources[source] for source in used),
        faces=tuple(replace(face, source=used.index(face.source)) for face in faces),
    )
    return _written(kept, (_contents(store, face) for face in faces), force=force)


def write_masks(store: FaceStore, masks: Iterable[Mask | None]) -> FaceStore:
    """Give each face of a store a mask of its own, or take it away.

    The index is written last and at once, and names each mask by what is in it: a store that is cut off here has its masks
    of before.

    Args:
        store: The store, as it lies on the disk.
        masks: One for each face: 0.5 and more is face; None for the hull of its points.

    Raises:
        OutputError: Something cannot be written.
    """
    folder = store.folder / MASKS
    try:
        folder.mkdir(exist_ok=True)
        pairs = zip(store.faces, masks, strict=True)
        named = tuple(
            replace(face, mask=write_mask(folder, face.picture, mask) if mask is not None else "")
            for face, mask in pairs
        )
        masked = replace(store, faces=named)
        _write_index(masked)
        remove_others(folder, {face.mask for face in named})
    except OSError as error:
        raise OutputError(f"The masks in {shown(folder)} cannot be written: {error.strerror}.") from error
    return masked


def open_store(folder: Path) -> FaceStore:
    """A store as it was written; one of an older version is brought to the newest.

    Raises:
        UsageError: There is none, it is broken, or a newer program wrote it.
    """
    path = folder / INDEX
    if not os.path.exists(path):
        raise UsageError(f"{shown(folder)} holds no faces; make it with: unmask forge swap prepare")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        version = told["version"]
        newer = isinstance(version, int) and version > VERSION
        store = None if newer else _from_json(folder, upgraded(told))
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise UsageError(f"{shown(path)} is damaged; prepare the faces anew.") from error
    if store is None:
        raise UsageError(
            f"{shown(folder)} is a store of version {version}, this program knows {VERSION}; use a newer unmask, or prepare the faces anew."
        )
    return replace(store, consents=rests_on(folder))


def face_set(store: FaceStore, side: int) -> FaceSet:
    """All faces of a store in memory, to train on: with masks of their own where they have some, hulls elsewhere.

    Args:
        store: The store.
        side: Of the pictures wanted, pixels.

    Raises:
        BrokenMedia: A picture or a mask is missing or damaged.
    """
    zoom = np.float32(side / store.side)
    images = np.empty((len(store.faces), side, side, 3), np.uint8)
    masks = np.empty((len(store.faces), side, side), np.uint8)
    points = np.stack([face.landmarks for face in store.faces]) * zoom
    for number, face in enumerate(store.faces):
        images[number] = cv2.resize(store.picture(face), (side, side), interpolation=cv2.INTER_AREA)
        own = store.mask(face)
        mask = hull_of(points[number], store.face_type, side) if own is None else at_side(own, side)
        masks[number] = np.where(mask >= 0.5, 255, 0)
    pose = np.array([face.pose for face in store.faces], np.float32)
    return FaceSet(images, masks, points.astype(np.float32), pose)


def _written(store: FaceStore, contents: Iterable[Contents], *, force: bool) -> FaceStore:
    """Write a store aside, and move it to its place when it is whole."""
    folder = store.folder
    if os.path.lexists(folder):
        if not force:
            raise UsageError(f"{shown(folder)} is there already; name another, or replace it with --force.")
        open_store(folder)  # nothing but a store is replaced
    aside = folder.with_name(f".unmask-{folder.name}")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        (aside / PICTURES).mkdir(parents=True)
        named = replace(store, folder=aside, faces=tuple(_named(aside, store.faces, contents)))
        _write_index(named)
        note_descent(aside, store.consents)
        shutil.rmtree(folder, ignore_errors=True)
        aside.replace(folder)
    except OSError as error:
        raise OutputError(f"The store {shown(folder)} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return replace(named, folder=folder)


def _named(folder: Path, faces: Sequence[StoredFace], contents: Iterable[Contents]) -> Iterator[StoredFace]:
    for number, (face, (picture, mask, drawing)) in enumerate(zip(faces, contents, strict=True), 1):
        name = f"{number:06d}.jpg"
        (folder / PICTURES / name).write_bytes(picture)
        if drawing is not None:
            told = json.dumps({**drawing, "imagePath": name})
            (folder / PICTURES / name).with_suffix(".json").write_text(told + "\n", encoding="utf-8")
        if mask is None:
            yield replace(face, picture=name, mask="")
        else:
            (folder / MASKS).mkdir(exist_ok=True)
            yield replace(face, picture=name, mask=write_mask(folder / MASKS, name, mask))


def _contents(store: FaceStore, face: StoredFace) -> Contents:
    """What lies in a store for a face."""
    store.picture(face)  # a damaged one is not handed on
    path = store.folder / PICTURES / face.picture
    try:
        told = json.loads(path.with_suffix(".json").read_bytes())
    except (OSError, ValueError, RecursionError):  # there is none, or none that could be used
        told = None
    return path.read_bytes(), store.mask(face), told if isinstance(told, dict) else None


def _write_index(store: FaceStore) -> None:
    with written_aside(store.folder / INDEX) as file:
        file.write_text(json.dumps(_as_json(store), allow_nan=False) + "\n", encoding="utf-8")


def _as_json(store: FaceStore) -> Told:
    return {
        "version": VERSION,
        "subject": store.subject,
        "face_type": store.face_type,
        "side": store.side,
        "many": store.many,
        "sources": [{"file": source.file, "sha256": source.sha256} for source in store.sources],
        "faces": [face_as_json(face) for face in store.faces],
    }


def _from_json(folder: Path, told: Told) -> FaceStore:
    if told["face_type"] not in FACE_TYPES or not 16 <= told["side"] <= 2048:
        raise ValueError
    sources = tuple(FaceSource(str(source["file"]), str(source["sha256"])) for source in told["sources"])
    faces = tuple(face_from_json(face) for face in told["faces"])
    if not faces or any(not 0 <= face.source < len(sources) for face in faces):
        raise ValueError
    subject, many = str(told["subject"]), bool(told["many"])
    return FaceStore(folder, subject, told["face_type"], int(told["side"]), sources, faces, many=many)
