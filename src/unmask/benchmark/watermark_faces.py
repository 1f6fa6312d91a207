"""Faces altered as forgers alter them, so that it is known where the mark must be gone. Pure functions on pictures.

``resynthesised`` is a stand-in for an autoencoder's swap: what leaves such a network has been through a bottleneck of
about 64 pixels. It is replaced by true swaps once the forgery lab makes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

from unmask.faces.align import crop_face
from unmask.faces.skin import OUTLINE
from unmask.faces.track import FaceTracker
from unmask.provenance.watermark.faces import MOUTH, MOUTH_REACH
from unmask.types import Crop, Frame, Landmarks, RgbImage

KINDS = ("pasted", "blurred", "resynthesised", "mouth")
FACE_KINDS = KINDS[:3]
"""Those that alter the whole face; ``mouth`` resynthesises the mouth alone."""
FACE_REACH = 0.95
"""Size of the altered part over that of the face's outline."""
FEATHER_PIXELS = 2.0
BLURRED_SHARE = 1 / 14
"""Standard deviation of the blur over the width of the face."""
BOTTLENECK_PIXELS = 64
MARGIN_PIXELS = 8
DRIFT = np.array([[1.02, 0.01, 0.3], [-0.01, 1.02, -0.4]], np.float32)
"""A network does not put the face back exactly where it was: a little larger, turned and moved, in the bottleneck."""
DONOR_FACES = 24

Mask = Bool[np.ndarray, "height width"]
FaceTrace = tuple[Landmarks | None, ...]
"""Landmarks of the main face in each frame, None where it was not seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Altered:
    """A film with another face.

    Attributes:
        images: The pictures.
        masks: Which pixels of each were altered.
    """

    images: tuple[RgbImage, ...]
    masks: tuple[Mask, ...]


def faces_of(frames: Sequence[Frame]) -> FaceTrace:
    """The main face's landmarks, frame by frame."""
    tracker = FaceTracker(max_people=1)
    seen = [tracker.see(frame) for frame in frames]
    return tuple(faces[0].landmarks.copy() if faces else None for faces in seen)


def donor_faces(frames: Sequence[Frame], faces: FaceTrace) -> tuple[Crop, ...]:
    """Faces cut out of a film, to be pasted into another."""
    seen = ((frame, face) for frame, face in zip(frames, faces, strict=True) if face is not None)
    return tuple(crop_face(frame.image, face, frame.seconds, 0.0) for frame, face in islice(seen, DONOR_FACES))


def altered(images: Sequence[RgbImage], faces: FaceTrace, kind: str, donors: Sequence[Crop]) -> Altered:
    """A film with its main face altered in every frame in which it is seen.

    Args:
        images: The pictures.
        faces: The face's landmarks in each of them.
        kind: One of ``KINDS``.
        donors: Faces of someone else, for ``pasted``.
    """
    pairs = list(zip(images, faces, strict=True))
    donor_of = cycle((*donors, *donors[::-1])) if donors else cycle((None,))
    made = [
        (image, np.zeros(image.shape[:2], bool)) if face is None else altered_face(image, face, kind, donor)
        for (image, face), donor in zip(pairs, donor_of, strict=False)
    ]
    return Altered(tuple(image for image, _ in made), tuple(mask for _, mask in made))


def altered_face(image: RgbImage, face: Landmarks, kind: str, donor: Crop | None) -> tuple[RgbImage, Mask]:
    """One picture with its face altered, and where."""
    filled = mouth_area(face, image.shape) if kind == "mouth" else face_area(face, image.shape)
    if kind == "pasted":
        other = image if donor is None else pasted(image, face, donor, filled > 0)
    else:
        other = blurred(image, face) if kind == "blurred" else resynthesised(image, face)
    soft = cv2.GaussianBlur(filled, (0, 0), FEATHER_PIXELS)[..., None] / np.float32(255)
    mixed = image * (1 - soft) + other * soft
    return np.rint(mixed).astype(np.uint8), filled > 0


def pasted(image: RgbImage, face: Landmarks, donor: Crop, area: Mask) -> RgbImage:
    """Another's face laid over, in place, size and mean colour that of the face."""
    if not area.any():
        return image
    matrix, _ = cv2.estimateAffinePartial2D(donor.landmarks[:, :2].copy(), face[:, :2].copy())
    size = image.shape[1], image.shape[0]
    laid = cv2.warpAffine(donor.image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    shift = image[area].mean(axis=0) - laid[area].mean(axis=0)
    return np.clip(np.rint(laid + shift), 0, 255).astype(np.uint8)


def blurred(image: RgbImage, face: Landmarks) -> RgbImage:
    """The picture blurred as a face is to make it unknown."""
    width = float(np.ptp(face[:, 0]))
    return np.asarray(cv2.GaussianBlur(image, (0, 0), max(1.0, width * BLURRED_SHARE)), np.uint8)


def resynthesised(image: RgbImage, face: Landmarks) -> RgbImage:
    """The face drawn anew from 64 pixels, not quite where it was."""
    height, width = image.shape[:2]
    low = np.clip(face[:, :2].min(axis=0).astype(int) - MARGIN_PIXELS, 0, (width - 2, height - 2))
    high = np.clip(face[:, :2].max(axis=0).astype(int) + MARGIN_PIXELS, low + 2, (width, height))
    rows, columns = slice(low[1], high[1]), slice(low[0], high[0])
    part = image[rows, columns]
    share = min(1.0, BOTTLENECK_PIXELS / max(part.shape[:2]))
    small = cv2.resize(part, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    moved = cv2.warpAffine(small, DRIFT, small.shape[1::-1], borderMode=cv2.BORDER_REFLECT)
    drawn = image.copy()
    drawn[rows, columns] = cv2.resize(moved, part.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return drawn


def face_area(face: Landmarks, shape: tuple[int, ...]) -> UInt8[np.ndarray, "height width"]:
    """255 within the face, a little inside of its outline."""
    return _filled(face[list(OUTLINE), :2], FACE_REACH, shape)


def mouth_area(face: Landmarks, shape: tuple[int, ...]) -> UInt8[np.ndarray, "height width"]:
    """255 within the mouth and what moves with it."""
    return _filled(face[list(MOUTH), :2], MOUTH_REACH, shape)


def _filled(
    outline: Float32[np.ndarray, "points 2"], reach: float, shape: tuple[int, ...]
) -> UInt8[np.ndarray, "height width"]:
    middle = outline.mean(axis=0)
    area = np.zeros(shape[:2], np.uint8)
    hull = cv2.convexHull(np.rint(middle + (outline - middle) * reach).astype(np.int32))
    cv2.fillConvexPoly(area, hull, 255)
    return area
