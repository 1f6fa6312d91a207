"""Colours of one face brought near those of another.

A transfer looks at two lots of pixels and gives a map of colours; the map is applied to a whole picture, or kept for a
whole film so that the pasted face does not flicker:

    ``TRANSFERS[name](source_colors, goal_colors)`` → ``ColorMap`` → ``map(picture)``

Colours are gamma-coded RGB, 0–255. Flat colours and lots of fewer than LEAST_PIXELS pixels are no error: a map never
stretches or squeezes contrast by more than GREATEST_GAIN, and from nothing it changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8

from unmask.forgery.paste.choices import require_known
from unmask.types import Mask

Picture = Float32[np.ndarray, "height width 3"]
"""Gamma-coded RGB, 0–255, not yet rounded."""
SourcePicture = Float32[np.ndarray, "height width 3"] | UInt8[np.ndarray, "height width 3"]
GoalPicture = Float32[np.ndarray, "rows columns 3"] | UInt8[np.ndarray, "rows columns 3"]
SourceColors = Float32[np.ndarray, "source_pixels 3"]
GoalColors = Float32[np.ndarray, "goal_pixels 3"]
Matrix = Float64[np.ndarray, "3 3"]
ColorMap = Callable[[SourcePicture], Picture]
Transfer = Callable[[SourceColors, GoalColors], ColorMap]

LEAST_PIXELS = 8
GREATEST_GAIN = 4.0
REACH = 3.0
LEAST_VARIANCE = 1e-2
"""Added to variances, in square levels, far below the noise of a camera: keeps matrices of flat colours regular."""
LEVELS = np.arange(256)


@dataclass(frozen=True, slots=True, eq=False)
class LinearMap:
    """Colours moved onto a mean, and turned and stretched around it.

    Colours unlike any the map was made from, as teeth are unlike skin, are only moved: the part of their difference
    that lies beyond ``REACH`` deviations stays as it is, lest whites turn blue.

    Attributes:
        matrix: What is done to the difference from the source's mean.
        source_mean: Mean colour that is moved onto ``goal_mean``.
        whitening: Turns differences into deviations of the source's colours.
        lab: Whether this happens in CIE L*a*b* and not in RGB.
    """

    matrix: Matrix
    source_mean: Float64[np.ndarray, "3"]
    goal_mean: Float64[np.ndarray, "3"]
    whitening: Matrix
    lab: bool = False

    def __call__(self, picture: SourcePicture) -> Picture:
        """The picture in its new colours, RGB 0–255."""
        colors = _to_lab(picture) if self.lab else picture.astype(np.float32)
        apart = colors - self.source_mean.astype(np.float32)
        distance = np.linalg.norm(apart @ self.whitening.T.astype(np.float32), axis=-1, keepdims=True)
        near = apart * np.minimum(1, REACH / np.maximum(distance, 1e-6))
        moved = apart + near @ (self.matrix - np.eye(3)).T.astype(np.float32) + self.goal_mean.astype(np.float32)
        return np.clip(_to_rgb(moved) if self.lab else moved, 0, 255).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class CurveMap:
    """Each channel through a curve of its own: the new level of each of the levels 0–255, rising."""

    curves: Float64[np.ndarray, "3 256"]

    def __call__(self, picture: SourcePicture) -> Picture:
        """The picture in its new colours, RGB 0–255."""
        channels = [np.interp(picture[..., k], LEVELS, self.curves[k]) for k in range(3)]
        return np.stack(channels, axis=-1).astype(np.float32)


def unchanged(picture: SourcePicture) -> Picture:
    """The map that leaves every colour as it is."""
    return picture.astype(np.float32)


def rct(source: SourceColors, goal: GoalColors) -> ColorMap:
    """Mean and deviation of each channel, in CIE L*a*b*.

    Reference:
        Reinhard, Ashikhmin, Gooch, Shirley: Color Transfer between Images, IEEE CG&A 2001 (there in lαβ).
    """
    if _too_few(source, goal):
        return unchanged
    first, second = _to_lab(source[None])[0], _to_lab(goal[None])[0]
    deviations = [np.sqrt(colors.var(axis=0, dtype=np.float64) + LEAST_VARIANCE) for colors in (first, second)]
    gains = _bounded(np.diag(deviations[1] / deviations[0]))
    return LinearMap(gains, _mean(first), _mean(second), np.diag(1 / deviations[0]), lab=True)


def lct(source: SourceColors, goal: GoalColors) -> ColorMap:
    """Mean and covariance in RGB: whiten with the source's, colour with the goal's, both by the symmetric root.

    Reference:
        Gatys, Ecker, Bethge, Hertzmann, Shechtman: Controlling Perceptual Factors in Neural Style Transfer, CVPR 2017.
    """
    if _too_few(source, goal):
        return unchanged
    whitening = _power(_covariance(source), -0.5)
    matrix = _power(_covariance(goal), 0.5) @ whitening
    return LinearMap(_bounded(matrix), _mean(source), _mean(goal), whitening)


def mkl(source: SourceColors, goal: GoalColors) -> ColorMap:
    """Mean and covariance in RGB, by the linear map that moves colours the least (Monge–Kantorovich).

    Reference:
        Pitié and Kokaram: The Linear Monge-Kantorovitch Linear Colour Mapping for Example-Based Colour Transfer,
        CVMP 2007.
    """
    if _too_few(source, goal):
        return unchanged
    root, whitening = _power(_covariance(source), 0.5), _power(_covariance(source), -0.5)
    matrix = whitening @ _power(root @ _covariance(goal) @ root, 0.5) @ whitening
    return LinearMap(_bounded(matrix), _mean(source), _mean(goal), whitening)


def hist(source: SourceColors, goal: GoalColors) -> ColorMap:
    """The whole histogram of each channel, in RGB.

    Reference:
        Gonzalez and Woods: Digital Image Processing, section Histogram Specification.
    """
    if _too_few(source, goal):
        return unchanged
    return CurveMap(np.stack([_curve(source[:, k], goal[:, k]) for k in range(3)]))


def none(source: SourceColors, goal: GoalColors) -> ColorMap:  # noqa: ARG001 # a transfer that looks at neither
    """Colours as they are."""
    return unchanged


TRANSFERS: Mapping[str, Transfer] = MappingProxyType({"rct": rct, "lct": lct, "mkl": mkl, "hist": hist, "none": none})
"""Colour transfers by name."""


def transferred(
    name: str,
    source: SourcePicture,
    goal: GoalPicture,
    source_mask: Mask,
    goal_mask: Float32[np.ndarray, "rows columns"],
) -> Picture:
    """A picture whose colours inside its mask are like another's inside its own.

    Args:
        name: A key of ``TRANSFERS``.
        source: Picture to recolour, RGB 0–255.
        goal: Picture with the colours to reach, of any size, RGB 0–255.
        source_mask: Pixels of the source that are looked at, those of 0.5 and more.
        goal_mask: Likewise of the goal.

    Returns:
        The whole source recoloured, RGB 0–255; unchanged when a mask holds almost nothing.

    Raises:
        UsageError: There is no transfer of that name.
    """
    require_known("colour transfer", name, TRANSFERS)
    colors = TRANSFERS[name](colors_within(source, source_mask), colors_within(goal, goal_mask))
    return colors(source)


def colors_within(picture: SourcePicture, mask: Mask) -> Float32[np.ndarray, "pixels 3"]:
    """The pixels of a picture where a mask is 0.5 or more."""
    return picture[mask >= 0.5].astype(np.float32)


def _too_few(source: SourceColors, goal: GoalColors) -> bool:
    return min(len(source), len(goal)) < LEAST_PIXELS


def _mean(colors: Float32[np.ndarray, "pixels 3"]) -> Float64[np.ndarray, "3"]:
    return colors.mean(axis=0, dtype=np.float64)


def _covariance(colors: Float32[np.ndarray, "pixels 3"]) -> Matrix:
    return np.cov(colors.astype(np.float64), rowvar=False) + LEAST_VARIANCE * np.eye(3)


def _power(symmetric: Matrix, exponent: float) -> Matrix:
    values, vectors = np.linalg.eigh(symmetric)
    return (vectors * np.maximum(values, LEAST_VARIANCE**2) ** exponent) @ vectors.T


def _bounded(matrix: Matrix) -> Matrix:
    left, gains, right = np.linalg.svd(matrix)
    return (left * np.clip(gains, 1 / GREATEST_GAIN, GREATEST_GAIN)) @ right


def _curve(
    source: Float32[np.ndarray, " source_pixels"], goal: Float32[np.ndarray, " goal_pixels"]
) -> Float64[np.ndarray, "256"]:
    """The goal's level that as large a share of its pixels lies below as of the source's."""
    share = np.searchsorted(np.sort(source), LEVELS + 0.5) + np.searchsorted(np.sort(source), LEVELS - 0.5)
    return np.quantile(goal.astype(np.float64), share / (2 * len(source)))


def _to_lab(picture: SourcePicture) -> Picture:
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def _to_rgb(lab: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.float32) * 255
