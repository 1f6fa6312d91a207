"""Detail, noise and colour of one region of a picture against another."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float32

from unmask.types import RgbImage

Region = Bool[np.ndarray, "height width"]
Luma = Float32[np.ndarray, "height width"]
LEAST_PIXELS = 150
SMALLEST = 0.03


@dataclass(frozen=True, slots=True)
class Detail:
    """A picture split into fine detail and middling detail.

    Attributes:
        fine: Luma less its blur by 1 pixel.
        middling: Blur by 1 pixel less blur by 2.5.
        slope: Size of the gradient of the luma blurred by 1.2 pixels.
    """

    fine: Luma
    middling: Luma
    slope: Luma


def split_detail(image: RgbImage) -> Detail:
    """Fine and middling detail of a picture's luma."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    soft, softer = (cv2.GaussianBlur(luma, (0, 0), sigma) for sigma in (1.0, 2.5))
    smooth = cv2.GaussianBlur(luma, (0, 0), 1.2)
    slope = cv2.magnitude(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    return Detail(luma - soft, soft - softer, slope.astype(np.float32))


def sharpness_contrast(detail: Detail, inner: Region, around: Region) -> float:
    """How much sharper a region is than another: fine against middling detail in each, as a log ratio.

    Zero when both are as sharp; negative when the inner region is softer, as when it was enlarged from a small network
    output; positive when it was sharpened. NaN when a region is too small.
    """
    if min(inner.sum(), around.sum()) < LEAST_PIXELS:
        return float("nan")
    ratios = [_rms(detail.fine[region]) / _rms(detail.middling[region]) for region in (inner, around)]
    return float(np.log(ratios[0] / ratios[1]))


def noise_contrast(detail: Detail, inner: Region, around: Region) -> float:
    """How much noisier a region is than another where both are smooth, as a log ratio; NaN when too little is smooth.

    Reference:
        The idea of local noise levels as a trace of splicing: Mahdian and Saic, Image and Vision Computing 27, 2009.
    """
    if inner.sum() < LEAST_PIXELS:
        return float("nan")
    flat = detail.slope < np.median(detail.slope[inner])
    if min((inner & flat).sum(), (around & flat).sum()) < LEAST_PIXELS:
        return float("nan")
    levels = [np.abs(detail.fine[region & flat]).mean() + SMALLEST for region in (inner, around)]
    return float(np.log(levels[0] / levels[1]))


def nearest_color_distance(
    color: Float32[np.ndarray, "3"], others: Float32[np.ndarray, "others 3"], *, darkest: float = 20.0
) -> float:
    """Distance of a colour from the nearest of others in the a, b plane of CIELAB, brightness left out.

    Args:
        color: RGB, 0–255.
        others: RGB, 0–255; NaN rows are passed over.
        darkest: Least L of CIELAB (0–100) that a colour needs to count, since the hue of the dark is noise.

    Returns:
        The distance; NaN when no other colour is left.

    >>> import numpy as np
    >>> grey = np.array([100, 100, 100], np.float32)
    >>> round(nearest_color_distance(grey, np.array([[200, 200, 200], [200, 90, 80]], np.float32)), 1)
    0.0
    """
    seen = others[np.isfinite(others).all(axis=1)]
    if not len(seen) or not np.isfinite(color).all():
        return float("nan")
    lab = cv2.cvtColor(np.vstack([color, seen])[None] / np.float32(255), cv2.COLOR_RGB2LAB)[0]
    lit = lab[1:][lab[1:, 0] >= darkest]
    return float(np.linalg.norm(lit[:, 1:] - lab[0, 1:], axis=1).min()) if len(lit) else float("nan")


def _rms(values: Float32[np.ndarray, " pixels"]) -> float:
    return float(np.sqrt(np.square(values).mean())) + SMALLEST
