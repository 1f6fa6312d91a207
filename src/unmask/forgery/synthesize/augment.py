"""Light changes that a discriminator sees faces through, so that it cannot learn a few faces by heart.

Drawn and filmed faces pass the same changes, and gradients pass through them, so that they do not leak into what is
drawn.

Reference:
    Zhao et al., Differentiable augmentation for data-efficient GAN training, NeurIPS 2020.
"""

import torch
from torch.nn.functional import pad

from unmask.networks.generator import SIDE, Drawn

FARTHEST = 6
"""Pixels that a face is moved by at most, with nothing where it was."""
BRIGHTER, LEAST_CONTRAST, MOST_CONTRAST = 0.15, 0.7, 1.3


def augmented(pictures: Drawn, chance: torch.Generator) -> Drawn:
    """The pictures moved and lit otherwise, each by its own chance; values may leave 0–1."""
    return _moved(_lit(pictures, chance), chance)


def _lit(pictures: Drawn, chance: torch.Generator) -> Drawn:
    drawn = torch.rand(2, len(pictures), 1, 1, 1, generator=chance)
    contrast = LEAST_CONTRAST + (MOST_CONTRAST - LEAST_CONTRAST) * drawn[0]
    middle = pictures.mean((1, 2, 3), keepdim=True)
    return (pictures - middle) * contrast + middle + BRIGHTER * (2 * drawn[1] - 1)


def _moved(pictures: Drawn, chance: torch.Generator) -> Drawn:
    ways = torch.randint(0, 2 * FARTHEST + 1, (len(pictures), 2), generator=chance).tolist()
    wide = pad(pictures, (FARTHEST,) * 4)
    return torch.stack([one[:, y : y + SIDE, x : x + SIDE] for one, (y, x) in zip(wide, ways, strict=True)])
