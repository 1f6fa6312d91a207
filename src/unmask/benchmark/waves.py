"""How well the rate is read from pulse waves of a camera, beside a sensor on the finger."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from unmask.errors import InputError, UsageError
from unmask.signals.rate import RateWindow, rate_windows

RATE_HZ = 30.0
WINDOW_SECONDS, STEP_SECONDS = 10.0, 5.0
NEAR_BPM = 5.0
METHODS = ("chrom", "pos")
BOOTSTRAP_DRAWS = 2000

Errors = Float64[np.ndarray, " windows"]
"""Absolute errors in beats a minute, one a window."""
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class WaveAccuracy:
    """Errors of the rate over all windows of all people.

    A window's true rate is that of the finger's wave in the same window, read by the same estimator; the rate that the
    sensor itself displayed lags behind and drops out, so it is given beside, not instead.

    Attributes:
        method: Where the camera's waves come from, ``chrom`` or ``pos``.
        people: Number of people.
        windows: Number of windows of 10 s every 5 s.
        mean_error_bpm: Mean absolute error.
        mean_interval_bpm: Where it may lie (95 %), people drawn anew with all their windows.
        median_error_bpm: Median absolute error.
        near: Share (0–1) of windows within 5 beats a minute.
        near_interval: Where it may lie (95 %), likewise.
        display_mean_error_bpm: Mean absolute error against the median of what the sensor displayed in the window.
        display_median_error_bpm: Median of the same.
        within_two_errors: Share of windows whose error is at most twice the standard error that the estimator stated.
    """

    method: str
    people: int
    windows: int
    mean_error_bpm: float
    mean_interval_bpm: Interval
    median_error_bpm: float
    near: float
    near_interval: Interval
    display_mean_error_bpm: float
    display_median_error_bpm: float
    within_two_errors: float


@dataclass(frozen=True, slots=True, eq=False)
class _Person:
    """Errors of one person's windows, against the finger's wave and against the display."""

    errors: Errors
    display_errors: Errors
    covered: Errors


def wave_accuracy(folder: Path, seed: int = 0) -> tuple[WaveAccuracy, ...]:
    """Measure the rate estimator on camera waves by CHROM and by POS.

    Args:
        folder: One folder a person, each with ``ground_truth.txt`` (line 1 the finger's wave, line 2 the displayed
            beats a minute, line 3 seconds), ``chrom.mat`` and ``pos.mat`` (``BVP``, evenly spaced over the same time).
        seed: Seed of the bootstrap.

    Raises:
        UsageError: The folder holds no such person.
        InputError: A file of a person cannot be read.
    """
    people = sorted(truth.parent for truth in folder.glob("*/ground_truth.txt"))
    if not people:
        raise UsageError(
            f"{folder} holds no */ground_truth.txt; name a folder with one folder of pulse waves a person."
        )
    return tuple(_accuracy(method, [_compare(person, method) for person in people], seed) for method in METHODS)


def _compare(person: Path, method: str) -> _Person:
    finger, displayed, seconds = _read_truth(person / "ground_truth.txt")
    camera = _read_wave(person / f"{method}.mat")
    duration = float(seconds[-1])
    even = np.arange(int(duration * RATE_HZ)) / RATE_HZ
    camera_even = np.interp(even, np.linspace(0.0, duration, len(camera)), camera)
    rates = [window.rate for window in _windows(camera_even)]
    true = np.array([window.rate.rate_bpm for window in _windows(np.interp(even, seconds, finger))])
    shown = np.array([np.median(displayed[part]) for part in _parts(seconds, len(true))])
    read = np.array([rate.rate_bpm for rate in rates])
    stated = np.array([rate.error_bpm for rate in rates])
    return _Person(np.abs(read - true), np.abs(read - shown), (np.abs(read - true) <= 2.0 * stated).astype(float))


def _windows(waveform: Float64[np.ndarray, " samples"]) -> tuple[RateWindow, ...]:
    return rate_windows(waveform, RATE_HZ, WINDOW_SECONDS, STEP_SECONDS)


def _parts(seconds: Float64[np.ndarray, " frames"], windows: int) -> Iterator[np.ndarray]:
    for start in STEP_SECONDS * np.arange(windows):
        yield (seconds >= start) & (seconds < start + WINDOW_SECONDS)


def _read_truth(file: Path) -> Float64[np.ndarray, "3 frames"]:
    try:
        lines = np.loadtxt(file, ndmin=2)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{file} cannot be read as three lines of numbers ({error}); see the folder's layout."
        ) from error
    if lines.shape[0] != 3 or lines.shape[1] < 2:
        raise InputError(
            f"{file} has {lines.shape[0]} lines of {lines.shape[1]} numbers; wave, rate and seconds are wanted."
        )
    return lines


def _read_wave(file: Path) -> Float64[np.ndarray, " samples"]:
    try:
        return np.asarray(loadmat(file)["BVP"], dtype=np.float64).ravel()
    except (OSError, KeyError, ValueError, MatReadError) as error:
        raise InputError(f"{file} has no wave called BVP ({error}); a MATLAB file of version 4–7 is wanted.") from error


def _accuracy(method: str, people: list[_Person], seed: int) -> WaveAccuracy:
    errors = np.concatenate([person.errors for person in people])
    display_errors = np.concatenate([person.display_errors for person in people])
    return WaveAccuracy(
        method=method,
        people=len(people),
        windows=len(errors),
        mean_error_bpm=float(errors.mean()),
        mean_interval_bpm=_interval(people, np.mean, seed),
        median_error_bpm=float(np.median(errors)),
        near=_near(errors),
        near_interval=_interval(people, _near, seed),
        display_mean_error_bpm=float(display_errors.mean()),
        display_median_error_bpm=float(np.median(display_errors)),
        within_two_errors=float(np.concatenate([person.covered for person in people]).mean()),
    )


def _near(errors: Errors) -> float:
    return float((errors <= NEAR_BPM).mean())


def _interval(people: list[_Person], statistic: Callable[[Errors], float], seed: int) -> Interval:
    """Percentile bootstrap over people: windows of one person are no independent witnesses."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(people), (BOOTSTRAP_DRAWS, len(people)))
    values = [statistic(np.concatenate([people[k].errors for k in row])) for row in drawn]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
