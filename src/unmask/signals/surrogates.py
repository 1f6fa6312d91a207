"""Waveforms that share everything with the measured ones but the thing that is tested, and p-values from them."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float64
from scipy.fft import irfft, rfft
from scipy.ndimage import median_filter

from unmask.types import Waveform

Statistics = Float64[np.ndarray, " draws"]
"""One value of a statistic for each surrogate."""
Stack = Float64[np.ndarray, "draws cells frames"]
"""Surrogates of a set of cells."""
Surrogate = Callable[[Waveform, np.random.Generator, int], Stack]

NOISE_SMOOTHING_HZ = 1.2
"""Width of the running median that turns a spectrum into that of its noise: a pulse's line is a sixth of it."""

BATCH = 20
"""Draws made at once: few enough that they take little memory, enough that numpy pays."""


def phase_randomised(cells: Waveform, rng: np.random.Generator, draws: int = 1) -> Stack:
    """Cells with their own power spectrum and phases drawn anew, each cell for itself: what they shared is gone.

    Args:
        cells: Waveforms of cells, shape ``cells frames``, finite.
        rng: Source of the phases.
        draws: Number of surrogates.

    >>> cells = np.sin(np.arange(200) / np.array([[3.0], [5.0]]))
    >>> drawn = phase_randomised(cells, np.random.default_rng(0))[0]
    >>> bool(np.allclose(abs(rfft(drawn)), abs(rfft(cells))))
    True
    """
    frames = cells.shape[-1]
    spectrum = rfft(cells, axis=-1)
    turn = np.exp(2j * np.pi * rng.random((draws, *spectrum.shape)))
    turn[..., 0] = 1.0
    if frames % 2 == 0:
        turn[..., -1] = 1.0  # the highest frequency of an even count has no phase
    surrogates: Stack = irfft(spectrum * turn, frames, axis=-1)
    return surrogates


def shifted(cells: Waveform, rng: np.random.Generator, draws: int = 1) -> Stack:
    """Cells turned round in time, each by its own random amount: their shapes stay, their common time is gone.

    >>> cells = np.arange(10.0)[None].repeat(2, axis=0)
    >>> np.sort(shifted(cells, np.random.default_rng(0))[0, 1]).tolist() == cells[1].tolist()
    True
    """
    frames = cells.shape[-1]
    offsets = rng.integers(0, frames, (draws, cells.shape[0], 1))
    index = (np.arange(frames) + offsets) % frames
    return np.take_along_axis(np.broadcast_to(cells, (draws, *cells.shape)), index, axis=-1)


def smooth_noise(
    waveform: Float64[np.ndarray, " frames"], rate_hz: float, rng: np.random.Generator, draws: int
) -> Float64[np.ndarray, "draws frames"]:
    """Gaussian noise with the waveform's spectrum after its narrow lines are smoothed away.

    Args:
        waveform: Evenly sampled, finite.
        rate_hz: Samples a second.
        rng: Source of the noise.
        draws: Number of surrogates.
    """
    frames = len(waveform)
    power = np.abs(rfft(waveform - waveform.mean())) ** 2
    width = max(3, round(NOISE_SMOOTHING_HZ * frames / rate_hz) | 1)
    # A median of exponentially distributed power is ln 2 of its mean, which the two parts of a number share.
    amplitude = np.sqrt(median_filter(power, width, mode="reflect") / np.log(2.0) / 2.0)
    shape = (draws, len(power))
    drawn: Float64[np.ndarray, "draws frames"] = irfft(
        amplitude * (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)), frames, axis=-1
    )
    return drawn


def p_value(observed: float, null: Statistics) -> float:
    """Share of draws that reach the observed value, the observation counted among them, so never zero.

    >>> p_value(2.0, np.array([0.0, 1.0, 3.0]))
    0.5
    """
    return float((1 + np.count_nonzero(null >= observed)) / (1 + len(null)))


def null_p_value(
    statistic: Callable[[Stack], Statistics],
    cells: Waveform,
    rng: np.random.Generator,
    draws: int = 200,
    surrogate: Surrogate = phase_randomised,
) -> float:
    """How often cells without anything in common reach the statistic that these cells reach.

    Args:
        statistic: Takes stacks ``draws cells frames`` and gives a value for each draw; large speaks against the null.
        cells: Measured waveforms, shape ``cells frames``, finite.
        rng: Source of the draws.
        draws: Number of surrogates; the smallest p-value is 1 / (1 + draws).
        surrogate: Makes the surrogates.
    """
    observed = float(statistic(cells[None])[0])
    batches = (min(BATCH, draws - done) for done in range(0, draws, BATCH))
    return p_value(observed, np.concatenate([statistic(surrogate(cells, rng, batch)) for batch in batches]))
