import numpy as np
import pytest

from unmask.signals.breath import breath_rate, breath_traces


def breathing_pulse(breaths: float, seconds: float, *, noise: float = 0.1) -> np.ndarray:
    at = np.arange(round(30 * seconds)) / 30
    breath = np.sin(2 * np.pi * breaths / 60 * at)
    phase = 2 * np.pi * (1.2 * at - 0.05 * np.cos(2 * np.pi * breaths / 60 * at) / (2 * np.pi * breaths / 60))
    pulse = (1 + 0.25 * breath) * np.sin(phase) + 0.3 * breath
    return pulse + np.random.default_rng(0).normal(0, noise, len(at))


@pytest.mark.parametrize("breaths", [9.0, 15.0, 24.0])
def test_the_drawn_breath_is_found(breaths: float) -> None:
    rate = breath_rate(breath_traces(breathing_pulse(breaths, 60), 30.0, 72.0), 30.0)
    assert rate.rate_bpm == pytest.approx(breaths, abs=1)
    assert rate.quality > 0.5
    assert rate.error_bpm < 3


def test_each_modulation_shows_the_breath() -> None:
    for trace in breath_traces(breathing_pulse(15.0, 60), 30.0, 72.0):
        assert breath_rate(trace[None], 30.0).rate_bpm == pytest.approx(15, abs=1)


def test_a_glimpse_has_little_quality_and_a_shorter_one_no_rate() -> None:
    at = np.arange(450) / 30
    slow = np.sin(2 * np.pi * 12 / 60 * at)[None]
    assert breath_rate(slow, 30.0).quality <= 0.1
    assert not breath_rate(slow[:, :300], 30.0).found


def test_unseen_and_still_traces_are_left_out() -> None:
    at = np.arange(1800) / 30
    breath = np.sin(2 * np.pi * 0.25 * at)
    alone = breath_rate(breath[None], 30.0)
    assert breath_rate(np.stack([breath, np.full(1800, np.nan), np.zeros(1800)]), 30.0) == alone
    assert not breath_rate(np.full((2, 1800), np.nan), 30.0).found


def test_traces_that_disagree_are_trusted_less() -> None:
    at = np.arange(1800) / 30
    together = np.sin(2 * np.pi * 0.25 * at) * np.ones((3, 1))
    apart = np.stack([np.sin(2 * np.pi * hz * at) for hz in (0.15, 0.25, 0.4)])
    assert breath_rate(apart, 30.0).quality < 0.5 * breath_rate(together, 30.0).quality
