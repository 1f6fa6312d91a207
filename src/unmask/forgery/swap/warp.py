"""Faces moved and bent: the network is shown a bent face and asked for the straight one.

What it learns this way is the shape of a face, not a copy of its pixels: another person's face, being shaped a little
differently, then comes out straightened to the one that the decoder knows.

Reference:
    Random affine and grid warps as in the published faceswap and DeepFaceLab code (Perov et al., arXiv:2005.05535).
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

Layers = Float[Tensor, "batch layers side side"]
"""Pictures with whatever must move with them, 0–1."""
Grid = Float[Tensor, "batch side side 2"]
"""Where each pixel is taken from: x and y, −1 to 1 from edge to edge."""

CELLS = (2, 3, 4)
"""Into how many cells a side is parted for bending; one of them is drawn for each batch."""


@dataclass(frozen=True, slots=True)
class Warp:
    """How strongly faces are moved and bent; each number bounds a draw, 0 switches it off.

    Attributes:
        rotation_degrees: Largest turn in the picture's plane.
        scale: Largest relative growth or shrinkage.
        shift: Largest shift, as a share of the side.
        bend: Standard deviation of the bent grid's corners, as a share of a cell.
        flip: Share of faces that are mirrored; useful where few turns of the head are known.
    """

    rotation_degrees: float = 10.0
    scale: float = 0.05
    shift: float = 0.05
    bend: float = 0.16
    flip: float = 0.0


def generator_of(seed: int, iteration: int) -> torch.Generator:
    """The chance of one iteration: it follows from these two numbers alone, so that no state needs to be kept."""
    word = int(np.random.SeedSequence((seed, iteration)).generate_state(1, np.uint64)[0])
    return torch.Generator().manual_seed(word)


def warped(layers: Layers, warp: Warp, generator: torch.Generator) -> tuple[Layers, Layers]:
    """Moved and bent layers to be shown, and moved, unbent layers as the goal.

    Args:
        layers: Pictures and what moves with them, such as a mask.
        warp: How strongly.
        generator: The chance.

    Returns:
        Two batches of the shape that came in; the edge of a picture is repeated beyond it.
    """
    grid = moving(len(layers), layers.shape[-1], warp, generator)
    bent = _sampled(grid.movedim(-1, 1), bending(len(layers), layers.shape[-1], warp, generator)).movedim(1, -1)
    return _sampled(layers, bent), _sampled(layers, grid)


def moving(count: int, side: int, warp: Warp, generator: torch.Generator) -> Grid:
    """A grid of random turn, scale, shift and mirroring for each picture."""

    def drawn(bound: float) -> Tensor:
        return (torch.rand(count, generator=generator) * 2 - 1) * bound

    angle = torch.deg2rad(drawn(warp.rotation_degrees))
    scale, right, down = 1 + drawn(warp.scale), drawn(2 * warp.shift), drawn(2 * warp.shift)
    mirror = torch.where(torch.rand(count, generator=generator) < warp.flip, -1.0, 1.0)
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    rows = (torch.stack([cosine * mirror, -sine, right]), torch.stack([sine * mirror, cosine, down]))
    matrices = torch.stack(rows).permute(2, 0, 1)
    return functional.affine_grid(matrices, [count, 1, side, side], align_corners=False)


def bending(count: int, side: int, warp: Warp, generator: torch.Generator) -> Grid:
    """A grid whose inner corners are drawn a little away from their places; its rim stays."""
    cells = CELLS[int(torch.randint(len(CELLS), (1,), generator=generator))]
    away = torch.zeros(count, 2, cells + 1, cells + 1)
    inner = torch.randn(count, 2, cells - 1, cells - 1, generator=generator).clamp(-2, 2)
    away[:, :, 1:-1, 1:-1] = inner * (warp.bend * 2 / cells)
    smooth = functional.interpolate(away, (side, side), mode="bicubic", align_corners=True)
    still = functional.affine_grid(torch.eye(2, 3)[None], [1, 1, side, side], align_corners=False)
    return still + smooth.movedim(1, -1)


def _sampled(layers: Tensor, grid: Grid) -> Tensor:
    return functional.grid_sample(layers, grid, mode="bilinear", padding_mode="border", align_corners=False)
