from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from unmask.networks.export import write_graph
from unmask.networks.inference import OnnxNetwork
from unmask.networks.quantisation import write_int8

SIDE = 32


@pytest.fixture
def network(tmp_path: Path) -> Path:
    torch.manual_seed(1)
    layers = nn.Sequential(nn.Conv2d(3, 32, 3), nn.ReLU6(), nn.Conv2d(32, 32, 3), nn.ReLU6(), nn.Conv2d(32, 4, 3))
    write_graph(layers.eval(), {"pictures": torch.rand(1, 3, SIDE, SIDE)}, ["maps"], tmp_path / "whole.onnx")
    return tmp_path / "whole.onnx"


def pictures(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((count, 1, 3, SIDE, SIDE), np.float32)


def test_8_bits_say_nearly_the_same_in_a_smaller_file(network: Path, tmp_path: Path) -> None:
    write_int8(network, ({"pictures": one} for one in pictures(8, 1)), tmp_path / "small.onnx")
    assert (tmp_path / "small.onnx").stat().st_size < 0.6 * network.stat().st_size
    whole, small = OnnxNetwork(network), OnnxNetwork(tmp_path / "small.onnx")
    for one in pictures(4, 2):
        wanted, got = whole({"pictures": one})[0], small({"pictures": one})[0]
        assert np.abs(wanted - got).max() < 0.1 * np.ptp(wanted)
        assert not np.array_equal(wanted, got)


def test_ranges_come_from_the_examples(network: Path, tmp_path: Path) -> None:
    """Calibrated on the dark, it cannot tell what is bright."""
    for name, factor in (("right", 1.0), ("dark", 0.01)):
        write_int8(network, ({"pictures": factor * one} for one in pictures(8, 1)), tmp_path / f"{name}.onnx")
    (one,) = pictures(1, 2)
    wanted = OnnxNetwork(network)({"pictures": one})[0]
    far = [
        float(np.abs(OnnxNetwork(tmp_path / f"{name}.onnx")({"pictures": one})[0] - wanted).max())
        for name in ("right", "dark")
    ]
    assert far[1] > 3 * far[0]
