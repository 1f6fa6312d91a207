"""Faces of one person as they are fed to the network, in an order that follows from the seed and the iteration."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Tensor

from unmask.forgery.swap.faceset import FaceSet, Indices, priority
from unmask.forgery.swap.recolor import recolored
from unmask.forgery.swap.warp import Layers, Warp, generator_of, warped
from unmask.networks.autoencoder import Masks, Pictures

YAW_BIN_DEGREES = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some faces: what is shown to the network and what it is to draw.

    Attributes:
        shown: Moved and bent faces, some in other colours.
        goal: The same faces, moved but straight.
        goal_mask: Where they are.
        features: Weight of eyes and mouth, 0–1.
    """

    shown: Pictures
    goal: Pictures
    goal_mask: Masks
    features: Masks


class Batches:
    """The faces of one person, kept as bytes and turned into numbers as they are needed.

    Args:
        faces: At the size of the network.
        batch: Faces in a batch.
        seed: Of order and warps; two people are given two.
        uniform_yaw: Draw turns of the head evenly, so that a rare profile is seen as often as the front.
        warp: How strongly faces are moved and bent.
        device: Where the batches go.
        others: The other person's faces, whose colours some are shown in; None shows all in their own.
        recolored: Share of the faces that are.
    """

    def __init__(
        self,
        faces: FaceSet,
        batch: int,
        seed: int,
        *,
        uniform_yaw: bool,
        warp: Warp,
        device: torch.device,
        others: FaceSet | None = None,
        recolored: float = 0.0,
    ) -> None:
        self._layers = torch.from_numpy(layers_of(faces))
        self._others = None if others is None else torch.from_numpy(layers_of(others)[:, :4])
        self._recolored = recolored
        self._batch, self._seed, self._warp, self._device = batch, seed, warp, device
        bins = np.floor(faces.pose[:, 0] / YAW_BIN_DEGREES)
        self._turns = [np.flatnonzero(bins == one) for one in np.unique(bins)] if uniform_yaw else None

    def of(self, iteration: int) -> Batch:
        """The batch of an iteration; the same each time it is asked for."""
        generator = generator_of(self._seed, iteration)
        layers = self._layers[torch.from_numpy(self.rows(iteration))].float() / 255
        shown, goal = warped(layers, self._warp, generator)
        return self._parted(self._in_other_colors(shown, generator), goal)

    def straight(self) -> Batch:
        """All faces as they are, neither moved nor bent."""
        layers = self._layers.float() / 255
        return self._parted(layers, layers)

    def rows(self, iteration: int) -> Indices:
        """Which faces the batch of an iteration holds: each once before any comes again, unless turns are evened."""
        if self._turns is not None:
            chance = np.random.default_rng((self._seed, iteration))
            turns = chance.integers(len(self._turns), size=self._batch)
            return np.array([chance.choice(self._turns[turn]) for turn in turns], np.int64)
        rounds, places = np.divmod(np.arange(self._batch) + (iteration - 1) * self._batch, len(self._layers))
        orders = {one: np.random.default_rng((self._seed, one)).permutation(len(self._layers)) for one in set(rounds)}
        return np.array([orders[one][place] for one, place in zip(rounds, places, strict=True)], np.int64)

    def _in_other_colors(self, shown: Layers, generator: torch.Generator) -> Layers:
        """Layers, of which some pictures have the colours of a face of the other person."""
        if self._others is None or self._recolored <= 0:
            return shown
        count = len(shown)
        others = self._others[torch.randint(len(self._others), (count,), generator=generator)].float() / 255
        changed = recolored(shown[:, :3], shown[:, 3:4], others[:, :3], others[:, 3:4])
        chosen = torch.rand(count, 1, 1, 1, generator=generator) < self._recolored
        return torch.cat([torch.where(chosen, changed, shown[:, :3]), shown[:, 3:]], dim=1)

    def _parted(self, shown: Tensor, goal: Tensor) -> Batch:
        pictures = shown[:, :3].to(self._device, memory_format=torch.channels_last)
        goal = goal.to(self._device)
        return Batch(pictures, goal[:, :3], goal[:, 3:4], goal[:, 4:5])


def layers_of(faces: FaceSet) -> UInt8[np.ndarray, "faces 5 side side"]:
    """Red, green, blue, mask, and the weight of eyes and mouth of each face: all that moves together."""
    colors = faces.images.transpose(0, 3, 1, 2)
    return np.concatenate([colors, faces.masks[:, None], priority(faces)[:, None]], axis=1)
