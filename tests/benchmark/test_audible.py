"""Numbers for how audible a mark is."""

import numpy as np
import pytest

from unmask.benchmark.audible import noise_to_mask_db, signal_to_noise_db
from unmask.errors import UsageError

RATE_HZ = 16_000
TIME = np.arange(RATE_HZ) / RATE_HZ
TONE = (0.3 * np.sin(2 * np.pi * 1000 * TIME)).astype(np.float32)


def with_tone(hertz: float, size: float) -> np.ndarray:
    """The tone of 1000 Hz with another beside it."""
    return (TONE + size * np.sin(2 * np.pi * hertz * TIME)).astype(np.float32)


def test_nothing_added_is_endlessly_far_below() -> None:
    assert signal_to_noise_db(TONE, TONE) == float("inf")
    assert noise_to_mask_db(TONE, TONE, RATE_HZ) < -100


def test_ten_times_as_loud_is_twenty_decibels_more() -> None:
    quiet, loud = (noise_to_mask_db(TONE, with_tone(3000, size), RATE_HZ) for size in (0.001, 0.01))
    assert loud - quiet == pytest.approx(20, abs=0.5)


def test_a_tone_hides_what_is_near_it_and_not_what_is_far() -> None:
    near, far = (noise_to_mask_db(TONE, with_tone(hertz, 0.003), RATE_HZ) for hertz in (1050, 5000))
    assert near < -10 < 10 < far


def test_sounds_shorter_than_a_frame_are_not_compared() -> None:
    with pytest.raises(UsageError, match="cannot be compared"):
        noise_to_mask_db(TONE[:100], TONE[:100], RATE_HZ)
