import numpy as np
import pytest

from unmask.errors import MissingComponent
from unmask.faces.networks import Network, network


def test_a_network_is_loaded_once() -> None:
    assert network("face_landmark") is network("face_landmark")


def test_a_network_loads_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    Network("face_landmark")
    assert capfd.readouterr() == ("", "")


def test_a_network_answers_the_same_twice() -> None:
    picture = np.random.default_rng(0).random((1, 192, 192, 3), np.float32)
    first, second = (network("face_landmark")(picture) for _ in range(2))
    assert all((one == other).all() for one, other in zip(first, second, strict=True))


def test_an_unknown_weight_is_missing() -> None:
    with pytest.raises(MissingComponent, match="No weight is called 'nobody'"):
        Network("nobody")
