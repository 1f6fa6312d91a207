"""What MobileNetV2 sees in parts of a face against what it sees around it: a picture and three masks → 928 numbers.

The network was taught on photographs of anything. Its maps tell of texture, edges and their arrangement; how the mean and
the spread of a map differ between two regions of one picture tells whether both come from one process.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from unmask.networks.mobilenet import Maps, MobileNet, Pictures

TAPS = (1, 3, 6, 10, 13)
"""Layers whose maps are read."""
SIDE = 256
"""Of picture and masks, pixels."""
LEAST_SPREAD, LEAST_SHARE = 0.05, 1e-3

Masks = Float[Tensor, "batch 3 height width"]
"""Share of each pixel that is inner face, rim, and surround, 0–1."""
Contrasts = Float[Tensor, "batch contrasts"]
"""Run over layer, region (inner face, rim), kind (means, spreads) and channel, the channel fastest."""


class RegionContrasts(nn.Module):
    """A trunk that is not trained, and the contrasts of its maps."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = MobileNet()

    def forward(self, picture: Pictures, masks: Masks) -> Contrasts:
        """Contrasts of the inner face and of the rim against the surround."""
        maps = self.trunk.evened(picture)
        found = []
        for number, layer in enumerate(self.trunk.features):
            maps = layer(maps)
            if number in TAPS:
                found.append(_contrasts(maps, masks))
        return torch.cat(found, dim=1)


def _contrasts(maps: Maps, masks: Masks) -> Contrasts:
    shares = avg_pool2d(masks, masks.shape[-1] // maps.shape[-1])
    middles, spreads = zip(*(_summed_up(maps, shares[:, region : region + 1]) for region in range(3)), strict=True)
    found = []
    for region in (0, 1):
        found += [middles[region] - middles[2], spreads[region] - spreads[2]]
    return torch.cat(found, dim=1)


def _summed_up(maps: Maps, share: Float[Tensor, "batch 1 rows columns"]) -> tuple[Tensor, Tensor]:
    """Mean of each channel in a region, and the logarithm of its spread."""
    weights = share / share.sum((2, 3), keepdim=True).clamp(min=LEAST_SHARE)
    middle = (maps * weights).sum((2, 3), keepdim=True)
    spread = ((maps - middle).square() * weights).sum((2, 3)).sqrt()
    return middle[:, :, 0, 0], (spread + LEAST_SPREAD).log()
