"""Neck and shoulders: they carry the head and do not turn with it."""

import numpy as np

from unmask.forgery.puppets.part import CLOTH_SHEET, NECK_SHEET, Part, Sheet, Stuff, grid_triangles

SECTORS = 29
NECK_RINGS = (
    (38, 48, 50, 84),
    (85, 50, 52, 86),
    (115, 51, 52, 88),
    (135, 54, 55, 91),
    (155, 68, 60, 96),
    (180, 120, 68, 100),
)
"""Height, half width, half depth and middle z of each ring, in mm."""
CLOTH_RINGS = (
    *((146, 63, 63, 95), (150, 74, 66, 96), (158, 98, 70, 99), (170, 132, 76, 102), (186, 166, 84, 104)),
    *((210, 194, 92, 106), (250, 212, 100, 108), (320, 220, 104, 110), (700, 222, 106, 110)),
)


def body() -> list[Part]:
    """Neck, and shoulders under cloth."""
    neck_shade = np.interp(np.array(NECK_RINGS)[:, 0], (38, 100, 125, 150), (0.4, 0.5, 0.72, 0.85))
    cloth_shade = np.full(len(CLOTH_RINGS), 0.95)
    return [
        _tube(NECK_RINGS, NECK_SHEET, neck_shade, Stuff.NECK),
        _tube(CLOTH_RINGS, CLOTH_SHEET, cloth_shade, Stuff.CLOTH),
    ]


def _tube(rings: tuple[tuple[int, int, int, int], ...], sheet: Sheet, shade: np.ndarray, stuff: Stuff) -> Part:
    turn = np.linspace(-np.pi, np.pi, SECTORS)
    points = [
        np.column_stack([half_width * np.sin(turn), np.full(SECTORS, y), middle - half_depth * np.cos(turn)])
        for y, half_width, half_depth, middle in rings
    ]
    across, down = np.meshgrid(np.linspace(0, 1, SECTORS), np.linspace(0, 1, len(rings)))
    return Part(
        points=np.concatenate(points).astype(np.float32),
        triangles=grid_triangles(len(rings), SECTORS),
        places=sheet.at(across.ravel(), down.ravel()),
        shade=np.repeat(shade, SECTORS).astype(np.float32),
        gloss=np.full(len(rings) * SECTORS, 0.03 if stuff is Stuff.NECK else 0.0, np.float32),
        stuff=stuff,
        turns=False,
    )
