from functools import cache

import numpy as np
import pytest

from tests.actor import moods
from unmask.signals.gesture import AsFar, as_far, correlations, departures, gestures_of

TIMES = np.arange(0.0, 40.0, 1 / 25)


def film(tie: float, take: int, times: np.ndarray = TIMES) -> np.ndarray:
    """A nod, a smile that follows it by so much, brows and a jaw of their own."""
    nod, other, brows, jaw = moods(times, 4, take)
    return np.stack([nod, tie * nod + (1 - tie**2) ** 0.5 * other, brows, jaw])


def windows(tie: float, take: int) -> np.ndarray:
    return gestures_of(TIMES, film(tie, take))[1]


def test_windows_of_ten_seconds_begin_every_two_and_a_half() -> None:
    starts, gestures = gestures_of(TIMES + 3.0, film(0.5, 1))
    assert starts[:3] == pytest.approx([3.0, 5.5, 8.0])
    assert gestures.shape == (13, 6)


def test_what_moves_together_and_what_does_not() -> None:
    tied, untied = windows(0.95, 2).mean(axis=0), windows(0.0, 2).mean(axis=0)
    assert np.tanh(tied[0]) > 0.85
    assert abs(np.tanh(untied[0])) < 0.4


def test_units_and_offsets_make_no_difference() -> None:
    signals = film(0.7, 3)
    other = signals * np.array([[100.0], [0.01], [3.0], [1.0]]) + np.array([[5.0], [0.0], [-80.0], [1.0]])
    np.testing.assert_allclose(gestures_of(TIMES, other)[1], gestures_of(TIMES, signals)[1], atol=1e-9)


def test_frame_rate_and_the_time_of_day_make_next_to_none() -> None:
    fast, slow = np.arange(0.0, 40.0, 1 / 60), np.arange(0.0, 40.0, 1 / 15)
    one = gestures_of(fast + 100.0, film(0.7, 4, fast))[1]
    other = gestures_of(slow, film(0.7, 4, slow))[1]
    assert len(one) == len(other)
    assert np.abs(np.tanh(one) - np.tanh(other)).max() < 0.03


def test_windows_in_which_the_face_is_lost_are_left_out() -> None:
    seen = (TIMES < 20.0) | (TIMES > 21.0)
    starts, gestures = gestures_of(TIMES[seen], film(0.7, 5)[:, seen])
    assert len(starts) == len(gestures) > 0
    assert all(start + 10.0 <= 20.1 or start >= 20.9 for start in starts)


def test_a_film_that_is_too_short_has_no_window() -> None:
    starts, gestures = gestures_of(TIMES[:100], film(0.7, 6)[:, :100])
    assert (len(starts), gestures.shape) == (0, (0, 6))


def test_a_signal_that_does_not_move_goes_with_nothing() -> None:
    signals = film(0.7, 7)
    signals[2] = 4.0
    pairs = correlations(signals)
    assert pairs[[1, 3, 5]].tolist() == [0.0, 0.0, 0.0]
    assert pairs[0] != 0.0


def test_another_manner_lies_farther_than_ones_own() -> None:
    usual = np.concatenate([windows(0.9, take) for take in (11, 12, 13)])
    own, other = departures(windows(0.9, 14), usual), departures(windows(-0.5, 14), usual)
    assert np.median(other) > 1.5 * np.median(own)
    assert np.median(own) == pytest.approx(1.0, abs=0.5)


def test_one_known_window_is_enough_to_measure_against() -> None:
    assert departures(np.eye(3), np.zeros((1, 3))) == pytest.approx(np.full(3, 3**-0.5))


def people(chance: np.random.Generator, clips: int, of_clip: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows of one person's clips, which clip each is of, and the windows of one more clip of theirs."""
    ways = chance.normal(size=(12, 12))
    moods_of_clips = np.repeat(chance.normal(0, of_clip, (clips + 1, 12)), 6, axis=0)
    drawn = (moods_of_clips + chance.normal(size=(6 * (clips + 1), 12))) @ ways
    return drawn[6:], np.repeat(np.arange(clips), 6), drawn[:6]


@cache
def found_of(of_clip: float, clips: int = 9) -> list[AsFar]:
    chance = np.random.default_rng(8)
    return [as_far(*people(chance, clips, of_clip)) for _ in range(300)]


def test_a_single_window_of_the_same_person_is_as_far_as_any_other() -> None:
    shares = np.array([found.windows[0] / found.known_windows for found in found_of(of_clip=0.0)])
    for level in (0.1, 0.25, 0.5, 0.75):
        assert (shares <= level).mean() == pytest.approx(level, abs=0.07)


@pytest.mark.parametrize("of_clip", [0.0, 1.0, 4.0])
def test_p_is_honest_however_much_of_a_mood_each_clip_has(of_clip: float) -> None:
    p_values = np.array([found.p_value for found in found_of(of_clip)])
    assert p_values.min() == pytest.approx(0.1)
    for level in (0.1, 0.2, 0.5):
        assert (p_values <= level + 1e-9).mean() <= level + 0.06


def test_windows_alone_would_be_dishonest_where_clips_have_moods() -> None:
    found = found_of(of_clip=4.0, clips=3)
    by_windows = np.array([(1 + one.middle) / (1 + one.known_windows) for one in found])
    assert (by_windows <= 0.1).mean() > 0.15
    assert min(one.p_value for one in found) == pytest.approx(0.25)


def test_p_by_clips_is_uniform_where_moods_rule() -> None:
    p_values = np.array([(1 + found.clips) / (1 + found.known_clips) for found in found_of(of_clip=4.0)])
    for level in (0.2, 0.5, 0.8):
        assert (p_values <= level + 1e-9).mean() == pytest.approx(level, abs=0.09)


def test_someone_else_lies_farther_than_all_that_is_known() -> None:
    known = [windows(0.9, take) for take in range(21, 30)]
    clips = np.repeat(np.arange(9), [len(rows) for rows in known])
    own, other = (as_far(np.concatenate(known), clips, windows(tie, 40)) for tie in (0.9, -0.5))
    assert other.p_value == pytest.approx(0.1)
    assert (other.middle, other.clips) == (0, 0)
    assert own.p_value > 0.2


def test_one_clip_alone_makes_nothing_surprising() -> None:
    known = windows(0.9, 31)
    found = as_far(known, np.zeros(len(known), np.int64), windows(0.0, 32))
    assert found.windows.tolist() == [len(known)] * 13
    assert found.p_value == 1.0
