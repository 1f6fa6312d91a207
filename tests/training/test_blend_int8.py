from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training.drawn_faces import drawn_faces
from unmask.networks.blend import BlendNetwork
from unmask.training import blend_int8
from unmask.training.blend_export import write_blend
from unmask.training.blend_int8 import calibration_pictures, int8_answers, write_blend_int8
from unmask.training.blend_looks import answers_of, trials_of


@pytest.fixture(autouse=True)
def few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blend_int8, "PAIRS", 2)


def test_the_same_seed_calibrates_on_the_same_pictures() -> None:
    one, again, other = (calibration_pictures(drawn_faces(), seed) for seed in (1, 1, 2))
    assert one.shape == (4, 3, 224, 224)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_trials_are_answered_in_8_bits_as_the_network_answers_them(tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = BlendNetwork()
    write_blend(network, tmp_path / "whole.onnx")
    write_blend_int8(tmp_path / "whole.onnx", drawn_faces(), 1, tmp_path / "small.onnx")
    trials = trials_of(drawn_faces()[:2], seed=1)[:4]
    wanted = answers_of(network, trials)
    same = int8_answers(tmp_path / "whole.onnx", tmp_path / "whole.onnx", trials)
    assert same.fakes == pytest.approx([one.fake for one in wanted], abs=1e-3)
    assert same.reals == pytest.approx([one.real for one in wanted], abs=1e-3)
    small = int8_answers(tmp_path / "small.onnx", tmp_path / "whole.onnx", trials)
    assert small.fakes != same.fakes
    assert 0 < small.milliseconds < 1000
