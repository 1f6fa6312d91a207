"""A set of aligned faces of one person (or many): pictures, masks, landmarks, turns of the head."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Int64, UInt8

from unmask.errors import UsageError
from unmask.faces.skin import FEATURES
from unmask.types import Landmarks

Indices = Int64[np.ndarray, " chosen"]

LEAST_FACES = 10
BLOCKS, HELD_OUT_BLOCK = 10, 5
"""Of each ten blocks of time, the sixth is held out."""
LONGEST_BLOCK = 24
LEAST_SIDE = 16
EYES_AND_MOUTH = (FEATURES[0], FEATURES[1], FEATURES[4])
FEATURE_MARGIN = 0.03
"""How far the weight of eyes and mouth reaches beyond them, as a share of the side."""


@dataclass(frozen=True, eq=False)
class FaceSet:
    """Aligned faces in order of time.

    Attributes:
        images: Square crops, gamma-coded RGB: faces, side, side, 3.
        masks: Where the face is: 255, elsewhere 0; faces, side, side.
        landmarks: FaceMesh points in pixels of the crops.
        pose: Yaw, pitch and roll in degrees; positive yaw turns to the image's right.

    Raises:
        UsageError: The arrays do not belong together, or hold fewer than LEAST_FACES faces.
    """

    images: UInt8[np.ndarray, "_ _ _ 3"]
    masks: UInt8[np.ndarray, "_ _ _"]
    landmarks: Float32[np.ndarray, "_ 468 3"]
    pose: Float32[np.ndarray, "_ 3"]

    def __post_init__(self) -> None:
        count, side = self.images.shape[:2]
        lengths = {len(self.images), len(self.masks), len(self.landmarks), len(self.pose)}
        if len(lengths) > 1 or self.masks.shape[1:] != (side, side) or self.images.shape[2:] != (side, 3):
            raise UsageError(
                f"Images {self.images.shape}, masks {self.masks.shape}, landmarks {self.landmarks.shape} and pose "
                f"{self.pose.shape} are not those of one set of square faces; extract the set anew."
            )
        if side < LEAST_SIDE:
            raise UsageError(f"Faces of {side} pixels a side hold no likeness; extract them at 64 or more.")
        if count < 1:
            raise UsageError("The set holds no face; name a film in which one is seen.")
        if not (np.isfinite(self.landmarks).all() and np.isfinite(self.pose).all()):
            raise UsageError("Some landmarks or poses of the set are no numbers; extract the set anew.")
        if not np.isin(self.masks, (0, 255)).all():
            raise UsageError("A mask holds other values than 0 and 255; extract the set anew.")

    def __len__(self) -> int:
        return len(self.images)

    @property
    def side(self) -> int:
        """Side of the crops in pixels."""
        return int(self.images.shape[1])

    def chosen(self, rows: Indices | Bool[np.ndarray, " faces"]) -> "FaceSet":
        """Some of the faces, by number or by a flag each."""
        return FaceSet(self.images[rows], self.masks[rows], self.landmarks[rows], self.pose[rows])

    def at(self, side: int) -> "FaceSet":
        """The same faces at another size; this very set when it has that size."""
        if side == self.side:
            return self
        images = np.stack([_resized(image, side) for image in self.images])
        masks = np.stack([_resized(mask, side) for mask in self.masks])
        landmarks = (self.landmarks * np.float32(side / self.side)).astype(np.float32)
        return FaceSet(images, np.where(masks < 128, 0, 255).astype(np.uint8), landmarks, self.pose)

    @cached_property
    def sha256(self) -> str:
        """Digest of pictures and masks, in hexadecimal: which faces a model was trained on."""
        digest = hashlib.sha256(repr(self.images.shape).encode())
        digest.update(np.ascontiguousarray(self.images).tobytes())
        digest.update(np.ascontiguousarray(self.masks).tobytes())
        return digest.hexdigest()


def joined(sets: Sequence[FaceSet]) -> FaceSet:
    """The faces of several sets of one size, one set after the other."""
    images, masks, landmarks, pose = (
        np.concatenate([getattr(one, name) for one in sets]) for name in ("images", "masks", "landmarks", "pose")
    )
    return FaceSet(images, masks, landmarks, pose)


def parted(faces: FaceSet) -> tuple[FaceSet, FaceSet]:
    """The faces to train on, and those held out: whole blocks of time, as neighbouring frames are nearly the same.

    Raises:
        UsageError: There are fewer than LEAST_FACES.
    """
    if len(faces) < LEAST_FACES:
        raise UsageError(f"The set holds {len(faces)} faces; training needs {LEAST_FACES} or more: name a longer film.")
    block = max(1, min(LONGEST_BLOCK, len(faces) // BLOCKS))
    held_out = np.arange(len(faces)) // block % BLOCKS == HELD_OUT_BLOCK
    return faces.chosen(~held_out), faces.chosen(held_out)


def spread_over_yaw(faces: FaceSet, count: int) -> Indices:
    """Numbers of ``count`` faces (or all, if fewer) from the one that looks furthest left to the one furthest right."""
    order = np.argsort(faces.pose[:, 0], kind="stable")
    places = np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int)
    return order[places]


def priority(faces: FaceSet) -> UInt8[np.ndarray, "faces side side"]:
    """Where eyes and mouth are, 255, fading to 0 around them: small parts that a likeness hangs on."""
    return np.stack([_eyes_and_mouth(points, side) for points, side in zip(faces.landmarks, repeat(faces.side))])


def _eyes_and_mouth(landmarks: Landmarks, side: int) -> UInt8[np.ndarray, "side side"]:
    weights = np.zeros((side, side), np.uint8)
    margin = max(1, round(2 * FEATURE_MARGIN * side))
    for feature in EYES_AND_MOUTH:
        hull = cv2.convexHull(np.rint(np.clip(landmarks[list(feature), :2], -side, 2 * side)).astype(np.int32))
        cv2.fillConvexPoly(weights, hull, 255)
        cv2.polylines(weights, [hull], True, 255, margin)
    return np.asarray(cv2.GaussianBlur(weights, (0, 0), max(margin / 2, 0.5)), np.uint8)


def _resized(picture: np.ndarray, side: int) -> np.ndarray:
    shrinks = side < len(picture)
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC))
