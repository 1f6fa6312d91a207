"""Painting on a sheet: soft shapes, strokes, noise. Colours are gamma-coded RGB, 0–1."""

from collections.abc import Iterable

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.forgery.puppets.mesh import Places

Paint = Float32[np.ndarray, "height width 3"]
Cover = Float32[np.ndarray, "height width"]
Tint = tuple[float, float, float]
FINE = 4
"""Bits of a pixel's fraction in which shapes are placed."""


def filled(shape: tuple[int, int], corners: Places, soft: float) -> Cover:
    """A polygon, 1 inside, its rim blurred by so many pixels."""
    cover = np.zeros(shape, np.float32)
    cv2.fillPoly(cover, [_fine(corners)], 1.0, cv2.LINE_8, FINE)
    return blurred(cover, soft)


def stroked(shape: tuple[int, int], lines: Iterable[Float32[np.ndarray, "_ 2"]], width: int, soft: float) -> Cover:
    """Lines through places, 1 on them, blurred by so many pixels."""
    cover = np.zeros(shape, np.uint8)
    cv2.polylines(cover, [_fine(line) for line in lines], False, 255, width, cv2.LINE_AA, FINE)
    return blurred(cover.astype(np.float32) / np.float32(255), soft)


def spot(shape: tuple[int, int], middle: Places | tuple[float, float], reach: tuple[float, float]) -> Cover:
    """A soft round spot, 1 in its middle; reach is its standard deviation in x and y."""
    x, y = np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32)
    across = np.exp(-0.5 * np.square((x - middle[0]) / reach[0]))
    down = np.exp(-0.5 * np.square((y - middle[1]) / reach[1]))
    return np.outer(down, across).astype(np.float32)


def noise(shape: tuple[int, int], grain: tuple[float, float], chance: np.random.Generator) -> Cover:
    """Smooth noise of unit deviation; grain is its size in x and y, in pixels."""
    rough = chance.standard_normal(shape, dtype=np.float32)
    smooth = cv2.GaussianBlur(rough, (0, 0), sigmaX=max(grain[0], 0.1), sigmaY=max(grain[1], 0.1))
    return np.asarray(smooth / max(float(smooth.std()), 1e-6), np.float32)


def blurred(cover: Cover, soft: float) -> Cover:
    """A cover blurred by so many pixels; below a third of a pixel it stays as it is."""
    return np.asarray(cv2.GaussianBlur(cover, (0, 0), soft), np.float32) if soft > 0.3 else cover


def lay(paint: Paint, cover: Cover, color: Tint | np.ndarray) -> None:
    """Lay a colour over the paint where the cover is."""
    paint += (np.asarray(color, np.float32) - paint) * cover[..., None]


def tint(paint: Paint, cover: Cover, factors: Tint) -> None:
    """Multiply the paint by factors where the cover is."""
    paint *= 1 + cover[..., None] * (np.array(factors, np.float32) - 1)


def _fine(places: Places) -> np.ndarray:
    return np.rint(places * 2**FINE).astype(np.int32)
