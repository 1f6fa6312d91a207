"""The sheet of colours of a person: face, eyes, mouth, ears, neck, hair and cloth, side by side."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float32

from unmask.forgery.puppets.brush import Cover, Paint, lay, noise, spot, tint
from unmask.forgery.puppets.complexion import face_paint, skin_paint
from unmask.forgery.puppets.hair import LENGTHS_MM
from unmask.forgery.puppets.identity import Color, Identity
from unmask.forgery.puppets.part import (
    CLOTH_SHEET,
    EAR_SHEET,
    EYE_PIXELS_PER_MM,
    EYE_SHEET,
    FACE_SHEET,
    HAIR_SHEET,
    LOWER_TEETH_SHEET,
    MOUTH_SHEET,
    NECK_SHEET,
    SHEET_SIDE,
    UPPER_TEETH_SHEET,
    Sheet,
)

ColorSheet = Float32[np.ndarray, "1024 1024 4"]
"""Red, green and blue as light (the square of the gamma-coded share, 0–1), and how far blood shines through, 0–1."""

IRIS_MM, PUPIL_MM = 6.4, 2.6


@lru_cache(maxsize=8)
def color_sheet(person: Identity, clothes: Color) -> ColorSheet:
    """What a person is painted with, wearing clothes of a colour."""
    sheet = np.zeros((SHEET_SIDE, SHEET_SIDE, 4), np.float32)
    chance = np.random.default_rng((person.texture_seed, 2))
    for place, paint, blood in (
        (FACE_SHEET, face_paint(person), 1.0),
        (EYE_SHEET, _eye(person, chance), 0.0),
        (EAR_SHEET, _ear(person, chance), 1.0),
        (MOUTH_SHEET, np.tile(np.array([0.42, 0.16, 0.15], np.float32), (*_shape(MOUTH_SHEET), 1)), 0.0),
        (UPPER_TEETH_SHEET, _teeth(_shape(UPPER_TEETH_SHEET), edge=-1), 0.0),
        (LOWER_TEETH_SHEET, _teeth(_shape(LOWER_TEETH_SHEET), edge=0), 0.0),
        (NECK_SHEET, skin_paint(person.skin, _shape(NECK_SHEET), chance), 1.0),
        (HAIR_SHEET, _hair(person, chance), 0.0),
        (CLOTH_SHEET, _cloth(clothes), 0.0),
    ):
        sheet[place.rows, place.columns, :3] = np.square(np.clip(paint, 0, 1))
        sheet[place.rows, place.columns, 3] = blood
    return sheet


def _shape(sheet: Sheet) -> tuple[int, int]:
    return sheet.height, sheet.width


def _share(color: Color) -> Float32[np.ndarray, "3"]:
    return np.array(color, np.float32) / np.float32(255)


def _eye(person: Identity, chance: np.random.Generator) -> Paint:
    """The white with its veins and pink corners, iris, pupil and a highlight; looking straight ahead."""
    height, width = _shape(EYE_SHEET)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x, y = (x - width / 2) / EYE_PIXELS_PER_MM, (y - height / 2) / EYE_PIXELS_PER_MM
    reach, angle = np.hypot(x, y), np.arctan2(y, x)
    paint = np.tile(np.array([0.90, 0.87, 0.85], np.float32), (height, width, 1))
    tint(paint, np.clip((np.abs(x) - 9) / 8, 0, 1), (0.95, 0.78, 0.76))
    spokes = noise((1, 720), (1.5, 0.1), chance)[0][((angle / np.pi + 1) * 359).astype(int)]
    iris = _share(person.iris) * (1 + 0.16 * spokes + 0.35 * np.clip(reach / IRIS_MM - 0.45, 0, 0.4))[..., None]
    lay(paint, _round(reach, IRIS_MM, 0.5), _share(person.iris) * 0.35)
    lay(paint, _round(reach, IRIS_MM * 0.88, 0.9), iris)
    lay(paint, _round(reach, PUPIL_MM, 0.35), (0.02, 0.02, 0.02))
    lay(paint, _round(np.hypot(x + 1.9, y + 2.0), 1.25, 0.4), (1.0, 1.0, 1.0))
    return paint.astype(np.float32)


def _round(reach: np.ndarray, radius: float, soft: float) -> Float32[np.ndarray, "height width"]:
    return np.clip((radius - reach) / soft + 0.5, 0, 1).astype(np.float32)


def _ear(person: Identity, chance: np.random.Generator) -> Paint:
    shape = _shape(EAR_SHEET)
    paint = skin_paint(person.skin, shape, chance)
    tint(paint, np.ones(shape, np.float32), (0.98, 0.88, 0.86))
    tint(paint, spot(shape, (shape[1] * 0.36, shape[0] * 0.52), (9.0, 18.0)), (0.66, 0.55, 0.53))
    return paint


def _teeth(shape: tuple[int, int], edge: int) -> Paint:
    """Ten teeth and their gums; edge is the row of the sheet that bites, 0 the first and -1 the last."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    across, down = (x / shape[1] * 10) % 1, y / shape[0]
    paint = np.tile(np.array([0.93, 0.89, 0.82], np.float32), (*shape, 1))
    tint(paint, np.clip(1 - np.minimum(across, 1 - across) / 0.1, 0, 1) * np.float32(0.7), (0.55, 0.48, 0.44))
    gum = np.clip(((1 - down) if edge else down) * 5 - 3.6, 0, 1)
    lay(paint, gum.astype(np.float32), (0.66, 0.34, 0.34))
    return paint.astype(np.float32)


def _hair(person: Identity, chance: np.random.Generator) -> Paint:
    """Strands from the crown (above) to the tips; what is shaved shows the skin."""
    shape = _shape(HAIR_SHEET)
    strands = (
        0.6 * noise(shape, (0.8, 40.0), chance)
        + 0.5 * noise(shape, (3.0, 80.0), chance)
        + 0.2 * noise(shape, (1.0, 6.0), chance)
    )
    paint = _share(person.hair) * (1 + 0.2 * strands + 0.06)[..., None]
    if person.style not in LENGTHS_MM:
        skin = skin_paint(person.skin, shape, chance)
        lay(skin, _grown(person, shape, chance), paint)
        return skin
    return np.asarray(paint, np.float32)


def _grown(person: Identity, shape: tuple[int, int], chance: np.random.Generator) -> Cover:
    """Where hair hides the scalp: thinning strand by strand towards its edge, and thin all over where it is shaved."""
    up = np.linspace(1, 0, shape[0], dtype=np.float32)[:, None]
    if person.style == "shaved":
        stubble = np.clip(0.5 + 0.12 * noise(shape, (0.8, 0.8), chance), 0, 1)
        return (np.clip(up * 4, 0, 1) * stubble).astype(np.float32)
    strands = 0.05 + 0.02 * noise((1, shape[1]), (1.0, 0.1), chance) + 0.015 * noise((1, shape[1]), (6.0, 0.1), chance)
    return np.clip((up - strands) / 0.05 + 0.5, 0, 1).astype(np.float32)


def _cloth(clothes: Color) -> Paint:
    """Plain cloth with a weave, the same for all who wear it."""
    shape = _shape(CLOTH_SHEET)
    chance = np.random.default_rng(5)
    folds = 0.05 * noise(shape, (6.0, 30.0), chance) + 0.03 * noise(shape, (0.7, 0.7), chance)
    return np.asarray(_share(clothes) * (1 + folds)[..., None], np.float32)
