"""A trained network for blends as the files that the detector reads: an ONNX file and its calibration."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from unmask.errors import InputError, UsageError
from unmask.media.writing import written_aside
from unmask.networks.blend import SIDE, BlendNetwork
from unmask.networks.export import MOST_APART, apart, write_graph
from unmask.training.blend_looks import Answer
from unmask.training.regression import Films, Fitted, alike, fit_line

INPUT, OUTPUTS = "pictures", ("totals", "places")


def write_blend(network: BlendNetwork, destination: Path) -> float:
    """Write a network, and see that ONNX Runtime finds with it what torch does.

    Returns:
        The largest difference between both.

    Raises:
        InputError: It is larger than ``MOST_APART``; nothing was written.
        OutputError: The file cannot be written.
    """
    network.learning(learns=False)
    example = np.random.default_rng(1).random((1, 3, SIDE, SIDE), np.float32)
    inputs = {INPUT: torch.from_numpy(example)}
    with written_aside(destination) as aside:
        write_graph(network, inputs, OUTPUTS, aside)
        far = apart(network, inputs, aside)
        if not far <= MOST_APART:
            raise InputError(f"The written network is {far:.2g} away from torch's, up to {MOST_APART:g} is the same.")
    return far


def calibrated(answers: Sequence[Answer]) -> Fitted:
    """The probability of forgery for a total, from trials of people whom the network was not trained on.

    Each person counts alike, and each person's own answers are calibrated without them.

    Raises:
        UsageError: There are fewer than two people.
    """
    people = [one.person for one in answers] * 2
    forged = [True] * len(answers) + [False] * len(answers)
    if len(set(people)) < 2:
        raise UsageError("A calibration needs trials of two people or more.")
    totals = np.array([*(one.fake for one in answers), *(one.real for one in answers)])
    films = Films(totals[:, None], np.array(forged, np.float64), tuple(people), alike(people, forged))
    return fit_line(films)
