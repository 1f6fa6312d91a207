"""A trained network for blends in numbers of 8 bits: what it then says, and what that costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np

from unmask.networks.inference import OnnxNetwork
from unmask.networks.quantisation import write_int8
from unmask.training.blend_export import INPUT
from unmask.training.blend_looks import FilmedPictures, Trial, as_input
from unmask.training.blend_pairs import LEARNED, make_pair
from unmask.training.faces import Faces
from unmask.training.filming import draw_filming, filmed

PAIRS = 64
"""From whose pictures the ranges of maps are read."""
TIMED_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Int8Answers:
    """What the network says in 8 bits, and what it costs.

    Attributes:
        fakes: Median total of each trial's forged pictures.
        reals: Of the same pictures before.
        milliseconds: Processor time of a picture, median over rounds, one thread.
        float_milliseconds: Of the network as it was trained, in turn with it.
    """

    fakes: tuple[float, ...]
    reals: tuple[float, ...]
    milliseconds: float
    float_milliseconds: float


def write_blend_int8(network: Path, seen: Sequence[Faces], seed: int, destination: Path) -> None:
    """Write a network in 8 bits, its ranges read from pairs of people whom it learned from.

    Args:
        network: As ``write_blend`` wrote it.
        seen: Films that it learned from.
        seed: For the pairs.
        destination: Where to.

    Raises:
        MissingComponent: The package onnx is not installed.
    """
    pictures = calibration_pictures(seen, seed)
    write_int8(network, ({INPUT: picture[None]} for picture in pictures), destination)


def calibration_pictures(seen: Sequence[Faces], seed: int) -> FilmedPictures:
    """Pairs made and filmed as in training, both members of each."""
    chance = np.random.default_rng([seed, PAIRS])
    pictures = []
    for _ in range(PAIRS):
        pair, filming = make_pair(seen, LEARNED, chance), draw_filming(chance)
        pictures += [filmed(pair.fake, filming), filmed(pair.real, filming)]
    return as_input(pictures)


def int8_answers(small: Path, network: Path, trials: Sequence[Trial]) -> Int8Answers:
    """What a network says in 8 bits of each trial, and its cost beside that of the network it was made from.

    Raises:
        UsageError: One of the files is no network that can be run here.
    """
    own, other = OnnxNetwork(small), OnnxNetwork(network)
    fakes = tuple(_median(own, trial.fakes) for trial in trials)
    reals = tuple(_median(own, trial.reals) for trial in trials)
    return Int8Answers(fakes, reals, *_milliseconds((own, other), trials[0].fakes[:1]))


def _median(network: OnnxNetwork, pictures: FilmedPictures) -> float:
    """The lower of two in the middle, as ``answers_of`` takes it."""
    totals = np.sort([network({INPUT: picture[None]})[0][0] for picture in pictures])
    return float(totals[(len(totals) - 1) // 2])


def _milliseconds(networks: Sequence[OnnxNetwork], picture: FilmedPictures) -> list[float]:
    """In turn, so that what else the machine does slows all alike."""
    spent: list[list[float]] = [[] for _ in networks]
    for _ in range(TIMED_ROUNDS):
        for network, times in zip(networks, spent, strict=True):
            begun = process_time()
            network({INPUT: picture})
            times.append(1000 * (process_time() - begun))
    return [float(np.median(times)) for times in spent]
