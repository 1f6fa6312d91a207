"""A face blended with a slightly changed copy of itself: a forgery with nothing in it but the traces of blending.

Written after the paper, with one departure: only the copy is changed, never its surround, so that the mask stays exact
and everything outside of it keeps its bytes. Where the paper softens the surround, the copy is sharpened instead.

    recipe = draw_self_blend(np.random.default_rng(seed))     # once for a picture or a film
    pasted = self_blend(image, landmarks, recipe)             # for each frame; the mask follows the face

Reference:
    Shiohara and Yamasaki: Detecting Deepfakes with Self-Blended Images, CVPR 2022.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from unmask.forgery.paste.blend import Pasted, laid_over
from unmask.forgery.paste.choices import require_between, require_known
from unmask.forgery.paste.color import Picture
from unmask.forgery.paste.masks import SHAPES, elastic, feathered, grown
from unmask.forgery.paste.warp import similarity_warp
from unmask.forgery.paste.window import face_width, window_around
from unmask.types import Landmarks, Mask, RgbImage

MARGIN, BENDS = 0.22, 3.0
"""Space around the face that is worked on, as a share of its width, beyond the growth and this many bends."""
SHAPES_DRAWN = ("face-hull", "raised-hull", "inner-face", "without-eyes-and-mouth")
RATIOS_DRAWN = (0.25, 0.5, 0.75, 1.0, 1.0, 1.0)
WIDEST_FEATHER = {"without-eyes-and-mouth": 0.08}
"""Wider ones would leave next to nothing of the narrow parts between the holes."""
SHARPEN_RADIUS = 0.012
"""Radius of the unsharp mask as a share of the face's width."""


@dataclass(frozen=True, slots=True)
class SelfBlendRecipe:
    """What is done to the copy, and where it is laid over its original.

    Lengths are shares of the face's width.

    Attributes:
        shape: Shape of the mask, a key of ``masks.SHAPES``.
        rgb_shift: Levels added to red, green and blue.
        hue_degrees: Turn of the hue.
        saturation: Factor.
        value: Factor of HSV's value.
        brightness: Levels added to all channels.
        contrast: Factor around the middle grey.
        shrink: Scale to which the copy is shrunk and enlarged again; 1 leaves it sharp.
        sharpen: Strength of an unsharp mask; 0 for none.
        shift: Way of the copy along the face's x and y.
        scale: Factor of the copy's size.
        bend: Reach of the mask's elastic deformation.
        bend_seed: Which deformation.
        grow: Way of the mask's rim outwards, before it is feathered.
        feather: Width of the mask's soft rim.
        ratio: Share of the copy where the mask is full, 0–1.
    """

    shape: str = "face-hull"
    rgb_shift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    hue_degrees: float = 0.0
    saturation: float = 1.0
    value: float = 1.0
    brightness: float = 0.0
    contrast: float = 1.0
    shrink: float = 1.0
    sharpen: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    bend: float = 0.0
    bend_seed: int = 0
    grow: float = 0.0
    feather: float = 0.1
    ratio: float = 1.0

    def __post_init__(self) -> None:
        require_known("shape", self.shape, SHAPES)
        require_between("shrinking", self.shrink, 0.05, 1.0)
        require_between("scale", self.scale, 0.5, 2.0)
        require_between("growth", self.grow, -0.25, 0.15)
        require_between("feather", self.feather, 0.0, 0.5)
        require_between("bend", self.bend, 0.0, 0.2)
        require_between("sharpening", self.sharpen, 0.0, 5.0)
        require_between("blend ratio", self.ratio, 0.0, 1.0)


def draw_self_blend(rng: np.random.Generator) -> SelfBlendRecipe:
    """A recipe drawn at random, in the ranges of the paper's own code or near them.

    >>> import numpy as np
    >>> draw_self_blend(np.random.default_rng(1)) == draw_self_blend(np.random.default_rng(1))
    True
    """
    shape = str(rng.choice(SHAPES_DRAWN))
    softer, tinted = rng.random() < 0.5, rng.random() < 0.3
    return SelfBlendRecipe(
        shape=shape,
        rgb_shift=(rng.uniform(-15, 15), rng.uniform(-15, 15), rng.uniform(-15, 15)) if tinted else (0.0, 0.0, 0.0),
        hue_degrees=rng.uniform(-4, 4),
        saturation=rng.uniform(0.75, 1.25),
        value=rng.uniform(0.9, 1.1),
        brightness=rng.uniform(-15, 15),
        contrast=rng.uniform(0.9, 1.1),
        shrink=rng.uniform(0.25, 0.6) if softer else 1.0,
        sharpen=0.0 if softer else rng.uniform(0.3, 1.0),
        shift=(rng.uniform(-0.03, 0.03), rng.uniform(-0.015, 0.015)),
        scale=rng.uniform(0.95, 1 / 0.95),
        bend=rng.uniform(0.0, 0.05),
        bend_seed=int(rng.integers(2**31)),
        grow=rng.uniform(-0.08, 0.06),
        feather=rng.uniform(0.03, WIDEST_FEATHER.get(shape, 0.25)),
        ratio=float(rng.choice(RATIOS_DRAWN)),
    )


def self_blend(image: RgbImage, landmarks: Landmarks, recipe: SelfBlendRecipe) -> Pasted:
    """A face blended with a changed copy of itself.

    Args:
        image: RGB.
        landmarks: Points of the face in the picture's pixels.
        recipe: From ``draw_self_blend``; the same recipe gives the same picture, and a film keeps its recipe.

    Returns:
        The forged picture and the share of the copy in each pixel.

    Raises:
        UsageError: The face is outside the picture, too small, or its points are not finite.
    """
    margin = MARGIN + max(recipe.grow, 0.0) + BENDS * recipe.bend
    window = window_around(landmarks, image.shape, margin)
    view, points = window.cut(image), window.points(landmarks)
    copy = np.rint(_detailed(_tinted(view, recipe), face_width(points), recipe)).astype(np.uint8)
    moved, covered = similarity_warp(copy, points, _moved(points, recipe), view.shape[:2])
    pasted = laid_over(view, moved, _mask(points, covered, recipe))
    return Pasted(window.put(image, pasted.image), window.put_mask(image, pasted.mask))


def _tinted(view: RgbImage, recipe: SelfBlendRecipe) -> Picture:
    """The copy in other colours, RGB 0–255."""
    shifted = np.clip(view + np.array(recipe.rgb_shift, np.float32), 0, 255)
    hue, saturation, value = np.moveaxis(np.asarray(cv2.cvtColor(shifted / 255, cv2.COLOR_RGB2HSV)), -1, 0)
    turned = [(hue + recipe.hue_degrees) % 360, np.minimum(saturation * recipe.saturation, 1), value * recipe.value]
    rgb = np.asarray(cv2.cvtColor(np.stack(turned, axis=-1).astype(np.float32), cv2.COLOR_HSV2RGB), np.float32) * 255
    return np.clip((rgb - 127.5) * recipe.contrast + 127.5 + recipe.brightness, 0, 255).astype(np.float32)


def _detailed(copy: Picture, width: float, recipe: SelfBlendRecipe) -> Picture:
    """The copy softer or sharper than its original."""
    height, columns = copy.shape[:2]
    if recipe.shrink < 1:
        small = (max(1, round(columns * recipe.shrink)), max(1, round(height * recipe.shrink)))
        copy = np.asarray(cv2.resize(copy, small, interpolation=cv2.INTER_AREA), np.float32)
        copy = np.asarray(cv2.resize(copy, (columns, height), interpolation=cv2.INTER_CUBIC), np.float32)
    if recipe.sharpen > 0:
        smooth = cv2.GaussianBlur(copy, (0, 0), max(SHARPEN_RADIUS * width, 0.6))
        copy = copy + np.float32(recipe.sharpen) * (copy - smooth)
    return np.clip(copy, 0, 255)


def _moved(points: Landmarks, recipe: SelfBlendRecipe) -> Landmarks:
    """Where the copy's points lie: scaled around the middle, shifted along the line of the eyes and across it."""
    across = points[263, :2] - points[33, :2]
    across = across / max(float(np.linalg.norm(across)), 1e-6) * face_width(points)
    down = np.array([-across[1], across[0]], np.float32)
    middle = points[:, :2].mean(axis=0)
    moved = points.copy()
    moved[:, :2] = middle + (points[:, :2] - middle) * recipe.scale + recipe.shift[0] * across + recipe.shift[1] * down
    return moved


def _mask(points: Landmarks, covered: Mask, recipe: SelfBlendRecipe) -> Mask:
    width = face_width(points)
    shape = SHAPES[recipe.shape](points, covered.shape[:2])
    bent = elastic(shape, points, recipe.bend_seed, recipe.bend)
    mask = grown(bent, recipe.grow * width) * covered
    return feathered(mask, recipe.feather * width) * np.float32(recipe.ratio)
