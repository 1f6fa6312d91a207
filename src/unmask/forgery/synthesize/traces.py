"""The trace that a generator leaves: where the spectrum of what it draws stands out from its surroundings.

A doubling that treats the pixels of a square unlike leaves a pattern that repeats every other pixel; an earlier
doubling's pattern is enlarged by the later ones and repeats every 4, 8 … pixels. Each is a peak in the mean spectrum.

Reference:
    Zhang, Karaman, Chang: Detecting and simulating artifacts in GAN fake images, WIFS 2019; Frank et al., Leveraging
    frequency analysis for deep fake image recognition, ICML 2020; Durall, Keuper, Keuper, CVPR 2020, for the mean over
    rings.
"""

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from unmask.errors import UsageError
from unmask.forgery.synthesize.faces import FacePictures
from unmask.media.source import shown
from unmask.media.writing import written_aside

Spectrum = Float64[np.ndarray, "64 64"]
"""Mean log power in dB; frequency zero in the middle, 1/64 cycle a pixel from one to the next."""
Rings = Float64[np.ndarray, "33"]
"""Mean over all directions, from frequency zero to half a cycle a pixel."""

PERIODS = (2, 4, 8)
"""Pixels after which the patterns of the last three doublings repeat."""
NEAR, FAR = 2, 4
"""A peak is compared with what lies this many steps from it; a step further in is the window's own width."""
LUMA = (0.299, 0.587, 0.114)
FLOOR = 1e-6


@dataclass(frozen=True, eq=False)
class Traces:
    """The mean spectrum of some pictures.

    Attributes:
        count: How many pictures.
        spectrum: Mean log power.
        rings: Its mean over all directions.
        peaks: How much it stands out, in dB, where the pattern of each period lies: mean over the directions across, down
            and diagonal.
    """

    count: int
    spectrum: Spectrum
    rings: Rings
    peaks: Mapping[int, float]


def traces_of(pictures: FacePictures) -> Traces:
    """The traces in some pictures, drawn or filmed."""
    spectrum = mean_spectrum(pictures)
    return Traces(len(pictures), spectrum, over_rings(spectrum), {period: peak(spectrum, period) for period in PERIODS})


def mean_spectrum(pictures: FacePictures) -> Spectrum:
    """Mean log power of the pictures' luma under a Hann window."""
    levels = pictures.astype(np.float64) / 255
    luma = levels @ np.array(LUMA) if pictures.shape[3] == 3 else levels[..., 0]
    window = np.hanning(luma.shape[1] + 1)[:-1]
    flat = (luma - luma.mean((1, 2), keepdims=True)) * np.outer(window, window)
    power = np.abs(np.fft.fft2(flat)) ** 2 / (window**2).sum() ** 2
    return np.fft.fftshift(10 * np.log10(power + FLOOR**2).mean(axis=0))


def over_rings(spectrum: Spectrum) -> Rings:
    """Mean over all directions for each distance from frequency zero."""
    steps = np.arange(len(spectrum)) - len(spectrum) // 2
    rings = np.rint(np.hypot(steps[:, None], steps[None])).astype(int).reshape(-1)
    counts, sums = np.bincount(rings), np.bincount(rings, spectrum.reshape(-1))
    return (sums / counts)[: len(spectrum) // 2 + 1]


def peak(spectrum: Spectrum, period: int) -> float:
    """How much a pattern stands out from its surroundings, dB: mean over across, down and diagonal.

    Args:
        spectrum: As ``mean_spectrum`` gives it.
        period: Pixels after which the pattern repeats.
    """
    step = len(spectrum) // period
    return float(np.mean([_standing_out(spectrum, *place) for place in ((0, step), (step, 0), (step, step))]))


def plotted(named: Mapping[str, Traces]) -> bytes:
    """Mean over rings of several sets, and their peaks, as a PNG file's bytes; no face is seen in it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 # a second's import, for this alone
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(10.0, 4.2), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    for number, (name, traces) in enumerate(named.items()):
        left.plot(np.arange(len(traces.rings)) / len(traces.spectrum), traces.rings, label=name)
        places = np.arange(len(PERIODS)) + 0.8 * (number / len(named) - 0.4)
        right.bar(places, [traces.peaks[period] for period in PERIODS], 0.8 / len(named), align="edge")
    left.set(xlabel="cycles a pixel", ylabel="mean log power, dB")
    left.legend()
    right.set(xlabel="period of the pattern, pixels", ylabel="above its surroundings, dB")
    right.set_xticks(range(len(PERIODS)), [str(period) for period in PERIODS])
    for axes in (left, right):
        axes.grid(visible=True, alpha=0.2)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def write_plot(named: Mapping[str, Traces], path: Path, *, force: bool = False) -> None:
    """Write the picture of ``plotted``.

    Raises:
        UsageError: Its name does not end with .png, or a file lies there.
        OutputError: It cannot be written.
    """
    if path.suffix.lower() != ".png":
        raise UsageError(f"{shown(path)} must end with .png.")
    if os.path.lexists(path) and not force:
        raise UsageError(f"{shown(path)} is there already; name another, or replace it with --force.")
    with written_aside(path) as aside:
        aside.write_bytes(plotted(named))


def _standing_out(spectrum: Spectrum, down: int, across: int) -> float:
    middle = len(spectrum) // 2
    around: Sequence[int] = range(-FAR, FAR + 1)
    ring = [
        spectrum[(middle + down + y) % len(spectrum), (middle + across + x) % len(spectrum)]
        for y in around
        for x in around
        if max(abs(y), abs(x)) >= NEAR
    ]
    return float(spectrum[(middle + down) % len(spectrum), (middle + across) % len(spectrum)] - np.median(ring))
