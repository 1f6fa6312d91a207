"""The face swap's networks: one encoder that sees what two faces share, decoders that draw each of them.

Both people pass the same encoder, which therefore learns expression, turn and light, as these are what they share.
Who it is comes from the decoder (``df``), or from the bottleneck (``liae``). The swap draws one person's face with
the expression of the other.

Reference:
    Perov et al., DeepFaceLab: Integrated, flexible and extensible face-swapping framework, arXiv:2005.05535, 2020.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from unmask.networks.blocks import Downscale, Maps, Residual, Upscale
from unmask.networks.shape import HALVINGS, Side, SwapShape

Pictures = Float[Tensor, "batch 3 side side"]
"""Gamma-coded RGB, 0–1."""
Masks = Float[Tensor, "batch 1 side side"]
"""Share of each pixel that is face, 0–1."""
Codes = Float[Tensor, "batch numbers"]
"""Faces, each pressed into a few numbers."""
Finer = Float[Tensor, "batch handed_on finer finer"]

EVEN_FLOOR = 1e-6


class Encoder(nn.Sequential):
    """A picture to a small grid of many channels."""

    def __init__(self, shape: SwapShape) -> None:
        widths = [3, *(shape.encoder_channels * 2**step for step in range(HALVINGS))]
        pairs = pairwise(widths)
        super().__init__(
            *(Downscale(inside, outside, separable=shape.separable and inside > 3) for inside, outside in pairs)
        )


class Inter(nn.Module):
    """The bottleneck: a face as a few numbers, and a grid again.

    What comes in is brought to one strength first, so that a bright picture and a dark one are heard alike.
    """

    def __init__(self, shape: SwapShape) -> None:
        super().__init__()
        cells = shape.grid**2
        self.press = _dense(shape.encoder_channels * 2 ** (HALVINGS - 1) * cells, shape.inter_channels)
        self.spread = _dense(shape.inter_channels, shape.inter_out_channels * cells)
        self.twice = Upscale(shape.inter_out_channels, shape.inter_out_channels, separable=shape.separable)
        self.grid = shape.grid

    def forward(self, maps: Maps) -> Finer:
        """A grid twice as fine as the encoder's."""
        return self.unpressed(self.pressed(maps))

    def pressed(self, maps: Maps) -> Codes:
        """A face as a few numbers."""
        flat = maps.flatten(1)
        codes: Tensor = self.press(flat * torch.rsqrt(flat.square().mean(1, keepdim=True) + EVEN_FLOOR))
        return codes

    def unpressed(self, codes: Codes) -> Finer:
        """The numbers as a grid again."""
        doubled: Tensor = self.twice(self.spread(codes).unflatten(1, (-1, self.grid, self.grid)))
        return doubled


def _dense(inside: int, outside: int) -> nn.Linear:
    layer = nn.Linear(inside, outside)
    nn.init.xavier_normal_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class Decoder(nn.Module):
    """A grid to a face and its mask."""

    def __init__(self, shape: SwapShape, inside: int) -> None:
        super().__init__()
        self.face = _branch(inside, shape.decoder_channels, 3, separable=shape.separable, refined=True)
        self.mask = _branch(inside, shape.mask_channels, 1, separable=shape.separable, refined=False)

    def forward(self, maps: Maps) -> tuple[Pictures, Masks]:
        """The face, and where it is."""
        return self.face(maps), self.mask(maps)


def _branch(inside: int, channels: int, outside: int, *, separable: bool, refined: bool) -> nn.Sequential:
    blocks: list[nn.Module] = []
    for factor in (8, 4, 2):
        blocks.append(Upscale(inside, channels * factor, separable=separable))
        inside = channels * factor
        if refined:
            blocks.append(Residual(inside, separable=separable))
    last = nn.Conv2d(inside, outside, 3, padding=1)
    nn.init.xavier_normal_(last.weight, gain=0.1)  # grey at first, far from the flat ends of the sigmoid
    return nn.Sequential(*blocks, last, nn.Sigmoid())


class SwapNetwork(nn.Module):
    """Encoder, bottlenecks and decoders of one shape.

    Weights whose names begin with ``encoder`` or ``inter`` know no person by name and may be pretrained on many.
    """

    def __init__(self, shape: SwapShape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        if shape.arch == "df":
            self.inter = Inter(shape)
            self.decoder_src = Decoder(shape, shape.inter_out_channels)
            self.decoder_dst = Decoder(shape, shape.inter_out_channels)
        else:
            self.inter_ab = Inter(shape)
            self.inter_b = Inter(shape)
            self.decoder = Decoder(shape, 2 * shape.inter_out_channels)

    def forward(self, pictures: Pictures, drawn_as: Side) -> tuple[Pictures, Masks]:
        """The faces drawn as one of the two people.

        Args:
            pictures: Faces of either person.
            drawn_as: Whose face is drawn; ``src`` for pictures of dst is the swap.

        Returns:
            Faces and masks.
        """
        return self.drawn_with_codes(pictures, drawn_as)[0]

    def drawn_with_codes(self, pictures: Pictures, drawn_as: Side) -> tuple[tuple[Pictures, Masks], Codes]:
        """The same, and what the bottleneck that both people share pressed the faces into."""
        maps = self._seen(pictures)
        if self.shape.arch == "df":
            codes = self.inter.pressed(maps)
            decoder = self.decoder_src if drawn_as == "src" else self.decoder_dst
            return decoder(self.inter.unpressed(codes)), codes
        codes = self.inter_ab.pressed(maps)
        shared = self.inter_ab.unpressed(codes)
        own = shared if drawn_as == "src" else self.inter_b(maps)
        return self.decoder(torch.cat([own, shared], dim=1)), codes

    def code(self, pictures: Pictures) -> Maps:
        """What is kept of faces in the bottleneck, and all that a decoder is told of them."""
        maps = self._seen(pictures)
        return self.inter(maps) if self.shape.arch == "df" else self.inter_b(maps)

    def _seen(self, pictures: Pictures) -> Maps:
        return self.encoder(2 * pictures - 1)
