from dataclasses import replace

import pytest
import torch

from unmask.forgery.swap.warp import Warp, bending, generator_of, moving, warped

STILL = Warp(rotation_degrees=0.0, scale=0.0, shift=0.0, bend=0.0)


def layers(count: int = 4, side: int = 48) -> torch.Tensor:
    """Soft spots, one in the middle of each quarter."""
    line = torch.linspace(0, 2 * torch.pi, side)
    return (torch.sin(line)[:, None] * torch.sin(line)[None]).abs().expand(count, 2, side, side).clone()


def test_no_strength_changes_nothing() -> None:
    shown, goal = warped(layers(), STILL, generator_of(1, 1))
    assert torch.allclose(shown, layers(), atol=1e-4)
    assert torch.allclose(goal, layers(), atol=1e-4)


def test_only_what_is_shown_is_bent() -> None:
    shown, goal = warped(layers(), replace(STILL, bend=0.2), generator_of(1, 1))
    assert torch.allclose(goal, layers(), atol=1e-4)
    assert (shown - layers()).abs().max() > 0.1


def test_what_is_shown_moves_as_the_goal_does() -> None:
    shown, goal = warped(layers(), Warp(bend=0.0), generator_of(1, 1))
    assert torch.allclose(shown[..., 1:-1, 1:-1], goal[..., 1:-1, 1:-1], atol=1e-3)
    assert (goal - layers()).abs().max() > 0.05


def test_all_layers_of_a_picture_move_alike_and_each_picture_otherwise() -> None:
    shown, _ = warped(layers(), Warp(), generator_of(1, 1))
    assert torch.equal(shown[:, 0], shown[:, 1])
    assert (shown[0] - shown[1]).abs().max() > 0.05


def test_the_same_seed_and_iteration_warp_alike() -> None:
    first, again, other, seed = (
        warped(layers(), Warp(), generator_of(*key))[0] for key in ((1, 5), (1, 5), (1, 6), (2, 5))
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, seed)


def test_flipping_mirrors() -> None:
    picture = torch.rand(2, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    _, goal = warped(picture, replace(STILL, flip=1.0), generator_of(1, 1))
    assert torch.allclose(goal, picture.flip(-1), atol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_a_shift_is_as_large_as_it_may_be(seed: int) -> None:
    grid = moving(64, 32, replace(STILL, shift=0.1), generator_of(seed, 1))
    away = (grid - moving(64, 32, STILL, generator_of(seed, 1)))[:, 0, 0] / 2
    assert 0.08 < away.abs().max() <= 0.1 + 1e-6


def test_the_rim_of_the_bent_grid_stays() -> None:
    bent = bending(8, 64, Warp(bend=0.2), generator_of(1, 1))
    still = bending(8, 64, STILL, generator_of(1, 1))
    for rim in (bent[:, 0], bent[:, -1], bent[:, :, 0], bent[:, :, -1]):
        assert torch.isfinite(rim).all()
    assert torch.allclose(bent[:, 0], still[:, 0], atol=1e-5)
    assert (bent - still).abs().amax() > 0.05
