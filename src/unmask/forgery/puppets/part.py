"""Pieces a puppet is put together from, and the sheet of colours that all of them are painted on."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from jaxtyping import Float, Float32, Int32

from unmask.forgery.puppets.mesh import Places, Points, Triangles

Share = Float32[np.ndarray, " points"]


class Stuff(IntEnum):
    """What a triangle shows; up to MOUTH it is the face."""

    FACE = 0
    EYE = 1
    MOUTH = 2
    SCALP = 3
    EAR = 4
    HAIR = 5
    NECK = 6
    CLOTH = 7


@dataclass(frozen=True, slots=True)
class Sheet:
    """A rectangle of the sheet of colours, in its pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def rows(self) -> slice:
        """Rows of the sheet."""
        return slice(self.top, self.top + self.height)

    @property
    def columns(self) -> slice:
        """Columns of the sheet."""
        return slice(self.left, self.left + self.width)

    def at(self, across: Float[np.ndarray, " points"], down: Float[np.ndarray, " points"]) -> Places:
        """Pixels of places given as shares of the rectangle, 0–1."""
        x = self.left + 2 + across * (self.width - 5)
        y = self.top + 2 + down * (self.height - 5)
        return np.column_stack([x, y]).astype(np.float32)


SHEET_SIDE = 1024
FACE_SHEET = Sheet(0, 0, 750, 696)
EYE_SHEET = Sheet(764, 4, 208, 160)
EAR_SHEET = Sheet(764, 176, 120, 170)
MOUTH_SHEET = Sheet(892, 176, 128, 100)
UPPER_TEETH_SHEET = Sheet(892, 284, 128, 40)
LOWER_TEETH_SHEET = Sheet(892, 332, 128, 40)
NECK_SHEET = Sheet(764, 390, 256, 250)
HAIR_SHEET = Sheet(4, 704, 512, 316)
CLOTH_SHEET = Sheet(524, 704, 240, 300)

FACE_PIXELS_PER_MM, EYE_PIXELS_PER_MM = 3.0, 4.0
FACE_CORNER_MM = (-125.0, -82.0)
"""Places (see ``mesh.Weave``) of the upper left corner of FACE_SHEET."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A piece of a puppet at rest.

    Attributes:
        points: Millimetres, see ``mesh``.
        triangles: Counter-clockwise as seen from outside.
        places: Where each point lies on the sheet of colours, in its pixels.
        shade: Light that reaches each point, 1 in the open.
        gloss: Strength of each point's shine, 0 is dull.
        stuff: What it shows.
        jaw: How far each point follows the jaw, 0–1.
        sinks: Millimetres that each point sinks away from the camera in a blink.
        looks: Pixels of the sheet by which a look to the side moves each point's place.
        turns: Whether it turns with the head.
        both_sides: Whether it is seen from behind too.
    """

    points: Points
    triangles: Triangles
    places: Places
    shade: Share
    gloss: Share
    stuff: Stuff
    jaw: Share = field(default_factory=lambda: np.zeros(0, np.float32))
    sinks: float = 0.0
    looks: float = 0.0
    turns: bool = True
    both_sides: bool = False


def face_pixels(places: Places) -> Places:
    """Pixels of the sheet for places of the face in millimetres."""
    return ((places - np.array(FACE_CORNER_MM)) * FACE_PIXELS_PER_MM).astype(np.float32)


def grid_triangles(rows: int, columns: int) -> Int32[np.ndarray, "triangles 3"]:
    """Triangles of a grid of points counted row by row, looking at the camera when rows go down and columns right."""
    number = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]
    upper, lower = np.stack([a, c, b], axis=-1), np.stack([b, c, d], axis=-1)
    return np.concatenate([upper.reshape(-1, 3), lower.reshape(-1, 3)]).astype(np.int32)
