"""How large a face swap's networks are, as plain numbers: it can be listed without torch."""

from dataclasses import dataclass
from typing import Literal

from unmask.errors import UsageError

Arch = Literal["df", "liae"]
Side = Literal["src", "dst"]

HALVINGS = 4
"""How often the encoder halves the picture; the dense bottleneck sees a grid of resolution / 2**HALVINGS."""


@dataclass(frozen=True, slots=True)
class SwapShape:
    """Everything that fixes the number and size of the weights.

    Attributes:
        arch: ``df`` has one bottleneck for both people and a decoder for each; ``liae`` has a bottleneck for both, one
            for the second person, and one decoder.
        resolution: Side of the face pictures in pixels, a multiple of 16.
        encoder_channels: Channels after the first halving; each further halving doubles them.
        inter_channels: Numbers that a face is pressed into.
        inter_out_channels: Channels that the bottleneck hands on.
        decoder_channels: An eighth of the face branch's channels after the first doubling; they halve each time.
        mask_channels: The same of the mask branch.
        separable: Whether convolutions are parted into one a channel and one a pixel: few weights, little work.

    Raises:
        UsageError: A number is none that a network can be built of.

    Reference:
        Perov et al., DeepFaceLab, arXiv:2005.05535, 2020; Chollet, Xception, CVPR 2017, for separable convolutions.
    """

    arch: Arch
    resolution: int
    encoder_channels: int
    inter_channels: int
    inter_out_channels: int
    decoder_channels: int
    mask_channels: int
    separable: bool = False

    def __post_init__(self) -> None:
        if self.resolution % 2**HALVINGS or self.resolution < 2 * 2**HALVINGS:
            raise UsageError(f"A resolution of {self.resolution} is no multiple of 16 from 32 on; choose 64 or 96.")
        widths = (self.encoder_channels, self.inter_channels, self.inter_out_channels)
        if min(*widths, self.decoder_channels, self.mask_channels) < 1:
            raise UsageError("A network with no channels holds no face; each number of channels is 1 or more.")

    @property
    def grid(self) -> int:
        """Side of the grid that the bottleneck reads and makes."""
        return self.resolution // int(2**HALVINGS)
