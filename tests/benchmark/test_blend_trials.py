import pytest

from unmask.benchmark.blend_trials import Tried, kind_rows, kind_table


def tried(kind: str, person: str, fake: float, real: float) -> Tried:
    return Tried(kind, person, fake, real, untrained_fake=0.0, untrained_real=0.0, overlap=0.5, pointed=1.0)


ANSWERS = [
    *(tried("paste", f"p{number}", 1.0 + number, -1.0) for number in range(4)),
    *(tried("poisson", f"p{number}", 0.0, 1.0) for number in range(4)),
]


def test_each_kind_and_all_together_get_a_row() -> None:
    paste, poisson, everything = kind_rows(ANSWERS, ["paste"])
    assert (paste.kind, paste.learned, paste.area, paste.paired) == ("paste", True, 1.0, 1.0)
    assert (poisson.kind, poisson.learned, poisson.area) == ("poisson", False, 0.0)
    assert (everything.trials, everything.people) == (8, 4)
    assert everything.area == pytest.approx(46 / 64)


def test_a_network_that_says_the_same_of_all_is_the_null() -> None:
    assert {row.untrained for row in kind_rows(ANSWERS, ["paste"])} == {0.5}


def test_the_table_says_which_kinds_were_trained_on() -> None:
    lines = kind_table(kind_rows(ANSWERS, ["paste"]))
    assert "| paste   | yes " in lines[2]
    assert "| poisson | no " in lines[3]
