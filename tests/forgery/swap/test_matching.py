import pytest
import torch

from unmask.forgery.swap.matching import CodeMatch


def codes(mean: float, spread: float, seed: int) -> torch.Tensor:
    chance = torch.Generator().manual_seed(seed)
    return mean + spread * torch.randn(64, 8, generator=chance)


def distance(mean: float, spread: float) -> float:
    """Of the codes of dst from those of src, which have mean 0 and spread 1."""
    match = CodeMatch()
    match.loss("src", codes(0.0, 1.0, 1))
    return float(match.loss("dst", codes(mean, spread, 2)))


def test_codes_of_one_place_and_spread_are_near_and_others_far() -> None:
    near = distance(0.0, 1.0)
    assert near < distance(0.5, 1.0) < distance(2.0, 1.0)
    assert near < distance(0.0, 1.5) < distance(0.0, 3.0)


def test_the_size_of_codes_does_not_count() -> None:
    match = CodeMatch()
    match.loss("src", 100 * codes(0.0, 1.0, 1))
    assert float(match.loss("dst", 100 * codes(0.5, 1.0, 2))) == pytest.approx(distance(0.5, 1.0), rel=1e-3)


def test_following_it_down_brings_both_people_together() -> None:
    away = {"src": torch.zeros(8, requires_grad=True), "dst": torch.full((8,), 2.0, requires_grad=True)}
    match, descent = CodeMatch(), torch.optim.SGD(away.values(), 0.05)
    for step in range(200):
        descent.zero_grad()
        for side in ("src", "dst"):
            loss = match.loss(side, codes(0.0, 1.0, 2 * step + (side == "dst")) + away[side])
            if loss.requires_grad:
                torch.autograd.backward(loss)
        descent.step()
    assert float((away["src"] - away["dst"]).abs().max().detach()) < 0.5


def test_before_both_were_seen_there_is_no_distance_and_a_state_goes_on() -> None:
    match, other = CodeMatch(), CodeMatch()
    assert float(match.loss("src", codes(0.0, 1.0, 1))) == 0
    match.loss("dst", codes(1.0, 1.0, 2))
    other.restore(match.state())
    assert float(other.loss("src", codes(0.2, 1.0, 3))) == float(match.loss("src", codes(0.2, 1.0, 3)))
    other.restore({})
    assert other.state() == {}
