"""Hair as a cap around the skull, with a fringe of chance at its edge, and hanging where it is long."""

import numpy as np
from jaxtyping import Float32, Float64

from unmask.forgery.puppets.identity import HairStyle, Identity
from unmask.forgery.puppets.mesh import SKULL_MIDDLE, SKULL_RADII, Points
from unmask.forgery.puppets.part import HAIR_SHEET, Part, Stuff, grid_triangles
from unmask.forgery.puppets.shape import departure

Columns = Float64[np.ndarray, " columns"]

COLUMNS, ROWS = 97, 15
SHAVED_MM = 2.5
HAIRLINE_DEGREES = (
    *((0, 58), (18, 59), (34, 60), (48, 72), (60, 86), (74, 96), (84, 108), (92, 104), (112, 103), (126, 120)),
    (180, 138),
)
"""How far the hair reaches from the crown, by the turn around the head: 0 is the forehead, 180 the nape."""
LENGTHS_MM: dict[HairStyle, float] = {"bob": 95.0, "long": 215.0}
"""How far the hair hangs below the middle of the skull."""
HANGS_FROM, HANGS_FULLY = 46.0, 55.0
"""Turns around the head between which hanging hair begins, in degrees."""
FOREHEAD_MM = 8.0
"""How far the forehead stands out from the round of the skull."""
BUN_MIDDLE, BUN_RADIUS = np.array([0.0, -82.0, 165.0]), 34.0


def hair(person: Identity) -> list[Part]:
    """The hair of a person."""
    chance = np.random.default_rng((person.texture_seed, 7))
    turn = np.linspace(-180, 180, COLUMNS)
    edge = np.interp(np.abs(turn), *np.array(HAIRLINE_DEGREES, float).T) + _wander(chance) * 2.5
    length = LENGTHS_MM.get(person.style, 0.0)
    hang = _rising(np.abs(turn), HANGS_FROM, HANGS_FULLY) * (length > 0)
    drop = length * (1 + 0.05 * _wander(chance))
    volume = SHAVED_MM if person.style == "shaved" else person.hair_volume
    points = _cap(np.radians(turn), np.radians(edge), hang, drop, volume)
    parts = [_part(points + departure(points, person.proportions), shade=_shade(hang), hanging=length > 0)]
    return [*parts, _bun()] if person.style == "bun" else parts


def _cap(turn: Columns, edge: Columns, hang: Columns, drop: Columns, volume: float) -> Points:
    """Rows from the crown to the edge: along the skull, and straight down where the hair hangs."""
    rows = []
    for step in np.linspace(0, 1, ROWS) ** 0.9:
        fall = np.radians(95) * np.minimum(step / 0.45, 1)
        polar = step * edge * (1 - hang) + fall * hang
        below = np.maximum(step - 0.45, 0) / 0.55 * drop * hang
        taper = np.maximum(np.clip((1 - step) * 1.7, 0, 1) ** 0.8, 0.7 * hang)
        thick = 0.8 + volume * taper * (0.75 + 0.55 * np.cos(polar).clip(0))
        thick = thick + FOREHEAD_MM * np.cos(turn).clip(0) ** 2 * np.sin(polar) ** 2 * (1 - hang)
        wide = np.sin(polar) * (1 - 0.06 * hang * np.maximum(step - 0.45, 0))
        radii = SKULL_RADII[:, None] + thick
        x, z = np.sin(turn) * wide * radii[0], -np.cos(turn) * wide * radii[2]
        rows.append(np.stack([x, below - np.cos(polar) * radii[1], z], axis=1) + SKULL_MIDDLE)
    return np.concatenate(rows).astype(np.float32)


def _part(points: Points, shade: Float32[np.ndarray, " points"], *, hanging: bool) -> Part:
    across, down = np.meshgrid(np.linspace(0, 1, COLUMNS), np.linspace(0, 1, ROWS))
    return Part(
        points=points,
        triangles=grid_triangles(ROWS, COLUMNS),
        places=HAIR_SHEET.at(across.ravel(), down.ravel()),
        shade=shade,
        gloss=np.full(len(points), 0.10, np.float32),
        stuff=Stuff.HAIR,
        both_sides=hanging,
    )


def _shade(hang: Columns) -> Float32[np.ndarray, " points"]:
    """Darker towards the nape and the roots, and within hanging hair."""
    down = np.linspace(0, 1, ROWS)[:, None]
    return (1.0 - 0.25 * down**2 - 0.1 * down * hang).ravel().astype(np.float32)


def _bun() -> Part:
    turn, polar = np.meshgrid(np.linspace(-np.pi, np.pi, 25), np.linspace(0.02, np.pi - 0.02, 11))
    around = np.stack([np.sin(turn) * np.sin(polar), -np.cos(polar), -np.cos(turn) * np.sin(polar)], axis=-1)
    across, down = (turn / np.pi + 1) / 2, polar / np.pi
    return Part(
        points=(BUN_MIDDLE + BUN_RADIUS * around.reshape(-1, 3)).astype(np.float32),
        triangles=grid_triangles(11, 25),
        places=HAIR_SHEET.at(across.ravel(), down.ravel()),
        shade=np.full(turn.size, 0.9, np.float32),
        gloss=np.full(turn.size, 0.10, np.float32),
        stuff=Stuff.HAIR,
    )


def _wander(chance: np.random.Generator) -> Columns:
    """A jagged line around the head whose ends meet, of about unit size."""
    line = (
        chance.normal(0, 0.6, COLUMNS)
        + 2 * np.convolve(np.tile(chance.normal(0, 0.5, COLUMNS), 3), np.ones(5) / 5, "same")[COLUMNS : 2 * COLUMNS]
    )
    line[-1] = line[0]
    return line


def _rising(values: Columns, low: float, high: float) -> Columns:
    step = np.clip((values - low) / (high - low), 0, 1)
    return step * step * (3 - 2 * step)
