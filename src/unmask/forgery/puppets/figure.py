"""A whole puppet: skin, eyes, mouth, ears, hair, neck and shoulders, at rest and in a pose."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8

from unmask.forgery.puppets.body import body
from unmask.forgery.puppets.features import ears, eyes, mouth
from unmask.forgery.puppets.hair import LENGTHS_MM, hair
from unmask.forgery.puppets.identity import Identity
from unmask.forgery.puppets.mesh import FACE_POINTS, Ends, Places, Points, Triangles, finer, normals_of, weave
from unmask.forgery.puppets.nuisance import BREATH_MM, Nuisance
from unmask.forgery.puppets.part import Part, Share, Stuff, face_pixels
from unmask.forgery.puppets.shape import jaw_motion, moved, shaped
from unmask.types import Landmarks

PIVOT = np.array([0.0, 60.0, 75.0])
"""Where a head turns on its neck, mm."""
FACE_MIDDLE_Y = 30.0
MEAN_WIDTH_MM = 142.6
SKIN_GLOSS = 0.07


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A puppet at rest; its first points are the coarse skin (the 468 points first), then those between them.

    Attributes:
        points: Millimetres, see ``mesh``.
        triangles: Counter-clockwise as seen from outside.
        places: Where each point lies on the sheet of colours.
        shade: Light that reaches each point, 0–1.
        gloss: Strength of each point's shine.
        jaw: How far points that are not skin follow the jaw.
        sinks: How far they sink in a blink, mm.
        looks: How far a look to the side moves their place on the sheet.
        turns: Which points turn with the head.
        stuff: What each triangle shows, see ``part.Stuff``.
        both_sides: Which triangles are seen from behind too.
        shape: The coarse skin.
        ends: The two coarse points that each further point of the skin lies between.
    """

    points: Points
    triangles: Triangles
    places: Places
    shade: Share
    gloss: Share
    jaw: Share
    sinks: Share
    looks: Share
    turns: Bool[np.ndarray, " points"]
    stuff: UInt8[np.ndarray, " triangles"]
    both_sides: Bool[np.ndarray, " triangles"]
    shape: Float32[np.ndarray, "skin_points 3"]
    ends: Ends


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """A figure in a picture.

    Attributes:
        points: x and y in the picture's pixels, the middle of the first pixel being 0; z in pixels, negative towards
            the camera.
        normals: Unit, outward, in the same directions.
        places: Where each point lies on the sheet of colours, with the eyes' look.
        landmarks: The true 468 points.
    """

    points: Points
    normals: Points
    places: Places
    landmarks: Landmarks


@lru_cache(maxsize=8)
def figure(person: Identity) -> Figure:
    """The figure of a person."""
    shape = shaped(person.proportions)
    skin, ends = _skin(shape)
    parts = [
        skin,
        *eyes(shape),
        *mouth(shape),
        *([] if person.style in LENGTHS_MM else ears(shape)),
        *hair(person),
        *body(),
    ]
    starts = np.cumsum([0] + [len(part.points) for part in parts[:-1]])
    triangles = [part.triangles + start for part, start in zip(parts, starts, strict=True)]
    stuff = [np.full(len(part.triangles), part.stuff, np.uint8) for part in parts]
    stuff[0][weave().face_triangles * 4 :] = Stuff.SCALP
    return Figure(
        points=np.vstack([part.points for part in parts]),
        triangles=np.vstack(triangles).astype(np.int32),
        places=np.vstack([part.places for part in parts]),
        shade=np.concatenate([part.shade for part in parts]),
        gloss=np.concatenate([part.gloss for part in parts]),
        jaw=np.concatenate([part.jaw if len(part.jaw) else 0 * part.shade for part in parts]),
        sinks=_each(parts, [part.sinks for part in parts]),
        looks=_each(parts, [part.looks for part in parts]),
        turns=_each(parts, [part.turns for part in parts]) > 0,
        stuff=np.concatenate(stuff),
        both_sides=np.repeat([part.both_sides for part in parts], [len(part.triangles) for part in parts]),
        shape=shape,
        ends=ends,
    )


def posed(built: Figure, nuisance: Nuisance, width: int, height: int) -> Posed:
    """A figure as it stands in a picture of this size, by parallel projection: a long lens from afar."""
    points = built.points + _expression(built, nuisance)
    turned = (points - PIVOT) @ head_rotation(nuisance).T + PIVOT
    points = np.where(built.turns[:, None], turned, points) - (0, FACE_MIDDLE_Y + BREATH_MM * nuisance.breath, 0)
    scale = nuisance.face_width / MEAN_WIDTH_MM
    points = (points * scale + (nuisance.x * width - 0.5, nuisance.y * height - 0.5, 0)).astype(np.float32)
    look = np.array(nuisance.gaze, np.float32) * built.looks[:, None]
    return Posed(points, normals_of(points, built.triangles), built.places + look, points[:FACE_POINTS].copy())


def head_rotation(nuisance: Nuisance) -> Float64[np.ndarray, "3 3"]:
    """The turn of the head whose angles ``unmask.faces.pose.degrees_of`` reads back, up to a yaw of 90 degrees."""
    yaw, pitch, roll = np.radians([nuisance.yaw_degrees, nuisance.pitch_degrees, nuisance.roll_degrees])
    forward = np.array([np.sin(yaw) * np.cos(pitch), -np.sin(pitch), -np.cos(yaw) * np.cos(pitch)])
    right = np.cross(forward, [-np.sin(roll), np.cos(roll), 0.0])
    right /= np.linalg.norm(right)
    return np.column_stack([right, np.cross(-forward, right), -forward])


def _skin(shape: Points) -> tuple[Part, Ends]:
    woven = weave()
    points, triangles, ends = finer(shape, woven.triangles, normals_of(shape, woven.triangles))
    places = np.vstack([woven.places, woven.places[ends].mean(axis=1)])
    one = np.ones(len(points), np.float32)
    return Part(points, triangles, face_pixels(places), one, one * np.float32(SKIN_GLOSS), Stuff.FACE), ends


def _each(parts: list[Part], values: list[float] | list[bool]) -> Share:
    return np.repeat(np.array(values, np.float32), [len(part.points) for part in parts])


def _expression(built: Figure, nuisance: Nuisance) -> Points:
    """Displacement of every point: the skin by its own motions, what lies within by jaw and lids."""
    skin = moved(nuisance, built.shape)
    skin = np.vstack([skin, skin[built.ends].mean(axis=1)])
    rest = built.points[len(skin) :]
    within = np.float32(nuisance.mouth_open) * jaw_motion(rest, built.jaw[len(skin) :])
    within[:, 2] += built.sinks[len(skin) :] * np.float32(nuisance.blink)
    return np.vstack([skin, within]).astype(np.float32)
