from dataclasses import replace

import numpy as np
import pytest

from unmask.detectors import consistency, flicker, seam, together
from unmask.signals.coding import coding_refusal, coding_scale
from unmask.signals.joining import Joined, joined
from unmask.types import Evidence, Track

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


def test_films_that_were_coded_too_strongly_for_its_members_are_too_for_it() -> None:
    coded = [Evidence.abstain(name, "too-compressed", f"{name} reads CRF 41.") for name in MEMBERS]
    found = together.examine((says("motion", 0.9), *coded))
    assert (found.fake, found.abstained, found.because) == (None, "too-compressed", ("consistency reads CRF 41.",))
    still = together.examine((says("consistency", 0.9), coded[1], says("seam", 0.9)))
    assert still.fake is not None


def test_a_film_that_reads_as_too_strongly_coded_is_judged_by_none_of_them(whole_pulse: Track) -> None:
    assert coding_refusal(whole_pulse, "it is judged") is None
    asked = tuple(one.examine(coarse(whole_pulse)) for one in (consistency, flicker, seam))
    assert {one.abstained for one in (*asked, together.examine(asked))} == {"too-compressed"}
    assert all("so give the original file" in one.because[0] for one in asked)


def coarse(track: Track) -> Track:
    """The track, its changes spread as a strong coding leaves them."""
    assert track.changes is not None
    scale = coding_scale()
    steps = (np.array(scale.weights) / np.array(scale.scale)).reshape(-1, 3, 4, 4).sum(axis=0)
    sizes = track.changes.sizes.copy()
    sizes[:, :, 0] *= np.exp(np.sign(steps)).astype(np.float32)
    return replace(track, changes=replace(track.changes, sizes=sizes))


def test_it_says_how_many_filmed_clips_looked_as_suspicious() -> None:
    found = [taken(fake, fake, fake) for fake in (0.2, 0.6, 0.8, 0.95)]
    alike = [one.measured["filmed_as_suspicious"] for one in found]
    assert alike == sorted(alike, reverse=True)
    assert alike[0] > alike[-1]
    groups = joined("together").filmed["consistency+flicker+seam"]
    assert {one.measured["filmed_clips"] for one in found} == {sum(map(len, groups.values()))}
    for one in found:
        rarest = 1 / (1 + min(len(group) for group in groups.values()))
        assert rarest <= one.measured["filmed_p_value"] <= 1
        assert (
            one.measured["filmed_as_suspicious"] < one.measured["filmed_share_at_most"] * one.measured["filmed_clips"]
        )
    assert len(found[0].because) == 1
    assert f"Of {sum(map(len, groups.values()))} filmed clips" in found[-1].because[1]


def test_the_group_in_which_it_is_least_unusual_speaks_for_all() -> None:
    groups = joined("together").filmed["consistency+flicker+seam"]
    above_others = max(groups["others"]) + 0.01
    assert max(groups["originals"]) > above_others, "an original of the swaps looks the most suspicious"
    found = taken(0.999, 0.999, 0.999).measured["filmed_p_value"]
    assert found > 1 / (1 + len(groups["others"]))


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
