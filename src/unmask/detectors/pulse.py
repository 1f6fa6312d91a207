"""Pulse: does blood flow through this face, and through all of it alike?

Three outcomes. Consistent: the skin shows one heart rate, which speaks a little for a filmed face; never more, since a
good swap carries the pulse of the person it was laid over. Inconsistent: the face shows a heart rate, but a part of it
lies still or beats at another rate. Not measurable: nothing can be said, as in most films from the web.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float64

from unmask.faces.competence import Gate, Refusal
from unmask.faces.pose import RIGID
from unmask.faces.skin import BACKGROUND, GRID, GRID_COLUMNS, GRID_ROWS, REGIONS
from unmask.signals.filters import PULSE_BAND
from unmask.signals.likelihood import MonotoneMap
from unmask.signals.motion import motion_energy
from unmask.signals.pulse_reading import PulseReading, read_pulse
from unmask.signals.rate import heart_rate, heart_rate_track
from unmask.types import Card, Evidence, Map, Reason, Segment, Trace, Track

CARD = Card(
    name="pulse",
    question="Does blood flow through this face, and through all of it alike?",
    needs="track",
    kinds=("video",),
    requires=(
        "10 s of one face at 24 frames a second or more, 80 pixels wide, lit, fairly still, "
        "with at least 0.02 coded bits a pixel"
    ),
    answers=(
        "a pulse shared by the whole face speaks a little for a filmed one; a face that beats in parts only, "
        "or at two rates, speaks a little against it; no pulse at all says nothing"
    ),
    paper="Ciftci, Demir, Yin: FakeCatcher, IEEE TPAMI 2020; Seibold et al., Frontiers in Imaging 2025.",
    failures=(
        "A good swap carries the pulse of the person it was laid over, and is read as consistent.",
        "Make-up, beards, glasses and heavy compression hide the pulse in parts of a filmed face.",
        "Noise that hides the pulse in one part of a face only is read as stillness there.",
        "Lights that flicker at the speed of a heart can pass for a pulse where no background is in view.",
    ),
    cap=0.85,
    sees=("pasted-face",),
)

GATE = Gate(least_seconds=10.0, least_frame_rate=24.0, least_face_pixels=80.0)
LEAST_BITS_PER_PIXEL = 0.02
MOST_MOTION = 0.5
MOST_CLIPPED = 0.6
DARK = 64.0
SILENT_DB = -6.0
CLEAR_SHARE, CLEAR_DB = 0.1, 2.0
"""Only where a tenth of the cells beat this clearly does the silence of others count; else they are merely noisy.

Set between two films of a true pulse with grain added (at most -0.9 dB) and a drawn face with a still middle (4 dB).
"""
SILENT_SHARE = MonotoneMap(low=0.25, high=0.75, at_low=0.4, at_high=0.7, slack=1.0)
TWO_RATES_BPM = 10.0
TWO_RATES_FAKE = 0.7
TWO_RATES_INTERVAL = (0.4, 0.85)
LEAST_QUALITY = 0.5
LEAST_TRACK_SECONDS = 20.0


def gate(track: Track) -> Refusal | None:
    """The first condition that a track does not meet, None when a pulse may be looked for."""
    return next((refused for refused in _refusals(track)), None)


def _refusals(track: Track) -> Iterator[Refusal]:
    wanted, bits = "a pulse is looked for", track.bits_per_pixel
    refused = GATE.refusal(track, wanted)
    if refused is not None:
        yield refused
    if bits is not None and bits < LEAST_BITS_PER_PIXEL:
        because = f"The film holds {bits:.3f} coded bits a pixel; {wanted} from {LEAST_BITS_PER_PIXEL}."
        yield Refusal("too-compressed", because)
    clipped = float(np.median(track.clipped))
    if clipped > MOST_CLIPPED:
        reason: Reason = "too-dark" if float(np.nanmedian(track.colors)) < DARK else "too-bright"
        yield Refusal(
            reason, f"{100 * clipped:.0f} % of the skin is clipped; at most {100 * MOST_CLIPPED:.0f} % may be."
        )
    moving = motion_energy(track.landmarks_of(RIGID), track.times, track.face_width).speed
    if moving > MOST_MOTION:
        yield Refusal(
            "too-much-motion",
            f"The head moves by {moving:.2f} face widths a second; at most {MOST_MOTION} leaves a pulse.",
        )


def examine(track: Track) -> Evidence:
    """Evidence from the blood flow of one person."""
    closed = gate(track)
    if closed is not None:
        return Evidence.abstain(CARD.name, closed.reason, closed.because)
    reading = read_pulse(track.times, track.color_of(GRID + REGIONS), track.color_of(BACKGROUND))
    if not reading.measurable or reading.heart_rate_bpm is None:
        return Evidence.abstain(
            CARD.name,
            reading.reason or "not-measurable",
            *reading.because,
            traces=traces(reading),
            measured=_measured(reading),
        )
    return _answer(reading, reading.cell_snr_db[: len(GRID)])


def _answer(reading: PulseReading, cells: Float64[np.ndarray, " cells"]) -> Evidence:
    seen = cells[np.isfinite(cells)]
    silent = float((seen < SILENT_DB).mean()) if len(seen) else 1.0
    clear = len(seen) > 0 and float(np.quantile(seen, 1 - CLEAR_SHARE)) >= CLEAR_DB
    beat = f"The skin beats at {reading.heart_rate_bpm:.1f} ± {reading.heart_rate_error_bpm:.1f} bpm"
    sentences = [
        f"{beat} (signal to noise {reading.snr_db:.1f} dB, p = {reading.p_value:.3f} against surrogates).",
        f"{100 * (1 - silent):.0f} % of {len(seen)} cells of the face carry this beat.",
    ]
    misfit = silent if clear else min(silent, SILENT_SHARE.neutral)
    fake, interval = SILENT_SHARE(misfit), SILENT_SHARE.interval(misfit)
    halves = _rates_of_halves(reading)
    if halves and abs(halves[0] - halves[1]) > TWO_RATES_BPM:
        fake, interval = TWO_RATES_FAKE, TWO_RATES_INTERVAL
        sentences.insert(
            0, f"The face beats at two rates: {halves[0]:.0f} bpm at its left, {halves[1]:.0f} at its right."
        )
    elif silent > SILENT_SHARE.low and not clear:
        sentences.append("The other cells are too noisy to tell whether they lie still.")
    elif silent > SILENT_SHARE.low:
        sentences.insert(
            0, f"{100 * silent:.0f} % of the face lies still while the rest beats at {reading.heart_rate_bpm:.0f} bpm."
        )
    return Evidence(
        CARD.name,
        fake,
        tuple(sentences),
        interval=interval,
        segments=(Segment(reading.start, reading.end, fake),),
        traces=traces(reading),
        maps=maps(reading),
        measured=_measured(reading) | {"silent_share": silent},
    )


def _rates_of_halves(reading: PulseReading) -> tuple[float, float] | None:
    """Heart rates of the face's left and right half, None unless both are clear."""
    grid = reading.cell_waves[: len(GRID)].reshape(GRID_ROWS, GRID_COLUMNS, -1)
    middle = GRID_COLUMNS // 2
    rates = []
    for half in (grid[:, :middle], grid[:, middle:]):
        waves = half.reshape(-1, half.shape[-1])
        alive = waves[np.isfinite(waves).all(axis=1)]
        if not len(alive):
            return None
        rate = heart_rate(alive.mean(axis=0), reading.rate_hz)
        if not rate.found or rate.quality < LEAST_QUALITY:
            return None
        rates.append(rate.rate_bpm)
    return rates[0], rates[1]


def traces(reading: PulseReading) -> tuple[Trace, ...]:
    """The pulse's wave and spectrum, for the reader; none when nothing could be read."""
    if not len(reading.times):
        return ()
    inside = (reading.frequencies >= PULSE_BAND[0]) & (reading.frequencies <= PULSE_BAND[1])
    power = reading.power[inside]
    share = power / max(float(power.max()), 1e-12)
    rates_bpm = reading.frequencies[inside] * 60
    wave = Trace("Pulse of the skin", reading.times, reading.waveform, "s")
    spectrum = Trace("Spectrum of the pulse", rates_bpm, share, "bpm", "of the peak", reading.heart_rate_bpm)
    return (wave, spectrum, *_rate_track(reading))


def _rate_track(reading: PulseReading) -> tuple[Trace, ...]:
    """The heart rate over time, where a rate was found and the stretch is long enough to show a change."""
    if not reading.measurable or reading.end - reading.start < LEAST_TRACK_SECONDS:
        return ()
    middles, rates_bpm = heart_rate_track(reading.waveform, reading.rate_hz)
    return (Trace("Heart rate over time", middles + reading.start, rates_bpm, "s", "bpm"),)


def maps(reading: PulseReading) -> tuple[Map, ...]:
    """Strength of the beat in each part of the face; none without a beat."""
    if not reading.measurable:
        return ()
    cells = reading.cell_snr_db[: len(GRID)].reshape(GRID_ROWS, GRID_COLUMNS)
    return (Map("Strength of the beat in each part of the face", cells, -10.0, 10.0, "dB"),)


def _measured(reading: PulseReading) -> dict[str, float]:
    numbers = {
        "heart_rate_bpm": reading.heart_rate_bpm,
        "heart_rate_error_bpm": reading.heart_rate_error_bpm,
        "quality": reading.quality,
        "signal_to_noise_db": reading.snr_db,
        "p_value": reading.p_value,
        "cell_agreement": reading.agreement,
        "light_change": reading.amplitude,
    }
    return {name: float(value) for name, value in numbers.items() if value is not None}
