"""Pictures drawn anew by the last steps of a network that nobody trained, for the traces that such steps leave.

A picture is shrunk and grown again in steps of two. Each step doubles the picture by kernels that come near to plain
interpolation and miss it by chance, as those of a trained network do, and adds detail that it makes up from hidden maps.

Reference:
    Zhang, Karaman, Chang: Detecting and simulating artifacts in GAN fake images, WIFS 2019, who train on pictures sent
    through the upsampling alone; Odena, Dumoulin, Olah: Deconvolution and checkerboard artifacts, Distill, 2016.
"""

from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

import cv2
import numpy as np
from jaxtyping import Float32, Float64

from unmask.types import RgbImage

Doubling = Literal["transposed", "nearest", "shuffle"]
DOUBLINGS: tuple[Doubling, ...] = get_args(Doubling)
LEAST_SIDE = 12
"""Pixels of a shrunk picture, below which no face is left in it."""
HIDDEN = 4
LEAK = 0.2

Maps = Float32[np.ndarray, "rows columns maps"]
Larger = Float32[np.ndarray, "twice_the_rows twice_the_columns colors"]
Kernels = Float64[np.ndarray, "phases inside outside 3 3"]
SMOOTH = np.outer([1.0, 2.0, 1.0], [1.0, 2.0, 1.0]) / 16


@dataclass(frozen=True, slots=True, eq=False)
class Decoder:
    """The last steps of a network.

    Attributes:
        doubling: How pictures are doubled, as ``unmask.networks.generator`` names it.
        steps: How often.
        miss: Spread by which each weight misses plain interpolation, as a share of the largest.
        made_up: Spread of the detail that hidden maps add, as a share of the detail that is there.
        seed: Of all weights.
    """

    doubling: Doubling
    steps: int
    miss: float
    made_up: float
    seed: int


def draw_decoder(doublings: tuple[Doubling, ...], chance: np.random.Generator) -> Decoder:
    """A network drawn at random."""
    return Decoder(
        doublings[int(chance.integers(len(doublings)))],
        int(chance.integers(1, 4)),
        float(np.exp(chance.uniform(np.log(0.01), np.log(0.15)))),
        float(np.exp(chance.uniform(np.log(0.05), np.log(1.0)))),
        int(chance.integers(2**31)),
    )


def drawn_anew(picture: RgbImage, decoder: Decoder) -> RgbImage:
    """A picture of the same size as the network draws it; with fewer steps where it is small."""
    chance = np.random.default_rng(decoder.seed)
    height, width = picture.shape[:2]
    steps = decoder.steps
    while steps > 1 and min(height, width) >> steps < LEAST_SIDE:
        steps -= 1
    small = (-(-width // 2**steps), -(-height // 2**steps))
    maps = np.asarray(cv2.resize(picture.astype(np.float32), small, interpolation=cv2.INTER_AREA), np.float32)
    for _ in range(steps):
        maps = _step(maps, decoder, chance)
    return np.clip(np.rint(maps[:height, :width]), 0, 255).astype(np.uint8)


def _step(maps: Maps, decoder: Decoder, chance: np.random.Generator) -> Larger:
    """Twice the side: what is there, and what hidden maps make up."""
    detail = maps - np.asarray(cv2.GaussianBlur(maps, (0, 0), 1.0), np.float32)
    mixed = detail @ chance.normal(0, 1, (3, HIDDEN)).astype(np.float32)
    hidden = np.where(mixed > 0, mixed, LEAK * mixed)
    added = _doubled(hidden, decoder.doubling, _free_kernels(decoder.doubling, chance))
    strength = decoder.made_up * float(detail.std()) / max(float(added.std()), 1e-3)
    grown = _doubled(maps, decoder.doubling, _near_kernels(decoder, chance))
    return np.asarray(grown + np.float32(strength) * (added - added.mean()), np.float32)


def _near_kernels(decoder: Decoder, chance: np.random.Generator) -> Kernels:
    """Kernels of three colours to three that come near to plain interpolation."""
    phases = 4 if decoder.doubling == "shuffle" else 1
    kernels = np.zeros((phases, 3, 3, 3, 3))
    for phase, color in product(range(phases), range(3)):
        kernels[phase, color, color] = _shifted(phase) if decoder.doubling == "shuffle" else SMOOTH
    kernels += decoder.miss * kernels.max() * chance.normal(0, 1, kernels.shape)
    return np.asarray(kernels / kernels.sum(axis=(0, 1, 3, 4), keepdims=True) * phases, np.float64)


def _free_kernels(doubling: Doubling, chance: np.random.Generator) -> Kernels:
    """Kernels of the hidden maps to three colours, the same for all colours but for a little."""
    phases = 4 if doubling == "shuffle" else 1
    shared = chance.normal(0, 1, (phases, HIDDEN, 1, 3, 3))
    return np.asarray(shared + 0.3 * chance.normal(0, 1, (phases, HIDDEN, 3, 3, 3)), np.float64)


def _doubled(maps: Maps, doubling: Doubling, kernels: Kernels) -> Larger:
    if doubling == "shuffle":
        parts = [_convolved(maps, kernel) for kernel in kernels]
        larger = np.empty((2 * maps.shape[0], 2 * maps.shape[1], parts[0].shape[2]), np.float32)
        for phase, part in enumerate(parts):
            larger[phase // 2 :: 2, phase % 2 :: 2] = part
        return larger
    repeated = np.repeat(np.repeat(maps, 2, axis=0), 2, axis=1)
    if doubling == "nearest":
        return _convolved(repeated, kernels[0])
    apart = np.zeros_like(repeated)
    apart[::2, ::2] = 4 * maps
    return _convolved(apart, kernels[0])


def _convolved(
    maps: Maps, kernel: Float64[np.ndarray, "maps colors 3 3"]
) -> Float32[np.ndarray, "rows columns colors"]:
    return np.stack(
        [
            np.sum([cv2.filter2D(maps[..., k], -1, one) for k, one in enumerate(kernel[:, color])], axis=0)
            for color in range(kernel.shape[1])
        ],
        axis=-1,
    ).astype(np.float32)


def _shifted(phase: int) -> Float64[np.ndarray, "3 3"]:
    """Weights by which one of four places in a square lies between the pixels of the smaller picture."""
    ways = ([0.25, 0.75, 0.0], [0.0, 0.75, 0.25])
    return np.outer(ways[phase // 2], ways[phase % 2])
