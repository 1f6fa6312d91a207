import torch

from unmask.networks.segmenter import SIDE, Segmenter


def test_a_map_of_the_pictures_size_from_fewer_than_half_a_million_weights() -> None:
    torch.manual_seed(1)
    network = Segmenter()
    assert network(torch.rand(2, 3, SIDE, SIDE)).shape == (2, 1, SIDE, SIDE)
    assert sum(weight.numel() for weight in network.parameters()) < 500_000


def test_pixels_differ_by_their_place_in_an_even_picture() -> None:
    torch.manual_seed(1)
    inner = Segmenter()(torch.full((1, 3, SIDE, SIDE), 0.5)).detach()[0, 0, 40:-40, 40:-40]
    assert inner.std() > 1e-3


def test_every_weight_learns_and_the_places_are_not_kept() -> None:
    torch.manual_seed(1)
    network = Segmenter()
    network(torch.rand(1, 3, SIDE, SIDE)).square().mean().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in network.parameters())
    assert not [name for name in network.state_dict() if "places" in name]
