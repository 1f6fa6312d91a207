from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.puppet import part_of, shrunk
from unmask.detectors import consistency
from unmask.faces.masks import inner_mask
from unmask.signals.appearance import MOST_CROPS
from unmask.signals.linear import linear_model
from unmask.types import Crop, Evidence, Track


@pytest.fixture(scope="module")
def original(whole_pulse: Track) -> Evidence:
    return consistency.examine(whole_pulse)


def with_face_of(crop: Crop, other: Crop) -> Crop:
    """The inner face of a crop replaced by that of another, softer and redder."""
    soft = cv2.GaussianBlur(other.image, (0, 0), 2) * np.array([1.05, 0.85, 0.8], np.float32)
    return replace(crop, image=np.where(inner_mask(crop)[..., None], soft, crop.image).astype(np.uint8))


def test_a_replaced_inner_face_looks_otherwise_against_its_surround_than_its_own(whole_pulse: Track) -> None:
    swapped = tuple(with_face_of(crop, whole_pulse.crops[0]) for crop in whole_pulse.crops[1:4])
    own = consistency.contrasts(replace(whole_pulse, crops=whole_pulse.crops[1:4]))[1]
    others = consistency.contrasts(replace(whole_pulse, crops=swapped))[1]
    within = np.abs(own[0] - own[1]).mean()
    assert np.abs(others - own).mean() > 2 * within


def test_the_answer_is_the_models_of_the_median_over_the_views(whole_pulse: Track, original: Evidence) -> None:
    model = linear_model("consistency")
    measured = np.median(consistency.contrasts(whole_pulse)[1], axis=0)
    assert original.measured["weighted_sum"] == pytest.approx(model.total(measured))
    assert original.fake == model.fake(measured)[0]


def test_it_says_on_which_side_the_sum_lies_and_where_most_of_it_comes_from(original: Evidence) -> None:
    total, turn = original.measured["weighted_sum"], linear_model("consistency").turn
    side = "more" if total > turn else "less"
    assert f"is {total:.2f}, {side} than the {turn:.2f} from which on" in original.because[0]
    assert "comes from the inner face" in original.because[1] or "comes from the rim" in original.because[1]


def test_of_many_views_sixteen_are_looked_at_from_first_to_last(whole_pulse: Track) -> None:
    crops = tuple(replace(whole_pulse.crops[0], seconds=number * 0.5) for number in range(20))
    times, rows = consistency.contrasts(replace(whole_pulse, crops=crops))
    assert len(times) == len(rows) == MOST_CROPS == 16
    assert (times[0], times[-1]) == (0.0, 9.5)


def test_it_has_no_voice_until_it_has_earned_one(original: Evidence) -> None:
    assert consistency.CARD.cap == 0
    assert original.fake is not None
    assert not original.counts


def test_a_still_can_be_judged(whole_pulse: Track) -> None:
    still = replace(part_of(whole_pulse, slice(0, 1)), crops=whole_pulse.crops[:1])
    found = consistency.examine(still)
    assert found.fake is not None
    assert found.traces == ()


def test_a_small_face_is_not_judged(whole_pulse: Track) -> None:
    found = consistency.examine(shrunk(whole_pulse, 0.3))
    assert (found.fake, found.abstained) == (None, "face-too-small")
    assert "consistency is judged from 64" in found.because[0]


def test_a_face_turned_away_or_never_cut_out_is_not_judged(whole_pulse: Track) -> None:
    turned = replace(whole_pulse, pose=whole_pulse.pose + np.array([60, 0, 0], np.float32))
    for track in (turned, replace(whole_pulse, crops=())):
        found = consistency.examine(track)
        assert (found.fake, found.abstained) == (None, "not-measurable")
