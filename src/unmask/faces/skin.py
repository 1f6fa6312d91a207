"""Mean colours of skin cells and of control cells, frame by frame.

Each face is sampled at the same places of the mean face, whatever its pose: one table of sample points, given as
weights of three landmarks each, one look into the picture, one matrix product from samples to cells.

Cells, in the order of ``CELLS``:

- ``grid-r-c``: 4 rows × 8 columns between the eyes and the mouth, from ear to ear (Ciftci et al., IEEE TPAMI 2020).
- ``forehead``, ``left-cheek``, ``right-cheek``, ``nose``, ``chin``: skin without eyes, brows and lips; left and right
  are the image's.
- ``neck``: below the chin, only where its hue is the cheeks'.
- ``inside-k``, ``outside-k``: eight stretches just inside and just outside the outline of the face.
- ``background-k``: eight squares around the head, the control for light and camera.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Int32, UInt8
from scipy.linalg import block_diag
from scipy.sparse import csr_array
from scipy.spatial import Delaunay

from unmask.faces.pose import mean_face
from unmask.types import Landmarks, RgbImage

GRID_ROWS, GRID_COLUMNS = 4, 8
GRID = tuple(f"grid-{row}-{column}" for row in range(1, GRID_ROWS + 1) for column in range(1, GRID_COLUMNS + 1))
REGIONS = ("forehead", "left-cheek", "right-cheek", "nose", "chin")
INSIDE = tuple(f"inside-{k}" for k in range(1, 9))
OUTSIDE = tuple(f"outside-{k}" for k in range(1, 9))
BACKGROUND = tuple(f"background-{k}" for k in range(1, 9))
CELLS = GRID + REGIONS + INSIDE + OUTSIDE + ("neck",) + BACKGROUND

OUTLINE = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
FEATURES = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146),
)
POLYGONS = {
    "forehead": (54, 103, 67, 109, 10, 338, 297, 332, 284, 333, 299, 337, 151, 108, 69, 104),
    "left-cheek": (116, 117, 118, 119, 100, 142, 203, 206, 207, 187, 147, 123),
    "right-cheek": (345, 346, 347, 348, 329, 371, 423, 426, 427, 411, 376, 352),
    "nose": (168, 122, 174, 198, 49, 48, 64, 98, 2, 327, 294, 278, 279, 420, 399, 351),
    "chin": (182, 83, 18, 313, 406, 418, 262, 369, 396, 175, 171, 140, 32, 194),
}
EYES_BELOW, MOUTH_ABOVE = 145, 0

NOSE_BRIDGE = 197
INSIDE_REACHES = (0.80, 0.84, 0.88, 0.92)
OUTSIDE_REACHES = (1.06, 1.10, 1.14, 1.18)
GRID_REACH = 0.94
STEP_MM = 1.4
SUBPIXEL_BITS = 8
FEATURE_MARGIN_MM = 4.0
WORK_WIDTH = 128
LEAST_SEEN = 0.5
NECK_HUE_DISTANCE = 0.05
TURNED_AWAY = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class SamplePlan:
    """Where a face is sampled and which samples make a cell.

    Attributes:
        corners: Three landmarks of each sample.
        weights: Their weights; outside a triangle some are negative or above one.
        triangle: Triangle of each sample, −1 for samples off the face.
        triangles: Landmarks of each triangle, clockwise on a frontal face.
        areas: Area of each triangle on the mean face, mm².
        cells: One row a cell of GRID, REGIONS, INSIDE and OUTSIDE: which samples belong to it (1 or 0).
    """

    corners: Int32[np.ndarray, "samples 3"]
    weights: Float32[np.ndarray, "samples 3"]
    triangle: Int32[np.ndarray, " samples"]
    triangles: Int32[np.ndarray, "triangles 3"]
    areas: Float32[np.ndarray, " triangles"]
    cells: csr_array


@cache
def sample_plan() -> SamplePlan:
    """The samples of the mean face, made once a process."""
    shape = mean_face()[:, :2]
    lattice = _Lattice(shape.min(axis=0), shape.max(axis=0))
    triangles = _clockwise(Delaunay(shape).simplices, shape)
    triangle = lattice.triangle_of(shape[triangles])
    kept = triangle >= 0
    corners = triangles[triangle[kept]]
    weights = _barycentric(lattice.points[kept], shape[corners])
    members = np.array([*_grid_members(lattice, shape), *_region_members(lattice, shape)])[:, kept]
    ring_corners, ring_weights, ring_members = _ring_samples()
    return SamplePlan(
        corners=np.vstack([corners, ring_corners]).astype(np.int32),
        weights=np.vstack([weights, ring_weights]).astype(np.float32),
        triangle=np.concatenate([triangle[kept], np.full(len(ring_corners), -1)]).astype(np.int32),
        triangles=triangles.astype(np.int32),
        areas=_areas(shape[triangles]),
        cells=csr_array(block_diag(members.astype(np.float32), ring_members)),
    )


def cell_colors(image: RgbImage, landmarks: Landmarks) -> tuple[Float32[np.ndarray, "cells 3"], float]:
    """Mean RGB (0–255) of each cell of ``CELLS`` in one frame, and the share of clipped skin samples.

    Args:
        image: RGB picture.
        landmarks: Points of the face in the picture's pixels.

    Returns:
        Colours, NaN for a cell that lies outside the picture or is turned away, and the share (0–1) of face samples
        with a channel below 4 or above 251.
    """
    plan = sample_plan()
    face = np.einsum("scx,sc->sx", landmarks[plan.corners, :2], plan.weights)
    extra = _control_samples(landmarks)
    window, origin, factor = _work_window(image, np.concatenate([face, extra]), landmarks)
    places = (np.concatenate([face, extra]) - origin) / factor - (factor - 1) / (2 * factor)
    inside = _inside(places, window)
    colors = _look(window, places)
    facing = _facing(landmarks, plan)
    seen = (inside[: len(face)] & facing).astype(np.float32)
    skin = _cell_means(colors[: len(face)], seen, plan.cells)
    around = colors[len(face) :].reshape(9, -1, 3)
    around_seen = inside[len(face) :].reshape(9, -1).mean(axis=1) >= LEAST_SEEN
    controls = np.where(around_seen[:, None], around.mean(axis=1), np.nan).astype(np.float32)
    controls[0] = _neck_or_nan(controls[0], skin)
    extremes = colors[: len(face)][seen > 0]
    clipped = float(((extremes < 4) | (extremes > 251)).any(axis=1).mean()) if len(extremes) else 1.0
    return np.concatenate([skin, controls]), clipped


def whole_picture_colors(image: RgbImage) -> Float32[np.ndarray, "cells 3"]:
    """Mean RGB (0–255) of a picture of nothing but skin, cut into the rows and columns of GRID."""
    small = cv2.resize(image.astype(np.float32), (GRID_COLUMNS, GRID_ROWS), interpolation=cv2.INTER_AREA)
    return small.reshape(-1, 3)


class _Lattice:
    """Sample points on the plane of the mean face, STEP_MM apart; also a small picture, a pixel a point, to draw on."""

    def __init__(self, low: Float32[np.ndarray, "2"], high: Float32[np.ndarray, "2"]) -> None:
        xs, ys = np.meshgrid(np.arange(low[0], high[0], STEP_MM), np.arange(low[1], high[1], STEP_MM))
        self.points = np.column_stack([xs.ravel(), ys.ravel()]).astype(np.float32)
        self._shape, self._low = xs.shape, low

    def triangle_of(self, corners: Float32[np.ndarray, "triangles 3 2"]) -> Int32[np.ndarray, " samples"]:
        """Which triangle each point lies in, −1 for none."""
        drawn = np.full(self._shape, -1.0, np.float32)
        for number, three in enumerate(corners):
            cv2.fillConvexPoly(drawn, self._pixels(three), float(number), shift=SUBPIXEL_BITS)
        return drawn.ravel().astype(np.int32)

    def within(self, polygon: Float32[np.ndarray, "corners 2"], margin_mm: float = 0.0) -> Bool[np.ndarray, " samples"]:
        """Which points lie in a polygon, widened by a margin."""
        drawn = np.zeros(self._shape, np.uint8)
        cv2.fillPoly(drawn, [self._pixels(polygon)], 1, shift=SUBPIXEL_BITS)
        reach = round(margin_mm / STEP_MM)
        round_reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        return cv2.dilate(drawn, round_reach).ravel() > 0

    def _pixels(self, places: Float32[np.ndarray, "places 2"]) -> Int32[np.ndarray, "places 2"]:
        return np.rint((places - self._low) / STEP_MM * 2**SUBPIXEL_BITS).astype(np.int32)


def _clockwise(triangles: np.ndarray, shape: Float32[np.ndarray, "468 2"]) -> np.ndarray:
    flipped = _areas(shape[triangles]) < 0
    triangles = triangles.copy()
    triangles[flipped] = triangles[flipped][:, [0, 2, 1]]
    return triangles


def _areas(corners: Float32[np.ndarray, "triangles 3 2"]) -> Float32[np.ndarray, " triangles"]:
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2


def _barycentric(
    points: Float32[np.ndarray, "samples 2"], corners: Float32[np.ndarray, "samples 3 2"]
) -> Float32[np.ndarray, "samples 3"]:
    total = _areas(corners)
    parts = [
        _areas(np.stack([points, corners[:, (k + 1) % 3], corners[:, (k + 2) % 3]], axis=1)) / total for k in range(3)
    ]
    return np.stack(parts, axis=1).astype(np.float32)


def _bare(lattice: _Lattice, shape: Float32[np.ndarray, "468 2"]) -> Bool[np.ndarray, " samples"]:
    features = [lattice.within(shape[list(feature)], FEATURE_MARGIN_MM) for feature in FEATURES]
    return ~np.any(features, axis=0)


def _grid_members(lattice: _Lattice, shape: Float32[np.ndarray, "468 2"]) -> list[np.ndarray]:
    top, bottom = shape[EYES_BELOW, 1] + FEATURE_MARGIN_MM, shape[MOUTH_ABOVE, 1] - FEATURE_MARGIN_MM
    outline = shape[list(OUTLINE)]
    right_side = outline[np.argsort(outline[:, 1])]
    right_side = right_side[right_side[:, 0] > 0]
    x, y = lattice.points.T
    half_width = np.interp(y, right_side[:, 1], right_side[:, 0]) * GRID_REACH
    row = np.floor((y - top) / (bottom - top) * GRID_ROWS)
    column = np.floor((x / half_width + 1) / 2 * GRID_COLUMNS)
    bare = _bare(lattice, shape)
    return [bare & (row == r) & (column == c) for r in range(GRID_ROWS) for c in range(GRID_COLUMNS)]


def _region_members(lattice: _Lattice, shape: Float32[np.ndarray, "468 2"]) -> list[np.ndarray]:
    bare = _bare(lattice, shape)
    return [bare & lattice.within(shape[list(POLYGONS[region])]) for region in REGIONS]


def _ring_samples() -> tuple[np.ndarray, np.ndarray, Float32[np.ndarray, "cells samples"]]:
    """Samples on lines from the nose bridge through the outline: landmarks, weights, member rows of the ring cells."""
    ends = [(OUTLINE[k], OUTLINE[(k + 1) % len(OUTLINE)], mix) for k in range(len(OUTLINE)) for mix in (0.0, 0.5)]
    corners, weights, owner = [], [], []
    for side, reaches in enumerate((INSIDE_REACHES, OUTSIDE_REACHES)):
        for k, (first, second, mix) in enumerate(ends):
            for reach in reaches:
                corners.append((NOSE_BRIDGE, first, second))
                weights.append((1 - reach, reach * (1 - mix), reach * mix))
                owner.append(side * len(INSIDE) + k * len(INSIDE) // len(ends))
    members = (np.arange(len(INSIDE) + len(OUTSIDE))[:, None] == np.array(owner)[None]).astype(np.float32)
    return np.array(corners), np.array(weights, np.float32), members


@cache
def _unit_square(count: int) -> Float32[np.ndarray, "samples 2"]:
    line = (np.arange(count, dtype=np.float32) + 0.5) / count - 0.5
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def _control_samples(landmarks: Landmarks) -> Float32[np.ndarray, "samples 2"]:
    """Samples of the neck, then of eight squares around the head, all in pixels."""
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    size = high - low
    chin, brow = landmarks[152, :2], landmarks[10, :2]
    across = (landmarks[397, :2] - landmarks[172, :2]) * 0.4
    down = (chin - brow) * 0.14
    square = _unit_square(10)
    neck = chin + down * 1.2 + square[:, :1] * across + square[:, 1:] * down
    middle = (low + high) / 2
    spots = np.array(
        [(-1.2, 0.2), (-1.2, -0.4), (-1.1, -1.0), (-0.4, -1.15), (0.4, -1.15), (1.1, -1.0), (1.2, -0.4), (1.2, 0.2)]
    )
    squares = (middle + spots[:, None] * size + square[None] * size * 0.3).reshape(-1, 2)
    return np.concatenate([neck, squares]).astype(np.float32)


def _work_window(
    image: RgbImage, places: Float32[np.ndarray, "samples 2"], landmarks: Landmarks
) -> tuple[UInt8[np.ndarray, "rows columns 3"], Float32[np.ndarray, "2"], int]:
    """The part of the picture around the head, shrunk by a whole factor so that samples average their surround."""
    height, width = image.shape[:2]
    factor = max(1, int(np.ptp(landmarks[:, 0]) // WORK_WIDTH))
    low = np.clip(np.floor(places.min(axis=0)).astype(int), 0, (max(width - 2, 0), max(height - 2, 0)))
    high = np.clip(np.ceil(places.max(axis=0)).astype(int) + factor, low + 1, (width, height))
    window = image[low[1] : high[1], low[0] : high[0]]
    if factor > 1 and min(window.shape[:2]) >= factor:
        rows, columns = window.shape[0] // factor, window.shape[1] // factor
        window = cv2.resize(window[: rows * factor, : columns * factor], (columns, rows), interpolation=cv2.INTER_AREA)
    else:
        factor = 1
    return window, low.astype(np.float32), factor


def _inside(places: Float32[np.ndarray, "samples 2"], window: RgbImage) -> Bool[np.ndarray, " samples"]:
    height, width = window.shape[:2]
    x, y = places[:, 0], places[:, 1]
    return (x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)


def _look(window: RgbImage, places: Float32[np.ndarray, "samples 2"]) -> Float32[np.ndarray, "samples 3"]:
    columns = 128  # a remap target may have at most 32767 rows
    padded = np.zeros((2, -(-len(places) // columns) * columns), np.float32)
    padded[:, : len(places)] = places.T
    xs, ys = padded.reshape(2, -1, columns)
    # Two maps, not one of two channels: with an empty second map OpenCV 5.0 leaves samples black.
    looked = cv2.remap(window, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return looked.reshape(-1, 3)[: len(places)].astype(np.float32)


def _facing(landmarks: Landmarks, plan: SamplePlan) -> Bool[np.ndarray, " samples"]:
    """Samples on triangles that look at the camera; a ring sample always does."""
    scale = np.linalg.norm(landmarks[152, :2] - landmarks[10, :2]) / np.linalg.norm(
        mean_face()[152, :2] - mean_face()[10, :2]
    )
    areas = _areas(landmarks[plan.triangles, :2]) / (plan.areas * max(float(scale), 1e-6) ** 2)
    return np.append(areas > TURNED_AWAY, True)[plan.triangle]


def _cell_means(
    colors: Float32[np.ndarray, "samples 3"], seen: Float32[np.ndarray, " samples"], members: csr_array
) -> Float32[np.ndarray, "cells 3"]:
    sums = members @ np.column_stack([colors * seen[:, None], seen])
    means = sums[:, :3] / np.maximum(sums[:, 3:], 1.0)
    means[sums[:, 3] < LEAST_SEEN * np.diff(members.indptr)] = np.nan
    return means.astype(np.float32)


def _neck_or_nan(neck: Float32[np.ndarray, "3"], skin: Float32[np.ndarray, "cells 3"]) -> Float32[np.ndarray, "3"]:
    cheeks = skin[[CELLS.index("left-cheek"), CELLS.index("right-cheek")]]
    seen = cheeks[np.isfinite(cheeks[:, 0])]
    if not len(seen) or not np.isfinite(neck[0]) or neck.sum() < 1.0:
        return np.full(3, np.nan, np.float32)
    cheek = seen.mean(axis=0)
    distance = np.abs(neck / neck.sum() - cheek / max(float(cheek.sum()), 1.0)).max()
    return neck if distance < NECK_HUE_DISTANCE else np.full(3, np.nan, np.float32)
