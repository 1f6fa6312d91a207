"""Faces shown in the colours of another person's, so that the encoder does not know people by their colours.

Reference:
    Reinhard et al., Color transfer between images, IEEE CG&A 2001; done at random while training as DeepFaceLab does.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from unmask.networks.autoencoder import Masks, Pictures

Statistics = Float[Tensor, "batch 3 1 1"]
LEAST_SPREAD = 0.02
INSIDE = 0.5


def recolored(pictures: Pictures, masks: Masks, others: Tensor, other_masks: Tensor) -> Pictures:
    """Pictures whose faces have the mean and the spread of red, green and blue that other faces have.

    Args:
        pictures: RGB, 0–1.
        masks: Where their faces are.
        others: As many pictures of other faces.
        other_masks: Where these are.
    """
    mean, spread = _statistics(pictures, masks)
    wanted, wanted_spread = _statistics(others, other_masks)
    changed = (pictures - mean) / spread.clamp(min=LEAST_SPREAD) * wanted_spread + wanted
    return changed.clamp(0, 1)


def _statistics(pictures: Tensor, masks: Tensor) -> tuple[Statistics, Statistics]:
    """Mean and standard deviation of each colour inside the masks."""
    inside = (masks > INSIDE).to(pictures.dtype)
    count = inside.sum((2, 3), keepdim=True).clamp(min=1.0)
    mean = (pictures * inside).sum((2, 3), keepdim=True) / count
    variance = ((pictures - mean).square() * inside).sum((2, 3), keepdim=True) / count
    return mean, torch.sqrt(variance)
