"""How far a drawn face is from the one that was to be drawn."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter1d
from torch import Tensor

from unmask.networks.autoencoder import Masks, Pictures

Matrix = Float[Tensor, "side side"]
PerPicture = Float[Tensor, " batch"]

WINDOW_SIGMA, WINDOW_RADIUS = 1.5, 3
"""Pixels; small windows, as the pictures are small."""
LUMINANCE_FLOOR, CONTRAST_FLOOR = 0.01**2, 0.03**2
"""C1 and C2 for values of 0–1."""


@dataclass(frozen=True, slots=True)
class LossWeights:
    """What counts how much; the relations are those of DeepFaceLab.

    Attributes:
        structure: Of DSSIM.
        squares: Of the mean squared difference of colours.
        mask: Of the mean squared difference of masks.
        features: Of the mean absolute difference at eyes and mouth.
        background: How much a pixel outside of the face counts beside one inside.
        match: Of the distance between the codes of both people, see ``unmask.forgery.swap.matching``; not of DeepFaceLab.
    """

    structure: float = 10.0
    squares: float = 10.0
    mask: float = 10.0
    features: float = 3.0
    background: float = 0.05
    match: float = 1.0


def face_loss(
    drawn: tuple[Pictures, Masks], goal: Pictures, goal_mask: Masks, features: Masks, weights: LossWeights
) -> PerPicture:
    """The loss of each picture, 0 when face and mask are as they should be.

    Args:
        drawn: Faces and masks as the network drew them.
        goal: Faces as they should be.
        goal_mask: Masks as they should be; they also say which pixels count in full.
        features: Weight of eyes and mouth, 0–1.
        weights: What counts how much.

    Returns:
        One number a picture.
    """
    picture, mask = drawn
    inside = weights.background + (1 - weights.background) * goal_mask
    away = picture - goal
    structure = _mean_where(dssim(picture, goal).mean(1, keepdim=True), inside)
    squares = _mean_where(away.square().mean(1, keepdim=True), inside)
    small_parts = _mean_where(away.abs().mean(1, keepdim=True), features)
    masks = (mask - goal_mask).square().mean((1, 2, 3))
    return (
        weights.structure * structure
        + weights.squares * squares
        + weights.features * small_parts
        + weights.mask * masks
    )


def dssim(first: Pictures, second: Pictures) -> Pictures:
    """Structural dissimilarity (1 − SSIM) / 2 around each pixel and in each channel: 0 where alike, at most 1.

    Args:
        first: RGB, 0–1.
        second: RGB of the same size, 0–1.

    Returns:
        A map as large as the pictures; beyond their edges they are mirrored.

    Reference:
        Wang et al., IEEE Transactions on Image Processing 13(4), 2004; Gaussian window.
    """
    mean_first, mean_second = _smoothed(first), _smoothed(second)
    product, squares = mean_first * mean_second, mean_first.square() + mean_second.square()
    covariance = _smoothed(first * second) - product
    variances = _smoothed(first.square() + second.square()) - squares
    luminance = (2 * product + LUMINANCE_FLOOR) / (squares + LUMINANCE_FLOOR)
    contrast = (2 * covariance + CONTRAST_FLOOR) / (variances + CONTRAST_FLOOR)
    return (1 - luminance * contrast) / 2


@lru_cache(maxsize=8)
def _window(side: int) -> Matrix:
    """The Gaussian window as a matrix: on small pictures two products are quicker than a convolution a channel."""
    rows = gaussian_filter1d(np.eye(side), WINDOW_SIGMA, axis=0, mode="reflect", radius=WINDOW_RADIUS)
    return torch.from_numpy(rows.astype(np.float32))


def _smoothed(pictures: Pictures) -> Pictures:
    window = _window(pictures.shape[-1]).to(pictures.device)
    return window @ pictures @ window.T


def _mean_where(values: Masks, weights: Masks) -> PerPicture:
    """Weighted mean of each picture; 0 where nothing weighs."""
    return (values * weights).sum((1, 2, 3)) / weights.sum((1, 2, 3)).clamp(min=1.0)
