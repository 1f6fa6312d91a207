"""From a pulse waveform to a heart rate with its error and quality, at once, by windows, and as a smooth path."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from numpy.lib.stride_tricks import sliding_window_view

from unmask.signals.filters import PULSE_BAND, Band, band_pass
from unmask.signals.spectrum import Frequencies, peak_frequency, power_spectrum

Wave = Float64[np.ndarray, " frames"]
"""One evenly sampled waveform."""
LinePower = Float64[np.ndarray, " bins"]
"""One spectrum."""

LINE_HALF_WIDTH_HZ = 0.1
"""Half width of the pulse's line in a signal-to-noise ratio (6 beats a minute), as in de Haan and Jeanne."""
LEAST_CYCLES = 3
"""Periods of the lowest frequency of the band without which a waveform has no rate."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate read from one waveform.

    Attributes:
        rate_bpm: Cycles a minute; NaN when there is no peak in the band.
        error_bpm: Standard error, from the noise beside the peak and from how far the two halves differ; infinite
            without a rate.
        snr_db: Power at the rate and its first harmonic over the rest of the band, in decibels.
        harmonic_ratio: Power at twice the rate over power at the rate; the finger's pulse has about 0.1–0.5,
            a pure tone 0.
        quality: 0–1, how far the rate may be trusted (see ``quality_of``).
    """

    rate_bpm: float
    error_bpm: float
    snr_db: float
    harmonic_ratio: float
    quality: float

    @property
    def found(self) -> bool:
        """Whether there is a rate at all."""
        return bool(np.isfinite(self.rate_bpm))


NO_RATE = Rate(float("nan"), float("inf"), float("-inf"), 0.0, 0.0)
"""What a flat, broken or too short waveform gives."""


@dataclass(frozen=True, slots=True)
class RateWindow:
    """The rate in one stretch of the waveform, in seconds from its first sample."""

    start: float
    end: float
    rate: Rate


def heart_rate(waveform: Wave, rate_hz: float, band: Band = PULSE_BAND) -> Rate:
    """Rate of the strongest periodic wave of a band, by default that of the human heart at 42–240 a minute.

    Args:
        waveform: Evenly sampled pulse. With a NaN, flat, or shorter than 3 periods of the lowest frequency, it has
            no rate.
        rate_hz: Samples a second.
        band: Lowest and highest frequency looked at, in Hz.

    Reference:
        The signal-to-noise ratio is that of de Haan and Jeanne, IEEE TBME 60(10), 2013.

    >>> seconds = np.arange(300) / 30
    >>> round(heart_rate(np.sin(2 * np.pi * 72 / 60 * seconds), 30.0).rate_bpm, 1)
    72.0
    """
    if not _readable(waveform, rate_hz, band):
        return NO_RATE
    filtered = band_pass(waveform, rate_hz, band)
    frequencies, power = power_spectrum(filtered, rate_hz)
    peak_hz = peak_frequency(frequencies, power, band)
    if not np.isfinite(peak_hz):
        return NO_RATE
    duration = len(waveform) / rate_hz
    snr_db = signal_to_noise(frequencies, power, peak_hz, band, duration)
    fundamental, harmonic = (_line_power(frequencies, power, hz, duration) for hz in (peak_hz, 2.0 * peak_hz))
    halves_bpm = _half_difference(filtered, rate_hz, band, peak_hz)
    return Rate(
        rate_bpm=60.0 * peak_hz,
        error_bpm=_standard_error(snr_db, duration, halves_bpm),
        snr_db=snr_db,
        harmonic_ratio=harmonic / fundamental,
        quality=quality_of(snr_db, harmonic / fundamental, halves_bpm * duration / 60.0),
    )


def _readable(waveform: Wave, rate_hz: float, band: Band) -> bool:
    long_enough = len(waveform) >= max(8.0, LEAST_CYCLES * rate_hz / band[0])
    return bool(long_enough and np.isfinite(waveform).all() and np.ptp(waveform) > 0)


def signal_to_noise(
    frequencies: Frequencies,
    power: LinePower,
    peak_hz: float,
    band: Band,
    duration_seconds: float,
    *,
    half_width_hz: float = LINE_HALF_WIDTH_HZ,
) -> float:
    """Power within the lines of a rate and its first harmonic over the rest of the band, in decibels.

    The lines reach ``half_width_hz`` to each side, or as far as the window's own blur (one over its duration) where
    that is more.

    Reference:
        de Haan and Jeanne, IEEE Transactions on Biomedical Engineering 60(10), 2013.
    """
    half = max(half_width_hz, 1.0 / duration_seconds)
    within = (frequencies >= band[0]) & (frequencies <= band[1])
    lines = (np.abs(frequencies - peak_hz) <= half) | (np.abs(frequencies - 2.0 * peak_hz) <= half)
    signal, noise = power[within & lines].sum(), power[within & ~lines].sum()
    tiny = np.finfo(float).tiny
    return float(10.0 * np.log10((signal + tiny) / (noise + tiny)))


def quality_of(snr_db: float, harmonic_ratio: float, halves_cycles: float) -> float:
    """How far a rate may be trusted, 0–1.

    A logistic curve that rises with the signal-to-noise ratio (0.5 at -1 dB, 0.9 at 6 dB), rises a little with the
    harmonic that a true pulse has (at most 0.5 of the curve's argument), and falls as the two halves disagree (one for
    each cycle that they would drift apart over the whole).

    >>> quality_of(6.0, 0.1, 0.1) > quality_of(0.0, 0.1, 0.1) > quality_of(0.0, 0.1, 2.0)
    True
    """
    argument = (snr_db + 1.0) / 3.2 + 0.5 * min(harmonic_ratio, 0.5) / 0.5 - halves_cycles
    return float(1.0 / (1.0 + np.exp(-np.clip(argument, -30.0, 30.0))))


def _line_power(frequencies: Frequencies, power: LinePower, center_hz: float, duration_seconds: float) -> float:
    half = max(LINE_HALF_WIDTH_HZ, 1.0 / duration_seconds)
    return float(power[np.abs(frequencies - center_hz) <= half].sum() + np.finfo(float).tiny)


def _half_difference(waveform: Wave, rate_hz: float, band: Band, peak_hz: float) -> float:
    """Difference of the halves' rates near the whole's, in bpm; what one half cannot resolve counts as no difference."""
    middle = len(waveform) // 2
    reach = 4.0 * rate_hz / len(waveform)  # half the main lobe of a Hann window of one half
    near = (max(band[0], peak_hz - reach), min(band[1], peak_hz + reach))
    rates = [peak_frequency(*power_spectrum(half, rate_hz), near) for half in (waveform[:middle], waveform[middle:])]
    difference = abs(rates[0] - rates[1])
    return 60.0 * float(difference if np.isfinite(difference) else 2.0 * reach)


def _standard_error(snr_db: float, duration_seconds: float, halves_bpm: float) -> float:
    """Noise bound and drift together.

    The bound is that of a tone in white noise, with the independent values of the band counted instead of the samples;
    the mean of two halves that differ by d has the standard error d / 2.
    """
    noise = 10.0 ** (-snr_db / 20.0)
    bound_bpm = 60.0 * np.sqrt(6.0) / (2.0 * np.pi * duration_seconds) * noise
    return float(np.hypot(bound_bpm, halves_bpm / 2.0))


def rate_windows(
    waveform: Wave,
    rate_hz: float,
    window_seconds: float = 10.0,
    step_seconds: float = 5.0,
    band: Band = PULSE_BAND,
) -> tuple[RateWindow, ...]:
    """The rate in each window of a waveform; a waveform shorter than a window is one window.

    >>> seconds = np.arange(600) / 30
    >>> [window.start for window in rate_windows(np.sin(8 * seconds), 30.0)]
    [0.0, 5.0, 10.0]
    """
    return tuple(
        RateWindow(start / rate_hz, end / rate_hz, heart_rate(waveform[start:end], rate_hz, band))
        for start, end in window_edges(len(waveform), rate_hz, window_seconds, step_seconds)
    )


def window_edges(
    samples: int, rate_hz: float, window_seconds: float = 10.0, step_seconds: float = 5.0
) -> list[tuple[int, int]]:
    """First sample, and sample after the last, of each whole window; the whole when it is shorter than one."""
    # A tenth of slack: a film of "ten seconds" may end a few frames before its tenth second.
    width = round(window_seconds * rate_hz)
    if samples < 1.1 * width:
        return [(0, samples)]
    step = max(1, round(step_seconds * rate_hz))
    return [(start, start + width) for start in range(0, samples - width + 1, step)]


def heart_rate_track(
    waveform: Wave,
    rate_hz: float,
    *,
    window_seconds: float = 10.0,
    step_seconds: float = 1.0,
    band: Band = PULSE_BAND,
    change_bpm_per_second: float = 3.0,
) -> tuple[Float64[np.ndarray, " steps"], Float64[np.ndarray, " steps"]]:
    """The smooth path of the rate that gathers the most power of the windows' spectra (Viterbi).

    Args:
        waveform: Evenly sampled pulse, finite.
        rate_hz: Samples a second.
        window_seconds: Length of the windows.
        step_seconds: Step of the windows.
        band: Lowest and highest frequency in Hz.
        change_bpm_per_second: Fastest change that a path may take; hearts rarely change faster than 3 a second.

    Returns:
        The windows' middles in seconds, and the rate there in beats a minute; NaN without a readable waveform.

    >>> seconds = np.arange(900) / 30
    >>> _, rates = heart_rate_track(np.sin(2 * np.pi * (1.2 * seconds + 0.005 * seconds**2)), 30.0)
    >>> bool(np.all(np.diff(rates) >= 0)), round(float(rates[0])), round(float(rates[-1]))
    (True, 75, 87)
    """
    edges = window_edges(len(waveform), rate_hz, window_seconds, step_seconds)
    middles = np.array([(start + end) / 2.0 / rate_hz for start, end in edges])
    if not _readable(waveform[: edges[0][1]], rate_hz, band) or not np.isfinite(waveform).all():
        return middles, np.full(len(edges), np.nan)
    filtered = band_pass(waveform, rate_hz, band)
    grid_bpm = np.arange(60.0 * band[0], 60.0 * band[1] + 0.25, 0.5)
    gains = []
    for start, end in edges:
        frequencies, power = power_spectrum(filtered[start:end], rate_hz)
        at_rates = np.interp(grid_bpm / 60.0, frequencies, power)
        # Shares of the window's power, so that one loud window cannot bend the whole path.
        gains.append(np.log(at_rates / (at_rates.sum() + np.finfo(float).tiny) + 1e-4))
    reach = max(1, round(change_bpm_per_second * step_seconds / 0.5))
    return middles, grid_bpm[_best_path(np.array(gains), reach)]


def _best_path(gains: Float64[np.ndarray, "steps states"], reach: int) -> Int64[np.ndarray, " steps"]:
    """States of the path with the largest sum of gains whose neighbours differ by at most ``reach`` states."""
    padded = np.full(gains.shape[1] + 2 * reach, -np.inf)
    total, origins = gains[0], []
    for gain in gains[1:]:
        padded[reach:-reach] = total
        choices = sliding_window_view(padded, 2 * reach + 1)
        best = choices.argmax(axis=1)
        origins.append(best + np.arange(len(best)) - reach)
        total = gain + choices.max(axis=1)
    path = [int(total.argmax())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return np.array(path[::-1], dtype=np.int64)
