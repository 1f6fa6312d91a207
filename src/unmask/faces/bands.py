"""A picture taken apart by colour and by size of detail, and how strong each part is in each region."""

from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.faces.masks import Regions
from unmask.types import RgbImage

CHANNELS = ("Y", "Cr", "Cb")
CHANNEL_WORDS = {"Y": "brightness", "Cr": "red-difference colour", "Cb": "blue-difference colour"}

Bands = Float32[np.ndarray, "channels bands rows columns"]
Sizes = Float32[np.ndarray, "channels bands regions"]


def detail_bands(picture: RgbImage, sigmas: Sequence[float]) -> Bands:
    """Y, Cr and Cb of BT.601, each taken apart from fine to coarse.

    Args:
        picture: Gamma-coded RGB.
        sigmas: Of the Gaussians between which the bands lie, in pixels.

    Returns:
        A band for each Gaussian and one for what is left, in levels (0–255).
    """
    rest = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb), np.float32)
    bands = []
    for sigma in sigmas:
        smooth = np.asarray(cv2.GaussianBlur(rest, (0, 0), sigma), np.float32)
        bands.append(rest - smooth)
        rest = smooth
    return np.ascontiguousarray(np.moveaxis(np.stack([*bands, rest]), -1, 0))


def mean_sizes(bands: Bands, regions: Regions) -> Sizes:
    """Mean absolute value of each band in each region, in levels; no region may be empty."""
    shares = regions.reshape(len(regions), -1).astype(np.float32)
    shares /= shares.sum(axis=1, keepdims=True)
    return (np.abs(bands).reshape(-1, shares.shape[1]) @ shares.T).reshape(*bands.shape[:2], -1)
