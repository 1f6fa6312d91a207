"""A small network that says which pixels of a levelled face are face, and not what covers it.

Reference:
    Ronneberger, Fischer, Brox: U-Net, MICCAI 2015; Wu and He, Group normalization, ECCV 2018; Liu et al., An intriguing
    failing of convolutional neural networks and the CoordConv solution, NeurIPS 2018, for places as channels.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import interpolate

FacePictures = Float[Tensor, "batch 3 128 128"]
"""Levelled faces, gamma-coded RGB, 0–1."""
FaceLogits = Float[Tensor, "batch 1 128 128"]
"""Above zero where a pixel is face rather than not; the sigmoid of it is a probability."""

SIDE = 128
WIDTHS = (12, 24, 48, 96)
"""Channels at 64, 32, 16 and 8 pixels."""
GROUPS = 4


class Refined(nn.Sequential):
    """Two convolutions, each evened in groups of channels; the first may halve the side."""

    def __init__(self, inside: int, outside: int, stride: int = 1) -> None:
        super().__init__(*_convolved(inside, outside, stride), *_convolved(outside, outside, 1))


class Segmenter(nn.Module):
    """A picture halved four times and doubled again, each size seeing what was known at that size before.

    Faces are levelled, so where a pixel lies says much: its place comes with its colours.
    """

    places: Tensor

    def __init__(self) -> None:
        super().__init__()
        widths = (5, *WIDTHS)
        self.down = nn.ModuleList(Refined(inside, outside, 2) for inside, outside in pairwise(widths))
        ups = [(below + own, own) for own, below in pairwise(WIDTHS)]
        self.up = nn.ModuleList(Refined(inside, outside) for inside, outside in reversed(ups))
        self.tell = nn.Sequential(nn.Conv2d(WIDTHS[0], 4, 3, padding=1), nn.PixelShuffle(2))
        along = torch.linspace(-1, 1, SIDE)
        self.register_buffer("places", torch.stack(torch.meshgrid(along, along, indexing="ij")), persistent=False)

    def forward(self, pictures: FacePictures) -> FaceLogits:
        """How much each pixel is face."""
        maps = torch.cat([2 * pictures - 1, self.places.expand(len(pictures), -1, -1, -1)], dim=1)
        kept: list[Tensor] = []
        for halve in self.down:
            maps = halve(maps)
            kept.append(maps)
        for refine, own in zip(self.up, reversed(kept[:-1]), strict=True):
            maps = refine(torch.cat([interpolate(maps, scale_factor=2, mode="nearest"), own], dim=1))
        logits: Tensor = self.tell(maps)
        return logits


def _convolved(inside: int, outside: int, stride: int) -> list[nn.Module]:
    layer = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return [layer, nn.GroupNorm(GROUPS, outside), nn.ReLU()]
