from pathlib import Path

import numpy as np
import pytest
import torch

from unmask.errors import UsageError
from unmask.networks.blend import SIDE, BlendNetwork
from unmask.networks.inference import OnnxNetwork
from unmask.training.blend_export import calibrated, write_blend
from unmask.training.blend_looks import Answer


def answer(person: str, fake: float, real: float) -> Answer:
    return Answer(person, "paste", "as it is", fake, real, overlap=0.5, pointed=1.0)


def test_the_file_answers_as_the_network_does(tmp_path: Path) -> None:
    torch.manual_seed(4)
    network = BlendNetwork()
    network.place_line.copy_(torch.tensor([2.0, 0.5]))
    assert write_blend(network, tmp_path / "blend.onnx") < 1e-3
    pictures = np.random.default_rng(3).random((1, 3, SIDE, SIDE), np.float32)
    totals, places = OnnxNetwork(tmp_path / "blend.onnx")({"pictures": pictures})
    with torch.inference_mode():
        wanted = network(torch.from_numpy(pictures))
    assert totals == pytest.approx(wanted[0].numpy(), abs=1e-3)
    assert np.abs(places - wanted[1].numpy()).max() < 1e-3


def test_a_total_between_forged_and_filmed_faces_is_undecided() -> None:
    chance = np.random.default_rng(5)
    answers = [answer(f"p{number % 8}", chance.normal(2.0), chance.normal(-2.0)) for number in range(40)]
    model = calibrated(answers).model
    low, middle, high = (model.fake(np.array([total]))[0] for total in (-3.0, 0.0, 3.0))
    assert low < 0.2
    assert 0.4 < middle < 0.6
    assert high > 0.8


def test_one_person_is_too_few_to_calibrate_on() -> None:
    with pytest.raises(UsageError, match="two people"):
        calibrated([answer("anna", 1.0, 0.0)])
