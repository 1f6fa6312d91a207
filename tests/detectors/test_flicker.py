from dataclasses import replace

import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film, part_of, shrunk
from unmask.detectors import flicker
from unmask.detectors.flicker import CARD, LEAST_MEASUREMENTS
from unmask.faces.track import follow
from unmask.signals.change import change_contrasts
from unmask.signals.linear import linear_model
from unmask.types import Changes, Evidence, Reason, Track


@pytest.fixture(scope="module")
def original(whole_pulse: Track) -> Evidence:
    return flicker.examine(whole_pulse)


def changed(track: Track, factor: np.ndarray, rows: slice = slice(None)) -> Track:
    """The regions' changes multiplied, in some of the measurements."""
    assert track.changes is not None
    sizes = track.changes.sizes.copy()
    sizes[rows] *= factor.astype(np.float32)
    return replace(track, changes=Changes(track.changes.times, sizes))


def towards_forgery(strength: float) -> np.ndarray:
    """Factors of change that follow the model's own weights: where it weighs a contrast, that contrast moves its way."""
    weights = np.array(linear_model("flicker").weights).reshape(3, 3, 4, 3)
    factors = np.ones((3, 3, 4, 4))
    factors[..., :3] = np.exp(strength * np.sign(weights))
    return factors


def test_the_more_the_face_changes_the_forged_way_the_more_suspect_it_is(whole_pulse: Track) -> None:
    chances = [flicker.examine(changed(whole_pulse, towards_forgery(by))).fake or 0.0 for by in (-0.3, 0.0, 0.3)]
    assert chances[0] < chances[1] < chances[2]


def test_what_changes_face_and_surround_alike_changes_nothing(whole_pulse: Track, original: Evidence) -> None:
    found = flicker.examine(changed(whole_pulse, np.full((3, 3, 4, 4), 3.0)))
    assert found.fake == pytest.approx(original.fake, abs=0.03)


def test_the_stretch_in_which_the_face_is_drawn_anew_stands_out(whole_pulse: Track) -> None:
    assert whole_pulse.changes is not None
    half = len(whole_pulse.changes.times) // 2
    found = flicker.examine(changed(whole_pulse, towards_forgery(0.5), slice(half, None)))
    middle = float(whole_pulse.changes.times[half])
    before = [segment.fake for segment in found.segments if segment.end <= middle]
    after = [segment.fake for segment in found.segments if segment.start >= middle]
    assert min(after) > max(before)
    (trace,) = found.traces
    assert len(trace.x) == len(whole_pulse.changes.times)


def test_it_says_what_speaks_loudest_and_against_what(whole_pulse: Track, original: Evidence) -> None:
    assert "times as much as that of the surround" in original.because[0]
    assert "is usual" in original.because[0]
    assert whole_pulse.changes is not None
    model, middle = linear_model("flicker"), np.median(change_contrasts(whole_pulse.changes), axis=0)
    assert original.measured["weighted_sum"] == pytest.approx(model.total(middle))
    assert original.because[-1] == f"Face and surround were compared at {len(whole_pulse.changes.times)} moments."


def test_it_has_no_voice_until_it_has_earned_one(original: Evidence) -> None:
    assert CARD.cap == 0
    assert original.fake is not None
    assert not original.counts


@pytest.mark.parametrize(
    ("track_of", "reason"),
    [
        (lambda track: part_of(track, slice(0, 40)), "too-short"),
        (lambda track: replace(track, times=track.times * 3), "frame-rate-too-low"),
        (lambda track: shrunk(track, 0.3), "face-too-small"),
    ],
    ids=["short", "slow", "small"],
)
def test_it_abstains_and_says_why(whole_pulse: Track, track_of: object, reason: Reason) -> None:
    assert callable(track_of)
    found = flicker.examine(track_of(whole_pulse))
    assert (found.fake, found.abstained) == (None, reason)
    assert any(character.isdigit() for character in found.because[0])


def test_without_a_measurement_of_change_it_says_why_there_is_none(whole_pulse: Track) -> None:
    found = flicker.examine(replace(whole_pulse, changes=None))
    assert found.abstained == "not-measurable"
    assert "a fast check leaves it out" in found.because[0]


def test_too_few_moments_are_no_answer(whole_pulse: Track) -> None:
    assert whole_pulse.changes is not None
    few = slice(0, LEAST_MEASUREMENTS - 1)
    track = replace(whole_pulse, changes=Changes(whole_pulse.changes.times[few], whole_pulse.changes.sizes[few]))
    assert flicker.examine(track).abstained == "not-measurable"


def test_a_face_close_to_the_edges_of_the_picture_is_not_judged() -> None:
    tight = Stage(puppets=(Puppet(face_width=300.0),), width=320, height=320, seconds=2.5)
    (track, *_) = follow(film(tight), changes=True).tracks
    assert flicker.examine(track).abstained == "not-measurable"
