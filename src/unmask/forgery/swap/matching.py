"""Both people pressed into the same codes: without it the encoder tells them apart, and one's decoder cannot read the other's.

A decoder draws well what lies where its own person's codes lie. So where they lie is watched while training runs, and codes of each
are drawn to where those of the other are: the same mean and the same spread in every number.

Reference:
    Ganin et al., Domain-adversarial training, JMLR 2016, for the aim; Sun and Saenko, Deep CORAL, ECCV 2016 workshops,
    for matching moments instead of training an adversary.
"""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from unmask.networks.autoencoder import Codes
from unmask.networks.shape import Side

RATE = 0.03
"""Share of a batch in the running figures."""
SPREAD_FLOOR = 1e-6
OTHER: Mapping[Side, Side] = {"src": "dst", "dst": "src"}

Scalar = Float[Tensor, ""]


class CodeMatch:
    """Where the codes of both people lie: their running mean and mean square in each number."""

    def __init__(self) -> None:
        self._mean: dict[Side, Tensor] = {}
        self._square: dict[Side, Tensor] = {}

    def loss(self, side: Side, codes: Codes) -> Scalar:
        """How far the codes of one person lie from those of the other; 0 before both were seen.

        The mean over all numbers of the squared distance of means, in variances, and half the squared relative difference
        of variances, as a batch would change them, and so as large whatever the size of the codes.

        Args:
            side: Whose codes they are.
            codes: A batch of them.
        """
        mean, square = codes.mean(0), codes.square().mean(0)
        if side in self._mean:
            mean = torch.lerp(self._mean[side], mean, RATE)
            square = torch.lerp(self._square[side], square, RATE)
        self._mean[side], self._square[side] = mean.detach(), square.detach()
        other = OTHER[side]
        if other not in self._mean:
            return codes.new_zeros(())
        spread = _spread(mean, square)
        other_spread = _spread(self._mean[other], self._square[other])
        common = ((spread + other_spread) / 2).detach()
        apart = (mean - self._mean[other]).square() / common
        uneven = ((spread - other_spread) / common).square() / 2
        away: Tensor = (apart + uneven).mean() / RATE
        return away

    def state(self) -> dict[str, Tensor]:
        """All that is needed to go on, by name."""
        return {f"mean.{side}": mean for side, mean in self._mean.items()} | {
            f"square.{side}": square for side, square in self._square.items()
        }

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from a state; an empty one begins anew."""
        sides: tuple[Side, ...] = ("src", "dst")
        self._mean = {side: state[f"mean.{side}"] for side in sides if f"mean.{side}" in state}
        self._square = {side: state[f"square.{side}"] for side in sides if f"square.{side}" in state}


def _spread(mean: Tensor, square: Tensor) -> Tensor:
    """Variance of each number."""
    return (square - mean.square()).clamp(min=SPREAD_FLOOR)
