"""Masks of a face and its parts, from its points.

A shape draws a mask of zeros and ones; ``grown``, ``feathered`` and ``elastic`` change it afterwards. Lengths are in
pixels. What lies beyond the picture's edge counts as more of the same: a face cut by the edge neither shrinks nor fades
there.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.faces.pose import mean_face
from unmask.faces.skin import FEATURES, OUTLINE, POLYGONS
from unmask.forgery.paste.similarity import similarity_between
from unmask.forgery.paste.window import face_width
from unmask.types import Landmarks, Mask

Size = tuple[int, int]
"""Height and width in pixels."""
Shape = Callable[[Landmarks, Size], Mask]
Corners = Float32[np.ndarray, "_ 2"]

SUBPIXEL_BITS = 4
FARTHEST_PIXELS = 1e6
BROW_TOP, CHIN = 10, 152
LEFT_EYE, RIGHT_EYE, LEFT_BROW, RIGHT_BROW, LIPS = FEATURES
JAW = (454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234)
FOREHEAD_RAISE = 0.14
"""By how much of the height from chin to the top point the top of the hull is raised; FaceMesh ends below the hair."""
EYE_MARGIN = 0.04
"""How far the mask of an eye goes beyond its lids, as a share of the face's width."""
LIPS_REACH, FEATURE_REACH = 1.35, 1.2
NARROWEST_SHARE = 0.7
"""A soft rim takes at most this share of the way to the innermost pixel of a mask."""
FIELD_SIDE = 64
FIELD_MM = 260.0
"""Side of the square around the mean face over which a mask is bent."""


def face_hull(landmarks: Landmarks, size: Size) -> Mask:
    """The convex hull of the face's outline: forehead to chin, ear to ear."""
    return _hull([_places(landmarks, OUTLINE)], size)


def raised_hull(landmarks: Landmarks, size: Size) -> Mask:
    """The hull with its top raised towards the hairline."""
    outline = _places(landmarks, OUTLINE)
    eyes = _places(landmarks, LEFT_EYE + RIGHT_EYE).mean(axis=0)
    upwards = landmarks[BROW_TOP, :2] - landmarks[CHIN, :2]
    height = ((outline - eyes) @ upwards) / max(float((landmarks[BROW_TOP, :2] - eyes) @ upwards), 1e-6)
    return _hull([outline + FOREHEAD_RAISE * np.clip(height, 0, 1)[:, None] * upwards], size)


def inner_face(landmarks: Landmarks, size: Size) -> Mask:
    """The hull of brows and jaw, without the forehead: what a face swapper makes."""
    return _hull([_places(landmarks, JAW + LEFT_BROW + RIGHT_BROW)], size)


def mouth(landmarks: Landmarks, size: Size) -> Mask:
    """Lips and what lies between them, a little wider."""
    return _hull([_widened(_places(landmarks, LIPS), LIPS_REACH)], size)


def eyes(landmarks: Landmarks, size: Size) -> Mask:
    """Both eyes with their lids."""
    lids = [_places(landmarks, eye) for eye in (LEFT_EYE, RIGHT_EYE)]
    return grown(_hull(lids, size), EYE_MARGIN * face_width(landmarks))


def nose(landmarks: Landmarks, size: Size) -> Mask:
    """Bridge, tip and wings of the nose."""
    return _hull([_places(landmarks, POLYGONS["nose"])], size)


def without_eyes_and_mouth(landmarks: Landmarks, size: Size) -> Mask:
    """The hull with holes where eyes and mouth are: another's skin, one's own expression."""
    return face_hull(landmarks, size) * (1 - eyes(landmarks, size)) * (1 - mouth(landmarks, size))


def bare_skin(landmarks: Landmarks, size: Size) -> Mask:
    """Skin below the brows without eyes, brows and lips: where colours are compared, free of hair."""
    features = [_places(landmarks, feature) for feature in FEATURES]
    return inner_face(landmarks, size) * (1 - _hull([_widened(feature, FEATURE_REACH) for feature in features], size))


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "face-hull": face_hull,
        "raised-hull": raised_hull,
        "inner-face": inner_face,
        "mouth": mouth,
        "eyes": eyes,
        "nose": nose,
        "without-eyes-and-mouth": without_eyes_and_mouth,
    }
)
"""Shapes of masks by name."""


def grown(mask: Mask, pixels: float) -> Mask:
    """A mask of zeros and ones whose rim has moved outwards by so many pixels, inwards when negative.

    Args:
        mask: Any mask; 0.5 and more counts as inside.
        pixels: Way of the rim; whole pixels are not needed.
    """
    inside = (mask >= 0.5).astype(np.uint8)
    if pixels >= 0:
        return (_depth(1 - inside) <= pixels).astype(np.float32)
    return (_depth(inside) > -pixels).astype(np.float32)


def feathered(mask: Mask, pixels: float) -> Mask:
    """A mask that rises from 0 at its rim to its full value so many pixels inside.

    What was 0 stays 0, so a feathered mask never asks for pixels that the mask before it did not have. A mask too
    narrow for the rim gets a narrower one, so that it still reaches its full value.
    """
    depth = _depth((mask > 0).astype(np.uint8))
    rim = min(pixels, NARROWEST_SHARE * float(depth.max()))
    if rim <= 0:
        return mask
    depth = (depth / (rim + 1)).clip(0, 1)
    return mask * (depth * depth * (3 - 2 * depth)).astype(np.float32)


def elastic(mask: Mask, landmarks: Landmarks, seed: int, reach: float, smoothness: float = 0.1) -> Mask:
    """A mask bent by a smooth field of random shifts that lies on the face and moves with it.

    Args:
        mask: Mask in the pixels of ``landmarks``.
        landmarks: The face the field is fixed to; the same seed bends every frame alike.
        seed: Of the field.
        reach: Root of the mean square shift as a share of the face's width.
        smoothness: Distance over which shifts are alike, as a share of the face's width.

    Reference:
        Simard, Steinkraus, Platt: Best Practices for Convolutional Neural Networks, ICDAR 2003.
    """
    if reach <= 0:
        return mask
    onto_face = similarity_between(mean_face()[:, :2], landmarks[:, :2])
    scale = np.hypot(onto_face[0, 0], onto_face[1, 0])
    width = scale * np.ptp(mean_face()[:, 0])
    cell = FIELD_MM / FIELD_SIDE
    place = onto_face @ np.array([[cell, 0, -FIELD_MM / 2], [0, cell, -FIELD_MM / 2], [0, 0, 1]])
    turn = (onto_face[:, :2] / max(scale, 1e-6)).astype(np.float32)
    field = _field(seed, smoothness * width / max(scale * cell, 1e-6)) @ turn.T * np.float32(reach * width)
    height, columns = mask.shape
    shifts = np.asarray(cv2.warpAffine(field, place, (columns, height), borderMode=cv2.BORDER_REPLICATE), np.float32)
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(height, dtype=np.float32))
    # Two maps, not one of two channels: with an empty second map OpenCV 5.0 leaves samples black.
    bent = cv2.remap(mask, x + shifts[..., 0], y + shifts[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.float32)


def _field(seed: int, smooth_cells: float) -> Float32[np.ndarray, "side side 2"]:
    """Random shifts over the square around the mean face, with a root mean square length of one."""
    noise = np.random.default_rng(seed).uniform(-1, 1, (FIELD_SIDE, FIELD_SIDE, 2)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), max(smooth_cells, 0.5))
    return np.asarray(smooth / np.sqrt(np.square(smooth).sum(axis=2).mean()), np.float32)


def _depth(inside: np.ndarray) -> Float32[np.ndarray, "height width"]:
    """Distance of each pixel from the nearest zero, in pixels; very large where there is none."""
    return np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)


def _places(landmarks: Landmarks, points: Sequence[int]) -> Corners:
    return landmarks[list(points), :2]


def _widened(corners: Corners, reach: float) -> Corners:
    middle = corners.mean(axis=0)
    return middle + (corners - middle) * np.float32(reach)


def _hull(groups: Sequence[Corners], size: Size) -> Mask:
    drawn = np.zeros(size, np.uint8)
    for corners in groups:
        places = np.clip(corners, -FARTHEST_PIXELS, FARTHEST_PIXELS) * 2**SUBPIXEL_BITS
        hull = cv2.convexHull(np.rint(places).astype(np.int32))
        cv2.fillConvexPoly(drawn, hull, 1, shift=SUBPIXEL_BITS)
    return drawn.astype(np.float32)
