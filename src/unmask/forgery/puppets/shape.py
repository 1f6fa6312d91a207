"""What identity and expression do to the skin of the mean head, in millimetres.

Every departure is a sum of soft bumps, so that a shape or an expression is a few numbers times known motions.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float32

from unmask.faces.skin import FEATURES
from unmask.forgery.puppets.identity import Proportions
from unmask.forgery.puppets.mesh import LOWER_LIP, UPPER_LIP, Points, weave
from unmask.forgery.puppets.nuisance import Nuisance

Spot = tuple[float, float, float]
Motions = Float32[np.ndarray, "motions points 3"]

JAW_HINGE_Y, JAW_HINGE_Z = 25.0, 65.0
JAW_RADIANS = 0.34
CLOSING, UNSMILING, WIDENING_EYES = -0.3, -0.65, 1.0
"""How much jaw and smile the mean face, which smiles a little, loses to be at rest, and how much its eyes open."""
LIDS = ((246, 161, 160, 159, 158, 157, 173), (466, 388, 387, 386, 385, 384, 398))
FOLDS = ((247, 30, 29, 27, 28, 56, 190), (467, 260, 259, 257, 258, 286, 414))
SOCKETS = ((113, 225, 224, 223, 222, 221, 189), (342, 445, 444, 443, 442, 441, 413))


@dataclass(frozen=True, slots=True)
class Bump:
    """A soft displacement on both sides of the face, right and left mirrored.

    Attributes:
        middle: Where it is largest, on the image's right.
        reach: Standard deviations of its fall in x, y and z.
        by: Displacement there.
    """

    middle: Spot
    reach: Spot
    by: Spot

    def __call__(self, points: Points) -> Points:
        """Displacement of each point."""
        moved = np.zeros_like(points)
        for side in (1, -1):
            away = (points - np.array(self.middle) * (side, 1, 1)) / np.array(self.reach)
            moved += np.exp(-0.5 * np.square(away).sum(1, keepdims=True)) * np.array(self.by) * (side, 1, 1)
        return moved.astype(np.float32)


BUMPS = {
    "jaw_width": Bump((60.0, 72.0, 45.0), (20.0, 26.0, 30.0), (5.5, 0.0, 0.0)),
    "chin_length": Bump((0.0, 112.0, 5.0), (24.0, 20.0, 40.0), (0.0, 2.2, 0.0)),
    "chin_forward": Bump((0.0, 104.0, 0.0), (18.0, 15.0, 30.0), (0.0, 0.0, -2.0)),
    "cheekbones": Bump((56.0, 22.0, 12.0), (16.0, 13.0, 22.0), (2.6, 0.0, -2.2)),
    "cheeks": Bump((44.0, 56.0, 12.0), (16.0, 20.0, 25.0), (3.0, 0.0, -2.6)),
    "forehead": Bump((22.0, -56.0, 0.0), (40.0, 22.0, 60.0), (0.0, -2.6, 0.0)),
    "nose_length": Bump((0.0, 42.0, -28.0), (13.0, 13.0, 16.0), (0.0, 1.5, 0.0)),
    "nose_width": Bump((17.0, 38.0, -20.0), (8.0, 9.0, 14.0), (2.6, 0.0, 0.0)),
    "nose_projection": Bump((0.0, 36.0, -40.0), (9.0, 13.0, 18.0), (0.0, 0.0, -2.2)),
    "nose_bridge": Bump((0.0, 6.0, -24.0), (8.0, 13.0, 14.0), (0.0, 0.0, -1.5)),
    "eye_spacing": Bump((31.0, 0.0, -2.0), (17.0, 13.0, 40.0), (2.2, 0.0, 0.0)),
    "eye_depth": Bump((31.0, 0.0, -4.0), (15.0, 9.0, 30.0), (0.0, 0.0, 1.6)),
    "brow_height": Bump((36.0, -22.0, -12.0), (20.0, 8.0, 30.0), (0.0, -2.2, 0.0)),
    "mouth_width": Bump((29.0, 62.0, 2.0), (13.0, 10.0, 25.0), (2.8, 0.0, 0.0)),
}
SMILE = (
    Bump((29.0, 62.0, 3.0), (11.0, 12.0, 25.0), (5.5, -5.0, 3.0)),
    Bump((46.0, 36.0, 4.0), (14.0, 13.0, 25.0), (1.0, -2.5, -2.5)),
    Bump((31.0, 6.0, -3.0), (14.0, 5.0, 30.0), (0.0, -1.0, 0.0)),
)
BROWS = (
    Bump((34.0, -22.0, -14.0), (24.0, 9.0, 30.0), (0.0, -3.0, 0.0)),
    Bump((30.0, -44.0, -10.0), (30.0, 12.0, 40.0), (0.0, -1.2, 0.0)),
)


def shaped(proportions: Proportions) -> Points:
    """Skin of a person at rest: eyes open, mouth shut."""
    points = weave().points
    shape = _at_rest(points) + departure(points, proportions)
    shape += proportions.upper_lip * _lip_motion(points, UPPER_LIP)
    shape += proportions.lower_lip * _lip_motion(points, LOWER_LIP)
    return shape.astype(np.float32)


def departure(points: Points, proportions: Proportions) -> Points:
    """How points on and around the mean head are displaced in a person's, but for the lips."""
    moved = points * np.array([0.04 * proportions.face_width, 0.045 * proportions.face_length, 0], np.float32)
    moved += proportions.eye_size * _eye_motion(points, tilt=False)
    moved += proportions.eye_tilt * _eye_motion(points, tilt=True)
    for name, bump in BUMPS.items():
        moved += getattr(proportions, name) * bump(points)
    return moved.astype(np.float32)


def moved(nuisance: Nuisance, shape: Points) -> Points:
    """Displacement of each point of a shape by its expression."""
    weights = np.array([nuisance.mouth_open, nuisance.smile, nuisance.brows], np.float32)
    return np.tensordot(weights, _expression_motions(), 1) + np.float32(nuisance.blink) * shut_lids(shape)


def jaw_share(points: Points) -> Float32[np.ndarray, " points"]:
    """How far a point outside of the lips follows the jaw, 0–1."""
    down = np.clip((points[:, 1] - 60) / 26, 0, 1)
    back = np.clip((70 - points[:, 2]) / 40, 0, 1)
    return down * down * (3 - 2 * down) * back


def jaw_motion(points: Points, share: Float32[np.ndarray, " points"]) -> Points:
    """What opening the mouth does to points."""
    lever = np.maximum(JAW_HINGE_Z - points[:, 2], 0)
    down, back = JAW_RADIANS * lever * share, 0.3 * JAW_RADIANS * (points[:, 1] - JAW_HINGE_Y) * share
    inward = -0.07 * points[:, 0] * np.exp(-np.square((points[:, 1] - 66) / 16)) * np.clip(share * 4, 0, 1)
    return np.column_stack([inward, down, back]).astype(np.float32)


def _eye_motion(points: Points, *, tilt: bool) -> Points:
    """Growth of the eyes about their middles, or a lift of their outer corners."""
    moved = np.zeros_like(points)
    for side in (-1, 1):
        away = points - np.array([side * 31.2, -0.8, -3.0], np.float32)
        near = np.exp(-0.5 * np.square(away / (18, 12, 40)).sum(1, keepdims=True))
        turn = np.column_stack([0 * away[:, 0], -side * away[:, 0] * 0.07, 0 * away[:, 0]])
        moved += near * (turn if tilt else away * (0.06, 0.1, 0))
    return moved.astype(np.float32)


def _lip_motion(points: Points, lip: tuple[tuple[int, ...], ...]) -> Points:
    """A fuller lip: its rim away from the mouth, its middle forward."""
    moved = np.zeros_like(points)
    sign = -1 if lip is UPPER_LIP else 1
    for row, depth in zip(lip[:3], (1.0, 0.6, 0.2), strict=True):
        bow = np.sin(np.linspace(0, np.pi, len(row)))
        moved[list(row), 1] = sign * 1.3 * depth * bow
        moved[list(row), 2] = -1.1 * bow * (1.2 - depth * 0.5)
    return moved


@cache
def _expression_motions() -> Motions:
    """Opening, smile and brows, on the mean head."""
    points = weave().points
    smile = sum((bump(points) for bump in SMILE), np.zeros_like(points))
    brows = sum((bump(points) for bump in BROWS), np.zeros_like(points))
    return np.stack([_opening(points), smile, brows]).astype(np.float32)


def _opening(points: Points) -> Points:
    share = jaw_share(points)
    for upper, lower in zip(UPPER_LIP, LOWER_LIP, strict=True):
        bow = np.sin(np.linspace(0, np.pi, len(upper))) ** 0.6
        share[list(upper)] = 0.38 * (1 - bow) - 0.06 * bow
        share[list(lower)] = 0.38 + 0.62 * bow
    return jaw_motion(points, share)


def _at_rest(points: Points) -> Points:
    """The mean head with its mouth shut and its smile gone."""
    opening, smile, _ = _expression_motions()
    rest = points + CLOSING * opening + UNSMILING * smile + WIDENING_EYES * _eye_motion(points, tilt=False)
    upper, lower = list(UPPER_LIP[3]), list(LOWER_LIP[3])
    apart = (rest[upper] - rest[lower]) / 2
    for depth, over, under in zip((0.15, 0.45, 0.8, 1.0), UPPER_LIP, LOWER_LIP, strict=True):
        rest[list(over)[1:-1]] -= (apart * depth)[1:-1]
        rest[list(under)[1:-1]] += (apart * depth)[1:-1]
    return rest.astype(np.float32)


def shut_lids(shape: Points) -> Points:
    """What a blink does to a shape."""
    moved = np.zeros_like(shape)
    for ring, lid, fold, socket in zip(FEATURES[:2], LIDS, FOLDS, SOCKETS, strict=True):
        lower = shape[[*ring[8:], ring[0]]]
        order = np.argsort(lower[:, 0])
        goal = np.interp(shape[list(lid), 0], lower[order, 0], lower[order, 1]) + 0.4
        fall = goal - shape[list(lid), 1]
        for row, share, forward in ((lid, 1.0, -1.6), (fold, 0.5, -0.8), (socket, 0.12, 0.0)):
            moved[list(row), 1] = fall * share
            moved[list(row), 2] = forward * np.sin(np.linspace(0.3, np.pi - 0.3, len(row)))
    return moved
