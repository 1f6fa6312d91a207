"""Whether a waveform has a line in its spectrum that noise with a smooth spectrum would not have.

Each spectrum is divided by its own running median first, so that a slope towards the low frequencies, which sways and
drifts have, makes no line. Gaussian noise of any smooth spectrum then passes p ≤ 0.01 in about one draw of a hundred;
motion that is itself nearly periodic (a band narrower than about half a hertz) cannot be told from a pulse this way.
"""

import numpy as np
from jaxtyping import Bool, Float64
from scipy.ndimage import median_filter

from unmask.signals.filters import PULSE_BAND, Band
from unmask.signals.rate import LINE_HALF_WIDTH_HZ
from unmask.signals.spectrum import Frequencies, power_spectrum
from unmask.signals.surrogates import NOISE_SMOOTHING_HZ, p_value, smooth_noise

Spectra = Float64[np.ndarray, "draws bins"]


def line_p_value(
    waveform: Float64[np.ndarray, " frames"],
    rate_hz: float,
    at_hz: float,
    rng: np.random.Generator,
    *,
    draws: int = 500,
    band: Band = PULSE_BAND,
) -> float:
    """How often noise with the waveform's smoothed spectrum has, anywhere in the band, a line as strong as that at a rate.

    The draws may choose their strongest line, the waveform stands by the one that was named: having looked over the whole
    band for it is paid for.

    Args:
        waveform: Evenly sampled, finite, not band-passed.
        rate_hz: Samples a second.
        at_hz: Frequency of the line.
        rng: Source of the noise.
        draws: Number of draws.
        band: Lowest and highest frequency in Hz.
    """
    stack = np.concatenate([waveform[None], smooth_noise(waveform, rate_hz, rng, draws)])
    frequencies, power = power_spectrum(stack, rate_hz, resolution_hz=0.02)
    reach = frequencies <= band[1] + NOISE_SMOOTHING_HZ / 2.0
    frequencies, flat = frequencies[reach], flatten(power[:, reach], frequencies[1])
    half_width_hz = max(LINE_HALF_WIDTH_HZ, rate_hz / len(waveform))
    observed = share_at(frequencies, flat[0], at_hz, band, half_width_hz)
    return p_value(observed, strongest_share(frequencies, flat[1:], band, half_width_hz))


def flatten(power: Spectra, step_hz: float) -> Spectra:
    """Each spectrum over its own running median, so that noise of any smooth colour becomes white."""
    width = max(3, round(NOISE_SMOOTHING_HZ / step_hz) | 1)
    # Row by row: the filter is six times faster on one axis than on a two-dimensional footprint.
    floor = np.array([median_filter(row, width, mode="reflect") for row in power])
    return np.divide(power, floor, out=np.zeros_like(power), where=floor > 0)


def share_at(
    frequencies: Frequencies, power: Float64[np.ndarray, " bins"], at_hz: float, band: Band, half_width_hz: float
) -> float:
    """Share (0–1) of the band's power in the line at a frequency and its first harmonic."""
    inside = (frequencies >= band[0]) & (frequencies <= band[1])
    lines: Bool[np.ndarray, " bins"] = np.abs(frequencies - at_hz) <= half_width_hz
    lines |= np.abs(frequencies - 2.0 * at_hz) <= half_width_hz
    whole = power[inside].sum()
    return float(power[inside & lines].sum() / whole) if whole > 0 else 0.0


def strongest_share(
    frequencies: Frequencies, power: Spectra, band: Band, half_width_hz: float
) -> Float64[np.ndarray, " draws"]:
    """``share_at`` the highest peak of each spectrum, from running sums."""
    first, last = (int(index) for index in np.searchsorted(frequencies, band))
    inside = power[:, first:last]
    running = np.cumsum(np.pad(inside, ((0, 0), (1, 0))), axis=1)
    half = int(half_width_hz / frequencies[1])
    top = inside.argmax(axis=1)
    rows, bins = np.arange(len(power)), last - first
    upper = np.minimum(top + half + 1, bins)
    line = running[rows, upper] - running[rows, np.maximum(top - half, 0)]
    harmonic = 2 * (top + first) - first
    # Where the harmonic's line overlaps the rate's own, it begins where that one ends.
    low, high = np.clip(harmonic - half, upper, bins), np.clip(harmonic + half + 1, upper, bins)
    line += running[rows, high] - running[rows, low]
    return line / np.maximum(running[:, -1], np.finfo(float).tiny)
