"""Linear filters for evenly sampled waveforms; each works on the last axis and leaves the rest alone."""

import numpy as np
import scipy  # scipy.signal is slow to import, and is when first used
from jaxtyping import Float64
from scipy.linalg import solveh_banded
from scipy.ndimage import uniform_filter1d

from unmask.types import Waveform

Band = tuple[float, float]
"""Lowest and highest frequency in Hz."""

PULSE_BAND: Band = (0.7, 4.0)
"""42 to 240 beats a minute."""

Taper = Float64[np.ndarray, " width"]
"""Weights of a window, one a sample."""


def band_pass(waveform: Waveform, rate_hz: float, band: Band = PULSE_BAND, order: int = 2) -> Waveform:
    """Keep one band of frequencies without delay: a Butterworth filter run forth and back.

    Args:
        waveform: Evenly sampled, finite.
        rate_hz: Samples a second.
        band: Lowest and highest frequency in Hz; the upper one is held below 0.45 × ``rate_hz``.
        order: Order of one run; the two runs double it.

    Returns:
        Filtered waveform around zero. Fewer than 4 samples come back as zeros.

    >>> seconds = np.arange(300) / 30
    >>> kept = band_pass(np.sin(2 * np.pi * 1.5 * seconds) + 5 * seconds, 30.0)
    >>> bool(abs(kept).max() < 1.5)
    True
    """
    samples = waveform.shape[-1]
    if samples < 4:
        return np.zeros_like(waveform)
    high = min(band[1], 0.45 * rate_hz)
    sections = scipy.signal.butter(order, (min(band[0], 0.5 * high), high), "bandpass", fs=rate_hz, output="sos")
    # One period of the lowest frequency lets the run-in die before the first true sample.
    margin = min(samples - 1, round(rate_hz / band[0]))
    filtered: Waveform = scipy.signal.sosfiltfilt(sections, waveform, axis=-1, padtype="odd", padlen=margin)
    return filtered


def detrend(waveform: Waveform, rate_hz: float, cutoff_hz: float = 0.35) -> Waveform:
    """Take slow drift away by smoothness priors, which adapt to the ends where filters ring.

    Args:
        waveform: Evenly sampled, finite.
        rate_hz: Samples a second.
        cutoff_hz: Frequency at which half of the amplitude is taken away.

    Returns:
        The waveform less its smooth trend.

    Reference:
        Tarvainen, Ranta-aho and Karjalainen, IEEE Transactions on Biomedical Engineering 49(2), 2002.

    >>> line = np.linspace(3.0, 9.0, 200)
    >>> bool(np.allclose(detrend(line, 30.0), 0.0, atol=1e-6))
    True
    """
    samples = waveform.shape[-1]
    if samples < 4:
        return waveform - waveform.mean(axis=-1, keepdims=True)
    # A second difference scales a wave of angular step w by 2 - 2 cos w; the trend keeps 1 / (1 + (lambda gain)^2).
    gain = 2.0 - 2.0 * np.cos(2.0 * np.pi * cutoff_hz / rate_hz)
    weight = gain**-2.0
    bands = np.zeros((3, samples))
    bands[2] = 1.0 + weight * np.convolve(np.ones(samples - 2), [1.0, 4.0, 1.0])
    bands[1, 1:] = weight * np.convolve(np.ones(samples - 2), [-2.0, -2.0])
    bands[0, 2:] = weight
    columns = waveform.reshape(-1, samples).T
    trend = solveh_banded(bands, columns, check_finite=False)
    return waveform - trend.T.reshape(waveform.shape)


def moving_average(waveform: Waveform, width: int) -> Waveform:
    """Mean over ``width`` samples around each sample; the ends are mirrored.

    >>> moving_average(np.array([0.0, 3.0, 0.0, 3.0, 0.0]), 3).tolist()
    [1.0, 1.0, 2.0, 1.0, 1.0]
    """
    averaged: Waveform = uniform_filter1d(waveform, max(1, width), axis=-1, mode="reflect")
    return averaged


def hann(width: int) -> Taper:
    """Hann window sampled at half steps, so that no weight is zero and half-overlapping copies sum to one.

    >>> hann(4).round(3).tolist()
    [0.146, 0.854, 0.854, 0.146]
    """
    return np.sin(np.pi * (np.arange(width) + 0.5) / width) ** 2
