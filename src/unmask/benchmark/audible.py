"""How audible what a mark adds to a sound is, by numbers."""

from itertools import pairwise

import numpy as np
from jaxtyping import Float64
from numpy.lib.stride_tricks import sliding_window_view

from unmask.errors import UsageError
from unmask.types import MonoAudio

FRAME_SECONDS = 0.043
BARKS_A_BAND = 0.25
BARK_HZ = 650.0
"""A frequency is 7 asinh(frequency / 650 Hz) Bark."""
LOWEST_BARK, HIGHEST_HZ = 0.9, 18_000
UP_DB, DOWN_DB = 15.0, 27.0
"""How fast masking falls with each Bark above and below a sound, in dB."""
QUIET_SHARE = 1e-5
"""Frames of less than this share of the loudest frame's power are left out."""

Spectra = Float64[np.ndarray, "frames bands"]


def signal_to_noise_db(original: MonoAudio, changed: MonoAudio) -> float:
    """Power of a sound over that of what was added to it, in dB; infinite when they are equal.

    >>> round(signal_to_noise_db(np.ones(9, np.float32), np.full(9, 1.1, np.float32)))
    20
    """
    added = float(np.sum(np.square(changed.astype(np.float64) - original)))
    return 10.0 * float(np.log10(np.sum(np.square(original, dtype=np.float64)) / added)) if added else np.inf


def noise_to_mask_db(original: MonoAudio, changed: MonoAudio, rate_hz: int) -> float:
    """Mean power of what was added over what the sound masks, in dB; below −10 dB it is hardly ever heard.

    Bands a quarter of a Bark wide, masking that spreads up and down in frequency and on in time, and mask offsets are
    those of PEAQ, without its model of the outer ear.

    Args:
        original: Sound before.
        changed: The same, with the mark.
        rate_hz: Samples a second.

    Raises:
        UsageError: The sounds are shorter than a frame or of different lengths.

    Reference:
        Thiede et al., PEAQ: the ITU Standard for Objective Measurement of Perceived Audio Quality, Journal of the
        Audio Engineering Society 48, 2000.
    """
    length = 2 ** round(np.log2(FRAME_SECONDS * rate_hz))
    if len(original) != len(changed) or len(original) < length:
        raise UsageError(
            f"Sounds of {len(original)} and {len(changed)} samples cannot be compared;"
            f" give two of one length, at least {length}."
        )
    power, added = _power(original, length), _power(changed.astype(np.float64) - original, length)
    bands, barks = _bands(length, rate_hz)
    loud = power.sum(axis=1)
    floor = 1e-12 * loud.max() + np.finfo(float).tiny
    masked = _masked(power @ bands, barks, length / 2 / rate_hz) + floor
    ratio = (added @ bands / masked)[loud > QUIET_SHARE * loud.max()]
    return 10.0 * float(np.log10(ratio.mean() + np.finfo(float).tiny)) if ratio.size else -np.inf


def _power(sound: Float64[np.ndarray, " samples"] | MonoAudio, length: int) -> Spectra:
    frames = sliding_window_view(sound, length)[:: length // 2]
    return np.abs(np.fft.rfft(frames * np.hanning(length))) ** 2


def _bands(length: int, rate_hz: int) -> tuple[Float64[np.ndarray, "bins bands"], Float64[np.ndarray, " bands"]]:
    """Which frequencies belong to which band, and the middles of the bands in Bark."""
    bins_hz = np.fft.rfftfreq(length, 1.0 / rate_hz)
    barks = 7.0 * np.arcsinh(bins_hz / BARK_HZ)
    edges = np.arange(LOWEST_BARK, 7.0 * np.arcsinh(min(HIGHEST_HZ, 0.49 * rate_hz) / BARK_HZ), BARKS_A_BAND)
    inside = ((barks[:, None] >= edges) & (barks[:, None] < edges + BARKS_A_BAND)).astype(np.float64)
    inside = inside[:, inside.any(axis=0)]
    return inside, barks @ inside / inside.sum(axis=0)


def _masked(power: Spectra, barks: Float64[np.ndarray, " bands"], step_seconds: float) -> Spectra:
    """Power that each band of each frame masks."""
    above = barks[:, None] - barks
    spread = 10.0 ** (np.where(above >= 0, -UP_DB * above, DOWN_DB * above) / 10.0)
    heard = power @ (spread / spread.sum(axis=0)).T
    left = np.exp(-step_seconds / (0.008 + 0.022 * 100.0 / np.maximum(100.0, BARK_HZ * np.sinh(barks / 7.0))))
    for before, after in pairwise(heard):
        np.maximum(after, left * before, out=after)
    return heard * 10.0 ** (-np.where(barks <= 12, 3.0, 0.25 * barks) / 10.0)
