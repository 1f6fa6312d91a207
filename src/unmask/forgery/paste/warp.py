"""A face brought onto the points of another, triangle by triangle or as a whole.

Pixels that would come from beyond the source picture, or from a side of the head that either face hides, are not
covered: nothing is invented there.
"""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, UInt8
from scipy.spatial import Delaunay

from unmask.faces.pose import mean_face, rotation_of
from unmask.faces.skin import OUTLINE
from unmask.forgery.paste.masks import Size
from unmask.forgery.paste.similarity import similarity_between
from unmask.types import Landmarks, Mask, RgbImage

SourceImage = UInt8[np.ndarray, "source_height source_width 3"]
Points = Float32[np.ndarray, "points 2"]
Corners = Float64[np.ndarray, "triangles 3 2"]
Warp = Callable[[SourceImage, Landmarks, Landmarks, Size], tuple[RgbImage, Mask]]

APRON_REACH = 1.4
"""The mesh goes on beyond the face's outline to this multiple of its distance from the middle, for grown masks."""
SHOWN_BY_SOURCE, SHOWN_BY_TARGET = 0.3, 0.1
"""Skin that shows less than this share of what it shows frontally is hidden: FaceMesh is some pixels off at the far
cheek, and what the source has there is background."""
EARS_BEHIND = 0.3
"""How far behind the deepest points of the face the middle of the head is, in depths of the face."""
LEAST_AREA_PIXELS = 0.01
SHRINK_BELOW = 0.7
SUBPIXEL_BITS = 4


@cache
def face_triangles() -> Int32[np.ndarray, "triangles 3"]:
    """Points of each triangle over the mean face and an apron around it, whose points count on from 468."""
    return Delaunay(_with_apron(mean_face()[:, :2])).simplices.astype(np.int32)


@cache
def head_normals() -> Float64[np.ndarray, "468 3"]:
    """Which way a head looks at each point of the mean face, z negative towards the camera.

    They are the normals of an ellipsoid around the ears: what hides the far cheek is the head's turn; that the nose
    hides its own far side leaves no hole.
    """
    shape = mean_face().astype(np.float64)
    low, high = shape.min(axis=0), shape.max(axis=0)
    middle, radii = (low + high) / 2, (high - low) / 2
    middle[2] = high[2] + EARS_BEHIND * (high[2] - low[2])
    radii[2] = middle[2] - low[2]
    normals = (shape - middle) / radii**2
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def piecewise_affine(
    image: SourceImage, source_landmarks: Landmarks, target_landmarks: Landmarks, size: Size
) -> tuple[RgbImage, Mask]:
    """A face laid onto the points of another, each triangle of the mesh by its own affine map.

    Args:
        image: Picture with the source face, RGB.
        source_landmarks: Its points in that picture's pixels.
        target_landmarks: Where they shall come to lie.
        size: Height and width of the picture to make.

    Returns:
        The warped picture, black where nothing covers it, and the covered pixels as zeros and ones: the face and an
        apron around it, without triangles that are turned away in either face.
    """
    image, source = _no_larger_than_needed(image, source_landmarks, target_landmarks)
    shown = np.minimum(_shown(source_landmarks) / SHOWN_BY_SOURCE, _shown(target_landmarks) / SHOWN_BY_TARGET)
    start = np.column_stack([_with_apron(source), _and_outline(shown)]).astype(np.float64)
    goal = _with_apron(target_landmarks[:, :2]).astype(np.float64)
    triangles = _far_to_near(goal, _and_outline(target_landmarks[:, 2]))
    owner = _drawn(goal[triangles], size)
    x, y, shown_here = _looked_up(start[triangles], goal[triangles], owner)
    covered = (owner >= 0) & (shown_here >= 1) & _inside(x, y, image)
    return _picked(image, x, y, covered)


def similarity_warp(
    image: SourceImage, source_landmarks: Landmarks, target_landmarks: Landmarks, size: Size
) -> tuple[RgbImage, Mask]:
    """A picture shifted, turned and scaled as a whole so that its face lies on another: expression and pose stay.

    Arguments and results are those of ``piecewise_affine``; all of the source picture is covered.
    """
    image, source = _no_larger_than_needed(image, source_landmarks, target_landmarks)
    back = np.asarray(similarity_between(target_landmarks[:, :2], source), np.float32)
    columns, rows = _grid(size)
    x, y = (back[k, 0] * columns + back[k, 1] * rows + back[k, 2] for k in range(2))
    return _picked(image, x, y, _inside(x, y, image))


WARPS: Mapping[str, Warp] = MappingProxyType({"mesh": piecewise_affine, "similarity": similarity_warp})
"""Warps by name."""


def _no_larger_than_needed(image: SourceImage, source: Landmarks, target: Landmarks) -> tuple[np.ndarray, Points]:
    """The source averaged down to about the target's scale, lest the warp skip pixels, and its points there."""
    matrix = similarity_between(source[:, :2], target[:, :2])
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale >= SHRINK_BELOW:
        return image, source[:, :2]
    height, width = image.shape[:2]
    columns, rows = max(1, round(width * scale)), max(1, round(height * scale))
    shrunk = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
    factors = np.array([columns / width, rows / height], np.float32)
    return np.asarray(shrunk, np.uint8), (source[:, :2] + np.float32(0.5)) * factors - np.float32(0.5)


def _with_apron(points: Points) -> Float32[np.ndarray, "points_and_apron 2"]:
    outline = points[list(OUTLINE)]
    middle = outline.mean(axis=0)
    return np.concatenate([points, middle + (outline - middle) * np.float32(APRON_REACH)])


def _and_outline(values: np.ndarray) -> np.ndarray:
    """Values of the points, and for each point of the apron the value of the outline there."""
    return np.append(values, values[list(OUTLINE)])


def _shown(landmarks: Landmarks) -> Float64[np.ndarray, "468"]:
    """How much of the skin around each point is seen, against what is seen of it frontally; negative at the back."""
    normals = head_normals()
    turned = normals @ rotation_of(landmarks).T
    return turned[:, 2] / normals[:, 2]


def _far_to_near(
    places: Float64[np.ndarray, "points 2"], depths: Float32[np.ndarray, " points"]
) -> Int32[np.ndarray, "triangles 3"]:
    """The triangles that have an area here, the farthest first."""
    triangles = face_triangles()
    first, second = (places[triangles[:, k]] - places[triangles[:, 0]] for k in (1, 2))
    areas = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2
    kept = triangles[areas > LEAST_AREA_PIXELS]
    return kept[np.argsort(-depths[kept].mean(axis=1), kind="stable")]


def _drawn(corners: Corners, size: Size) -> Int32[np.ndarray, "height width"]:
    """Which triangle each pixel belongs to, −1 for none; later triangles lie above earlier ones."""
    owner = np.full(size, -1.0, np.float32)
    places = np.rint(np.clip(corners, -1e6, 1e6) * 2**SUBPIXEL_BITS).astype(np.int32)
    for number, place in enumerate(places):
        cv2.fillConvexPoly(owner, place, float(number), shift=SUBPIXEL_BITS)
    return owner.astype(np.int32)


def _looked_up(
    start: Float64[np.ndarray, "triangles 3 values"], goal: Corners, owner: Int32[np.ndarray, "height width"]
) -> Float32[np.ndarray, "values height width"]:
    """Values given at the triangles' corners, as each pixel has them; anything for pixels without a triangle."""
    ones = np.ones((len(goal), 3, 1))
    maps = np.asarray(np.linalg.inv(np.concatenate([goal, ones], axis=2)) @ start, np.float32)
    columns, rows = _grid(owner.shape)
    own = np.pad(maps, ((0, 1), (0, 0), (0, 0)))[owner]  # the last, −1, is nobody's
    found = own[..., 0, :] * columns[..., None] + own[..., 1, :] * rows[..., None] + own[..., 2, :]
    return np.ascontiguousarray(np.moveaxis(found, -1, 0))


def _grid(size: tuple[int, ...]) -> list[np.ndarray]:
    """For each pixel its x, and its y."""
    return list(np.meshgrid(np.arange(size[1], dtype=np.float32), np.arange(size[0], dtype=np.float32)))


def _picked(
    image: SourceImage,
    x: Float32[np.ndarray, "height width"],
    y: Float32[np.ndarray, "height width"],
    covered: Bool[np.ndarray, "height width"],
) -> tuple[RgbImage, Mask]:
    # Two maps, not one of two channels: with an empty second map OpenCV 5.0 leaves samples black.
    picked = cv2.remap(image, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.where(covered[..., None], picked, np.uint8(0)).astype(np.uint8), covered.astype(np.float32)


def _inside(
    x: Float32[np.ndarray, "height width"], y: Float32[np.ndarray, "height width"], image: SourceImage
) -> Bool[np.ndarray, "height width"]:
    height, width = image.shape[:2]
    return (x >= -0.5) & (y >= -0.5) & (x <= width - 0.5) & (y <= height - 0.5)
