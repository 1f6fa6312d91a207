"""A network that tells drawn faces from filmed ones, for a generator to learn from.

Reference:
    Miyato et al., Spectral normalization for generative adversarial networks, ICLR 2018;
    Isola et al., Image-to-image translation with conditional adversarial networks, CVPR 2017, for verdicts on parts.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from unmask.networks.generator import LEAK, SHRINKAGE, Drawn, Maps

Verdicts = Float[Tensor, "batch 4 4"]
"""Above zero for a filmed face, below for a drawn one, for each cell of a grid; no probabilities."""

VARIANCE_FLOOR = 1e-8
GAIN = 2.0
"""Normalised layers and leaks weaken what passes; without this a verdict begins near zero and stays there for long."""


class Leak(nn.LeakyReLU):
    """A leaky unit that makes up for what the layer before it took away."""

    def __init__(self) -> None:
        super().__init__(LEAK)

    def forward(self, maps: Maps) -> Maps:
        """The maps, what lies below zero weakened."""
        return GAIN * super().forward(maps)


class Discriminator(nn.Module):
    """A picture of 64 × 64 to verdicts, one for each cell of a grid: a cell sees most of the face, its own place best.

    Args:
        width: Channels after the first halving.
        channels: 3 for RGB, 1 for luma.
    """

    def __init__(self, width: int, channels: int = 3) -> None:
        super().__init__()
        widths = [channels, *(factor * width for factor in SHRINKAGE)]
        layers: list[nn.Module] = []
        for inside, outside in pairwise(widths):
            layers += [spectral_norm(nn.Conv2d(inside, outside, 4, stride=2, padding=1)), Leak()]
        self.shrink = nn.Sequential(*layers)
        self.judge = nn.Sequential(
            spectral_norm(nn.Conv2d(widths[-1] + 1, widths[-1], 3, padding=1)),
            Leak(),
            spectral_norm(nn.Conv2d(widths[-1], 1, 1)),
        )

    def forward(self, pictures: Drawn) -> Verdicts:
        """One verdict for each cell of a picture; it depends a little on the others of the batch, see ``_variety``."""
        maps = self.shrink(2 * pictures - 1)
        verdicts: Tensor = self.judge(torch.cat([maps, _variety(maps)], dim=1))
        return verdicts.squeeze(1)


def _variety(maps: Maps) -> Float[Tensor, "batch 1 height width"]:
    """How much the pictures of a batch differ, as one more channel, so that a generator that repeats itself is caught.

    Reference:
        Karras et al., Progressive growing of GANs, ICLR 2018 (minibatch standard deviation).
    """
    deviation = (maps.var(dim=0, unbiased=False) + VARIANCE_FLOOR).sqrt().mean()
    return deviation.expand(len(maps), 1, *maps.shape[2:])
