from collections.abc import Iterator

import numpy as np
import pytest

from unmask.media.sound import Channels, Sound
from unmask.signals.loudness import FLOOR_DBFS, loudness


def tone(seconds: float, rate_hz: int, amplitude: float, channels: int = 1) -> Channels:
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.tile(amplitude * np.sin(2 * np.pi * 400 * times), (channels, 1)).astype(np.float32)


def in_blocks(samples: Channels, rate_hz: int, block: int) -> Iterator[Sound]:
    for start in range(0, samples.shape[1], block):
        yield Sound(samples[:, start : start + block], rate_hz)


def test_a_sine_of_full_scale_reads_three_decibels_below_it() -> None:
    heard = loudness([Sound(tone(1.0, 16_000, 1.0), 16_000)])
    assert heard is not None
    assert (heard.step_seconds, len(heard.dbfs)) == (0.05, 20)
    np.testing.assert_allclose(heard.dbfs, -3.01, atol=0.01)


def test_half_the_amplitude_is_six_decibels_softer_at_its_time() -> None:
    samples = np.concatenate([tone(0.5, 48_000, 0.8), tone(0.5, 48_000, 0.4)], axis=1)
    heard = loudness([Sound(samples, 48_000)])
    assert heard is not None
    np.testing.assert_allclose(heard.dbfs[:10] - heard.dbfs[10:], 6.02, atol=0.01)


def test_a_channel_that_cancels_another_is_heard() -> None:
    one = tone(0.2, 16_000, 0.5)
    heard = loudness([Sound(np.concatenate([one, -one]), 16_000)])
    assert heard is not None
    np.testing.assert_allclose(heard.dbfs, -9.03, atol=0.01)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100])
@pytest.mark.parametrize("block", [1, 97, 1024, 100_000])
def test_how_the_blocks_fall_changes_nothing(rate_hz: int, block: int) -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, (2, rate_hz // 2 + 7)).astype(np.float32)
    whole, parts = loudness([Sound(noise, rate_hz)]), loudness(in_blocks(noise, rate_hz, block))
    assert whole is not None
    assert parts is not None
    assert len(whole.dbfs) == 11  # half a second, and seven samples
    np.testing.assert_allclose(parts.dbfs, whole.dbfs, atol=1e-9)


def test_a_click_is_in_the_step_of_its_time_ten_minutes_on() -> None:
    rate_hz = 11_025
    quiet = Sound(np.full((1, rate_hz), 1e-3, np.float32), rate_hz)

    def blocks() -> Iterator[Sound]:
        for _ in range(600):
            yield quiet
        click = quiet.samples.copy()
        click[0, round(0.51 * rate_hz)] = 1.0
        yield Sound(click, rate_hz)

    heard = loudness(blocks())
    assert heard is not None
    assert int(np.argmax(heard.dbfs)) == 600 * 20 + 10


def test_a_gap_has_no_level_and_what_is_soft_reads_the_floor() -> None:
    gap, soft = np.zeros((1, 1600), np.float32), np.full((1, 1600), 1e-6, np.float32)
    broken = np.full((1, 800), np.inf, np.float32)
    heard = loudness([Sound(np.concatenate([gap, soft, broken], axis=1), 16_000)])
    assert heard is not None
    assert np.isnan(heard.dbfs[[0, 1, 4]]).all()
    assert heard.dbfs[2:4].tolist() == [FLOOR_DBFS, FLOOR_DBFS]


def test_without_samples_there_is_nothing() -> None:
    assert loudness([]) is None
    assert loudness([Sound(np.empty((2, 0), np.float32), 48_000)]) is None
