"""The first layers of MobileNetV2: a picture → small maps of what is where in it.

Names and order of the weights are torchvision's, so that weights trained on ImageNet fit.

Reference:
    Sandler et al., MobileNetV2: Inverted residuals and linear bottlenecks, CVPR 2018.
"""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn

Pictures = Float[Tensor, "batch 3 height width"]
"""Gamma-coded RGB, 0–1."""
Maps = Float[Tensor, "batch channels rows columns"]

Stages = tuple[tuple[int, int, int, int], ...]
"""Widening, channels, blocks, and stride of the first block."""
STAGES: Stages = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1))
"""As far as maps of which each square stands for 16 × 16 pixels."""
ALL_STAGES: Stages = (*STAGES, (6, 160, 3, 2), (6, 320, 1, 1))
"""All there are, as far as maps of which each square stands for 32 × 32 pixels."""
FIRST_CHANNELS = 32
CHANNELS = STAGES[-1][1]
"""Of the last maps at a sixteenth."""
IMAGENET_MEAN, IMAGENET_SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class MobileNet(nn.Module):
    """MobileNetV2 as far as some of its maps; those at a sixteenth of the picture's side if nothing else is said.

    Args:
        stages: How far.

    Attributes:
        channels: Of the last maps.
    """

    features: nn.Sequential
    mean: Tensor
    spread: Tensor

    def __init__(self, stages: Stages = STAGES) -> None:
        super().__init__()
        self.channels = stages[-1][1]
        layers: list[nn.Module] = [_convolved(3, FIRST_CHANNELS, 3, stride=2)]
        inside = FIRST_CHANNELS
        for widening, outside, blocks, stride in stages:
            for block in range(blocks):
                layers.append(InvertedResidual(inside, outside, widening, stride if block == 0 else 1))
                inside = outside
        self.features = nn.Sequential(*layers)
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN)[:, None, None], persistent=False)
        self.register_buffer("spread", torch.tensor(IMAGENET_SPREAD)[:, None, None], persistent=False)

    def forward(self, pictures: Pictures) -> Maps:
        """The last maps."""
        maps: Tensor = self.features(self.evened(pictures))
        return maps

    def evened(self, pictures: Pictures) -> Pictures:
        """The pictures as ImageNet's were given to the network."""
        return (pictures - self.mean) / self.spread

    def begin_from(self, weights: Mapping[str, Tensor]) -> None:
        """Take the weights of a whole MobileNetV2; what lies beyond the last maps is left.

        Raises:
            KeyError: One is missing.
        """
        own = self.state_dict()
        self.load_state_dict({name: weights[name] for name in own})


class InvertedResidual(nn.Module):
    """Widened, convolved channel by channel, narrowed, and added to what came in where sizes allow."""

    def __init__(self, inside: int, outside: int, widening: int, stride: int) -> None:
        super().__init__()
        wide = inside * widening
        widened = [] if widening == 1 else [_convolved(inside, wide, 1)]
        narrowed = [nn.Conv2d(wide, outside, 1, bias=False), nn.BatchNorm2d(outside)]
        self.conv = nn.Sequential(*widened, _convolved(wide, wide, 3, stride=stride, groups=wide), *narrowed)
        self.adds = stride == 1 and inside == outside

    def forward(self, maps: Maps) -> Float[Tensor, "batch outside lower narrower"]:
        """Maps of the same size, or of half the side."""
        changed: Tensor = self.conv(maps)
        return maps + changed if self.adds else changed


def _convolved(inside: int, outside: int, kernel: int, *, stride: int = 1, groups: int = 1) -> nn.Sequential:
    layer = nn.Conv2d(inside, outside, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(outside), nn.ReLU6(inplace=True))
