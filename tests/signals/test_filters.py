import numpy as np
import pytest

from unmask.signals.filters import band_pass, detrend, hann, moving_average

SECONDS = np.arange(600) / 30


@pytest.mark.parametrize(("hz", "kept"), [(0.1, 0.0), (1.2, 1.0), (2.5, 1.0), (8.0, 0.0)])
def test_only_the_band_passes_and_without_delay(hz: float, kept: float) -> None:
    wave = np.sin(2 * np.pi * hz * SECONDS)
    np.testing.assert_allclose(band_pass(wave, 30.0)[100:-100], kept * wave[100:-100], atol=0.1)


def test_a_slow_camera_keeps_what_it_can() -> None:
    assert np.isfinite(band_pass(np.sin(np.arange(100.0)), 6.0)).all()


def test_detrending_takes_the_drift_and_keeps_the_beat() -> None:
    beat, drift = np.sin(2 * np.pi * 1.2 * SECONDS), 5 * np.exp(SECONDS / 20)
    assert np.abs(detrend(beat + drift, 30.0) - beat)[30:-30].max() < 0.1


def test_detrending_halves_at_its_cutoff() -> None:
    wave = np.sin(2 * np.pi * 0.35 * SECONDS)
    assert np.std(detrend(wave, 30.0, 0.35)[100:-100]) == pytest.approx(0.5 * wave.std(), rel=0.1)


def test_filters_work_on_the_last_axis_alone() -> None:
    cells = np.random.default_rng(0).normal(size=(2, 3, 200))
    for filtered, single in [
        (band_pass(cells, 30.0), band_pass(cells[1, 2], 30.0)),
        (detrend(cells, 30.0), detrend(cells[1, 2], 30.0)),
        (moving_average(cells, 9), moving_average(cells[1, 2], 9)),
    ]:
        np.testing.assert_allclose(filtered[1, 2], single, atol=1e-9)


@pytest.mark.parametrize("samples", [0, 1, 3, 5])
def test_glimpses_pass_through(samples: int) -> None:
    wave = np.ones((2, samples))
    assert band_pass(wave, 30.0).shape == wave.shape


def test_half_overlapping_tapers_sum_to_one() -> None:
    taper = hann(48)
    np.testing.assert_allclose(taper[:24] + taper[24:], 1.0)
