"""The skin of a face, painted: tone, blotches, pores, freckles, folds, brows, lips, lashes and nostrils."""

import numpy as np

from unmask.faces.skin import FEATURES
from unmask.forgery.puppets.brush import Cover, Paint, Tint, filled, lay, noise, spot, stroked, tint
from unmask.forgery.puppets.hair import LENGTHS_MM
from unmask.forgery.puppets.identity import Color, Identity
from unmask.forgery.puppets.mesh import FACE_POINTS, LOWER_LIP, UPPER_LIP, Places, face_places
from unmask.forgery.puppets.part import FACE_PIXELS_PER_MM, FACE_SHEET, face_pixels
from unmask.forgery.puppets.shape import FOLDS, LIDS

SHAPE = (FACE_SHEET.height, FACE_SHEET.width)
NOSTRILS = ((79, 166, 60, 20, 238, 239), (309, 392, 290, 250, 458, 459))
WINGS = ((102, 64, 98), (331, 294, 327))
CHEEK_FOLDS = ((129, 203, 206, 216, 212), (358, 423, 426, 436, 432))
RED_SPOTS = (
    *((50, 40.0, 30.0, 0.8), (280, 40.0, 30.0, 0.8), (4, 26.0, 20.0, 0.75), (199, 40.0, 20.0, 0.45)),
    *((234, 40.0, 60.0, 0.4), (454, 40.0, 60.0, 0.4)),
)
"""Point, reach in x and y in pixels, and strength of where blood shines through."""
ROOTS_ROW = 62.0
"""Row of the sheet at which the roots of the hair end."""
BEARD = (
    132,
    58,
    172,
    136,
    150,
    149,
    176,
    148,
    152,
    377,
    400,
    378,
    379,
    365,
    397,
    288,
    361,
    376,
    425,
    423,
    391,
    393,
    164,
    167,
    165,
    203,
    205,
    147,
)
FOREHEAD_LINES = ((104, 69, 108, 151, 337, 299, 333), (68, 104, 69, 108, 151, 337, 299, 333, 298))


def face_paint(person: Identity) -> Paint:
    """The face's rectangle of the sheet of colours."""
    chance = np.random.default_rng((person.texture_seed, 1))
    paint = skin_paint(person.skin, SHAPE, chance)
    _flush(paint)
    _sockets(paint, person)
    _freckles(paint, person, chance)
    _beard(paint, person, chance)
    _folds(paint, person)
    _nose(paint)
    _lips(paint, person, chance)
    _brows(paint, person, chance)
    _lashes(paint, person)
    if person.style in LENGTHS_MM:  # other hair thins out on its own sheet
        _hairline(paint, person, chance)
    return np.clip(paint, 0, 1).astype(np.float32)


def skin_paint(color: Color, shape: tuple[int, int], chance: np.random.Generator) -> Paint:
    """Bare skin: its tone with blotches of blood and melanin, and pores."""
    blood, melanin = noise(shape, (14.0, 14.0), chance), noise(shape, (30.0, 30.0), chance)
    pores = 0.6 * noise(shape, (1.2, 1.2), chance) + 0.6 * noise(shape, (3.0, 3.0), chance)
    change = np.array([0.004, 0.014, 0.012]) * blood[..., None]
    change += np.array([0.014, 0.018, 0.02]) * melanin[..., None] + 0.015 * pores[..., None]
    return (_tint_of(color) * (1 + change)).astype(np.float32)


def _tint_of(color: Color) -> Tint:
    return color[0] / 255, color[1] / 255, color[2] / 255


def _pixels(points: tuple[int, ...]) -> Places:
    return face_pixels(face_places()[list(points)])


def _mean_pixel(points: tuple[int, ...]) -> tuple[float, float]:
    x, y = _pixels(points).mean(axis=0)
    return float(x), float(y)


def _flush(paint: Paint) -> None:
    for point, across, down, strength in RED_SPOTS:
        cover = spot(SHAPE, _mean_pixel((point,)), (across, down))
        tint(paint, cover * np.float32(strength), (1.02, 0.88, 0.88))


def _sockets(paint: Paint, person: Identity) -> None:
    """Darker around the eyes, above all below and at the nose; a lid's fold."""
    for ring, fold in zip(FEATURES[:2], FOLDS, strict=True):
        x, y = _mean_pixel(ring)
        tint(paint, spot(SHAPE, (x, y - 8), (46.0, 24.0)), (0.92, 0.86, 0.86))
        tint(paint, spot(SHAPE, (x, y + 26), (34.0, 9.0)), (0.96 - 0.08 * person.age,) * 3)
        tint(paint, stroked(SHAPE, [_pixels(fold)], 4, 2.0), (0.74, 0.68, 0.68))
    for corner in (193, 417):
        tint(paint, spot(SHAPE, _mean_pixel((corner,)), (14.0, 24.0)), (0.9, 0.86, 0.86))


def _freckles(paint: Paint, person: Identity, chance: np.random.Generator) -> None:
    nose = np.array(_mean_pixel((195,)))
    for _ in range(person.freckles):
        place = nose + chance.normal(0, 1, 2) * (100, 38) + (0, 18)
        size = chance.uniform(1.2, 3.0)
        tint(
            paint,
            spot(SHAPE, (place[0], place[1]), (size, size)) * np.float32(chance.uniform(0.3, 0.9)),
            (0.85, 0.74, 0.66),
        )
    for _ in range(person.moles):
        root = _mean_pixel((int(chance.integers(FACE_POINTS)),))
        size = chance.uniform(1.3, 2.8)
        tint(paint, spot(SHAPE, root, (size, size)), (0.5, 0.38, 0.34))


def _beard(paint: Paint, person: Identity, chance: np.random.Generator) -> None:
    if not person.beard:
        return
    stubble = np.clip(0.62 + 0.34 * noise(SHAPE, (0.9, 1.4), chance), 0, 1)
    cover = filled(SHAPE, _pixels(BEARD), 14.0) * stubble * np.float32(0.62 * person.beard)
    lay(paint, cover, np.array(_tint_of(person.brows)) * 0.8 + 0.06)


def _folds(paint: Paint, person: Identity) -> None:
    """From nose to mouth, across the forehead: deeper with age."""
    for fold in CHEEK_FOLDS:
        tint(paint, stroked(SHAPE, [_pixels(fold)], 5, 5.0), _darker(0.12 + 0.3 * person.age))
    lines = [_pixels(line) + np.float32(shift) for line, shift in zip(FOREHEAD_LINES, (14, -10), strict=True)]
    tint(paint, stroked(SHAPE, lines, 3, 2.5), _darker(0.22 * person.age))
    tint(paint, spot(SHAPE, _mean_pixel((18,)), (44.0, 7.0)), _darker(0.22))
    tint(paint, spot(SHAPE, _mean_pixel((164,)), (9.0, 16.0)), _darker(0.07))


def _darker(share: float) -> Tint:
    return 1 - share * 0.75, 1 - share, 1 - share


def _nose(paint: Paint) -> None:
    for nostril, wing in zip(NOSTRILS, WINGS, strict=True):
        tint(paint, stroked(SHAPE, [_pixels(wing)], 5, 3.0), _darker(0.35))
        lay(paint, filled(SHAPE, _pixels(nostril), 2.0) * np.float32(0.85), (0.16, 0.08, 0.07))
    tint(paint, spot(SHAPE, _mean_pixel((2, 94)), (34.0, 10.0)), _darker(0.2))


def _lips(paint: Paint, person: Identity, chance: np.random.Generator) -> None:
    color = np.array(_tint_of(person.lips), np.float32)
    creases = 1 + 0.05 * noise(SHAPE, (1.0, 8.0), chance)[..., None]
    for lip, factor in ((UPPER_LIP, 0.86), (LOWER_LIP, 1.0)):
        ring = np.concatenate([_pixels(lip[0]), _pixels(lip[3])[::-1]])
        lay(paint, filled(SHAPE, ring, 2.2) * np.float32(0.85), color * factor * creases)
        tint(paint, stroked(SHAPE, [_pixels(lip[3])], 7, 3.0), (0.7, 0.6, 0.6))
    tint(paint, spot(SHAPE, _mean_pixel((16,)), (34.0, 6.0)), (1.07, 1.09, 1.09))


def _brows(paint: Paint, person: Identity, chance: np.random.Generator) -> None:
    for brow in FEATURES[2:4]:
        upper, lower = _pixels(brow[:5]), _pixels(brow[:4:-1])
        middle, half = (upper + lower) / 2, (upper - lower) / 2 * np.float32(person.brow_thickness * 0.85)
        middle[:, 1] -= person.brow_arch * FACE_PIXELS_PER_MM * np.sin(np.linspace(0, np.pi, 5))
        half *= np.array([0.45, 0.8, 1.0, 1.05, 0.95], np.float32)[:, None]
        body = np.concatenate([middle + half, (middle - half)[::-1]])
        lay(paint, filled(SHAPE, body, 4.5) * np.float32(0.5), _tint_of(person.brows))
        lay(paint, _hairs(middle, half, chance) * np.float32(0.75), _tint_of(person.brows))


def _hairs(middle: Places, half: Places, chance: np.random.Generator) -> Cover:
    """Short hairs from root to tip: upwards at the nose, outwards towards the temple."""
    along, across = chance.uniform(0, 4, 230), chance.uniform(-1, 1, 230)
    steps = np.arange(5)
    roots = np.stack(
        [np.interp(along, steps, middle[:, k]) + across * np.interp(along, steps, half[:, k]) for k in (0, 1)], axis=1
    )
    outwards = np.sign(middle[0, 0] - middle[-1, 0])
    lean = np.clip(1.2 - along / 4, 0.2, 1)
    hairs = np.stack([outwards * (15 - 9 * lean), 3 * across - 11 * lean], axis=1)
    tips = roots + hairs * chance.uniform(0.6, 1, (230, 1))
    return stroked(SHAPE, np.stack([roots, tips], axis=1).astype(np.float32), 1, 0.5)


def _lashes(paint: Paint, person: Identity) -> None:
    dark = np.array(_tint_of(person.brows)) * 0.4
    for ring, lid in zip(FEATURES[:2], LIDS, strict=True):
        upper = _pixels((ring[0], *lid, ring[8]))
        lay(paint, stroked(SHAPE, [upper], 4, 1.2) * np.float32(0.8), dark)
        lower = _pixels((*ring[8:], ring[0]))
        lay(paint, stroked(SHAPE, [lower], 3, 1.4) * np.float32(0.4), (0.45, 0.24, 0.22))


def _hairline(paint: Paint, person: Identity, chance: np.random.Generator) -> None:
    """Roots of the hair above the forehead, thinning out downwards."""
    y = np.arange(SHAPE[0], dtype=np.float32)[:, None]
    strands = 10 * noise((1, SHAPE[1]), (1.2, 0.1), chance) + 6 * noise((1, SHAPE[1]), (12.0, 0.1), chance)
    into = np.clip((ROOTS_ROW + strands - y) / 30, 0, 1)
    lay(paint, into * np.float32(0.9), _tint_of(person.hair))
