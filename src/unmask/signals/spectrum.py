"""Power spectra of evenly sampled waveforms."""

import numpy as np
from jaxtyping import Float64
from scipy.fft import next_fast_len, rfft, rfftfreq

from unmask.signals.filters import Band, hann
from unmask.types import Waveform

Frequencies = Float64[np.ndarray, " bins"]
"""Frequencies in Hz, rising."""
Power = Float64[np.ndarray, "*cells bins"]
"""Power at each frequency."""


def power_spectrum(waveform: Waveform, rate_hz: float, resolution_hz: float = 0.01) -> tuple[Frequencies, Power]:
    """Hann-windowed periodogram, padded with zeros so that peaks are drawn finely.

    Args:
        waveform: Evenly sampled; its mean is taken away. A waveform with NaN gives a spectrum of NaN.
        rate_hz: Samples a second.
        resolution_hz: Widest allowed step between two frequencies; 0.01 Hz is 0.6 beats a minute.

    Returns:
        Frequencies from 0 to half of ``rate_hz``, and the power at each. Scaled so that a sine of amplitude a has
        a peak of a² / 4.

    >>> seconds = np.arange(300) / 30
    >>> frequencies, power = power_spectrum(2 * np.sin(2 * np.pi * 1.2 * seconds), 30.0)
    >>> round(float(frequencies[power.argmax()]), 1), round(float(power.max()), 1)
    (1.2, 1.0)
    """
    samples = waveform.shape[-1]
    taper = hann(samples)
    padded = next_fast_len(max(samples, int(np.ceil(rate_hz / resolution_hz))), real=True)
    centered = waveform - waveform.mean(axis=-1, keepdims=True)
    spectrum = rfft(centered * taper, padded, axis=-1) / taper.sum()
    return rfftfreq(padded, 1.0 / rate_hz), spectrum.real**2 + spectrum.imag**2


def peak_frequency(frequencies: Frequencies, power: Float64[np.ndarray, " bins"], band: Band) -> float:
    """Frequency of the highest local peak inside ``band``, refined by a parabola through three points of log power.

    The slope of a peak outside the band is no peak: without a local maximum inside, the answer is NaN.
    """
    inner = power[1:-1]
    tops = (inner > power[:-2]) & (inner >= power[2:]) & (frequencies[1:-1] >= band[0]) & (frequencies[1:-1] <= band[1])
    if not tops.any():
        return float("nan")
    top = 1 + int(np.where(tops, inner, -np.inf).argmax())
    before, here, after = np.log(power[top - 1 : top + 2] + np.finfo(float).tiny)
    bend = before - 2.0 * here + after
    offset = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(frequencies[top] + offset * (frequencies[1] - frequencies[0]))
