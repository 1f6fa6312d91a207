"""A film → heart and breath rate of the people in it, or the reason why there is none."""

from pathlib import Path
from typing import Literal

import numpy as np

from unmask.detectors import pulse
from unmask.examine import Progress, follow_people
from unmask.faces.pose import RIGID
from unmask.faces.skin import BACKGROUND, GRID, REGIONS, whole_picture_colors
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.settings import settings as read_settings
from unmask.signals.breath import breath_rate, breath_traces
from unmask.signals.motion import motion_energy
from unmask.signals.pulse_reading import PulseReading, read_pulse
from unmask.types import ColorTrace, Media, Seconds, Track, Vitals, VitalsReport

Skin = Literal["face", "whole"]
LEAST_BREATH_QUALITY = 0.5


def read_vitals(
    path: Path | str,
    *,
    skin: Skin = "face",
    settings: Settings | None = None,
    name: str | None = None,
    on_progress: Progress | None = None,
) -> VitalsReport:
    """Heart and breath rate of the people in a film.

    Args:
        path: The film.
        skin: ``face`` looks for faces; ``whole`` takes the whole picture for one person's skin.
        settings: Limits; the user's when None.
        name: Name shown, the path when None.
        on_progress: Told how far the film was read.

    Raises:
        InputError: The film cannot be read.
    """
    limits = settings or read_settings()
    media = probe(Path(path), limits, name=name)
    if media.kind != "video":
        missing = Vitals(
            1, None, None, None, 0.0, False, "no-video", (f"This is no film: it holds {media.kind} only.",)
        )
        return VitalsReport(media, (missing,), None)
    if skin == "whole":
        times, colors, incomplete = _whole_picture(Path(path), media, limits)
        return VitalsReport(media, (_vitals(1, read_pulse(times, colors), None),), incomplete)
    followed = follow_people(Path(path), media, limits, on_progress)
    return VitalsReport(media, tuple(_vitals_of(track) for track in followed.following.tracks), followed.incomplete)


def _vitals_of(track: Track) -> Vitals:
    closed = pulse.gate(track)
    if closed is not None:
        return Vitals(track.id, None, None, None, 0.0, False, closed.reason, (closed.because,))
    reading = read_pulse(track.times, track.color_of(GRID + REGIONS), track.color_of(BACKGROUND))
    return _vitals(track.id, reading, track)


def _vitals(number: int, reading: PulseReading, track: Track | None) -> Vitals:
    return Vitals(
        number,
        reading.heart_rate_bpm,
        reading.heart_rate_error_bpm,
        _breath(reading, track),
        reading.quality,
        reading.measurable,
        None if reading.measurable else reading.reason,
        reading.because,
        traces=pulse.traces(reading),
        maps=pulse.maps(reading),
    )


def _breath(reading: PulseReading, track: Track | None) -> float | None:
    """Breaths a minute from the pulse's swing and, for a face, from the head's rise and fall."""
    if not reading.measurable or reading.heart_rate_bpm is None:
        return None
    traces = breath_traces(np.nanmean(reading.cell_waves, axis=0), reading.rate_hz, reading.heart_rate_bpm)
    if track is not None:
        motion = motion_energy(track.landmarks_of(RIGID), track.times, track.face_width)
        moving = [np.interp(reading.times, track.times, trace) for trace in (motion.height, motion.size)]
        traces = np.vstack([traces, *moving])
    rate = breath_rate(traces, reading.rate_hz)
    return rate.rate_bpm if rate.quality >= LEAST_BREATH_QUALITY else None


def _whole_picture(path: Path, media: Media, settings: Settings) -> tuple[Seconds, ColorTrace, str | None]:
    times, colors = [], []
    with open_frames(path, media, settings) as film:
        for frame in film:
            times.append(frame.seconds)
            colors.append(whole_picture_colors(frame.image))
    return np.array(times), np.moveaxis(np.array(colors, np.float64), 0, 1), film.broken_off
