"""A network that says whether a face was laid over a picture, and where.

Reference:
    Li et al., Face X-ray, CVPR 2020, for the place of the blend beside the label; Sandler et al., MobileNetV2, CVPR 2018, for what reads the picture.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import interpolate

from unmask.errors import UsageError
from unmask.networks.mobilenet import ALL_STAGES, MobileNet, Pictures
from unmask.networks.residuals import ResidualNet

SIDE = 224
"""Of the picture, pixels."""
MASK_SIDE = 28
FINE_CHANNELS = 32
"""Of the maps that are MASK_SIDE wide."""
MASK_CHANNELS, DROPPED = 32, 0.3

Net = Literal["mobilenet16", "mobilenet32", "residual16"]


@dataclass(frozen=True, slots=True)
class Trunk:
    """What reads a picture before the heads do.

    Attributes:
        make: The network.
        pixels: Side that a square of its last maps stands for.
        frozen: Its first layers that are not trained: those that see edges and colours as ImageNet taught them, or fixed filters.
        fine: Number of the layer whose maps are the last that are MASK_SIDE wide.
    """

    make: Callable[[], MobileNet | ResidualNet]
    pixels: int
    frozen: int
    fine: int


TRUNKS: Mapping[Net, Trunk] = {
    "mobilenet16": Trunk(MobileNet, pixels=16, frozen=4, fine=6),
    "mobilenet32": Trunk(lambda: MobileNet(ALL_STAGES), pixels=32, frozen=4, fine=6),
    "residual16": Trunk(ResidualNet, pixels=16, frozen=1, fine=6),
}

Logits = Float[Tensor, " batch"]
"""Above zero where a face was laid over the picture rather than not."""
MaskLogits = Float[Tensor, "batch 28 28"]
"""Likewise for each square of 8 × 8 pixels."""


class BlendNetwork(nn.Module):
    """Maps of a trunk, read twice: square by square, and as a whole with an eye on the suspect squares.

    Args:
        net: What reads the picture, a key of TRUNKS.

    Attributes:
        place_line: Slope and offset of what is given out for the squares. While it learns, most squares it sees belong to
            originals; once it has, they are to say where a face was laid over, if one was.
    """

    place_line: Tensor

    def __init__(self, net: Net = "mobilenet16") -> None:
        super().__init__()
        self._plan = TRUNKS[net]
        self.trunk = self._plan.make()
        self.times = self._plan.pixels * MASK_SIDE // SIDE
        self.coarse = nn.Conv2d(self.trunk.channels, MASK_CHANNELS, 1)
        self.fine = nn.Conv2d(FINE_CHANNELS, MASK_CHANNELS, 1)
        self.place = nn.Conv2d(MASK_CHANNELS, 1, 3, padding=1)
        self.drop = nn.Dropout(DROPPED)
        self.label = nn.Linear(3 * self.trunk.channels, 1)
        self.register_buffer("place_line", torch.tensor([1.0, 0.0]), persistent=False)

    def begin_from(self, weights: Mapping[str, Tensor]) -> None:
        """Let the trunk know what a whole MobileNetV2 knows.

        Raises:
            UsageError: The trunk is none of its kind.
            KeyError: A weight is missing.
        """
        if not isinstance(self.trunk, MobileNet):
            raise UsageError("This network is no MobileNetV2 and begins from chance; add --begin chance.")
        self.trunk.begin_from(weights)

    def forward(self, pictures: Pictures) -> tuple[Logits, MaskLogits]:
        """The answer for the whole picture, and for each of its squares."""
        layers = list(self.trunk.features)
        maps = self.trunk.evened(pictures)
        with torch.no_grad():
            maps = _through(layers[: self._plan.frozen], maps)
        fine = _through(layers[self._plan.frozen : self._plan.fine + 1], maps)
        maps = _through(layers[self._plan.fine + 1 :], fine)
        wider = interpolate(self.coarse(maps), scale_factor=float(self.times), mode="nearest")
        places: Tensor = self.place(torch.relu(wider + self.fine(fine)))
        suspect = nn.functional.avg_pool2d(torch.sigmoid(places), self.times)
        attended = (maps * suspect).sum((2, 3)) / (suspect.sum((2, 3)) + 1)
        read = torch.cat([maps.mean((2, 3)), maps.amax((2, 3)), attended], dim=1)
        logits: Tensor = self.label(self.drop(read))
        return logits[:, 0], places[:, 0] * self.place_line[0] + self.place_line[1]

    def learning(self, *, learns: bool) -> None:
        """Train or judge; what ImageNet taught of the usual size of each map stays as it is."""
        self.train(learns)
        for layer in self.trunk.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.eval()


def _through(layers: Sequence[nn.Module], maps: Tensor) -> Tensor:
    for layer in layers:
        maps = layer(maps)
    return maps
