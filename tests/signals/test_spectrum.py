import numpy as np
import pytest

from unmask.signals.spectrum import peak_frequency, power_spectrum


def test_a_peak_between_two_bins_is_found() -> None:
    seconds = np.arange(300) / 30
    frequencies, power = power_spectrum(np.sin(2 * np.pi * 1.2345 * seconds), 30.0)
    assert peak_frequency(frequencies, power, (0.7, 4.0)) == pytest.approx(1.2345, abs=0.003)


def test_the_slope_of_an_outside_peak_is_no_peak() -> None:
    frequencies = np.linspace(0, 5, 500)
    assert np.isnan(peak_frequency(frequencies, np.exp(-frequencies), (0.7, 4.0)))


def test_cells_with_nan_give_nan_alone() -> None:
    cells = np.stack([np.sin(np.arange(100.0)), np.full(100, np.nan)])
    _, power = power_spectrum(cells, 30.0)
    assert np.isfinite(power[0]).all()
    assert np.isnan(power[1]).all()


def test_the_step_is_as_fine_as_asked() -> None:
    frequencies, _ = power_spectrum(np.sin(np.arange(60.0)), 30.0, resolution_hz=0.005)
    assert frequencies[1] <= 0.005
