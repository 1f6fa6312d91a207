from dataclasses import replace

import numpy as np

from tests.puppet import part_of, shrunk
from unmask.faces.competence import Gate, Refusal, frontal_crops
from unmask.types import Track

GATE = Gate(least_seconds=2.0, least_frame_rate=15.0, least_face_pixels=64.0)


def refusal(track: Track) -> Refusal:
    refused = GATE.refusal(track, "it is judged")
    assert refused is not None
    return refused


def test_what_is_long_quick_and_large_enough_is_let_through(whole_pulse: Track) -> None:
    assert GATE.refusal(whole_pulse, "it is judged") is None


def test_the_first_thing_that_is_missing_is_told_with_what_was_found_and_what_is_needed(whole_pulse: Track) -> None:
    short = refusal(part_of(whole_pulse, slice(0, 31)))
    assert short == Refusal("too-short", "The face is in view for 1.0 s; it is judged from 2 s.")
    slow = refusal(replace(whole_pulse, times=whole_pulse.times * 3))
    assert slow == Refusal("frame-rate-too-low", "The film has 10.0 frames a second; it is judged from 15.")
    small = refusal(shrunk(whole_pulse, 0.3))
    assert small.reason == "face-too-small"
    assert small.because.endswith("pixels wide; it is judged from 64.")


def test_a_gate_that_asks_for_nothing_lets_a_still_through(whole_pulse: Track) -> None:
    assert Gate().refusal(part_of(whole_pulse, slice(0, 1)), "it is judged") is None


def test_a_little_less_for_rounding_is_as_much(whole_pulse: Track) -> None:
    nearly = Gate(least_seconds=whole_pulse.duration_seconds * 1.01, least_frame_rate=whole_pulse.frame_rate * 1.01)
    assert nearly.refusal(whole_pulse, "it is judged") is None


def test_views_of_a_face_turned_away_are_left_out(whole_pulse: Track) -> None:
    assert frontal_crops(whole_pulse, 40.0) == whole_pulse.crops
    late = whole_pulse.times >= 6.0
    pose = whole_pulse.pose + np.where(late[:, None], np.array([60, 0, 0]), 0).astype(np.float32)
    turned = replace(whole_pulse, pose=pose)
    kept = frontal_crops(turned, 40.0)
    assert kept == tuple(crop for crop in whole_pulse.crops if crop.seconds < 6.0)
