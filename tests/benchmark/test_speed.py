import numpy as np

from unmask.benchmark.cost import Cost
from unmask.benchmark.loops import WARM_FRAMES, face_loop, main
from unmask.benchmark.speed import Measure, _check, _fast, _table


def test_cost_a_second_counts_the_whole_run() -> None:
    cost = Cost(30.0, 6.0, 500_000_000, '{"verdict": "no-sign"}\n')
    spent, memory = _check(cost, 60)
    assert (spent.value, spent.at_most) == (0.5, 1.0)
    assert (memory.value, memory.at_most) == (500.0, 700.0)
    assert "no-sign" in spent.detail


def test_a_fast_check_is_told_beside_the_whole_one_and_its_detectors_apart() -> None:
    whole, fast, sightless = (Cost(cpu, 3.0, 500_000_000, "{}") for cpu in (30.0, 18.0, 15.0))
    spent, ratio, detectors = _fast(whole, fast, sightless)
    assert (spent.value, spent.unit, spent.at_most) == (0.3, "CPU s", None)
    assert (ratio.value, ratio.unit) == (0.6, "")
    assert (detectors.value, detectors.at_most) == (0.05, 0.1)


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
