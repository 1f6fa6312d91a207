from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.puppet import Stage, picture_of, shrunk
from unmask import check
from unmask.detectors import texture
from unmask.signals.linear import linear_model
from unmask.training.texture_traces import Decoder, drawn_anew
from unmask.types import Evidence, Track


@pytest.fixture(scope="module")
def original(whole_pulse: Track) -> Evidence:
    return texture.examine(whole_pulse)


def test_the_answer_is_the_models_of_the_median_over_a_few_views(whole_pulse: Track, original: Evidence) -> None:
    model = linear_model("texture")
    times, rows = texture.textures(whole_pulse)
    assert original.measured["views"] == len(times) == min(texture.MOST_VIEWS, len(whole_pulse.crops))
    assert original.measured["weighted_sum"] == pytest.approx(model.total(np.median(rows, axis=0)))
    assert original.fake == model.fake(np.median(rows, axis=0))[0]


def test_it_says_what_speaks_loudest_and_how_far_it_is_from_usual(original: Evidence) -> None:
    first, second, last = original.because
    for sentence in (first, second):
        assert " spreads above what is usual." in sentence or " spreads below what is usual." in sentence
    assert last == f"The finest detail of the face was looked at in {original.measured['views']:.0f} views."


def test_each_view_is_a_point_of_the_curve(whole_pulse: Track, original: Evidence) -> None:
    (trace,) = original.traces
    assert trace.x.tolist() == texture.textures(whole_pulse)[0].tolist()


@pytest.mark.parametrize("doubling", ["transposed", "shuffle"])
def test_a_face_that_a_network_drew_anew_speaks_louder_for_one(whole_pulse: Track, doubling: str) -> None:
    decoder = Decoder(doubling, steps=2, miss=0.08, made_up=0.5, seed=3)  # type: ignore[arg-type] # one of DOUBLINGS
    crops = tuple(
        replace(crop, native=drawn_anew(crop.native, decoder)) for crop in whole_pulse.crops if crop.native is not None
    )
    drawn = texture.examine(replace(whole_pulse, crops=crops))
    assert drawn.measured["weighted_sum"] > texture.examine(whole_pulse).measured["weighted_sum"] + 1


def test_it_has_no_voice_until_it_has_earned_one(original: Evidence) -> None:
    assert texture.CARD.cap == 0
    assert original.fake is not None
    assert not original.counts


def test_a_still_can_be_judged(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "still.png"), picture_of(Stage())[..., ::-1])
    (found,) = check(tmp_path / "still.png", only=["texture"]).people[0].evidence
    assert found.fake is not None
    assert found.because[-1] == "The finest detail of the face was looked at in 1 view."
    assert found.traces == ()


def test_a_small_face_is_not_judged(whole_pulse: Track) -> None:
    found = texture.examine(shrunk(whole_pulse, 0.3))
    assert (found.fake, found.abstained) == (None, "face-too-small")
    assert "texture is judged from 64" in found.because[0]


def test_a_face_turned_away_is_not_judged(whole_pulse: Track) -> None:
    pose = whole_pulse.pose + np.array([60, 0, 0], np.float32)
    found = texture.examine(replace(whole_pulse, pose=pose))
    assert (found.fake, found.abstained) == (None, "not-measurable")


def test_a_face_whose_own_pixels_are_not_at_hand_is_not_judged(whole_pulse: Track) -> None:
    crops = tuple(replace(crop, native=None) for crop in whole_pulse.crops)
    assert texture.examine(replace(whole_pulse, crops=crops)).abstained == "not-measurable"
