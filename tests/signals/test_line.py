import numpy as np
import pytest

from unmask.signals.line import line_p_value, share_at, strongest_share
from unmask.signals.rate import heart_rate
from unmask.signals.spectrum import power_spectrum


def colored(slope: float, rng: np.random.Generator) -> np.ndarray:
    """Ten seconds of noise whose power falls with frequency to the given power, cut from thirty."""
    frequencies = np.fft.rfftfreq(900, 1 / 30)
    gain = np.maximum(frequencies, 0.1) ** (-slope / 2)
    drawn = rng.normal(size=len(gain)) + 1j * rng.normal(size=len(gain))
    return np.fft.irfft(gain * drawn, 900)[300:600]


@pytest.mark.parametrize("slope", [0.0, 1.0, 2.0, 4.0])
def test_noise_of_any_slope_has_no_line(slope: float) -> None:
    rng = np.random.default_rng(11)
    p_values = []
    for _ in range(80):
        wave = colored(slope, rng)
        rate = heart_rate(wave, 30.0)
        at_hz = rate.rate_bpm / 60 if rate.found else 1.0
        p_values.append(line_p_value(wave, 30.0, at_hz, rng, draws=99))
    assert np.mean(np.array(p_values) <= 0.05) < 0.125  # three standard errors above
    assert np.median(p_values) > 0.3


def test_a_pulse_in_noise_is_a_line() -> None:
    rng = np.random.default_rng(2)
    wave = np.sin(2 * np.pi * 1.2 * np.arange(300) / 30) + rng.normal(0, 1.5, 300)
    assert line_p_value(wave, 30.0, 1.2, rng, draws=199) <= 0.01


def test_a_line_elsewhere_does_not_vouch_for_the_named_rate() -> None:
    rng = np.random.default_rng(2)
    wave = np.sin(2 * np.pi * 1.2 * np.arange(300) / 30) + rng.normal(0, 1.0, 300)
    assert line_p_value(wave, 30.0, 3.1, rng, draws=199) > 0.5


def test_the_fast_sums_equal_the_plain_ones() -> None:
    waves = np.random.default_rng(0).normal(size=(20, 300))
    frequencies, power = power_spectrum(waves, 30.0)
    inside = (frequencies >= 0.7) & (frequencies < 4.0)
    fast = strongest_share(frequencies, power, (0.7, 4.0), 0.1)
    for row, share in zip(power, fast, strict=True):
        top = frequencies[np.where(inside, row, 0).argmax()]
        assert share == pytest.approx(share_at(frequencies, row, top, (0.7, 4.0), 0.1 + 1e-9), abs=0.01)
