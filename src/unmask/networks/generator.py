"""Small networks that draw faces of nobody at 64 pixels, in three ways of making a picture larger.

How a generator doubles a picture leaves a trace in it. A transposed convolution whose kernel is no multiple of its
stride covers some pixels more often than others, and a shuffle of pixels draws the four of a square by four kernels:
both leave patterns that repeat every other pixel. Repeating each pixel and then convolving leaves next to none.

Reference:
    Odena, Dumoulin, Olah: Deconvolution and checkerboard artifacts, Distill, 2016; Durall, Keuper, Keuper: Watch your
    up-convolution, CVPR 2020.
"""

from itertools import pairwise
from typing import Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor, nn

Upsampling = Literal["transposed", "nearest", "shuffle"]
UPSAMPLINGS: tuple[Upsampling, ...] = get_args(Upsampling)
Latents = Float[Tensor, "batch latent"]
"""What a picture is drawn from: numbers that are spread normally with deviation 1."""
Drawn = Float[Tensor, "batch channels 64 64"]
"""Gamma-coded RGB or luma, 0–1."""
Maps = Float[Tensor, "batch maps height width"]

SIDE, GRID = 64, 4
"""Pixels of a picture's side, and of the grid that it grows from."""
GROWTH = (8, 6, 4, 2, 1)
"""Channels from 4 to 64 pixels, in widths."""
SHRINKAGE = (1, 2, 4, 8)
"""Channels from 32 to 4 pixels, in widths."""
LEAK = 0.2
EVEN_FLOOR = 1e-6


class Evened(nn.Module):
    """Each pixel's channels brought to one strength, so that no channel runs away.

    Reference:
        Karras et al., Progressive growing of GANs, ICLR 2018.
    """

    def forward(self, maps: Maps) -> Maps:
        """The maps, of mean square one in each pixel."""
        return maps * torch.rsqrt(maps.square().mean(1, keepdim=True) + EVEN_FLOOR)


class Doubling(nn.Sequential):
    """Twice the side.

    Args:
        inside: Channels that come in.
        outside: Channels that go out.
        upsampling: ``transposed`` (kernel 3, stride 2), ``nearest`` (each pixel four times, then a convolution) or
            ``shuffle`` (four channels become a square; its kernels begin apart, as most published generators' do).
    """

    def __init__(self, inside: int, outside: int, upsampling: Upsampling) -> None:
        larger: list[nn.Module]
        if upsampling == "transposed":
            larger = [_begun(nn.ConvTranspose2d(inside, outside, 3, stride=2, padding=1, output_padding=1))]
        elif upsampling == "nearest":
            larger = [nn.Upsample(scale_factor=2, mode="nearest"), _begun(nn.Conv2d(inside, outside, 3, padding=1))]
        else:
            larger = [_begun(nn.Conv2d(inside, 4 * outside, 3, padding=1)), nn.PixelShuffle(2)]
        super().__init__(*larger, nn.LeakyReLU(LEAK), Evened())


class Generator(nn.Module):
    """Numbers to a picture of 64 × 64.

    Args:
        latent: How many numbers.
        width: Channels at 64 pixels; there are more where the picture is smaller.
        upsampling: How pictures are doubled.
        channels: 3 for RGB, 1 for luma.
    """

    def __init__(self, latent: int, width: int, upsampling: Upsampling, channels: int = 3) -> None:
        super().__init__()
        widths = [factor * width for factor in GROWTH]
        self.latent = latent
        self.spread = nn.Linear(latent, widths[0] * GRID**2)
        self.begin = nn.Sequential(nn.Unflatten(1, (widths[0], GRID, GRID)), nn.LeakyReLU(LEAK), Evened())
        self.grow = nn.Sequential(*(Doubling(inside, outside, upsampling) for inside, outside in pairwise(widths)))
        self.show = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, latents: Latents) -> Drawn:
        """The pictures that these numbers stand for."""
        return torch.sigmoid(self.show(self.grow(self.begin(self.spread(latents)))))


class Encoder(nn.Module):
    """A picture to the mean and the logarithm of the variance of the numbers that it may be drawn from.

    Reference:
        Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014.
    """

    def __init__(self, latent: int, width: int, channels: int = 3) -> None:
        super().__init__()
        self.shrink = nn.Sequential(*_halvings(width, channels), nn.Flatten())
        self.tell = nn.Linear(width * SHRINKAGE[-1] * GRID**2, 2 * latent)

    def forward(self, pictures: Drawn) -> tuple[Latents, Latents]:
        """Mean and log variance of each number."""
        told: Tensor = self.tell(self.shrink(2 * pictures - 1))
        mean, log_variance = told.chunk(2, dim=1)
        return mean, log_variance


def _halvings(width: int, channels: int) -> list[nn.Module]:
    widths = [channels, *(factor * width for factor in SHRINKAGE)]
    layers: list[nn.Module] = []
    for inside, outside in pairwise(widths):
        layers += [_begun(nn.Conv2d(inside, outside, 4, stride=2, padding=1)), nn.LeakyReLU(LEAK)]
    return layers


def _begun(layer: nn.Conv2d | nn.ConvTranspose2d) -> nn.Conv2d | nn.ConvTranspose2d:
    """First weights that keep the strength of what passes."""
    nn.init.kaiming_normal_(layer.weight, LEAK, nonlinearity="leaky_relu")
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
