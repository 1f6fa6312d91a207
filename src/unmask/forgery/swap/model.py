"""A trained face swap, ready to draw: faces in, faces and masks out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from torch import Tensor

from unmask.errors import UsageError
from unmask.forgery.steady import one_thread
from unmask.forgery.swap.checkpoint import Checkpoint, read_checkpoint
from unmask.networks.autoencoder import Pictures, SwapNetwork
from unmask.networks.shape import Side, SwapShape

DRAWN_AT_ONCE = 16
"""Faces in one pass, which bounds the memory."""

Faces = UInt8[np.ndarray, "faces side side 3"]


@dataclass(frozen=True, slots=True, eq=False)
class DrawnFaces:
    """What a model drew.

    Attributes:
        images: Gamma-coded RGB.
        masks: Share of each pixel that is face, 0–1.
    """

    images: Faces
    masks: Float32[np.ndarray, "faces side side"]


class SwapModel:
    """The networks with their weights, for drawing only; training holds its own."""

    def __init__(self, network: SwapNetwork) -> None:
        self._network = network.eval()
        self._device = next(network.parameters()).device

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> "SwapModel":
        """The model that a checkpoint holds."""
        return cls(network_with(checkpoint.shape, checkpoint.weights))

    @classmethod
    def load(cls, path: Path) -> "SwapModel":
        """The model from a checkpoint's file.

        Raises:
            InputError: It is no whole checkpoint.
        """
        return cls.of(read_checkpoint(path))

    @property
    def shape(self) -> SwapShape:
        """Sizes of the networks."""
        return self._network.shape

    def reconstruct(self, images: Faces, side: Side) -> DrawnFaces:
        """Faces drawn as one person: ``src`` for pictures of src and ``dst`` for those of dst tell how well it learned.

        Raises:
            UsageError: The faces have another size than the model's.
        """
        self._require_size(images)
        starts = range(0, max(len(images), 1), DRAWN_AT_ONCE)
        some = (as_pictures(images[start : start + DRAWN_AT_ONCE]).to(self._device) for start in starts)
        with torch.inference_mode(), one_thread():
            parts = [self._network(pictures, side) for pictures in some]
        return DrawnFaces(
            np.concatenate([_as_images(faces) for faces, _ in parts]),
            np.concatenate([masks[:, 0].cpu().numpy() for _, masks in parts]),
        )

    def swap(self, images: Faces) -> DrawnFaces:
        """Faces of dst drawn as src: src's looks with dst's expression, turn and light.

        Raises:
            UsageError: The faces have another size than the model's.
        """
        return self.reconstruct(images, "src")

    def code(self, images: Faces) -> Float32[np.ndarray, "faces rows columns"]:
        """Mean strength of what is kept of faces in the bottleneck, at each place of its grid.

        Raises:
            UsageError: The faces have another size than the model's.
        """
        self._require_size(images)
        with torch.inference_mode(), one_thread():
            maps = self._network.code(as_pictures(images).to(self._device))
        return np.asarray(maps.abs().mean(dim=1).cpu().numpy(), np.float32)

    def _require_size(self, images: Faces) -> None:
        if images.shape[1] != self.shape.resolution:
            raise UsageError(
                f"Faces of {images.shape[1]} pixels a side do not fit a model of {self.shape.resolution}; resize them."
            )


def network_with(shape: SwapShape, weights: Mapping[str, Tensor]) -> SwapNetwork:
    """A network that holds these weights (without copying them).

    Raises:
        UsageError: They are those of another shape.
    """
    with torch.device("meta"):
        network = SwapNetwork(shape)
    wanted = {name: weight.shape for name, weight in network.state_dict().items()}
    if wanted != {name: weight.shape for name, weight in weights.items()}:
        raise UsageError(f"The weights are not those of a {shape.arch} network of {shape.resolution} pixels.")
    network.load_state_dict(dict(weights), assign=True)
    return network


def as_pictures(images: Faces) -> Pictures:
    """Bytes as the network takes them: channels first, 0–1."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 255


def _as_images(pictures: Pictures) -> Faces:
    images: Faces = (pictures * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return images
