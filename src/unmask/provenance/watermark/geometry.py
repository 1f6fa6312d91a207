"""How the blocks of the marked picture lie in the examined one, which may be cropped and scaled."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.provenance.watermark.lattice import (
    Differences,
    Luma,
    Phasors,
    Quarters,
    differences_of,
    luma_of,
    phasors_of,
    quarters_of,
)
from unmask.provenance.watermark.layout import FIELD, Blocks
from unmask.types import Alignment, RgbImage

LEAST_SAMPLES = 4
"""Pixels along the side of a quarter when blocks that do not lie on whole pixels are sampled."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What blocks are like in the marked picture.

    Attributes:
        side: Side of a block in pixels.
        step: Step of the lattice.
    """

    side: int
    step: float


@dataclass(frozen=True, slots=True)
class Lie:
    """Where the blocks are in the examined picture.

    Attributes:
        side: Side of a block in pixels of the marked picture.
        step: Step of the lattice in the marked picture.
        across: Width of a block in pixels of the examined picture.
        down: Height of a block in pixels of the examined picture.
        left: Left edge of the first whole block, pixels.
        top: Top edge of the first whole block, pixels.
        row: Row of the first whole block in the field of the mark.
        column: Its column there.
        rows: Whole blocks in the examined picture, from top to bottom.
        columns: Whole blocks in the examined picture, from left to right.
        gain: Contrast of the examined picture over that of the marked one.
    """

    side: int
    step: float
    across: float
    down: float
    left: float
    top: float
    row: int
    column: int
    rows: int
    columns: int
    gain: float = 1.0

    @property
    def window(self) -> tuple[slice, slice]:
        """Which part of the field of the mark is seen."""
        return slice(self.row, self.row + self.rows), slice(self.column, self.column + self.columns)

    @property
    def untouched(self) -> bool:
        """Whether the blocks lie where the marker put them."""
        return self.across == self.down == self.side and self.left == self.top == 0

    def differences(self, image: RgbImage) -> Differences:
        """The differences of all blocks that are seen, at the contrast of the marked picture."""
        return self.differences_and_light(image)[0]

    def differences_and_light(self, image: RgbImage) -> tuple[Differences, Float32[np.ndarray, "rows columns"]]:
        """The differences of all blocks that are seen, and their mean luma."""
        quarters = self._quarters(luma_of(image))
        light = (quarters[::2, ::2] + quarters[::2, 1::2] + quarters[1::2, ::2] + quarters[1::2, 1::2]) / 4
        return differences_of(quarters, self.side) / np.float32(self.gain), light

    def room(self, image: RgbImage) -> Float32[np.ndarray, "rows columns"]:
        """How far the colour of each block is from the ends of the range, 0–127; at the ends no mark can be written."""
        rows = slice(round(self.top), round(self.top + self.rows * self.down))
        columns = slice(round(self.left), round(self.left + self.columns * self.across))
        means = cv2.resize(image[rows, columns], (self.columns, self.rows), interpolation=cv2.INTER_AREA)
        return np.minimum(means.min(axis=2), 255 - means.max(axis=2)).astype(np.float32)

    def phasors(self, image: RgbImage) -> Phasors:
        """Place of each of these between two points of the lattice."""
        return self.phasors_of(self.differences(image))

    def phasors_of(self, differences: Differences) -> Phasors:
        """Place of each difference between two points of the lattice."""
        return phasors_of(differences, self.step)

    def _quarters(self, luma: Luma) -> Quarters:
        if self.untouched:
            return quarters_of(luma[: self.rows * self.side, : self.columns * self.side], self.side)
        samples = max(LEAST_SAMPLES, round(max(self.across, self.down) / 2))
        return quarters_of(self._resampled(luma, samples), 2 * samples)

    def _resampled(self, luma: Luma, samples: int) -> Float32[np.ndarray, "sampled_height sampled_width"]:
        """The blocks on whole pixels, ``samples`` of them along the side of a quarter."""
        wide, high = self.across / (2 * samples), self.down / (2 * samples)
        place = np.array([[wide, 0, self.left + wide / 2 - 0.5], [0, high, self.top + high / 2 - 0.5]])
        size = self.columns * 2 * samples, self.rows * 2 * samples
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(luma, place, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)

    def alignment(self, start_seconds: float) -> Alignment:
        """The same in terms of whole pictures."""
        scale = self.across / self.side, self.down / self.side
        offset = self.left - self.column * self.across, self.top - self.row * self.down
        return Alignment(scale, offset, start_seconds, self.gain)


def untouched_lie(blocks: Blocks) -> Lie:
    """Where the marker puts the blocks."""
    side = float(blocks.side)
    return Lie(blocks.side, blocks.step, side, side, 0.0, 0.0, 0, 0, blocks.rows, blocks.columns)


def lie_within(
    size: tuple[int, int],
    kind: Kind,
    period: tuple[float, float],
    corner: tuple[float, float],
    *,
    place: tuple[int, int] = (0, 0),
    gain: float = 1.0,
) -> Lie | None:
    """The whole blocks within a picture, None when there are none.

    Args:
        size: Width and height of the examined picture in pixels.
        kind: The blocks as they were marked.
        period: Width and height of a block in the examined picture.
        corner: Left and top edge in pixels of a block, whichever.
        place: Row and column of this block in the field.
        gain: Contrast of the examined picture over that of the marked one.
    """
    before = [int(np.floor(edge / size + 1e-6)) for edge, size in zip(corner, period, strict=True)]
    left, top = (edge - whole * size for edge, whole, size in zip(corner, before, period, strict=True))
    column, row = place[1] - before[0], place[0] - before[1]
    if column < 0:
        left, column = left - column * period[0], 0
    if row < 0:
        top, row = top - row * period[1], 0
    columns = min(int((size[0] - left) / period[0] + 1e-6), FIELD - column)
    rows = min(int((size[1] - top) / period[1] + 1e-6), FIELD - row)
    if rows < 1 or columns < 1:
        return None
    return Lie(kind.side, kind.step, *period, left, top, row, column, rows, columns, gain)
