from dataclasses import replace
from math import inf

import pytest

from tests.forgery.swap.toy import plan_of
from unmask.errors import UsageError
from unmask.forgery.swap.plan import TrainingPlan
from unmask.forgery.swap.presets import PRESETS


@pytest.mark.parametrize("wrong", [{"batch": 0}, {"learning_rate": 0.0}, {"learning_rate": 2.0}, {"seed": -1}])
def test_senseless_numbers_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        plan_of(5, **wrong)


def test_a_training_without_an_end_is_refused() -> None:
    with pytest.raises(UsageError, match="never ends"):
        TrainingPlan()


def test_the_first_end_counts() -> None:
    plan = plan_of(100, until_seconds=10.0)
    assert not plan.is_over(99, 9.0)
    assert plan.is_over(100, 0.0)
    assert plan.is_over(1, 10.0)
    assert plan.remaining_seconds(50, 2.0, iterations_per_second=50.0) == 1.0
    assert plan.remaining_seconds(50, 2.0, iterations_per_second=1.0) == 8.0
    assert replace(plan, until_seconds=None).remaining_seconds(0, 0.0, 0.5) == 200.0
    assert plan_of(None, until_seconds=inf).remaining_seconds(5, 5.0, 1.0) == inf


def test_the_arch_and_the_rate_of_a_preset_are_the_plans_to_change() -> None:
    plan = TrainingPlan(PRESETS[0], "liae", until_iterations=1)
    assert plan.shape.arch == "liae"
    assert plan.first_learning_rate == PRESETS[0].learning_rate
    assert replace(plan, learning_rate=0.01).first_learning_rate == 0.01
