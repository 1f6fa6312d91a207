import pytest
import torch

from unmask.networks.mobilenet import ALL_STAGES, CHANNELS, MobileNet


def test_a_map_stands_for_sixteen_pixels_a_side() -> None:
    with torch.inference_mode():
        assert MobileNet()(torch.rand(2, 3, 64, 96)).shape == (2, CHANNELS, 4, 6)


def test_a_map_of_all_stages_stands_for_thirty_two() -> None:
    with torch.inference_mode():
        assert MobileNet(ALL_STAGES)(torch.rand(1, 3, 64, 96)).shape == (1, 320, 2, 3)


def test_weights_of_the_whole_network_are_taken_as_far_as_they_are_needed() -> None:
    torch.manual_seed(1)
    giving, taking = MobileNet().eval(), MobileNet().eval()
    pictures = torch.rand(1, 3, 32, 32)
    taking.begin_from(giving.state_dict() | {"classifier.1.bias": torch.zeros(1000)})
    with torch.inference_mode():
        assert torch.equal(giving(pictures), taking(pictures))


def test_weights_of_another_network_are_not_taken() -> None:
    with pytest.raises(KeyError):
        MobileNet().begin_from({"classifier.1.bias": torch.zeros(1000)})
