"""Breathing, from what it does to the pulse and to the head."""

import numpy as np
import scipy
from jaxtyping import Float64

from unmask.signals.filters import Band, band_pass
from unmask.signals.rate import NO_RATE, Rate, Wave, signal_to_noise
from unmask.signals.spectrum import peak_frequency, power_spectrum

BREATH_BAND: Band = (0.1, 0.5)
"""6 to 30 breaths a minute."""
LEAST_SECONDS = 12.0
"""Below, even fast breathing shows fewer than four cycles and no rate is given."""
LEAST_CYCLES = 4.0
"""Breaths that must be seen before a rate is worth more than ``GLIMPSE_QUALITY``."""
GLIMPSE_QUALITY = 0.1
LINE_HALF_WIDTH_HZ = 0.05
AGREEMENT_BPM = 2.0

Traces = Float64[np.ndarray, "traces frames"]
"""Waveforms that breathing may have left its mark on."""


def breath_traces(pulse: Wave, rate_hz: float, heart_rate_bpm: float) -> Traces:
    """Three ways in which breathing modulates a pulse: its baseline, its strength and its rhythm.

    Args:
        pulse: Pulse waveform, evenly sampled, finite, not band-passed (the baseline lies below the pulse's band).
        rate_hz: Samples a second.
        heart_rate_bpm: Rate of the pulse.

    Returns:
        Baseline, strength and momentary rate, one row each, each of unit variance unless still.

    Reference:
        Karlen, Raman, Ansermino and Dumont, IEEE Transactions on Biomedical Engineering 60(7), 2013.
    """
    heart_hz = heart_rate_bpm / 60.0
    # Side bands of breathing lie at the heart's rate ± the breath's.
    reach = min(BREATH_BAND[1], 0.6 * heart_hz)
    beat = scipy.signal.hilbert(band_pass(pulse, rate_hz, (heart_hz - reach, heart_hz + reach)))
    rhythm = np.gradient(np.unwrap(np.angle(beat))) * rate_hz / (2.0 * np.pi)
    return _breathing(np.stack([pulse, np.abs(beat), rhythm]), rate_hz)


def _breathing(traces: Traces, rate_hz: float) -> Traces:
    inside = band_pass(traces, rate_hz, BREATH_BAND)
    spread = inside.std(axis=-1, keepdims=True)
    return np.divide(inside, spread, out=np.zeros_like(inside), where=spread > 1e-12)


def breath_rate(traces: Traces, rate_hz: float) -> Rate:
    """Breaths a minute from everything that breathing may move.

    The traces' spectra are averaged, each with the same weight. Quality is that of the line in the average, times the
    share of traces whose own line lies within 2 breaths a minute of it; with fewer than four breaths in view it stays
    below 0.1. Under 12 s there is no rate.

    Args:
        traces: Waveforms such as ``breath_traces`` and the height and size of the head, evenly sampled over the same
            time; rows with NaN or without any change are left out.
        rate_hz: Samples a second.

    >>> seconds = np.arange(900) / 30
    >>> round(breath_rate(np.sin(2 * np.pi * 0.25 * seconds)[None], 30.0).rate_bpm)
    15
    """
    duration = traces.shape[-1] / rate_hz
    usable = traces[np.isfinite(traces).all(axis=-1)]
    breathing = _breathing(usable, rate_hz)
    breathing = breathing[(breathing != 0).any(axis=-1)]
    if duration < LEAST_SECONDS or not len(breathing):
        return NO_RATE
    frequencies, power = power_spectrum(breathing, rate_hz, resolution_hz=0.004)
    mean = power.mean(axis=0)
    peak_hz = peak_frequency(frequencies, mean, BREATH_BAND)
    if not np.isfinite(peak_hz):
        return NO_RATE
    own = np.array([peak_frequency(frequencies, row, BREATH_BAND) for row in power])
    near = np.abs(own - peak_hz) <= AGREEMENT_BPM / 60.0
    snr_db = signal_to_noise(frequencies, mean, peak_hz, BREATH_BAND, duration, half_width_hz=LINE_HALF_WIDTH_HZ)
    quality = float(near.mean() / (1.0 + np.exp(-(snr_db + 1.0) / 3.2)))
    few = peak_hz * duration < LEAST_CYCLES
    spread_bpm = 60.0 * float(own[near].std()) if near.any() else 0.0
    resolution_bpm = 60.0 * np.sqrt(6.0) / (2.0 * np.pi * duration) * 10.0 ** (-snr_db / 20.0)
    return Rate(
        rate_bpm=60.0 * peak_hz,
        error_bpm=float(np.hypot(resolution_bpm, spread_bpm / np.sqrt(max(1, near.sum())))),
        snr_db=snr_db,
        harmonic_ratio=0.0,
        quality=min(quality, GLIMPSE_QUALITY) if few else quality,
    )
