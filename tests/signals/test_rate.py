import numpy as np
import pytest

from unmask.signals.rate import heart_rate, heart_rate_track, quality_of, rate_windows, window_edges


def beats(
    rate_bpm: float, seconds: float = 10.0, rate_hz: float = 30.0, noise: float = 0.0, seed: int = 0
) -> np.ndarray:
    phase = 2 * np.pi * rate_bpm / 60 * np.arange(round(seconds * rate_hz)) / rate_hz
    return np.sin(phase) + 0.4 * np.sin(2 * phase + 0.7) + np.random.default_rng(seed).normal(0, noise, len(phase))


@pytest.mark.parametrize("rate_bpm", range(45, 181, 5))
def test_known_rates_are_read_within_one_beat(rate_bpm: float) -> None:
    assert abs(heart_rate(beats(rate_bpm, noise=0.5), 30.0).rate_bpm - rate_bpm) < 1.0


@pytest.mark.parametrize("rate_hz", [15.0, 24.0, 25.0, 59.94])
def test_the_frame_rate_does_not_matter(rate_hz: float) -> None:
    assert abs(heart_rate(beats(77, rate_hz=rate_hz), rate_hz).rate_bpm - 77) < 1.0


def test_amplitude_and_offset_do_not_matter() -> None:
    wave = beats(66, noise=0.3)
    plain, scaled = heart_rate(wave, 30.0), heart_rate(1e-4 * wave + 7, 30.0)
    assert scaled.rate_bpm == pytest.approx(plain.rate_bpm, abs=1e-3)
    assert scaled.quality == pytest.approx(plain.quality, abs=1e-3)


@pytest.mark.parametrize(
    "wave", [np.zeros(300), np.full(300, np.nan), np.zeros(0), beats(70, seconds=2), np.r_[beats(70)[:-1], np.nan]]
)
def test_what_cannot_be_read_has_no_rate(wave: np.ndarray) -> None:
    rate = heart_rate(wave, 30.0)
    assert not rate.found
    assert rate.quality == 0.0


def test_noise_lowers_quality_and_raises_the_error() -> None:
    clean, noisy, lost = (heart_rate(beats(70, noise=noise), 30.0) for noise in (0.2, 3.0, 30.0))
    assert clean.quality > noisy.quality > lost.quality
    assert clean.error_bpm < noisy.error_bpm < lost.error_bpm
    assert clean.snr_db > noisy.snr_db > lost.snr_db


def test_the_stated_error_covers_most_true_errors() -> None:
    rates = [heart_rate(beats(73, noise=1.5, seed=seed), 30.0) for seed in range(100)]
    covered = [abs(rate.rate_bpm - 73) <= 2 * rate.error_bpm for rate in rates]
    assert np.mean(covered) > 0.9
    assert np.median([rate.error_bpm for rate in rates]) < 5


def test_quality_is_monotone_in_each_of_its_parts() -> None:
    snr = [quality_of(value, 0.2, 0.1) for value in np.linspace(-10, 20, 20)]
    harmonic = [quality_of(0.0, value, 0.1) for value in np.linspace(0, 0.5, 6)]
    halves = [quality_of(0.0, 0.2, value) for value in np.linspace(0, 5, 10)]
    assert np.all(np.diff(snr) > 0)
    assert np.all(np.diff(harmonic) > 0)
    assert np.all(np.diff(halves) < 0)
    assert 0 <= min(snr + halves) <= max(snr) <= 1


def test_windows_follow_a_heart_that_speeds_up() -> None:
    seconds = np.arange(1800) / 30
    wave = np.sin(2 * np.pi * (1.0 * seconds + 0.5 * 0.01 * seconds**2))
    windows = rate_windows(wave, 30.0)
    assert len(windows) == 11
    for window in windows:
        middle = (window.start + window.end) / 2
        assert window.rate.rate_bpm == pytest.approx(60 * (1.0 + 0.01 * middle), abs=1.0)


def test_a_film_barely_longer_than_a_window_is_one_window() -> None:
    assert window_edges(301, 30.0) == [(0, 301)]
    assert window_edges(0, 30.0) == [(0, 0)]


def test_the_track_bridges_a_burst_that_fools_single_windows() -> None:
    wave = beats(70, seconds=40, noise=0.3)
    wave[450:750] += 3 * beats(140, seconds=10)
    _, rates = heart_rate_track(wave, 30.0)
    singles = [window.rate.rate_bpm for window in rate_windows(wave, 30.0, step_seconds=1.0)]
    assert np.abs(rates - 70).max() < 4
    assert np.abs(np.array(singles) - 70).max() > 40


def test_the_track_never_jumps_faster_than_allowed() -> None:
    _, rates = heart_rate_track(np.random.default_rng(0).normal(size=1200), 30.0, change_bpm_per_second=2.0)
    assert np.abs(np.diff(rates)).max() <= 2.0


def test_an_unreadable_waveform_has_an_empty_track() -> None:
    middles, rates = heart_rate_track(np.full(600, np.nan), 30.0)
    assert len(middles) == len(rates)
    assert np.isnan(rates).all()
