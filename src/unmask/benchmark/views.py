"""Plain numbers of a film's pictures, of which a detector must be better: background, one view, spectrum, sharpness."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
from jaxtyping import Float32, Float64, Int64

from unmask.faces.masks import CropMask, background_mask, inner_mask, surround_mask
from unmask.types import Crop, RgbImage

BACKGROUND = "background"
FIRST_VIEW = "first-view"
SPECTRUM = "spectrum"
SHARPNESS = "sharpness"
SOFTNESS = "laplacian_log_ratio"
"""The one number of ``SHARPNESS``."""

LEAST_PIXELS = 150
BLURS = (1.0, 2.5, 6.0)
"""Pixels of a crop: what lies between two of these is a band of detail."""
SPECTRUM_SIDE = 96
SPECTRUM_BANDS = 12
FLOOR = 1e-3

Luma = Float32[np.ndarray, "height width"]


def pictures_of(crops: Sequence[Crop]) -> dict[str, dict[str, float]]:
    """The numbers of each part; a part that cannot be seen is left out.

    - ``background`` and ``first-view``: the same simple statistics, far from the face and of the inner face, of the
      first crop alone;
    - ``spectrum``: the radial spectrum of the inner face, mean of all crops;
    - ``sharpness``: how much sharper the inner face is than its surround, median of all crops.
    """
    if not crops:
        return {}
    first = min(crops, key=lambda crop: crop.seconds)
    parts = {
        BACKGROUND: simple_statistics(first.image, background_mask(first)),
        FIRST_VIEW: simple_statistics(first.image, inner_mask(first)),
        SPECTRUM: _spectrum(crops),
        SHARPNESS: _sharpness(crops),
    }
    return {name: numbers for name, numbers in parts.items() if numbers}


def simple_statistics(image: RgbImage, region: CropMask) -> dict[str, float]:
    """Brightness and colour of a region, and how much there is of three bands of detail; nothing for a small one.

    Args:
        image: RGB, 0–255.
        region: Which pixels count.
    """
    if region.sum() < LEAST_PIXELS:
        return {}
    planes = cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    luma = planes[..., 0]
    soft = [luma, *(cv2.GaussianBlur(luma, (0, 0), sigma) for sigma in BLURS)]
    bands = [sharper - softer for sharper, softer in pairwise(soft)]
    names = ("fine_detail", "middling_detail", "coarse_detail")
    return {
        "brightness": float(luma[region].mean()),
        "contrast": _log_spread(luma[region]),
        **{name: _log_spread(band[region]) for name, band in zip(names, bands, strict=True)},
        "red_difference": float(planes[..., 1][region].mean()),
        "blue_difference": float(planes[..., 2][region].mean()),
        "color_spread": _log_spread(planes[..., 1:][region]),
    }


def radial_spectrum(luma: Luma) -> Float64[np.ndarray, " bands"]:
    """Mean log power in rings of frequency from coarse to fine, less their mean, so that contrast plays no part.

    Args:
        luma: A square.

    Reference:
        Durall, Keuper and Keuper, Watch your up-convolution, CVPR 2020.
    """
    side = len(luma)
    window = np.outer(np.hanning(side), np.hanning(side))
    power = np.abs(np.fft.fft2((luma - luma.mean()) * window)) ** 2
    rings = _rings(side)
    means = np.bincount(rings, weights=power.ravel(), minlength=SPECTRUM_BANDS + 1)[:SPECTRUM_BANDS]
    logs = np.log(means / np.bincount(rings)[:SPECTRUM_BANDS] + FLOOR)
    return logs - logs.mean()


def sharpness_ratio(crop: Crop) -> float:
    """Log of the variance of the Laplacian inside of the face over that of its surround; NaN where one is small.

    Reference:
        Pech-Pacheco et al., ICPR 2000, for the measure.
    """
    inner, around = inner_mask(crop), surround_mask(crop)
    if min(inner.sum(), around.sum()) < LEAST_PIXELS:
        return float("nan")
    edges = cv2.Laplacian(cv2.cvtColor(crop.image, cv2.COLOR_RGB2GRAY), cv2.CV_32F)
    return 2 * (_log_spread(edges[inner]) - _log_spread(edges[around]))


def _spectrum(crops: Sequence[Crop]) -> dict[str, float]:
    squares = [square for crop in crops if (square := _inner_square(crop)) is not None]
    if not squares:
        return {}
    mean = np.mean([radial_spectrum(square) for square in squares], axis=0)
    return {f"band_{index + 1}": float(power) for index, power in enumerate(mean)}


def _sharpness(crops: Sequence[Crop]) -> dict[str, float]:
    ratios = [ratio for crop in crops if not np.isnan(ratio := sharpness_ratio(crop))]
    return {SOFTNESS: float(np.median(ratios))} if ratios else {}


def _inner_square(crop: Crop) -> Luma | None:
    """The square around the middle of the inner face; None where the picture does not hold it whole."""
    inner = inner_mask(crop)
    if inner.sum() < LEAST_PIXELS:
        return None
    top, left = (round(float(places.mean()) - SPECTRUM_SIDE / 2) for places in np.nonzero(inner))
    luma = cv2.cvtColor(crop.image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    square = luma[max(0, top) : top + SPECTRUM_SIDE, max(0, left) : left + SPECTRUM_SIDE]
    return square if square.shape == (SPECTRUM_SIDE, SPECTRUM_SIDE) else None


@cache
def _rings(side: int) -> Int64[np.ndarray, " pixels"]:
    """The ring of each frequency; those in the corners, beyond the finest whole ring, are in one of their own."""
    cycles = np.fft.fftfreq(side)
    radius = np.hypot(*np.meshgrid(cycles, cycles)).ravel()
    return np.minimum((radius / 0.5 * SPECTRUM_BANDS).astype(np.int64), SPECTRUM_BANDS)


def _log_spread(values: Float32[np.ndarray, "..."]) -> float:
    return float(np.log(values.std() + FLOOR))
