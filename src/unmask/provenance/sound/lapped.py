"""Sound taken apart into overlapping frames of cosines, and put together again (the modulated lapped transform).

A frame is 40 ms long and begins 20 ms after the one before, at any sampling rate, so that a coefficient means the same
stretch of time and frequency in a film of 48 kHz and in its copy at 16 kHz.

Reference:
    Malvar, A Modulated Complex Lapped Transform and its Applications to Audio Processing, ICASSP 1999.
"""

from functools import lru_cache

import numpy as np
from jaxtyping import Float32
from numpy.lib.stride_tricks import sliding_window_view

from unmask.provenance.sound.layout import BIN_HZ, BINS, FRAMES_A_SECOND, LOWEST_HZ

Coefficients = Float32[np.ndarray, "*channels frames bins"]
"""Strength of each frequency from 300 to 6000 Hz in each frame."""
Channels = Float32[np.ndarray, "*channels samples"]
"""Sound, −1 to 1."""

CLEAR_OF_NYQUIST = 0.95
"""Frequencies above this share of half the sampling rate are left alone: resampling dulls them."""


def hop_samples(rate_hz: int) -> int:
    """Samples from one frame to the next.

    >>> hop_samples(44_100)
    882
    """
    return rate_hz // FRAMES_A_SECOND


def cosine_parts(sound: Channels, rate_hz: int) -> Coefficients:
    """Cosine coefficients of all whole frames; the first frame begins with the first sample.

    The frames overlap by half; put together by ``overlapped``, they give back the band they cover.
    """
    return _frames(sound, rate_hz) @ _waves(rate_hz)[0]


def sine_parts(sound: Channels, rate_hz: int) -> Coefficients:
    """Sine coefficients of all whole frames, a quarter of a wave behind the cosines."""
    return _frames(sound, rate_hz) @ _waves(rate_hz)[1]


def overlapped(coefficients: Coefficients, rate_hz: int) -> Channels:
    """The sound of cosine coefficients, from the first sample of the first frame to the last one of the last.

    >>> tone = np.sin(2 * np.pi * 1000 / 16_000 * np.arange(16_000)).astype(np.float32)
    >>> again = overlapped(cosine_parts(tone, 16_000), 16_000)
    >>> bool(np.abs(again - tone)[320:-320].max() < 0.01)
    True
    """
    hop = hop_samples(rate_hz)
    frames = coefficients @ _waves(rate_hz)[0].T
    *channels, count, _ = frames.shape
    sound = np.zeros((*channels, count + 1, hop), np.float32)
    sound[..., :-1, :] += frames[..., :hop]
    sound[..., 1:, :] += frames[..., hop:]
    return sound.reshape(*channels, -1)


def _frames(sound: Channels, rate_hz: int) -> Float32[np.ndarray, "*channels frames length"]:
    hop = hop_samples(rate_hz)
    if sound.shape[-1] < 2 * hop:
        return np.empty((*sound.shape[:-1], 0, 2 * hop), np.float32)
    return sliding_window_view(sound, 2 * hop, axis=-1)[..., ::hop, :]


@lru_cache(maxsize=4)
def _waves(rate_hz: int) -> tuple[Float32[np.ndarray, "length bins"], Float32[np.ndarray, "length bins"]]:
    """Windowed cosines and sines of one frame, a column each; zero where the rate cannot hold the frequency."""
    hop = hop_samples(rate_hz)
    at = (np.arange(2 * hop) + 0.5)[:, None]
    bins = LOWEST_HZ // BIN_HZ + np.arange(BINS)
    window = np.sin(np.pi * at / (2 * hop)) * np.sqrt(2.0 / hop)
    held = window * ((bins + 1) * BIN_HZ <= CLEAR_OF_NYQUIST * rate_hz / 2)
    phase = np.pi / hop * (at + hop / 2) * (bins + 0.5)
    cosines, sines = (held * np.cos(phase)).astype(np.float32), (held * np.sin(phase)).astype(np.float32)
    cosines.flags.writeable = sines.flags.writeable = False
    return cosines, sines
