"""Which pixels of an aligned crop are inner face, features or surround."""

import cv2
import numpy as np
from jaxtyping import Bool

from unmask.faces.skin import FEATURES, OUTLINE
from unmask.types import Crop

CropMask = Bool[np.ndarray, "height width"]
Regions = Bool[np.ndarray, "regions height width"]
INNER_REACH = 0.72
RIM_REACHES = (0.8, 1.08)
SURROUND_REACHES = (1.02, 1.5)
BACKGROUND_REACH = 1.3
FEATURE_MARGIN_PIXELS = 9
PICTURE_MARGIN_PIXELS = 5
LEAST_REGION_PIXELS, LEAST_SURROUND_PIXELS = 400, 2500


def face_regions(crop: Crop) -> Regions | None:
    """Skin, eyes and mouth, rim, and surround; None where too little of one is in the picture to be compared."""
    inner, features = inner_mask(crop), feature_mask(crop)
    regions = np.stack([inner & ~features, inner & features, rim_mask(crop) & ~features, surround_mask(crop)])
    *face, surround = regions.sum(axis=(1, 2)).tolist()
    return regions if min(face) >= LEAST_REGION_PIXELS and surround >= LEAST_SURROUND_PIXELS else None


def inner_mask(crop: Crop) -> CropMask:
    """The middle of the face, well inside of where a pasted face would end."""
    return _within(crop, INNER_REACH) & picture_mask(crop)


def surround_mask(crop: Crop) -> CropMask:
    """What lies around the face: hair, ears, neck, background."""
    return _within(crop, SURROUND_REACHES[1]) & ~_within(crop, SURROUND_REACHES[0]) & picture_mask(crop)


def background_mask(crop: Crop) -> CropMask:
    """What lies so far from the face that no mask of a swap reaches it: hair, shoulders, the room."""
    return ~_within(crop, BACKGROUND_REACH) & picture_mask(crop)


def rim_mask(crop: Crop) -> CropMask:
    """Where a face that was laid over another would end."""
    return _within(crop, RIM_REACHES[1]) & ~_within(crop, RIM_REACHES[0]) & picture_mask(crop)


def picture_mask(crop: Crop) -> CropMask:
    """Where the crop shows the picture, a little inside its edge; elsewhere it is black."""
    filled = np.zeros(crop.image.shape[:2], np.uint8)
    cv2.fillConvexPoly(filled, np.rint(crop.picture).astype(np.int32), 1)
    padded = cv2.copyMakeBorder(filled, *(PICTURE_MARGIN_PIXELS,) * 4, cv2.BORDER_REPLICATE)
    eroded = cv2.erode(padded, np.ones((2 * PICTURE_MARGIN_PIXELS + 1,) * 2, np.uint8))
    return eroded[PICTURE_MARGIN_PIXELS:-PICTURE_MARGIN_PIXELS, PICTURE_MARGIN_PIXELS:-PICTURE_MARGIN_PIXELS] > 0


def feature_mask(crop: Crop) -> CropMask:
    """Eyes, brows and lips with a margin."""
    filled = np.zeros(crop.image.shape[:2], np.uint8)
    for feature in FEATURES:
        points = crop.landmarks[list(feature), :2].astype(np.int32)
        cv2.fillConvexPoly(filled, cv2.convexHull(points), 1)
    return cv2.dilate(filled, np.ones((FEATURE_MARGIN_PIXELS, FEATURE_MARGIN_PIXELS), np.uint8)) > 0


def _within(crop: Crop, reach: float) -> CropMask:
    outline = crop.landmarks[list(OUTLINE), :2]
    middle = outline.mean(axis=0)
    filled = np.zeros(crop.image.shape[:2], np.uint8)
    cv2.fillPoly(filled, [(middle + (outline - middle) * reach).astype(np.int32)], 1)
    return filled > 0
