"""The network whose maps the detector ``consistency`` compares: MobileNetV2 as ImageNet taught it, with what reads it.

Run ``python -m unmask.training.contrasts OUT.onnx`` once. Nothing is trained here; the file is what torch computes.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from unmask.errors import InputError
from unmask.media.writing import written_aside
from unmask.networks.contrasts import SIDE, RegionContrasts
from unmask.networks.export import MOST_APART, apart, write_graph
from unmask.training.imagenet import imagenet_weights

OUTPUT = "contrasts"


def contrasts_network() -> RegionContrasts:
    """The network with its weights, set to judge.

    Raises:
        MissingComponent: The package with the weights is not installed.
    """
    network = RegionContrasts().eval()
    network.trunk.begin_from(imagenet_weights())
    return network


def write_contrasts(network: RegionContrasts, destination: Path) -> float:
    """Write a network, and see that ONNX Runtime finds with it what torch does.

    Returns:
        The largest difference between both.

    Raises:
        InputError: It is larger than ``MOST_APART``; nothing was written.
        OutputError: The file cannot be written.
    """
    inputs = _examples()
    with written_aside(destination) as aside:
        write_graph(network, inputs, [OUTPUT], aside)
        far = apart(network, inputs, aside)
        if not far <= MOST_APART:
            raise InputError(f"The written network is {far:.2g} away from torch's, up to {MOST_APART:g} is the same.")
    return far


def _examples() -> dict[str, Tensor]:
    """A picture of noise under a slope of light, and three stripes for masks; as large as a crop."""
    chance = np.random.default_rng(1)
    slope = np.linspace(0.2, 0.8, SIDE, dtype=np.float32)
    picture = np.clip(slope + chance.normal(0, 0.1, (1, 3, SIDE, SIDE)), 0, 1).astype(np.float32)
    stripe = np.arange(SIDE) * 3 // SIDE
    masks = np.broadcast_to(stripe == np.arange(3)[:, None, None], (3, SIDE, SIDE)).astype(np.float32)
    return {"picture": torch.from_numpy(picture), "masks": torch.from_numpy(masks)[None]}


if __name__ == "__main__":
    far_apart = write_contrasts(contrasts_network(), Path(sys.argv[1]))
    sys.stderr.write(f"ONNX Runtime and torch differ by {far_apart:.1g} at most.\n")
