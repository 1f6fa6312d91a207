import numpy as np

from unmask.benchmark.cost import Cost
from unmask.benchmark.loops import WARM_FRAMES, face_loop, main
from unmask.benchmark.speed import Measure, _check, _table


def test_cost_a_second_counts_the_whole_run() -> None:
    cost = Cost(30.0, 6.0, 500_000_000, '{"verdict": "no-sign"}\n')
    spent, memory = _check(cost, 60)
    assert (spent.value, spent.at_most) == (0.5, 1.0)
    assert (memory.value, memory.at_most) == (500.0, 700.0)
    assert "no-sign" in spent.detail


def test_a_target_missed_is_said_and_none_is_not_met() -> None:
    lines = _table((Measure("a", 2.0, "s", 1.0), Measure("b", 0.5, "s", 1.0), Measure("c", 123.4, "s")))
    assert [" NO " in line for line in lines[2:]] == [True, False, False]
    assert " yes " in lines[3]
    assert " 123 s " in lines[4]


def test_pictures_without_a_face_are_looped_over_too() -> None:
    told = face_loop([np.full((480, 640, 3), 128, np.uint8)] * (WARM_FRAMES + 5))
    assert told["frames"] == 5
    assert told["tracked"] == 0.0


def test_pos_is_timed() -> None:
    assert main(["pos"])["pos_ms"] > 0
