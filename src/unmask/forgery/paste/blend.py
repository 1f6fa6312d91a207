"""A made picture laid over a target, with the share of each pixel that was made.

Whatever the way, a pixel of which the mask says 0 keeps the target's bytes.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

from unmask.forgery.paste.color import Picture
from unmask.types import Mask, RgbImage

MadePicture = Float32[np.ndarray, "height width 3"] | UInt8[np.ndarray, "height width 3"]
Region = Bool[np.ndarray, "height width"]
CoarsePicture = Float32[np.ndarray, "rows columns 3"]
CoarseRegion = Bool[np.ndarray, "rows columns"]

LEAST_SHARE = 1 / 512
"""A smaller share cannot change a byte and counts as none."""
RELAXATIONS = 12
SMALLEST_SIDE = 4
CROSS = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4


@dataclass(frozen=True, slots=True, eq=False)
class Pasted:
    """A forged picture and what was made of it.

    Attributes:
        image: RGB, of the target's size; equal to the target wherever the mask is 0.
        mask: Share of each pixel that was made, 0–1.
    """

    image: RgbImage
    mask: Mask


def laid_over(target: RgbImage, made: MadePicture, mask: Mask) -> Pasted:
    """The made picture over the target, mixed by the mask in gamma-coded RGB.

    Args:
        target: RGB.
        made: RGB 0–255.
        mask: Share of the made picture, 0–1.
    """
    share = np.where(mask >= LEAST_SHARE, np.minimum(mask, 1), 0).astype(np.float32)
    mixed = target + (made - target.astype(np.float32)) * share[..., None]
    return Pasted(np.clip(np.rint(mixed), 0, 255).astype(np.uint8), share)


def poisson(target: RgbImage, made: MadePicture, mask: Mask) -> Pasted:
    """The made picture's gradients with the target's colours along the rim: no step is left where they meet.

    A smooth membrane that joins the differences along the rim is added to the made picture. ``cv2.seamlessClone`` is
    not used: it also changes pixels outside of its mask, and can shift what it pastes by a pixel.

    Args:
        target: RGB.
        made: RGB 0–255, known wherever the mask is above 0.
        mask: Pixels of 0.5 and more are made; the rim is the outermost of them, and keeps the target's colours. At the
            picture's edge there is no rim: the membrane ends freely.

    Returns:
        The picture, and as its mask zeros and ones: what lies inside the rim. A mask that is all rim makes nothing, and
        one that fills the picture has no rim and is laid over as it is.

    Reference:
        Pérez, Gangnet, Blake: Poisson Image Editing, SIGGRAPH 2003.
    """
    region = mask >= 0.5
    inside = _inside(region)
    if not inside.any() or inside.all():
        return laid_over(target, made, inside.astype(np.float32))
    rim = region & ~inside
    box = _box(region)
    gap = np.where(rim[box][..., None], target[box] - made[box].astype(np.float32), 0).astype(np.float32)
    joined = made.astype(np.float32)
    joined[box] += _membrane(gap, rim[box], inside[box])
    return laid_over(target, np.clip(joined, 0, 255), inside.astype(np.float32))


def _inside(region: Region) -> Region:
    eroded = cv2.erode(region.astype(np.uint8), np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(eroded, np.uint8) > 0


def _box(region: Region) -> tuple[slice, slice]:
    """Rows and columns that hold the region."""
    rows, columns = (np.flatnonzero(region.any(axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _membrane(gap: Picture, known: Region, wanted: Region) -> Picture:
    """Values that join the known ones smoothly (Laplace's equation), from coarse to fine.

    Each level starts from the one half its size and is relaxed a few times; a membrane is smooth but for its rim, so
    little is left to do on the fine levels. Where the gap along the rim is smooth, the result is within two levels of
    the exact solution; where it jumps from pixel to pixel, within ten next to the rim.
    """
    if min(gap.shape[:2]) <= SMALLEST_SIDE or not wanted.any():
        start = np.broadcast_to(gap[known].mean(axis=0) if known.any() else np.float32(0), gap.shape)
    else:
        coarse = _membrane(*_halved(gap, known, wanted))
        doubled = cv2.resize(coarse, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
        start = np.asarray(doubled, np.float32)[: gap.shape[0], : gap.shape[1]]
    values = np.where(known[..., None], gap, start).astype(np.float32)
    free = wanted[..., None]
    for _ in range(RELAXATIONS):
        values = np.where(free, cv2.filter2D(values, -1, CROSS, borderType=cv2.BORDER_REPLICATE), values)
    return values


def _halved(gap: Picture, known: Region, wanted: Region) -> tuple[CoarsePicture, CoarseRegion, CoarseRegion]:
    """The task at half the size: a cell knows the mean of what its four pixels know, and is free where none does."""
    padding = [(0, gap.shape[0] % 2), (0, gap.shape[1] % 2)]
    weights = np.pad(known.astype(np.float32), padding)
    sums = _fours(np.pad(np.where(known[..., None], gap, 0), [*padding, (0, 0)]))
    count = _fours(weights)
    has = count > 0
    free = (_fours(np.pad(wanted.astype(np.float32), padding)) > 0) & ~has
    return (sums / np.maximum(count, 1)[..., None]).astype(np.float32), has, free


def _fours(values: Float32[np.ndarray, "height width *channels"]) -> Float32[np.ndarray, "rows columns *channels"]:
    return values[::2, ::2] + values[1::2, ::2] + values[::2, 1::2] + values[1::2, 1::2]
