"""How the skin of a head is woven: triangles between the 468 points, a shell behind them, and where each is painted.

Lengths are millimetres of the mean face: x to the image's right, y down, z negative towards the camera.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
from jaxtyping import Float32, Int32
from scipy.spatial import Delaunay

from unmask.faces.pose import mean_face
from unmask.faces.skin import FEATURES, OUTLINE
from unmask.types import Landmarks

Points = Float32[np.ndarray, "points 3"]
Places = Float32[np.ndarray, "points 2"]
AllPoints = Float32[np.ndarray, "all_points 3"]
FineTriangles = Int32[np.ndarray, "fine_triangles 3"]
Ends = Int32[np.ndarray, "new_points 2"]
FacePlaces = Float32[np.ndarray, "468 2"]
Triangles = Int32[np.ndarray, "triangles 3"]

FACE_POINTS = 468
UPPER_LIP = (
    (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
    (76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306),
    (62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292),
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
)
"""Rows of the upper lip from its rim to the inside, from the image's left corner to the right one."""
LOWER_LIP = (
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
    (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306),
    (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
)
LIP_DEPTHS = (0.0, 0.35, 0.7, 1.0)
"""Where the rows of a lip are painted, 0 at its rim and 1 inside."""
SKULL_MIDDLE, SKULL_RADII = np.array([0.0, -18.0, 78.0]), np.array([76.0, 97.0, 96.0])
BACK_OF_HEAD = np.array([0.0, 0.24, 0.97]) / np.hypot(0.24, 0.97)
"""Direction in which the shell ends, in units of the skull."""
SHELL_STEPS = (0.08, 0.17, 0.27, 0.38, 0.5, 0.63, 0.77, 0.9, 1.0)
SHELL_MARGIN_MM = np.array([6.0, 27.0])
"""How far beyond the outline the shell is painted, to the side and up or down; farther back the colour stays."""
AXIS_Z, UNROLL_MM = 60.0, 75.0
NOSE_FLOOR = (38.0, 46.0, 8.0)
"""From and to which y the painting is stretched, and by how much, as the underside of the nose is seen edge-on."""


@dataclass(frozen=True, slots=True, eq=False)
class Weave:
    """The skin of the mean head.

    Attributes:
        points: The 468 points, then the rings of the shell from the outline to the back of the head.
        triangles: Counter-clockwise as seen from outside; those of the face come first.
        face_triangles: How many belong to the face.
        places: Where each point is painted: millimetres around and down, of the head unrolled from a cylinder.
    """

    points: Points
    triangles: Triangles
    face_triangles: int
    places: Places


@cache
def weave() -> Weave:
    """The skin of the mean head, made once a process."""
    face = mean_face()
    places = face_places()
    front = _outward(np.vstack([_around_the_lips(places), _lip_strips()]), places)
    shell, shell_places = _shell(face, places)
    back = _shell_triangles()
    return Weave(
        points=np.vstack([face, shell]).astype(np.float32),
        triangles=np.vstack([front, back]).astype(np.int32),
        face_triangles=len(front),
        places=np.vstack([places, shell_places]).astype(np.float32),
    )


def finer(points: Points, triangles: Triangles, normals: Points) -> tuple[AllPoints, FineTriangles, Ends]:
    """Each triangle cut into four, the new points lifted onto the curve that the normals tell of.

    Returns:
        All points (the old ones first), the triangles (four times as many, in order), and the two ends of the edge
        each new point lies on.

    Reference:
        Vlachos et al., Curved PN Triangles, I3D 2001.
    """
    edges = np.sort(np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=2), axis=2).reshape(-1, 2)
    ends, number = np.unique(edges, axis=0, return_inverse=True)
    first, second = ends.T
    along = points[second] - points[first]
    lift = (along * normals[first]).sum(1, keepdims=True) * normals[first]
    lift -= (along * normals[second]).sum(1, keepdims=True) * normals[second]
    middles = (points[first] + points[second]) / 2 - lift / 8
    middle = (number.reshape(-1, 3) + len(points)).astype(np.int32)
    a, b, c = triangles.T
    ab, bc, ca = middle.T
    cut = np.stack([a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca], axis=1).reshape(-1, 3)
    return np.vstack([points, middles]).astype(np.float32), cut.astype(np.int32), ends.astype(np.int32)


def normals_of(points: Points, triangles: Triangles) -> Points:
    """Outward unit normals of the points, those of large triangles counting more."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    summed = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(across[:, k], 3), minlength=len(points)) for k in range(3)], axis=1
    )
    return (summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9)).astype(np.float32)


@cache
def face_places() -> FacePlaces:
    """Where the 468 points are painted, see ``Weave.places``; the inner rows of the lips are spread out."""
    face = mean_face()
    around = np.arctan2(face[:, 0], AXIS_Z - face[:, 2]) * UNROLL_MM
    low, high, stretch = NOSE_FLOOR
    step = np.clip((face[:, 1] - low) / (high - low), 0, 1)
    places = np.column_stack([around, face[:, 1] + stretch * step**2 * (3 - 2 * step)])
    for lip in (UPPER_LIP, LOWER_LIP):
        rim, inside = places[list(lip[0])], places[list(lip[3])]
        for row, depth in zip(lip, LIP_DEPTHS, strict=True):
            places[list(row)] = rim + (inside - rim) * depth
    return places.astype(np.float32)


def _around_the_lips(places: Places) -> Triangles:
    """Triangles of the face without those of the lips, the mouth and the eyes."""
    inner = {point for lip in (UPPER_LIP, LOWER_LIP) for row in lip[1:] for point in row}
    kept = np.array([point for point in range(FACE_POINTS) if point not in inner])
    triangles = kept[Delaunay(places[kept]).simplices]
    mouth = UPPER_LIP[0] + LOWER_LIP[0][-2:0:-1]
    middles = places[triangles].mean(axis=1)
    outside = [not any(_within(places[list(hole)], m) for hole in (*FEATURES[:2], mouth)) for m in middles]
    return triangles[outside].astype(np.int32)


def _within(polygon: Places, place: Float32[np.ndarray, "2"]) -> bool:
    return cv2.pointPolygonTest(polygon, (float(place[0]), float(place[1])), False) > 0


def _lip_strips() -> Triangles:
    strips = []
    for lip in (UPPER_LIP, LOWER_LIP):
        for outer, inner in pairwise(lip):
            for k in range(len(outer) - 1):
                strips += [(outer[k], outer[k + 1], inner[k]), (outer[k + 1], inner[k + 1], inner[k])]
    return np.array(strips, np.int32)


def _outward(triangles: Triangles, places: Places) -> Triangles:
    """Turned so that the normal of each looks out of the head."""
    a, b, c = (places[triangles[:, k]] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    turned = triangles.copy()
    turned[area > 0] = triangles[area > 0][:, [0, 2, 1]]
    return turned


def _shell(face: Landmarks, places: FacePlaces) -> tuple[Points, Places]:
    """Rings from the outline over the skull, and under the jaw into the neck."""
    rim = (face[list(OUTLINE)] - SKULL_MIDDLE) / SKULL_RADII
    reach = np.linalg.norm(rim, axis=1, keepdims=True)
    jaw = np.clip((face[list(OUTLINE), 1:2] - 20) / 40, 0, 1)
    rings, painted = [], []
    outward = places[list(OUTLINE)] - places[list(OUTLINE)].mean(axis=0)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    outward *= SHELL_MARGIN_MM
    start = rim / reach
    cosine = start @ BACK_OF_HEAD[:, None]
    onward = BACK_OF_HEAD - cosine * start
    onward /= np.linalg.norm(onward, axis=1, keepdims=True)
    for step in SHELL_STEPS:
        angle = np.arccos(cosine) * step
        way = np.cos(angle) * start + np.sin(angle) * onward
        radius = reach + ((1 - 0.22 * jaw) - reach) * np.sin(np.pi / 2 * step ** (0.8 - 0.2 * jaw))
        rings.append(SKULL_MIDDLE + way * radius * SKULL_RADII)
        gone = np.linalg.norm(rings[-1] - face[list(OUTLINE)], axis=1, keepdims=True)
        painted.append(places[list(OUTLINE)] + outward * np.minimum(gone / SHELL_MARGIN_MM[1], 1))
    return np.vstack(rings).astype(np.float32), np.vstack(painted).astype(np.float32)


def _shell_triangles() -> Triangles:
    count = len(OUTLINE)
    rings = [list(OUTLINE), *(list(range(start, start + count)) for start in _ring_starts())]
    woven = []
    for outer, inner in pairwise(rings):
        for k in range(count):
            after = (k + 1) % count
            woven += [(outer[k], outer[after], inner[k]), (outer[after], inner[after], inner[k])]
    return np.array(woven, np.int32)


def _ring_starts() -> list[int]:
    return [FACE_POINTS + len(OUTLINE) * k for k in range(len(SHELL_STEPS))]
