"""One reading of the pulse from the colours of a face: the rate, or the reason why there is none.

A rate is given only when the skin's colour passes every test below, for a clip without blood flow must get none.

| test | value | why |
|---|---|---|
| long enough | 6 s in one piece | five beats of a calm heart; below, a line is as wide as the band of a heart |
| enough frames | 10 a second | two and a half samples of the fastest pulse, 240 a minute |
| bright enough | median green of 12 of 255 | half a per cent of less is lost in rounding |
| a line | p ≤ 0.01 | noise of the same smooth spectrum has a line as strong in one clip of a hundred |
| shared by cells | p ≤ 0.01 | cells with the same spectra and phases of their own agree as well in one clip of a hundred |
| two methods | POS and CHROM within 6 bpm | they fail on different things; 6 a minute is what 10 s can resolve |
| small | at most 1.5 % | blood changes the light of skin by well under that; motion and coding go beyond |
| a colour | brightness at most 6 × colour | blood has 3, as it darkens green most; a swaying or flickering face has more |
| worth trusting | quality of 0.3 | a loop or a pan has a line too, but a blurred one without a second harmonic |
| not the light | background carries less than half | a lamp or a codec that flickers is on the wall too |

The numbers come from what is known of hearts and cameras, but for two. That of colour and that of quality were set
between clips that had passed falsely (brightness 7 × colour; quality 0.17, a loop) and clips of a true pulse (quality
0.54 and more), so no result on those clips is independent of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Complex128, Float64

from unmask.signals.coherence import PerCell, agreement_of, carried_share, cell_agreement, cell_snr
from unmask.signals.color import EvenSeconds, fill_gaps, missing_share, normalise
from unmask.signals.filters import PULSE_BAND, band_pass, hann
from unmask.signals.line import line_p_value
from unmask.signals.pulse import chrom, pos
from unmask.signals.rate import Rate, RateWindow, heart_rate, rate_windows
from unmask.signals.spectrum import Frequencies, power_spectrum
from unmask.signals.stretch import ControlTrace, Stretch, stretch_of
from unmask.signals.surrogates import null_p_value
from unmask.types import ColorTrace, Reason, Seconds

LEAST_SECONDS = 6.0
LEAST_RATE_HZ = 10.0
MOST_RATE_HZ = 60.0
LEAST_GREEN = 12.0
MOST_MISSING = 0.2
"""Largest share of frames in which a cell may be unseen and still be read."""
LARGEST_P = 0.01
METHODS_TOLERANCE_BPM = 6.0
LARGEST_AMPLITUDE = 0.015
LARGEST_BRIGHTNESS_RATIO = 6.0
LARGEST_CARRIED = 0.5
LEAST_QUALITY = 0.3
CELL_DRAWS, LINE_DRAWS = 200, 500

EvenWave = Float64[np.ndarray, " samples"]
CellWaves = Float64[np.ndarray, "cells samples"]


@dataclass(frozen=True, slots=True, eq=False)
class PulseReading:
    """What the colour of skin tells of the heart.

    Attributes:
        measurable: Whether there is a pulse that passes every test of this module.
        reason: Why not, as a code; None when measurable.
        because: Why not, a sentence with the measured value for each test that failed; empty when measurable.
        heart_rate_bpm: Beats a minute; None unless measurable.
        heart_rate_error_bpm: Standard error of the rate; None with it.
        strongest_bpm: Rate of the strongest line, pulse or not; None when nothing could be read.
        quality: 0–1, how far the rate may be trusted; 0 when not measurable.
        snr_db: Power of the line and its harmonic over the rest of the band; None when nothing could be read.
        p_value: The larger of ``p_line`` and ``p_cells``: both must be small.
        p_line: How often smooth noise has a line as strong.
        p_cells: How often cells without anything in common agree as well.
        agreement: Mean correlation of a cell's pulse with that of the others, -1 to 1.
        amplitude: Relative change of colour at the rate by POS (0.01 is one per cent).
        swing_rgb: Relative change of R, G and B of all cells together at the rate.
        brightness_ratio: That change's part along grey over its part across grey; about 3 for blood.
        background_carried: Share of the skin's line that the background carries too; None without background.
        start: First presentation time of the stretch that was read, in seconds.
        end: Last presentation time of the stretch.
        rate_hz: Samples a second after even sampling.
        times: Even presentation times of the stretch.
        waveform: Pulse of all cells together, unit variance, peaks at heartbeats.
        frequencies: Frequencies of ``power`` in Hz.
        power: Spectrum of the waveform.
        cell_waves: Pulse of each cell, NaN for a cell that could not be read.
        cell_snr_db: Signal-to-noise ratio of each cell at the rate; NaN likewise.
        windows: Rates of 10 s windows every 5 s, in seconds from ``start``.
        methods: The rate by each method.
    """

    measurable: bool
    reason: Reason | None
    because: tuple[str, ...]
    heart_rate_bpm: float | None = None
    heart_rate_error_bpm: float | None = None
    strongest_bpm: float | None = None
    quality: float = 0.0
    snr_db: float | None = None
    p_value: float = 1.0
    p_line: float = 1.0
    p_cells: float = 1.0
    agreement: float = 0.0
    amplitude: float = 0.0
    swing_rgb: tuple[float, float, float] = (0.0, 0.0, 0.0)
    brightness_ratio: float = 0.0
    background_carried: float | None = None
    start: float = 0.0
    end: float = 0.0
    rate_hz: float = 0.0
    times: EvenSeconds = field(default_factory=lambda: np.zeros(0))
    waveform: EvenWave = field(default_factory=lambda: np.zeros(0))
    frequencies: Frequencies = field(default_factory=lambda: np.zeros(0))
    power: Float64[np.ndarray, " bins"] = field(default_factory=lambda: np.zeros(0))
    cell_waves: CellWaves = field(default_factory=lambda: np.zeros((0, 0)))
    cell_snr_db: PerCell = field(default_factory=lambda: np.zeros(0))
    windows: tuple[RateWindow, ...] = ()
    methods: Mapping[str, Rate] = field(default_factory=dict)


def read_pulse(times: Seconds, skin: ColorTrace, background: ControlTrace | None = None, seed: int = 0) -> PulseReading:
    """Read the pulse of one person from the mean colours of skin cells, or say why there is none to read.

    The longest piece without a gap of more than half a second is used, and of it the steadiest 30 s: those in which
    brightness changes least from frame to frame, which says nothing of the pulse and so cannot favour one.

    Args:
        times: Presentation times in seconds, rising, not necessarily even.
        skin: Mean RGB (0–255) of skin cells, shape ``*cells frames 3``; NaN where a cell was not seen. A face without
            landmarks may be cut into a grid of cells.
        background: Mean RGB of cells that show no skin, or None.
        seed: Seed of the surrogates; equal input and seed give an equal reading.

    Reference:
        Wang et al. 2017 (POS), de Haan and Jeanne 2013 (CHROM, signal-to-noise ratio), Theiler et al., Physica D 58,
        1992 (surrogates).
    """
    if len(times) < 2:
        return PulseReading(False, "too-short", ("A single picture has no pulse.",))
    rate_hz = min(MOST_RATE_HZ, float(1.0 / np.median(np.diff(times))))
    if rate_hz < LEAST_RATE_HZ:
        reason = f"The film has {rate_hz:.1f} frames a second; a pulse needs at least {LEAST_RATE_HZ:.0f}."
        return PulseReading(False, "frame-rate-too-low", (reason,), rate_hz=rate_hz)
    controls = np.zeros((0, len(times), 3)) if background is None else background
    stretch = stretch_of(times, skin.reshape(-1, len(times), 3), controls, rate_hz)
    refusal = _refuse(stretch)
    return refusal or _read(stretch, np.random.default_rng(seed))


def _refuse(stretch: Stretch) -> PulseReading | None:
    """What can be said before looking at any pulse."""
    seconds = len(stretch.times) / stretch.rate_hz
    if seconds < LEAST_SECONDS:
        sentence = f"Skin is in view for {seconds:.1f} s in one piece; a pulse needs at least {LEAST_SECONDS:.0f} s."
        return PulseReading(False, "too-short", (sentence,), rate_hz=stretch.rate_hz)
    green = float(np.nanmedian(stretch.skin[..., 1]))
    if green < LEAST_GREEN:
        sentence = f"The skin's median green is {green:.0f} of 255; a pulse needs at least {LEAST_GREEN:.0f}."
        return PulseReading(False, "too-dark", (sentence,), rate_hz=stretch.rate_hz)
    return None


def _read(stretch: Stretch, rng: np.random.Generator) -> PulseReading:
    rate_hz = stretch.rate_hz
    colors = _whole_cells(stretch.skin)
    waves = pos(colors, rate_hz)
    alive = np.isfinite(waves).all(axis=-1) & (np.nan_to_num(waves).std(axis=-1) > 0)
    if not alive.any():
        sentence = "No cell of skin is lit, moving in colour and seen in four fifths of the frames."
        return PulseReading(False, "not-measurable", (sentence,), rate_hz=rate_hz)
    together = _together(waves[alive], rate_hz)
    by_pos = heart_rate(together, rate_hz)
    by_chrom = heart_rate(_together(chrom(colors[alive], rate_hz), rate_hz), rate_hz)
    if not (by_pos.found and by_chrom.found):
        return PulseReading(False, "not-measurable", ("No rate stands out of the skin's colour.",), rate_hz=rate_hz)
    at_hz = by_pos.rate_bpm / 60.0
    p_line = line_p_value(together, rate_hz, at_hz, rng, draws=LINE_DRAWS)
    p_cells = _cells_p_value(waves[alive], rate_hz, rng)
    whole = colors[alive].mean(axis=0)
    common = pos(whole, rate_hz)
    amplitude = float(np.abs(_swing(common, rate_hz, at_hz)))
    swing = _swing(normalise(whole).T, rate_hz, at_hz)
    ratio = _brightness_ratio(swing)
    carried = _background_carried(stretch.background, common, rate_hz, at_hz)
    because, reason = _failures(
        by_pos, by_chrom, p_line=p_line, p_cells=p_cells, amplitude=amplitude, ratio=ratio, carried=carried
    )
    frequencies, power = power_spectrum(band_pass(together, rate_hz), rate_hz)
    measurable = not because
    return PulseReading(
        measurable=measurable,
        reason=reason,
        because=because,
        heart_rate_bpm=by_pos.rate_bpm if measurable else None,
        heart_rate_error_bpm=by_pos.error_bpm if measurable else None,
        strongest_bpm=by_pos.rate_bpm,
        quality=by_pos.quality if measurable else 0.0,
        snr_db=by_pos.snr_db,
        p_value=max(p_line, p_cells),
        p_line=p_line,
        p_cells=p_cells,
        agreement=cell_agreement(waves, rate_hz),
        amplitude=amplitude,
        swing_rgb=(float(np.abs(swing[0])), float(np.abs(swing[1])), float(np.abs(swing[2]))),
        brightness_ratio=ratio,
        background_carried=carried,
        start=float(stretch.times[0]),
        end=float(stretch.times[-1]),
        rate_hz=rate_hz,
        times=stretch.times,
        waveform=band_pass(together, rate_hz),
        frequencies=frequencies,
        power=power,
        cell_waves=waves,
        cell_snr_db=cell_snr(waves, rate_hz, at_hz),
        windows=rate_windows(together, rate_hz),
        methods={"pos": by_pos, "chrom": by_chrom},
    )


def _whole_cells(colors: Float64[np.ndarray, "cells samples 3"]) -> Float64[np.ndarray, "cells samples 3"]:
    """Gaps bridged in cells that are mostly seen and lit; the others become NaN throughout."""
    filled = np.moveaxis(fill_gaps(np.moveaxis(colors, -1, -2)), -2, -1).copy()
    dark = filled[..., 1].mean(axis=-1) < LEAST_GREEN
    filled[dark | (missing_share(colors) > MOST_MISSING)] = np.nan
    return filled


def _together(waves: CellWaves, rate_hz: float) -> EvenWave:
    """Mean over cells, each brought to the same loudness in the pulse band, so that a noisy cell does not drown the rest."""
    inside = band_pass(waves, rate_hz)
    loudness = inside.std(axis=-1, keepdims=True)
    mean = (waves / np.where(loudness > 0, loudness, np.inf)).mean(axis=0)
    overall = band_pass(mean, rate_hz).std()
    return np.asarray(mean / overall if overall > 0 else mean, dtype=np.float64)


def _cells_p_value(waves: CellWaves, rate_hz: float, rng: np.random.Generator) -> float:
    """Whether the cells share what they show; a single cell cannot tell."""
    if len(waves) < 2:
        return 1.0
    return null_p_value(lambda stack: agreement_of(stack, rate_hz, PULSE_BAND), waves, rng, CELL_DRAWS)


def _swing(
    waves: Float64[np.ndarray, "*waves samples"], rate_hz: float, at_hz: float
) -> Complex128[np.ndarray, "*waves"]:
    """Amplitude and phase of each waveform at one frequency."""
    samples = waves.shape[-1]
    probe = hann(samples) * np.exp(-2j * np.pi * at_hz * np.arange(samples) / rate_hz)
    return np.asarray(2.0 * (band_pass(waves, rate_hz) @ probe) / hann(samples).sum(), dtype=np.complex128)


def _brightness_ratio(swing: Complex128[np.ndarray, "3"]) -> float:
    """Part of a change of R, G and B along grey over the part across it."""
    along = swing.mean()
    across = float(np.linalg.norm(swing - along))
    return float(np.sqrt(3.0) * np.abs(along)) / max(across, np.finfo(float).tiny)


def _background_carried(
    background: Float64[np.ndarray, "controls samples 3"], skin_wave: EvenWave, rate_hz: float, at_hz: float
) -> float | None:
    """Share of the skin's line in the background, or 0 when the background has no line there of its own."""
    cells = _whole_cells(background)
    lit = np.isfinite(cells).all(axis=(1, 2))
    if not lit.any():
        return None
    wave = pos(cells[lit].mean(axis=0), rate_hz)
    # Broad noise of a dark wall has power at any rate; only a line that stands out of it can be the light's.
    stands_out = cell_snr(wave[None], rate_hz, at_hz)[0] >= -3.0
    return carried_share(wave, skin_wave, rate_hz, at_hz) if stands_out else 0.0


def _failures(
    by_pos: Rate,
    by_chrom: Rate,
    *,
    p_line: float,
    p_cells: float,
    amplitude: float,
    ratio: float,
    carried: float | None,
) -> tuple[tuple[str, ...], Reason | None]:
    """A sentence for each test that failed, and the code of the first."""
    failed: list[tuple[Reason, str]] = []
    if amplitude > LARGEST_AMPLITUDE:
        sentence = f"The skin's colour swings by {100 * amplitude:.1f} %, more than blood can move it ({100 * LARGEST_AMPLITUDE:.1f} %)."
        failed.append(("too-much-motion", sentence))
    if p_line > LARGEST_P:
        sentence = f"No rate stands out: noise has as strong a line with p = {p_line:.3f} (at most {LARGEST_P} wanted)."
        failed.append(("not-measurable", sentence))
    if p_cells > LARGEST_P:
        sentence = f"The parts of the skin do not share one pulse (p = {p_cells:.3f}, at most {LARGEST_P} wanted)."
        failed.append(("not-measurable", sentence))
    if abs(by_pos.rate_bpm - by_chrom.rate_bpm) > METHODS_TOLERANCE_BPM:
        sentence = f"Two methods differ: {by_pos.rate_bpm:.0f} bpm by POS, {by_chrom.rate_bpm:.0f} by CHROM."
        failed.append(("not-measurable", sentence))
    if ratio > LARGEST_BRIGHTNESS_RATIO:
        sentence = (
            f"At {by_pos.rate_bpm:.0f} bpm brightness swings {ratio:.0f} times as much as colour; blood has about 3."
        )
        failed.append(("not-measurable", sentence))
    if by_pos.quality < LEAST_QUALITY:
        sentence = f"The line's quality is {by_pos.quality:.2f} of 1; at least {LEAST_QUALITY} is wanted."
        failed.append(("not-measurable", sentence))
    if carried is not None and carried >= LARGEST_CARRIED:
        sentence = (
            f"The background carries {100 * carried:.0f} % of the same {by_pos.rate_bpm:.0f} bpm: the light flickers."
        )
        failed.append(("not-measurable", sentence))
    return tuple(sentence for _, sentence in failed), failed[0][0] if failed else None
