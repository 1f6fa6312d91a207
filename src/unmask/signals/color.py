"""Colour traces in time: even sampling, gaps, brightness."""

import math

import numpy as np
from jaxtyping import Float64

from unmask.signals.filters import moving_average
from unmask.types import ColorTrace, Seconds, Waveform

EvenSeconds = Float64[np.ndarray, " samples"]
"""Times in seconds at equal steps."""
DARKEST = 0.05
"""Least share of the overall mean that a running mean may divide by: black for a while is no change of infinite size."""
Values = Float64[np.ndarray, "..."]
"""Values with time on the axis that the function names."""


def resample_evenly(
    times: Seconds, values: Values, rate_hz: float, *, max_gap_seconds: float = 0.5, axis: int = -2
) -> tuple[EvenSeconds, Values]:
    """Put values seen at presentation times on a grid of equal steps, by linear interpolation.

    Args:
        times: Rising presentation times.
        values: Values with the frames on ``axis``, the last but one as in a colour trace; NaN where not seen.
        rate_hz: Samples a second wanted.
        max_gap_seconds: Longest stretch without a value that is bridged; in longer ones the samples are NaN.
        axis: Axis of the frames: -2 for colour traces, -1 for waveforms.

    Returns:
        Even times from the first to the last presentation time, and the values there.

    >>> even, values = resample_evenly(np.array([0.0, 0.1, 0.4]), np.array([1.0, 2.0, 5.0]), 10.0, axis=-1)
    >>> values.round(6).tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0]
    """
    # Half a step of slack: a duration of 9.9999 steps still ends with the tenth sample.
    samples = int((times[-1] - times[0]) * rate_hz + 0.5) + 1 if len(times) else 0
    even = (times[0] if len(times) else 0.0) + np.arange(samples) / rate_hz
    moved = np.moveaxis(values, axis, -1)
    rows = moved.reshape(math.prod(moved.shape[:-1]), moved.shape[-1])
    resampled = np.array([_row_at(even, times, row, max_gap_seconds) for row in rows]).reshape(len(rows), samples)
    return even, np.moveaxis(resampled.reshape(*moved.shape[:-1], samples), -1, axis)


def _row_at(
    even: EvenSeconds,
    times: Seconds,
    row: Float64[np.ndarray, " frames"],
    max_gap_seconds: float,
) -> EvenSeconds:
    seen = np.isfinite(row)
    if not seen.any():
        return np.full(len(even), np.nan)
    known = times[seen]
    after = np.searchsorted(known, even).clip(0, len(known) - 1)
    before = (np.searchsorted(known, even, side="right") - 1).clip(0)
    # Outside the first and last value the nearest one is held, for as long as a gap would be bridged.
    gap = np.maximum(known[after] - known[before], np.abs(even - known[after]) * (before == after))
    values: EvenSeconds = np.interp(even, known, row[seen])
    return np.where(gap <= max_gap_seconds + 1e-9, values, np.nan)


def fill_gaps(waveform: Waveform) -> Waveform:
    """Bridge every NaN by linear interpolation along the last axis; a row of nothing but NaN stays so.

    >>> fill_gaps(np.array([np.nan, 1.0, np.nan, 3.0])).tolist()
    [1.0, 1.0, 2.0, 3.0]
    """
    if np.isfinite(waveform).all():
        return waveform
    frames = np.arange(waveform.shape[-1])
    rows = waveform.reshape(-1, len(frames)).copy()
    for row in rows:
        seen = np.isfinite(row)
        if seen.any() and not seen.all():
            row[~seen] = np.interp(frames[~seen], frames[seen], row[seen])
    return rows.reshape(waveform.shape)


def missing_share(values: ColorTrace) -> Float64[np.ndarray, "*cells"]:
    """Share (0–1) of the frames in which each cell was not seen."""
    share: Float64[np.ndarray, ...] = np.isnan(values).any(axis=-1).mean(axis=-1)
    return np.asarray(share, dtype=np.float64)


def normalise(rgb: ColorTrace, rate_hz: float | None = None, window_seconds: float = 1.6) -> ColorTrace:
    """Divide by the mean colour and take one away, so that values are relative changes of light.

    Args:
        rgb: Mean skin colour, 0–255, evenly sampled, finite, above zero on average.
        rate_hz: Samples a second; None divides by the mean over all frames.
        window_seconds: Length of the running mean used with ``rate_hz``.

    Returns:
        Relative change around zero: 0.01 is one per cent brighter than the mean.

    >>> normalise(np.array([[99.0, 50.0, 20.0], [101.0, 50.0, 20.0]])).round(4)[:, 0].tolist()
    [-0.01, 0.01]
    """
    if rate_hz is None:
        mean = rgb.mean(axis=-2, keepdims=True)
    else:
        width = min(rgb.shape[-2], round(window_seconds * rate_hz))
        running = np.moveaxis(moving_average(np.moveaxis(rgb, -1, -2), width), -2, -1)
        mean = np.maximum(running, DARKEST * rgb.mean(axis=-2, keepdims=True))
    return rgb / mean - 1.0
