"""The three blocks of a face swap: halve a picture, double it, refine it."""

from typing import Literal, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

Maps = Float[Tensor, "batch channels height width"]

LEAK, RESIDUAL_LEAK = 0.1, 0.2
"""Slopes of the leaky units below zero."""


def convolution(inside: int, outside: int, kernel: int, *, stride: int = 1, separable: bool = False) -> nn.Module:
    """A convolution that keeps the size (at stride 1): full, or one a channel and then one a pixel.

    Its first weights keep the strength of what passes through many layers, without which all faces would look alike
    for a long time.

    Reference:
        He et al., Delving deep into rectifiers, ICCV 2015.
    """
    if not separable:
        return _begun(nn.Conv2d(inside, outside, kernel, stride, kernel // 2), "leaky_relu")
    each = nn.Conv2d(inside, inside, kernel, stride, kernel // 2, groups=inside, bias=False)
    return nn.Sequential(_begun(each, "linear"), _begun(nn.Conv2d(inside, outside, 1), "leaky_relu"))


def _begun(layer: nn.Conv2d, before: Literal["linear", "leaky_relu"]) -> nn.Conv2d:
    nn.init.kaiming_normal_(layer.weight, LEAK, nonlinearity=before)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


class Downscale(nn.Sequential):
    """Half the side, other channels."""

    def __init__(self, inside: int, outside: int, *, separable: bool = False) -> None:
        super().__init__(convolution(inside, outside, 5, stride=2, separable=separable), nn.LeakyReLU(LEAK))


class Upscale(nn.Sequential):
    """Twice the side: four channels become the four pixels of a square.

    The four begin alike, so that an untrained network draws no checkerboard.

    Reference:
        Shi et al., CVPR 2016; Aitken et al., arXiv:1707.02937, 2017.
    """

    def __init__(self, inside: int, outside: int, *, separable: bool = False) -> None:
        spread = convolution(inside, 4 * outside, 3, separable=separable)
        super().__init__(spread, nn.LeakyReLU(LEAK), nn.PixelShuffle(2))
        last = cast("nn.Conv2d", spread[-1] if isinstance(spread, nn.Sequential) else spread)
        with torch.no_grad():
            for weight in (last.weight, cast("Tensor", last.bias)):
                weight.copy_(weight[::4].repeat_interleave(4, dim=0))


class Residual(nn.Module):
    """The same size, refined by what two convolutions add.

    Reference:
        He et al., CVPR 2016.
    """

    def __init__(self, channels: int, *, separable: bool = False) -> None:
        super().__init__()
        self.added = nn.Sequential(
            convolution(channels, channels, 3, separable=separable),
            nn.LeakyReLU(RESIDUAL_LEAK),
            convolution(channels, channels, 3, separable=separable),
        )
        self.leak = nn.LeakyReLU(RESIDUAL_LEAK)

    def forward(self, maps: Maps) -> Maps:
        """The maps, refined."""
        refined: Tensor = self.leak(maps + self.added(maps))
        return refined
