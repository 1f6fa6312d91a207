from dataclasses import replace

import numpy as np
import pytest

from tests.detectors.brightness import bright, calibration_of
from tests.puppet import part_of, shrunk
from unmask.detectors import bound, external
from unmask.detectors.external import CARD, frontal
from unmask.models.running import Sitting
from unmask.signals.likelihood import log_odds
from unmask.types import RgbImage, Track


def test_the_median_over_the_views_is_the_answer(whole_pulse: Track) -> None:
    asked = [bright().log_odds(crop.image) for crop in whole_pulse.crops]
    found = external.examine(Sitting(whole_pulse, bright(calibration_of(0.9))))
    assert found.measured["log_odds"] == pytest.approx(np.median(asked))
    assert found.measured["views"] == len(asked)
    assert found.because[0].startswith(f"The model answers {np.median(asked):.3g} in log-odds, the median of")
    (trace,) = found.traces
    np.testing.assert_allclose(trace.y, asked)


def test_a_calibration_turns_the_answer_into_a_probability(whole_pulse: Track) -> None:
    one, two = (
        external.examine(Sitting(whole_pulse, bright(calibration_of(0.9, slope=slope)))).fake for slope in (1.0, 2.0)
    )
    assert one is not None
    assert two is not None
    assert log_odds(two) == pytest.approx(2 * log_odds(one), abs=0.01)


@pytest.mark.parametrize(
    ("low", "people", "counts", "told"),
    [
        (0.71, 8, True, "Its word counts: AUC 0.85 [0.71–1.00] on your 8 people (16 films, 8 pairs)"),
        (0.70, 8, False, "Its word does not count: AUC 0.85 [0.70–1.00] on your 8 people; the lower bound"),
        (None, 8, False, "Its word does not count: no fake of your 8 people lies beside its own original"),
        (1.0, 4, False, "Its word does not count: AUC 1.00 [1.00–1.00] on your 4 people; films of 5 people or more"),
    ],
    ids=("earned", "too low", "no pairs", "too few people"),
)
def test_a_word_counts_where_its_worth_was_shown(
    whole_pulse: Track, low: float | None, people: int, *, counts: bool, told: str
) -> None:
    detector = bound(bright(calibration_of(low, people=people)))
    found = detector.examine(whole_pulse)
    assert found.counts == counts
    assert detector.card.cap == (CARD.cap if counts else 0.0)
    assert found.because[1].startswith(told)
    assert told in detector.card.answers


def test_without_films_the_models_own_answer_is_shown_without_bounds_and_does_not_count(whole_pulse: Track) -> None:
    found = external.examine(Sitting(whole_pulse, bright()))
    assert found.fake is not None
    assert found.interval is not None
    assert log_odds(found.fake) == pytest.approx(found.measured["log_odds"], abs=0.01)
    assert (found.interval[0] < 0.001, found.interval[1] > 0.999) == (True, True)
    assert not found.counts
    assert "not calibrated on films of yours" in found.because[1]


def test_each_stretch_has_the_answer_of_its_own_view(whole_pulse: Track) -> None:
    dark = replace(whole_pulse.crops[-1], image=whole_pulse.crops[-1].image // 8)
    track = replace(whole_pulse, crops=(*whole_pulse.crops[:-1], dark))
    found = external.examine(Sitting(track, bright(calibration_of(0.9))))
    assert len(found.segments) == len(track.crops)
    assert found.segments[0].start == track.start
    assert found.segments[-1].end == track.end
    assert all(one.end == two.start for one, two in zip(found.segments, found.segments[1:], strict=False))
    assert found.segments[-1].fake < min(one.fake for one in found.segments[:-1])


def test_a_view_turned_away_is_not_shown_to_the_model(whole_pulse: Track) -> None:
    pose = whole_pulse.pose.copy()
    pose[whole_pulse.times < 6.0, 0] = 60.0
    kept = frontal(replace(whole_pulse, pose=pose))
    assert 0 < len(kept) < len(whole_pulse.crops)
    assert all(crop.seconds >= 5.9 for crop in kept)
    found = external.examine(Sitting(replace(whole_pulse, pose=pose + np.float32(60)), bright()))
    assert (found.fake, found.abstained) == (None, "not-measurable")
    assert "40°" in found.because[0]


def test_a_small_face_is_not_shown_to_the_model(whole_pulse: Track) -> None:
    found = external.examine(Sitting(shrunk(whole_pulse, 0.3), bright()))
    assert (found.fake, found.abstained) == (None, "face-too-small")


def test_answers_that_are_no_numbers_are_left_out_and_too_many_of_them_are_an_abstention(whole_pulse: Track) -> None:
    first = whole_pulse.crops[0].image

    def sometimes(crop: RgbImage) -> float:
        return float("nan") if crop is first else 1.5

    found = external.examine(Sitting(whole_pulse, replace(bright(), log_odds=sometimes)))
    assert found.measured["views"] == len(whole_pulse.crops) - 1
    assert found.measured["log_odds"] == 1.5
    never = external.examine(Sitting(whole_pulse, replace(bright(), log_odds=lambda _: float("nan"))))
    assert (never.fake, never.abstained) == (None, "not-measurable")


def test_a_still_has_one_view_and_no_stretch(whole_pulse: Track) -> None:
    still = replace(part_of(whole_pulse, slice(0, 1)), crops=whole_pulse.crops[:1])
    found = external.examine(Sitting(still, bright()))
    assert not found.segments
    assert not found.traces
    assert found.because[0].endswith("from 1 view.")


def test_a_card_of_a_model_says_whose_it_is() -> None:
    card = bound(bright()).card
    assert (card.name, card.own, card.needs) == ("brightness", True, "track")
    assert card.question == "Is this face too bright?"
    assert "CC0-1.0" in card.paper
