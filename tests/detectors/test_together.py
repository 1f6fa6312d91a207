import numpy as np
import pytest

from unmask.detectors import together
from unmask.signals.joining import Joined, joined
from unmask.types import Evidence

MEMBERS = ("consistency", "flicker", "seam")


def says(detector: str, fake: float, slack: float = 0.1) -> Evidence:
    return Evidence(detector, fake, ("Something.",), interval=(max(fake - slack, 0.01), min(fake + slack, 0.99)))


def taken(*fakes: float) -> Evidence:
    return together.examine(tuple(says(name, fake) for name, fake in zip(MEMBERS, fakes, strict=False)))


def test_the_more_each_member_suspects_the_more_all_do() -> None:
    found = [taken(fake, 0.5, 0.5).fake or 0.0 for fake in (0.1, 0.4, 0.6, 0.9)]
    assert found == sorted(found)
    assert len(set(found)) == 4


def test_two_that_agree_are_surer_than_two_that_do_not() -> None:
    agreed, split = taken(0.8, 0.8).fake or 0.0, taken(0.8, 0.2).fake or 0.0
    assert agreed > split + 0.1


def test_it_says_what_each_said() -> None:
    assert taken(0.9, 0.8, 0.7).because[0].startswith("Taken as one, consistency 90 %, flicker 80 %, seam 70 % say")
    assert "departs from its surround" in taken(0.9, 0.8, 0.7).because[0]
    assert "fits its surround" in taken(0.1, 0.2, 0.3).because[0]
    assert taken(0.7, 0.6, 0.3).measured["members"] == 3


def test_others_are_not_asked_and_one_member_is_too_few() -> None:
    alone = together.examine(
        (says("flicker", 0.9), says("pulse", 0.9), Evidence.abstain("seam", "too-short", "Short."))
    )
    assert alone.abstained == "not-measurable"
    assert "only flicker answered" in alone.because[0]
    assert "none answered" in together.examine(()).because[0]


def test_unsure_members_make_an_unsure_sum() -> None:
    def width(slack: float) -> float:
        low, high = together.examine(tuple(says(name, 0.5, slack) for name in MEMBERS)).interval or (0.0, 0.0)
        return high - low

    assert width(0.3) > width(0.05) > 0.1


def test_every_set_of_two_or_three_members_has_its_own_calibration() -> None:
    family = joined("together")
    assert family.members == MEMBERS
    assert set(family.lines) == {"consistency+flicker", "consistency+seam", "flicker+seam", "consistency+flicker+seam"}
    assert all(line.slope > 0 for line in family.lines.values())
    assert Joined.key(reversed(MEMBERS)) in family.lines


@pytest.mark.parametrize("fakes", [(0.9, 0.2, 0.6), (0.05, 0.5, 0.5)])
def test_the_order_of_the_evidence_does_not_matter(fakes: tuple[float, ...]) -> None:
    evidence = [says(name, fake) for name, fake in zip(MEMBERS, fakes, strict=True)]
    shuffled = np.random.default_rng(1).permutation(3)
    assert together.examine(tuple(evidence)).fake == together.examine(tuple(evidence[row] for row in shuffled)).fake
