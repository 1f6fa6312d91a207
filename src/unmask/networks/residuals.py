"""What fixed high-pass filters leave of a picture, read by a small network: a picture → small maps.

What a picture shows is mostly gone after the filters, what processing did to its finest detail is not. The network begins
from chance: filters that ImageNet taught see what is shown.

Reference:
    Fridrich and Kodovsky, Rich models for steganalysis of digital images, IEEE TIFS 7(3), 2012, for the filters;
    Zhou et al., Learning rich features for image manipulation detection, CVPR 2018, for reading them by a network.
"""

import torch
from torch import Tensor, nn

from unmask.networks.mobilenet import Maps, Pictures

SQUARE_3 = ((0, 0, 0, 0, 0), (0, -1, 2, -1, 0), (0, 2, -4, 2, 0), (0, -1, 2, -1, 0), (0, 0, 0, 0, 0))
SQUARE_5 = ((-1, 2, -2, 2, -1), (2, -6, 8, -6, 2), (-2, 8, -12, 8, -2), (2, -6, 8, -6, 2), (-1, 2, -2, 2, -1))
ALONG_ROWS = ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (0, 1, -2, 1, 0), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0))
FILTERS = ((SQUARE_3, 4), (SQUARE_5, 12), (ALONG_ROWS, 2))
"""Each with what its answers are divided by."""
LEVELS = 255.0
MOST_LEVELS = 3.0
"""A residual of more levels is cut off: edges of what is shown are not to outshine everything."""
WIDTHS = (32, 32, 48, 48, 64, 32, 96, 96)
"""Channels after each convolution; every second one, from the first on, halves the side."""
GROUPS = 8


class ResidualNet(nn.Module):
    """Residuals of three filters in each colour, then convolutions down to a sixteenth of the picture's side.

    Attributes:
        channels: Of the last maps.
    """

    features: nn.Sequential

    def __init__(self) -> None:
        super().__init__()
        self.channels = WIDTHS[-1]
        layers: list[nn.Module] = [Residuals()]
        inside = 3 * len(FILTERS)
        for number, width in enumerate(WIDTHS):
            layers.append(_convolved(inside, width, stride=1 + (number + 1) % 2))
            inside = width
        self.features = nn.Sequential(*layers)

    def forward(self, pictures: Pictures) -> Maps:
        """The last maps."""
        maps: Tensor = self.features(self.evened(pictures))
        return maps

    def evened(self, pictures: Pictures) -> Pictures:
        """The pictures in levels of 8 bits."""
        return pictures * LEVELS


class Residuals(nn.Module):
    """What three fixed filters leave of each colour, within ±1."""

    kernels: Tensor

    def __init__(self) -> None:
        super().__init__()
        kernels = torch.stack([torch.tensor(kernel, dtype=torch.float32) / by for kernel, by in FILTERS])
        self.register_buffer("kernels", kernels[:, None].repeat(3, 1, 1, 1), persistent=False)

    def forward(self, levels: Pictures) -> Maps:
        """Nine maps of the pictures' size."""
        left = nn.functional.conv2d(levels, self.kernels, padding=2, groups=3)
        return left.clamp(-MOST_LEVELS, MOST_LEVELS) / MOST_LEVELS


def _convolved(inside: int, outside: int, *, stride: int) -> nn.Sequential:
    # Groups of maps are evened within each picture: there is no telling from others what is usual, as there is in a batch.
    layer = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
    return nn.Sequential(layer, nn.GroupNorm(GROUPS, outside), nn.ReLU(inplace=True))
