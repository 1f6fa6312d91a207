"""One face pasted over another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from unmask.forgery.paste.blend import MadePicture, Pasted, laid_over, poisson
from unmask.forgery.paste.choices import require_between, require_known
from unmask.forgery.paste.color import TRANSFERS, ColorMap, colors_within
from unmask.forgery.paste.masks import SHAPES, bare_skin, feathered, grown
from unmask.forgery.paste.warp import WARPS, SourceImage
from unmask.forgery.paste.window import face_width, window_around
from unmask.types import Landmarks, Mask, RgbImage

MARGIN, SOURCE_MARGIN = 0.22, 0.4
"""Space around the faces that is worked on, as a share of their width; the raised hull stays within, and what a recipe
grows is added."""
COLOR_WIDTH = 96.0
"""A wider face is shrunk to this for its colours: faster, and noise is not taken for contrast."""

BLENDS: Mapping[str, Callable[[RgbImage, MadePicture, Mask], Pasted]] = MappingProxyType(
    {"hard": laid_over, "feather": laid_over, "poisson": poisson}
)
"""Ways to lay a face over another, by name; ``hard`` and ``feather`` differ in their masks."""


@dataclass(frozen=True, slots=True)
class PasteRecipe:
    """How a face is pasted: one recipe for a picture, or for all frames of a film.

    Attributes:
        shape: Which part of the face, a key of ``masks.SHAPES``.
        transfer: How its colours are brought near the target's, a key of ``color.TRANSFERS``.
        warp: ``mesh`` takes on the target's pose and expression, ``similarity`` keeps the source's.
        blend: ``hard`` has an edge, ``feather`` a soft rim, ``poisson`` the target's colours along the rim.
        feather: Width of the soft rim as a share of the face's width, 0–0.5; for ``feather`` only.
        grow: Way of the rim outwards, or inwards when negative, as a share of the face's width, −0.25 to 0.15.
    """

    shape: str = "face-hull"
    transfer: str = "rct"
    warp: str = "mesh"
    blend: str = "feather"
    feather: float = 0.1
    grow: float = 0.0

    def __post_init__(self) -> None:
        require_known("shape", self.shape, SHAPES)
        require_known("colour transfer", self.transfer, TRANSFERS)
        require_known("warp", self.warp, WARPS)
        require_known("blend", self.blend, BLENDS)
        require_between("feather", self.feather, 0.0, 0.5)
        require_between("growth", self.grow, -0.25, 0.15)


def paste_face(
    source: SourceImage,
    source_landmarks: Landmarks,
    target: RgbImage,
    target_landmarks: Landmarks,
    recipe: PasteRecipe,
    *,
    colors: ColorMap | None = None,
) -> Pasted:
    """Paste the face of one picture over that of another.

    Args:
        source: Picture with the face to paste, RGB.
        source_landmarks: Its points in the source's pixels.
        target: Picture that receives it, RGB.
        target_landmarks: Points of the face to cover, in the target's pixels.
        recipe: How.
        colors: Map of the source's colours, from ``match_colors``; keep one for a film, lest the colours of the pasted
            face follow every flicker. Without it the two pictures are matched.

    Returns:
        The forged picture and its exact mask. Parts of the shape that the source cannot fill, because it ends or is
        turned away there, are left to the target; the mask may then be empty.

    Raises:
        UsageError: A face is outside its picture, too small, or its points are not finite.
    """
    window = window_around(target_landmarks, target.shape, MARGIN + max(recipe.grow, 0.0))
    shown = window_around(source_landmarks, source.shape, SOURCE_MARGIN)
    if colors is None:
        colors = match_colors(source, source_landmarks, target, target_landmarks, recipe.transfer)
    view, points = window.cut(target), window.points(target_landmarks)
    warp = WARPS[recipe.warp]
    warped, covered = warp(shown.cut(source), shown.points(source_landmarks), points, view.shape[:2])
    pasted = BLENDS[recipe.blend](view, colors(warped), _mask(points, covered, recipe))
    return Pasted(window.put(target, pasted.image), window.put_mask(target, pasted.mask))


def match_colors(
    source: SourceImage, source_landmarks: Landmarks, target: RgbImage, target_landmarks: Landmarks, transfer: str
) -> ColorMap:
    """The map from the colours of one face's bare skin to those of another's.

    Raises:
        UsageError: There is no transfer of that name, or a face is not in its picture.
    """
    require_known("colour transfer", transfer, TRANSFERS)
    return TRANSFERS[transfer](_skin_colors(source, source_landmarks), _skin_colors(target, target_landmarks))


def _mask(points: Landmarks, covered: Mask, recipe: PasteRecipe) -> Mask:
    width = face_width(points)
    shape = SHAPES[recipe.shape](points, covered.shape[:2])
    mask = (grown(shape, recipe.grow * width) if recipe.grow else shape) * covered
    return feathered(mask, recipe.feather * width) if recipe.blend == "feather" else mask


def _skin_colors(image: SourceImage, landmarks: Landmarks) -> np.ndarray:
    window = window_around(landmarks, image.shape, 0.0)
    view, points = window.cut(image), window.points(landmarks)
    factor = COLOR_WIDTH / face_width(landmarks)
    if factor < 1:
        rows, columns = (max(1, round(side * factor)) for side in view.shape[:2])
        points = points * np.array([columns / view.shape[1], rows / view.shape[0], factor], np.float32)
        view = np.asarray(cv2.resize(view, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    return colors_within(view, bare_skin(points, view.shape[:2]))
