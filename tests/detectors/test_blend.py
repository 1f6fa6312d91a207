from dataclasses import replace

import numpy as np
import pytest

from tests.puppet import part_of, shrunk
from unmask.detectors import blend
from unmask.forgery.paste.self_blend import SelfBlendRecipe, self_blend
from unmask.signals.linear import linear_model
from unmask.types import Crop, Evidence, Track

SOFT = SelfBlendRecipe(shape="face-hull", shrink=0.25, brightness=14.0, saturation=0.75, feather=0.05)


@pytest.fixture(scope="module")
def original(whole_pulse: Track) -> Evidence:
    return blend.examine(whole_pulse)


@pytest.fixture(scope="module")
def blended(whole_pulse: Track) -> Evidence:
    return blend.examine(replace(whole_pulse, crops=tuple(laid_over(crop) for crop in whole_pulse.crops)))


def laid_over(crop: Crop) -> Crop:
    """The crop with a softer, paler copy of the face laid over it."""
    return replace(crop, image=self_blend(crop.image, crop.landmarks, SOFT).image)


def test_a_face_with_a_copy_laid_over_it_is_more_suspect_than_before(original: Evidence, blended: Evidence) -> None:
    assert (blended.fake or 0.0) > (original.fake or 1.0)


def test_the_squares_of_what_was_laid_over_stand_out(whole_pulse: Track, blended: Evidence) -> None:
    (overlay,) = blended.overlays
    (view,) = (crop for crop in whole_pulse.crops if crop.seconds == overlay.seconds)
    mask = self_blend(view.image, view.landmarks, SOFT).mask[16:240, 16:240]
    made = mask.reshape(28, 8, 28, 8).mean(axis=(1, 3)) > 0.5
    assert overlay.made[made].mean() > overlay.made[~made].mean() + 0.1
    assert np.array_equal(overlay.picture, laid_over(view).image[16:240, 16:240])


def test_the_answer_is_that_of_the_middle_view(original: Evidence) -> None:
    (trace,) = original.traces
    assert original.fake == linear_model("blend_answers").fake(np.array([np.median(trace.y)]))[0]
    assert original.measured["views"] == len(trace.y)


def test_a_still_is_one_stretch(whole_pulse: Track) -> None:
    crop = whole_pulse.crops[0]
    row = int(np.abs(whole_pulse.times - crop.seconds).argmin())
    still = blend.examine(replace(part_of(whole_pulse, slice(row, row + 1)), crops=(crop,)))
    assert [one.start for one in still.segments] == [crop.seconds]
    assert still.traces == ()


def test_small_faces_and_turned_ones_are_not_judged(whole_pulse: Track) -> None:
    assert blend.examine(shrunk(whole_pulse, 0.3)).abstained == "face-too-small"
    turned = replace(whole_pulse, pose=whole_pulse.pose + np.array([60, 0, 0], np.float32))
    assert blend.examine(turned).abstained == "not-measurable"


def test_it_has_no_voice_until_it_has_earned_one(original: Evidence) -> None:
    assert blend.CARD.cap == 0
    assert not original.counts
