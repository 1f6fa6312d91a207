"""What a network costs, counted on shapes alone: nothing is computed and no memory is taken."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from unmask.networks.autoencoder import SwapNetwork
from unmask.networks.shape import SwapShape


def parameter_count(shape: SwapShape) -> int:
    """How many weights are trained, all bottlenecks and decoders together."""
    with torch.device("meta"):
        return sum(weight.numel() for weight in SwapNetwork(shape).parameters())


def train_gflop(shape: SwapShape, batch: int = 4) -> float:
    """Work of one iteration forth and back on ``batch`` faces of each person, in 10⁹ floating point operations.

    A multiplication and its addition count as two; the losses and the optimiser are not counted.
    """
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        network = SwapNetwork(shape)
        pictures = torch.zeros(batch, 3, shape.resolution, shape.resolution)
        drawn = (*network(pictures, "src"), *network(pictures, "dst"))
        sum(part.sum() for part in drawn).backward()
    return counter.get_total_flops() / 1e9
