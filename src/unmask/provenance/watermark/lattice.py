"""Blocks as three differences of their quarters, and the lattice on which the mark puts these.

A block's four quarters have four mean luma values; their three Haar differences are as large as coefficients of an
orthonormal transform of the block. A difference is moved to the nearest point of a lattice that begins at a keyed place
(quantisation index modulation), so its distance from the lattice tells whether the mark is there: the phase of a marked
difference is near 0, that of an unmarked one anywhere.

Reference:
    Chen and Wornell, Quantization Index Modulation, IEEE Transactions on Information Theory 47(4), 2001.
"""

import cv2
import numpy as np
from jaxtyping import Complex64, Float32

from unmask.types import RgbImage

Luma = Float32[np.ndarray, "height width"]
"""Luma of a picture, BT.601, 0–255."""
Quarters = Float32[np.ndarray, "half_rows half_columns"]
"""Mean luma of the quarters of all blocks."""
Differences = Float32[np.ndarray, "3 rows columns"]
"""The three Haar differences of each block: left − right, top − bottom, and across."""
Phasors = Complex64[np.ndarray, "3 rows columns"]
"""Place of each difference between two points of its lattice, as a number on the unit circle."""

BILINEAR_MEAN = np.array([1, 6, 1], np.float32) / 8
"""Mean over a quarter of a field drawn bilinearly through the quarters' middles."""
COMPENSATIONS = 2


def luma_of(image: RgbImage) -> Luma:
    """Luma of a picture."""
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)


def quarters_of(luma: Luma, side: int) -> Quarters:
    """Means of the quarters of all whole blocks, from the top left corner on."""
    rows, columns = luma.shape[0] // side, luma.shape[1] // side
    whole = luma[: rows * side, : columns * side]
    return cv2.resize(whole, (2 * columns, 2 * rows), interpolation=cv2.INTER_AREA)


def differences_of(quarters: Quarters, side: int) -> Differences:
    """The differences of the quarters of each block of a side in pixels."""
    return haar((quarters[::2, ::2], quarters[::2, 1::2], quarters[1::2, ::2], quarters[1::2, 1::2]), side)


def haar(quarters: tuple[Quarters, Quarters, Quarters, Quarters], side: int) -> Differences:
    """The same of blocks whose four quarters stand in four arrays: upper left and right, lower left and right."""
    a, b, c, d = quarters
    return np.stack([a - b + c - d, a + b - c - d, a - b - c + d]) * np.float32(side / 4)


def quarters_with(differences: Differences, side: int) -> Quarters:
    """Quarters with these differences and a mean of zero; undoes ``differences_of``."""
    across, down, both = differences / np.float32(side)
    quarters = np.empty((2 * across.shape[0], 2 * across.shape[1]), np.float32)
    quarters[::2, ::2], quarters[::2, 1::2] = across + down + both, down - across - both
    quarters[1::2, ::2], quarters[1::2, 1::2] = across - down - both, both - across - down
    return quarters


def drawn(quarters: Quarters, side: int) -> Luma:
    """A smooth field over the picture that has these means in its quarters.

    Steps at the edges of quarters would be seen, and cost the coder many bits. A bilinear field is smooth, but has
    smaller means than the points it is drawn through, so the points are moved until the differences of each block fit.
    """
    points = quarters
    for _ in range(COMPENSATIONS):
        means = cv2.sepFilter2D(points, cv2.CV_32F, BILINEAR_MEAN, BILINEAR_MEAN, borderType=cv2.BORDER_REPLICATE)
        points = points + quarters_with(differences_of(quarters - means, side), side)
    size = quarters.shape[1] * side // 2, quarters.shape[0] * side // 2
    return cv2.resize(points, size, interpolation=cv2.INTER_LINEAR)


def phasors_of(differences: Differences, step: float) -> Phasors:
    """Place of each difference between two multiples of the step."""
    return np.exp(np.complex64(2j * np.pi / step) * differences)


def turned(dither: Float32[np.ndarray, "*places"]) -> Complex64[np.ndarray, "*places"]:
    """Phasors of lattices that begin at these places, 0–1 steps."""
    return np.exp(np.complex64(2j * np.pi) * dither)
