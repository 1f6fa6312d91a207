"""A model measured on the faces that its training held out: how well it draws them, and whom its swaps look like."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from unmask.errors import UnmaskError
from unmask.faces.identity import Embedding, distance, embedding_of, middle_of
from unmask.forgery.lab import Lab
from unmask.forgery.swap.checkpoint import Checkpoint
from unmask.forgery.swap.descent import Descent, face_of
from unmask.forgery.swap.faceset import FaceSet, parted
from unmask.forgery.swap.measure import psnr_db, rank_of, ssim
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.store import FaceStore, face_set, open_store
from unmask.forgery.swap.swapping import open_model
from unmask.networks.shape import Side
from unmask.types import PerFrame

LOOKS = 8
SAME_STORE = 0.1
"""A store this near to a person of the model is the one they were taken from."""


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """How well faces that were never trained on are drawn as themselves, one number a face.

    Attributes:
        psnr_db: Peak signal-to-noise ratio in the face's mask, at the model's size.
        ssim: Structural similarity there.
    """

    psnr_db: PerFrame
    ssim: PerFrame


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whom the swapped faces look like, to a network that nothing was trained with.

    Attributes:
        to_src: Distance from the person who is drawn; below 0.6 it is they.
        to_dst: Distance from the person who is drawn over.
        rank: Place of src among everyone in the lab's stores and dst, the nearest being 1.
        people: How many these are.
    """

    to_src: float
    to_dst: float
    rank: int
    people: int


@dataclass(frozen=True, slots=True, eq=False)
class ModelFigures:
    """A model, measured on the faces it holds out.

    Attributes:
        iteration: How long it was trained.
        side: Of its faces, pixels.
        src: Faces of src drawn as src; None when its store is there no more.
        dst: Faces of dst drawn as dst, likewise.
        likeness: Of dst's held-out faces drawn as src.
    """

    iteration: int
    side: int
    src: HeldOut | None
    dst: HeldOut | None
    likeness: Likeness | None


def measure_model(lab: Lab, name: str) -> ModelFigures:
    """Measure a model on the faces of its stores that training held out.

    Raises:
        UsageError: There is no such model.
        InputError: A picture of a store is damaged.
        MissingComponent: Part of the extra is not installed.
    """
    checkpoint, descent = open_model(lab, name)
    model, side = SwapModel.of(checkpoint), checkpoint.shape.resolution
    held = held_out_faces(lab, checkpoint, descent)
    src, dst = (None if faces is None else reconstruction(model, faces, who) for who, faces in held.items())
    faces = held["dst"]
    likeness = None if faces is None else likeness_of(lab, descent, _swapped_look(model, faces))
    return ModelFigures(checkpoint.iteration, side, src, dst, likeness)


def reconstruction(model: SwapModel, faces: FaceSet, side: Side) -> HeldOut:
    """Faces of one person drawn as that person, compared with themselves."""
    drawn = model.reconstruct(faces.images, side).images
    masks = (faces.masks / 255).astype(np.float32)
    rows = list(zip(drawn, faces.images, masks, strict=True))
    return HeldOut(_numbers(psnr_db(*row) for row in rows), _numbers(ssim(*row) for row in rows))


def held_out_faces(lab: Lab, checkpoint: Checkpoint, descent: Descent) -> dict[Side, FaceSet | None]:
    """The faces that a training held out, found by the digest of what it was trained on."""
    wanted: dict[Side, tuple[str, str]] = {
        "src": (descent.src, checkpoint.order.src_sha256),
        "dst": (descent.dst, checkpoint.order.dst_sha256),
    }
    found: dict[Side, FaceSet | None] = {}
    for side, (name, sha256) in wanted.items():
        sets = (face_set(store, checkpoint.shape.resolution) for store in _stores(lab, first=name))
        whole = next((faces for faces in sets if faces.sha256 == sha256), None)
        found[side] = None if whole is None else parted(whole)[1]
    return found


def likeness_of(lab: Lab, descent: Descent, look: Embedding) -> Likeness:
    """Whom a face looks like, among src, dst and everyone else in the lab's stores."""
    faces = [np.array(descent.src_face), np.array(descent.dst_face)]
    known = [face_of(store) for store in _stores(lab)]
    others = [face for face in known if min(distance(face, one) for one in faces) > SAME_STORE]
    distances = np.array([distance(look, face) for face in (*faces, *others)])
    return Likeness(float(distances[0]), float(distances[1]), rank_of(distances, 0), len(distances))


def _swapped_look(model: SwapModel, faces: FaceSet) -> Embedding:
    """Identity of faces of dst drawn as src and laid over by the learned mask, from those that look ahead."""
    ahead = np.argsort(np.abs(faces.pose[:, :2]).sum(axis=1), kind="stable")[:LOOKS]
    images = faces.images[ahead]
    drawn = model.swap(images)
    share = drawn.masks[..., None]
    laid = np.rint(drawn.images * share + images * (1 - share)).astype(np.uint8)
    looks = [embedding_of(image, points) for image, points in zip(laid, faces.landmarks[ahead], strict=True)]
    return middle_of(np.stack(looks))


def _stores(lab: Lab, first: str = "") -> Iterator[FaceStore]:
    """All stores of a lab that can be read, the one of a name first."""
    for folder in sorted(lab.faces.glob("*/"), key=lambda place: (place.name != first, place.name)):
        try:
            yield open_store(folder)
        except UnmaskError:  # broken, or of another version: it is no one to compare with
            continue


def _numbers(values: Iterator[float]) -> PerFrame:
    return np.fromiter(values, np.float32)
