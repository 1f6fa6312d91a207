"""Whether a waveform has a line in its spectrum that noise with a smooth spectrum would not have."""

import numpy as np
from jaxtyping import Float64

from unmask.signals.filters import PULSE_BAND, Band
from unmask.signals.rate import LINE_HALF_WIDTH_HZ
from unmask.signals.spectrum import Frequencies, power_spectrum
from unmask.signals.surrogates import p_value, smooth_noise


def line_p_value(
    waveform: Float64[np.ndarray, " frames"],
    rate_hz: float,
    rng: np.random.Generator,
    draws: int = 200,
    band: Band = PULSE_BAND,
) -> float:
    """How often noise with the waveform's smoothed spectrum has a line as strong as the waveform's.

    The line of the waveform is looked for where its own spectrum peaks, and so is that of each draw: having looked over
    the whole band is paid for.

    Args:
        waveform: Evenly sampled, finite, not band-passed.
        rate_hz: Samples a second.
        rng: Source of the noise.
        draws: Number of draws.
        band: Lowest and highest frequency in Hz.
    """
    frames = len(waveform)
    stack = np.concatenate([waveform[None], smooth_noise(waveform, rate_hz, rng, draws)])
    frequencies, power = power_spectrum(stack, rate_hz, resolution_hz=0.02)
    shares = line_share(frequencies, power, band, max(LINE_HALF_WIDTH_HZ, rate_hz / frames))
    return p_value(float(shares[0]), shares[1:])


def line_share(
    frequencies: Frequencies, power: Float64[np.ndarray, "draws bins"], band: Band, half_width_hz: float
) -> Float64[np.ndarray, " draws"]:
    """Share of the band's power in the strongest line and its first harmonic, for each spectrum."""
    first, last = np.searchsorted(frequencies, band)
    running = np.cumsum(np.pad(power[:, first:last], ((0, 0), (1, 0))), axis=1)
    half = max(1, round(half_width_hz / frequencies[1]))
    top = power[:, first:last].argmax(axis=1)
    rows = np.arange(len(power))

    def between(low: np.ndarray, high: np.ndarray) -> Float64[np.ndarray, " draws"]:
        low, high = np.clip(low, 0, last - first), np.clip(high, 0, last - first)
        return running[rows, high] - running[rows, low]

    line = between(top - half, top + half + 1)
    harmonic = 2 * (top + first) - first
    # The harmonic may overlap the line only below the band's lower edge, where it is clipped away.
    return (line + between(harmonic - half, harmonic + half + 1)) / running[:, -1]
