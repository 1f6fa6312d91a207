"""The faces that a synthesis learns from: those of several people, each drawn equally often."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import torch
from jaxtyping import Int64, UInt8

from unmask.errors import UsageError
from unmask.forgery.swap.faceset import LEAST_FACES
from unmask.forgery.swap.store import FaceStore, face_set
from unmask.media.source import shown
from unmask.networks.generator import SIDE, Drawn

FacePictures = UInt8[np.ndarray, "faces 64 64 channels"]
"""Gamma-coded RGB or luma, 0–255."""
Owners = Int64[np.ndarray, " faces"]
"""Number of the store that a face is from."""


@dataclass(frozen=True, eq=False)
class TrainingFaces:
    """Faces to learn from.

    Attributes:
        pictures: Square crops.
        owners: Whose they are.

    Raises:
        UsageError: There are too few.
    """

    pictures: FacePictures
    owners: Owners

    def __post_init__(self) -> None:
        if len(self.pictures) < LEAST_FACES:
            raise UsageError(
                f"There are {len(self.pictures)} faces; drawing faces is learned from {LEAST_FACES} or more: name more stores."
            )

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def channels(self) -> int:
        """3 for RGB, 1 for luma."""
        return int(self.pictures.shape[3])

    @cached_property
    def sha256(self) -> str:
        """Digest of the pictures, in hexadecimal."""
        digest = hashlib.sha256(repr(self.pictures.shape).encode())
        digest.update(np.ascontiguousarray(self.pictures).tobytes())
        return digest.hexdigest()

    @cached_property
    def _by_owner(self) -> tuple[Owners, ...]:
        return tuple(np.flatnonzero(self.owners == owner) for owner in np.unique(self.owners))

    def batch(self, count: int, seed: int, iteration: int) -> Drawn:
        """Faces drawn by chance, half of them mirrored; the same for the same seed and iteration.

        Whose face it is is drawn first, so that a person with many pictures is learned no better than the others.
        """
        chance = np.random.default_rng((seed, iteration))
        rows = [int(chance.choice(self._by_owner[chance.integers(len(self._by_owner))])) for _ in range(count)]
        pictures = self.pictures[rows]
        mirrored = chance.random(count) < 0.5
        pictures[mirrored] = pictures[mirrored, :, ::-1]
        return as_tensor(pictures)


def faces_of(stores: Sequence[FaceStore], channels: int) -> TrainingFaces:
    """The faces of some stores.

    Args:
        stores: One a person; all cut out alike.
        channels: 3 for RGB, 1 for luma.

    Raises:
        UsageError: There are too few faces, or they are cut out differently.
        BrokenMedia: A picture is missing or damaged.
    """
    for store in stores[1:]:
        if store.face_type != stores[0].face_type:
            raise UsageError(
                f"{shown(stores[0].folder)} holds faces of type {stores[0].face_type}, {shown(store.folder)} of type {store.face_type}; prepare all alike."
            )
    sets = [face_set(store, SIDE).images for store in stores]
    owners = np.repeat(np.arange(len(sets)), [len(images) for images in sets])
    pictures = np.concatenate(sets)
    return TrainingFaces(pictures if channels == 3 else in_luma(pictures), owners.astype(np.int64))


def in_luma(pictures: UInt8[np.ndarray, "faces 64 64 3"]) -> UInt8[np.ndarray, "faces 64 64 1"]:
    """Gamma-coded luma of RGB pictures (BT.601)."""
    return np.stack([cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in pictures])[..., None]


def as_tensor(pictures: FacePictures) -> Drawn:
    """Pictures as networks take them, 0–1."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 255


def as_pictures(drawn: Drawn) -> FacePictures:
    """Pictures as networks give them, in 0–255."""
    levels = (drawn.detach().clamp(0, 1) * 255).round().to(torch.uint8)
    return np.ascontiguousarray(levels.permute(0, 2, 3, 1).numpy())
