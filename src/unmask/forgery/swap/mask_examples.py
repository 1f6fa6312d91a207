"""Faces with the masks that were drawn for them, and the changes under which a segmenter is shown them.

Few drawings go a long way when each is shown in another light, and partly covered, each time anew.

Reference:
    Zhong et al., Random erasing, AAAI 2020; Yun et al., CutMix, ICCV 2019, for pieces of other pictures.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from unmask.errors import UsageError
from unmask.forgery.swap.drawn_masks import DrawnMasks
from unmask.forgery.swap.face_masks import at_side, hull_of, overlap
from unmask.forgery.swap.store import FaceStore
from unmask.networks.segmenter import SIDE, FacePictures
from unmask.types import Flags

LEAST_DRAWINGS = 8
LEAST_COVER, MOST_COVER = 0.1, 0.4
"""Sides of a piece that is laid over a face, as shares of the face's."""
LIGHT, CONTRAST, TINT = 0.12, 0.3, 0.1
"""How far brightness (0–1), contrast and the strength of a colour (relative) are drawn at most."""

FaceMasks = Float[Tensor, "batch 1 128 128"]
"""Share of each pixel that is face, 0–1."""


@dataclass(frozen=True, slots=True, eq=False)
class MaskExamples:
    """Faces with the masks that were drawn for them, at the net's size and in order of time.

    Attributes:
        images: Gamma-coded RGB.
        masks: 255 where a face was drawn, else 0.
        hulls: 255 in the hull of the face's points, else 0.
    """

    images: UInt8[np.ndarray, "faces 128 128 3"]
    masks: UInt8[np.ndarray, "faces 128 128"]
    hulls: UInt8[np.ndarray, "faces 128 128"]

    def chosen(self, rows: Flags) -> "MaskExamples":
        """Some of them."""
        return MaskExamples(self.images[rows], self.masks[rows], self.hulls[rows])


def examples_of(store: FaceStore, drawn: DrawnMasks) -> MaskExamples:
    """The faces of a store for which masks were drawn.

    Raises:
        UsageError: They are too few.
        BrokenMedia: A picture is missing or damaged.
    """
    if len(drawn.masks) < LEAST_DRAWINGS:
        broken = f" {drawn.remarks[0]}" if drawn.remarks else ""
        raise UsageError(
            f"There are {len(drawn.masks)} drawings of faces of {store.subject}, and a net needs {LEAST_DRAWINGS} or more; draw on more of its pictures.{broken}"
        )
    faces = [store.faces[number] for number in drawn.masks]
    zoom = np.float32(SIDE / store.side)
    images = [cv2.resize(store.picture(face), (SIDE, SIDE), interpolation=cv2.INTER_AREA) for face in faces]
    hulls = [hull_of(face.landmarks * zoom, store.face_type, SIDE) for face in faces]
    return MaskExamples(
        np.stack(images),
        np.stack([_as_bytes(at_side(mask, SIDE)) for mask in drawn.masks.values()]),
        np.stack([_as_bytes(hull) for hull in hulls]),
    )


def mean_overlap(masks: np.ndarray, examples: MaskExamples) -> float:
    """Mean intersection over union of masks (0–1) with those that were drawn."""
    pairs = zip(masks, examples.masks / np.float32(255), strict=True)
    return float(np.mean([overlap(mask.astype(np.float32), drawn) for mask, drawn in pairs]))


def lit(pictures: FacePictures, chance: torch.Generator) -> FacePictures:
    """Each picture in another light: brighter or darker, with more or less contrast, its colours shifted; 0–1."""
    count = len(pictures)
    brightness, contrast = (torch.rand(2, count, 1, 1, 1, generator=chance) * 2 - 1).unbind()
    tint = torch.rand(count, 3, 1, 1, generator=chance) * 2 - 1
    middle = pictures.mean((1, 2, 3), keepdim=True)
    changed = (pictures - middle) * (1 + CONTRAST * contrast) + middle + LIGHT * brightness
    return (changed * (1 + TINT * tint)).clamp(0, 1)


def covered(
    pictures: FacePictures, masks: FaceMasks, share: float, chance: torch.Generator
) -> tuple[FacePictures, FaceMasks]:
    """Some faces with a piece of another laid over them, which is no face there.

    Args:
        pictures: Faces; each piece is taken from the one before, at another place.
        masks: Where they are.
        share: Of the faces that are covered, 0–1.
        chance: The chance.
    """
    count, side = len(pictures), pictures.shape[-1]
    extent = LEAST_COVER + (MOST_COVER - LEAST_COVER) * torch.rand(2, count, 1, 1, 1, generator=chance)
    start = (1 - extent) * torch.rand(2, count, 1, 1, 1, generator=chance)
    along = (torch.arange(side) + 0.5) / side
    inside = (along >= start) & (along < start + extent)  # of one direction each
    chosen = torch.rand(count, 1, 1, 1, generator=chance) < share
    piece = inside[0].transpose(-1, -2) & inside[1] & chosen
    down, right = torch.randint(side // 4, 3 * side // 4, (2,), generator=chance).tolist()
    others = pictures.roll((1, down, right), (0, 2, 3))
    return torch.where(piece, others, pictures), torch.where(piece, 0.0, masks)


def _as_bytes(mask: np.ndarray) -> UInt8[np.ndarray, "side side"]:
    return np.where(mask >= 0.5, 255, 0).astype(np.uint8)
