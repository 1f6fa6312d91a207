from pathlib import Path

import numpy as np
import pytest
import torch

from unmask.errors import InputError
from unmask.networks.contrasts import SIDE, RegionContrasts
from unmask.networks.inference import OnnxNetwork
from unmask.training import contrasts
from unmask.training.contrasts import write_contrasts


@pytest.fixture(scope="module")
def network() -> RegionContrasts:
    """With weights by chance: what is written must compute the same, whatever they are."""
    torch.manual_seed(1)
    return RegionContrasts().eval()


def test_the_written_network_finds_what_torch_finds(network: RegionContrasts, tmp_path: Path) -> None:
    path = tmp_path / "contrasts.onnx"
    assert write_contrasts(network, path) <= 1e-3
    written = OnnxNetwork(path)
    assert written.inputs == {"picture": [1, 3, SIDE, SIDE], "masks": [1, 3, SIDE, SIDE]}
    assert written.outputs == {"contrasts": [1, 928]}
    chance = np.random.default_rng(2)
    picture, masks = (chance.random((1, 3, SIDE, SIDE), np.float32) for _ in range(2))
    (found,) = written({"picture": picture, "masks": masks})
    with torch.inference_mode():
        wanted = network(torch.from_numpy(picture), torch.from_numpy(masks)).numpy()
    np.testing.assert_allclose(found, wanted, atol=1e-3)


def test_a_file_that_finds_something_else_is_not_left_behind(
    network: RegionContrasts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contrasts, "MOST_APART", -1.0)
    with pytest.raises(InputError, match="away from torch's"):
        write_contrasts(network, tmp_path / "contrasts.onnx")
    assert not list(tmp_path.iterdir())
