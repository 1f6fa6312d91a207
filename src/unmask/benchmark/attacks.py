"""What happens to a film on its way: coded anew, scaled, cropped, cut, its contrast changed. Pure functions on pictures.

Each attack is a change of every picture, followed by one coder after another.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import UInt8

from unmask.types import RgbImage

ChangedImage = UInt8[np.ndarray, "rows columns 3"]
"""RGB, 0–255, perhaps of another size than the picture it comes from."""
Change = Callable[[RgbImage], ChangedImage]

CROP_SHARE = 0.1
"""Share of width and height that a crop leaves off, half of it at each edge."""
CUT_FRAMES = 37
"""Frames cut from the beginning: 1.23 s at 30 a second, in the middle of a group of the mark."""
MIDDLE_GREY = 128.0
SURE, MOSTLY = 1.0, 0.95
"""Shares of films whose payload is to be read: after what everyone does to a film, and after other coders."""


@dataclass(frozen=True, slots=True)
class Coding:
    """A coder as FFmpeg names it, its constant quality and its speed."""

    codec: str = "libx264"
    crf: int = 23
    preset: str = "fast"


@dataclass(frozen=True, slots=True)
class Attack:
    """One thing that happens to a film.

    Attributes:
        name: In words.
        codings: Coders, one after the other.
        least_read: Share (0–1) of films whose payload is to be read afterwards.
        change: What is done to each picture before, None for nothing.
        cut: Frames left out at the beginning.
    """

    name: str
    codings: tuple[Coding, ...] = (Coding(),)
    least_read: float = SURE
    change: Change | None = None
    cut: int = 0

    def changed(self, image: RgbImage) -> ChangedImage:
        """The picture as it goes into the first coder."""
        return image if self.change is None else self.change(image)


def scaled(image: RgbImage, share: float) -> ChangedImage:
    """The picture at a share of its size, its sides even.

    >>> scaled(np.zeros((100, 62, 3), np.uint8), 0.5).shape
    (50, 30, 3)
    """
    height, width = (max(2, int(side * share) // 2 * 2) for side in image.shape[:2])
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def cropped(image: RgbImage, share: float) -> ChangedImage:
    """The picture without a share of its width and height, drawn as large as before."""
    height, width = image.shape[:2]
    inner = middle_of(image, share)
    return np.asarray(cv2.resize(inner, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def middle_of(image: RgbImage, share: float) -> ChangedImage:
    """The picture without a share of its width and height, half of it at each edge.

    >>> middle_of(np.zeros((100, 60, 3), np.uint8), 0.2).shape
    (80, 48, 3)
    """
    height, width = image.shape[:2]
    left, top = round(width * share / 2), round(height * share / 2)
    return image[top : height - top, left : width - left]


def with_contrast(image: RgbImage, gain: float, around: float = MIDDLE_GREY) -> ChangedImage:
    """The picture with its distance from a level, middle grey if not told, multiplied.

    >>> with_contrast(np.full((1, 1, 3), 228, np.uint8), 1.1)[0, 0]
    array([238, 238, 238], dtype=uint8)
    """
    turned = (image.astype(np.float32) - np.float32(around)) * np.float32(gain) + np.float32(around)
    return np.clip(np.rint(turned), 0, 255).astype(np.uint8)


def brightened(image: RgbImage, by: int) -> ChangedImage:
    """The picture with every channel raised by so many of 255 levels."""
    return np.clip(image.astype(np.int16) + by, 0, 255).astype(np.uint8)


ATTACKS = (
    Attack("x264 CRF 23"),
    Attack("x264 CRF 28", (Coding(crf=28),)),
    Attack("x264 CRF 32", (Coding(crf=32),)),
    Attack("x264 CRF 23, then 32", (Coding(), Coding(crf=32))),
    Attack("half the size, CRF 23", change=functools.partial(scaled, share=0.5)),
    Attack("10 % cropped and scaled back, CRF 23", change=functools.partial(cropped, share=CROP_SHARE)),
    Attack(f"first {CUT_FRAMES} frames cut off, CRF 23", cut=CUT_FRAMES),
    Attack("contrast +10 %, CRF 23", change=functools.partial(with_contrast, gain=1.1)),
    Attack("contrast −10 %, CRF 23", change=functools.partial(with_contrast, gain=0.9)),
    Attack("brightness +8, CRF 23", change=functools.partial(brightened, by=8)),
    Attack("brightness −8, CRF 23", change=functools.partial(brightened, by=-8)),
    Attack("x265 CRF 28", (Coding("libx265", 28),), MOSTLY),
    Attack("VP9 CRF 33", (Coding("libvpx-vp9", 33),), MOSTLY),
    Attack("AV1 CRF 35 (SVT, preset 8)", (Coding("libsvtav1", 35, "8"),), MOSTLY),
)
"""What the payload is to survive."""
