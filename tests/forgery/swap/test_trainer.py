from collections.abc import Generator
from dataclasses import replace

import pytest
import torch

from tests.forgery.swap.toy import BLUE, RED, discs, plan_of
from unmask.errors import UsageError
from unmask.forgery.steady import steady_torch
from unmask.forgery.swap.trainer import Trainer


@pytest.fixture(autouse=True)
def one_thread() -> Generator[None]:
    """Two would wait for each other longer than the toy computes."""
    with steady_torch(plan_of(1).threads):
        yield


def trainer(**settings: object) -> Trainer:
    return Trainer(plan_of(9, **settings), discs(RED), discs(BLUE))


def test_two_trainers_of_one_seed_take_the_same_steps_and_of_another_do_not() -> None:
    with steady_torch(plan_of(9).threads):
        first, second, other = trainer(), trainer(), trainer(seed=2)
        lines = [[str(one.step()) for _ in range(3)] for one in (first, second, other)]
    assert lines[0] == lines[1] != lines[2]


def test_making_a_trainer_leaves_the_chance_of_others_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    trainer().step()
    assert torch.equal(torch.get_rng_state(), before)


def test_a_restored_trainer_goes_on_as_if_nothing_had_been() -> None:
    with steady_torch(plan_of(9).threads):
        whole, second = trainer(), trainer()
        for _ in range(3):
            whole.step()
        kept = whole.checkpoint()
        frozen = replace(
            kept,
            weights={name: tensor.clone() for name, tensor in kept.weights.items()},
            optimiser={name: tensor.clone() for name, tensor in kept.optimiser.items()},
        )
        rest = [str(whole.step()) for _ in range(3)]
        assert second.restore(frozen) == ()
        assert [str(second.step()) for _ in range(3)] == rest


@pytest.mark.parametrize(
    ("change", "told"), [({"seed": 2}, "seed 1, not 2"), ({"batch": 3}, "batch 4, not 3"), ({"arch": "liae"}, "liae")]
)
def test_another_plan_is_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        trainer(**change).restore(trainer().checkpoint())


def test_other_faces_are_remarked_upon() -> None:
    other = Trainer(plan_of(9), discs(RED, seed=7), discs(BLUE))
    (remark,) = other.restore(trainer().checkpoint())
    assert "the faces" in remark


def test_each_setback_halves_the_rate() -> None:
    one = trainer(learning_rate=0.008)
    one.setbacks = 3
    assert one.learning_rate == 0.001


def test_torch_is_left_as_it_was() -> None:
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    with steady_torch(plan_of(9, threads=1).threads):
        assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == (1, True)
    assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == before
