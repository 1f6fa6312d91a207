"""Evidence over space: whether cells of skin carry the same pulse, and where."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Complex128, Float64
from scipy.fft import rfft, rfftfreq

from unmask.signals.filters import PULSE_BAND, Band, hann
from unmask.signals.rate import LINE_HALF_WIDTH_HZ, RateWindow
from unmask.signals.spectrum import power_spectrum
from unmask.types import Waveform

PerCell = Float64[np.ndarray, " cells"]
"""One number a cell; NaN for a dead one."""


def living(cells: Waveform) -> Float64[np.ndarray, "alive frames"]:
    """The cells that have a finite, moving waveform, shape ``alive frames``."""
    rows = cells.reshape(-1, cells.shape[-1])
    finite = np.isfinite(rows).all(axis=-1)
    return rows[finite & (np.ptp(np.where(finite[:, None], rows, 0.0), axis=-1) > 0)]


def cell_agreement(cells: Waveform, rate_hz: float, band: Band = PULSE_BAND) -> float:
    """Mean correlation, inside a band, of each cell with the sum of the others.

    Args:
        cells: Waveforms of cells, evenly sampled; dead cells (NaN or still) are left out.
        rate_hz: Samples a second.
        band: Lowest and highest frequency in Hz.

    Returns:
        -1 to 1; 0 with fewer than two living cells. Cells that share nothing give about 0.

    >>> seconds = np.arange(300) / 30
    >>> round(cell_agreement(np.tile(np.sin(8 * seconds), (4, 1)), 30.0), 6)
    1.0
    """
    alive = living(cells)
    return float(agreement_of(alive[None], rate_hz, band)[0]) if len(alive) > 1 else 0.0


def agreement_of(
    stack: Float64[np.ndarray, "draws cells frames"], rate_hz: float, band: Band = PULSE_BAND
) -> Float64[np.ndarray, " draws"]:
    """``cell_agreement`` for each of many sets of living cells at once."""
    inside = _in_band(stack, rate_hz, band)
    norm = np.sqrt((np.abs(inside) ** 2).sum(axis=-1, keepdims=True))
    unit = np.divide(inside, norm, out=np.zeros_like(inside), where=norm > 0)
    total = unit.sum(axis=-2)
    with_total = np.einsum("dcb,db->dc", unit.conj(), total).real
    # |total - cell|² = |total|² - 2 cell·total + 1: no sum over the others is needed.
    others = (np.abs(total) ** 2).sum(axis=-1)[:, None] - 2.0 * with_total + 1.0
    correlation = (with_total - 1.0) / np.sqrt(np.maximum(others, 1e-12))
    return np.asarray(correlation.mean(axis=-1), dtype=np.float64)


def _in_band(
    waveform: Float64[np.ndarray, "*stack frames"], rate_hz: float, band: Band
) -> Complex128[np.ndarray, "*stack bins"]:
    frames = waveform.shape[-1]
    frequencies = rfftfreq(frames, 1.0 / rate_hz)
    kept = (frequencies >= band[0]) & (frequencies <= band[1])
    centered = waveform - waveform.mean(axis=-1, keepdims=True)
    return np.asarray(rfft(centered * hann(frames), axis=-1)[..., kept], dtype=np.complex128)


def cell_snr(
    cells: Float64[np.ndarray, "cells frames"], rate_hz: float, at_hz: float, band: Band = PULSE_BAND
) -> PerCell:
    """Signal-to-noise ratio of each cell at a given rate, in decibels; NaN for dead cells.

    Power within ±0.1 Hz of the rate and of its first harmonic over the rest of the band (de Haan and Jeanne 2013).
    """
    frequencies, power = power_spectrum(cells, rate_hz)
    half = max(LINE_HALF_WIDTH_HZ, rate_hz / cells.shape[-1])
    within = (frequencies >= band[0]) & (frequencies <= band[1])
    lines = (np.abs(frequencies - at_hz) <= half) | (np.abs(frequencies - 2.0 * at_hz) <= half)
    signal, noise = power[:, within & lines].sum(axis=-1), power[:, within & ~lines].sum(axis=-1)
    alive = (signal > 0) & (noise > 0)
    return 10.0 * np.log10(np.divide(signal, noise, out=np.full(len(cells), np.nan), where=alive))


def cell_lag(
    cells: Float64[np.ndarray, "cells frames"], reference: Float64[np.ndarray, " frames"], rate_hz: float, at_hz: float
) -> PerCell:
    """How much later than the reference each cell beats, in seconds, within ± half a period; NaN for dead cells.

    Args:
        cells: Waveforms of cells.
        reference: Waveform that all cells are held against, such as their mean.
        rate_hz: Samples a second.
        at_hz: Rate at which the phases are compared.
    """
    probe = hann(cells.shape[-1]) * np.exp(-2j * np.pi * at_hz * np.arange(cells.shape[-1]) / rate_hz)
    centered = cells - cells.mean(axis=-1, keepdims=True)
    phases = np.angle((centered @ probe) * np.conj((reference - reference.mean()) @ probe))
    return np.where(np.ptp(cells, axis=-1) > 0, -phases / (2.0 * np.pi * at_hz), np.nan)


def carried_share(
    other: Float64[np.ndarray, " frames"], own: Float64[np.ndarray, " frames"], rate_hz: float, at_hz: float
) -> float:
    """How much of one waveform's line another carries, in or against its phase: 1 as strong, 0 nothing of it.

    Regression of the other on the own over the frequencies of the line. The background carrying the skin's line
    shows that the light flickers, or the codec, and not the blood.
    """
    half = max(LINE_HALF_WIDTH_HZ, rate_hz / len(own))
    line = (max(0.0, at_hz - half), at_hz + half)
    inside, outside = _in_band(own, rate_hz, line), _in_band(other, rate_hz, line)
    power = float((np.abs(inside) ** 2).sum())
    return float(np.abs(np.vdot(inside, outside)) / power) if power > 0 else 0.0


def peak_consistency(windows: Sequence[RateWindow], rate_bpm: float, tolerance_bpm: float = 10.0) -> float:
    """Share of windows whose rate lies near a rate, or near that of the window before: a heart drifts, noise jumps.

    >>> peak_consistency([], 60.0)
    0.0
    """
    rates = np.array([window.rate.rate_bpm for window in windows])
    if not len(rates):
        return 0.0
    before = np.concatenate([[rate_bpm], rates[:-1]])
    return float(((np.abs(rates - rate_bpm) <= tolerance_bpm) | (np.abs(rates - before) <= tolerance_bpm)).mean())
