"""A trained segmenter of the lab: which pixels of a face are face, learned from masks drawn by hand.

As XSeg does in DeepFaceLab, it gives every face of a store and of a film the mask that its user would have drawn.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from jaxtyping import Float32, UInt8
from torch import Tensor

from unmask.errors import OutputError, UsageError
from unmask.forgery.consent import note_descent, rests_on
from unmask.forgery.lab import Lab
from unmask.forgery.steady import one_thread
from unmask.forgery.swap.alignment import CropMatrix, cut_out
from unmask.forgery.swap.face_masks import at_side
from unmask.forgery.swap.model import as_pictures
from unmask.forgery.swap.model_folder import NET, require_own
from unmask.forgery.synthesize.origins import FACT, Origins, may_draw, origins_of
from unmask.forgery.tensor_file import read_tensors, write_tensors
from unmask.forgery.truth import Truth
from unmask.media.source import shown
from unmask.networks.segmenter import SIDE, Segmenter
from unmask.types import RgbImage

FILE, FORMAT = NET, 1
AT_ONCE = 32
"""Faces in one pass, which bounds the memory."""
Faces = UInt8[np.ndarray, "faces side side 3"]


@dataclass(frozen=True, slots=True)
class Schooling:
    """How a net was trained, and how well it does.

    Attributes:
        face_type: Of the faces it learned from, one of ``FACE_TYPES``; it knows no others.
        iteration: How many were done when it did best.
        drawings: Masks drawn by hand that it learned from.
        held_out: Those it never saw.
        iou: Mean overlap of its masks with those held out, intersection over union, 0–1.
        hull_iou: The same of the hulls of these faces' points, which need no net.
        seed: Of all chance.
    """

    face_type: str
    iteration: int
    drawings: int
    held_out: int
    iou: float
    hull_iou: float
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class MaskNet:
    """A net, ready to say where faces are.

    Attributes:
        name: Of its folder in the lab.
        sha256: Of its file.
        schooling: How it was trained.
        origins: What it was trained on.
        network: The segmenter.
    """

    name: str
    sha256: str
    schooling: Schooling
    origins: Origins
    network: Segmenter

    def masks(self, images: Faces) -> Float32[np.ndarray, "faces side side"]:
        """Where faces are in levelled crops: the probability of each pixel, at the crops' size."""
        small = np.stack([_fitted(image) for image in images])
        return np.stack([at_side(mask, images.shape[1]) for mask in drawn_by(self.network, small)])

    def mask_in(self, image: RgbImage, matrix: CropMatrix, side: int) -> Float32[np.ndarray, "side side"]:
        """Where the face is in the crop that a matrix cuts out of a picture: the probability of each pixel.

        Args:
            image: The picture, from which the net's own crop is cut, as the other may be smaller.
            matrix: From the picture's pixels to those of a crop of this side.
            side: Of the crop, pixels.
        """
        zoom = SIDE / side
        onto = matrix * zoom
        onto[:, 2] += (zoom - 1) / 2  # places are counted from the middle of the first pixel
        crop = cut_out(image, onto, SIDE)
        return at_side(drawn_by(self.network, crop[None])[0], side)


def drawn_by(network: Segmenter, images: UInt8[np.ndarray, "faces 128 128 3"]) -> Float32[np.ndarray, "faces 128 128"]:
    """What a segmenter says of faces at its own size: the probability of each pixel."""
    parts = []
    network.eval()
    with torch.inference_mode(), one_thread():
        for start in range(0, len(images), AT_ONCE):
            logits: Tensor = network(as_pictures(images[start : start + AT_ONCE]))
            parts.append(torch.sigmoid(logits[:, 0]).numpy())
    return np.concatenate(parts)


def require_room(folder: Path, *, force: bool) -> None:
    """Refuse a folder that holds something that a net must not lie beside, or a net that is not to be replaced.

    Raises:
        UsageError: It does.
    """
    if not folder.is_dir():
        return
    if (folder / FILE).exists() and not force:
        raise UsageError(f"{shown(folder)} holds a net already; name another, or replace it with --force.")
    rests_on(folder)
    require_own(folder, NET)


def save_net(folder: Path, network: Segmenter, schooling: Schooling, origins: Origins) -> Path:
    """Write a net into its folder, which is made when it is not there; the consents it rests on are noted first.

    Raises:
        OutputError: It cannot be written; what lay there is as it was.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {shown(folder)} cannot be made: {error.strerror}.") from error
    note_descent(folder, tuple(dict.fromkeys((*rests_on(folder), *origins.consents))))
    write_tensors(
        folder / FILE,
        network.state_dict(),
        {"format": FORMAT, "schooling": asdict(schooling), **origins.as_facts()},
    )
    note_descent(folder, origins.consents)  # a net that was replaced rests here no more
    return folder / FILE


def open_net(lab: Lab, folder: Path) -> MaskNet:
    """A net of the lab.

    Args:
        lab: Whose consents count.
        folder: Where it lies, among the models.

    Raises:
        UsageError: There is none, it does not tell what it rests on, or a consent does not hold any more.
        InputError: Its file is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        known = ", ".join(sorted(found.parent.name for found in lab.models.glob(f"*/{FILE}"))) or "none"
        raise UsageError(
            f"The lab holds no net of masks {shown(Path(folder.name))}; it holds {known}. See: unmask forge swap mask train"
        )
    schooling, facts, network = read_tensors(path, "net of masks", _net_of)
    origins = origins_of(facts)
    may_draw(lab, origins)
    return MaskNet(folder.name, hashlib.sha256(path.read_bytes()).hexdigest(), schooling, origins, network)


def require_face_type(net: MaskNet, face_type: str) -> None:
    """Refuse faces that are cut out otherwise than those a net learned from.

    Raises:
        UsageError: They are.
    """
    known = net.schooling.face_type
    if known != face_type:
        raise UsageError(f"The net {net.name} knows faces of type {known}, not {face_type}; train one on those.")


def with_net(truth: Truth, net: MaskNet | None) -> Truth:
    """The truth of what was laid over by a custom mask: it rests on what its net learned from as well."""
    if net is None:
        return truth
    return replace(
        truth,
        parameters={**truth.parameters, "net": {"name": net.name, "sha256": net.sha256}},
        sources=tuple(dict.fromkeys((*truth.sources, *net.origins.as_sources()))),
        consents=tuple(dict.fromkeys((*truth.consents, *net.origins.consents))),
        keep_inside=truth.keep_inside or net.origins.keep_inside,
    )


def _net_of(head: dict[str, Any], tensors: Mapping[str, Tensor]) -> tuple[Schooling, dict[str, str], Segmenter]:
    if head["format"] != FORMAT:
        raise ValueError
    network = Segmenter()
    try:
        network.load_state_dict(dict(tensors))
    except RuntimeError as error:  # names or sizes are others
        raise ValueError from error
    return Schooling(**head["schooling"]), {FACT: head[FACT]}, network.eval()


def _fitted(image: RgbImage) -> UInt8[np.ndarray, "128 128 3"]:
    shrinks = len(image) > SIDE
    return np.asarray(
        cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC), np.uint8
    )
