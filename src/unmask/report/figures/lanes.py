"""Mouths and sound along a film: lanes below its timeline, measured and not judged."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float64

from unmask.report.figures.svg import element, line, words
from unmask.report.figures.time_axis import LEFT, RIGHT, TimeAxis
from unmask.signals.loudness import Loudness
from unmask.types import Person, Track

LANE = 38.0
_HIGH = 32.0  # of a lane, the rest keeps it from the next
_COLUMNS = 794  # one a unit of width: finer than a screen or a printer shows
_GAP_SECONDS = 0.5  # a shorter loss of a face is bridged
_LOWEST_DBFS = -70.0  # softer than most rooms
_WIDE_OPEN = 0.5  # fills the lane; wider ones stretch it

Times = Float64[np.ndarray, " points"]
Values = Float64[np.ndarray, " points"]
Kept = Float64[np.ndarray, " kept"]


def lanes(people: Sequence[Person], sound: Loudness, time: TimeAxis, y: float) -> tuple[list[str], float]:
    """A lane for the mouth of each person and one for the sound, from ``y`` down, and where they end."""
    parts: list[str] = []
    for person in moving(people):
        parts += _lane(f"mouth {person.track.id}", y, _mouth(person.track, time, y))
        y += LANE
    parts += _lane("sound", y, _level(sound, time, y))
    return parts, y + LANE


def moving(people: Sequence[Person]) -> list[Person]:
    """Those who are seen for more than a moment."""
    return [person for person in people if len(person.track.times) > 1]


def lanes_in_words(people: Sequence[Person], sound: Loudness) -> str:
    """What the lanes show, for those who do not see them."""
    told = [
        f"Mouth {person.track.id}: at most {float(np.nanmax(person.track.lips)):.2f} of its width open."
        for person in moving(people)
        if np.isfinite(person.track.lips).any()
    ]
    heard = sound.dbfs[np.isfinite(sound.dbfs)]
    told.append(f"Sound: at most {heard.max():.0f} dB." if len(heard) else "Sound: nothing to be heard.")
    return " ".join(told)


def _lane(name: str, y: float, drawn: Iterator[str]) -> Iterator[str]:
    yield words(14, y + 21, name, class_="soft")
    yield line(LEFT, y + _HIGH, RIGHT, y + _HIGH)
    yield from drawn


def _mouth(track: Track, time: TimeAxis, y: float) -> Iterator[str]:
    opening = track.lips.astype(np.float64)
    high = max(_WIDE_OPEN, float(np.nanmax(opening, initial=0.0)))
    together = -(-len(opening) // _COLUMNS)
    gap_seconds = max(_GAP_SECONDS, 1.5 * together * float(np.median(np.diff(track.times))))
    for run_times, run in _runs(*_thinned(track.times, opening, together), gap_seconds):
        points = " ".join(
            f"{time.x(at):.1f},{y + _HIGH * (1 - value / high):.1f}"
            for at, value in zip(run_times.tolist(), run.tolist(), strict=True)
        )
        yield element("polyline", points=points, class_="curve", fill="none", stroke="#2b6ca3", stroke_width=1.2)


def _level(sound: Loudness, time: TimeAxis, y: float) -> Iterator[str]:
    """Of a long film the loudest step of each column."""
    together = -(-len(sound.dbfs) // _COLUMNS)
    loudest = np.fmax.reduce(_rows(sound.dbfs, together), axis=1)
    step = together * sound.step_seconds
    for starts, run in _runs(np.arange(len(loudest)) * step, loudest, 1.5 * step):
        shares = np.clip(1 - run / _LOWEST_DBFS, 0, 1).tolist()
        tops = [
            f"{time.x(at):.1f},{y + _HIGH * (1 - share):.1f} {time.x(at + step):.1f},{y + _HIGH * (1 - share):.1f}"
            for at, share in zip(starts.tolist(), shares, strict=True)
        ]
        ends = [f"{time.x(float(at)):.1f},{y + _HIGH:.1f}" for at in (starts[0], starts[-1] + step)]
        yield element("polygon", points=" ".join([ends[0], *tops, ends[1]]), class_="level", fill="#2b6ca3")


def _rows(values: Values, together: int) -> Float64[np.ndarray, "rows together"]:
    """So many values a row, the last filled up with NaN."""
    filled = np.full(-(-len(values) // together) * together, np.nan)
    filled[: len(values)] = values
    return filled.reshape(-1, together)


def _thinned(times: Times, values: Values, together: int) -> tuple[Kept, Kept]:
    """Of so many values the lowest and the highest, so that no movement of a long track is lost."""
    if together <= 2:
        return times, values
    rows = _rows(values, together)
    pairs = np.stack([np.fmin.reduce(rows, axis=1), np.fmax.reduce(rows, axis=1)], axis=1)
    return np.repeat(times[::together], 2), pairs.reshape(-1)


def _runs(times: Times, values: Values, gap_seconds: float) -> Iterator[tuple[Kept, Kept]]:
    """What is finite, split where longer nothing is."""
    seen = np.isfinite(values)
    breaks = np.flatnonzero(np.diff(times[seen]) > gap_seconds) + 1
    for run_times, run in zip(np.split(times[seen], breaks), np.split(values[seen], breaks), strict=True):
        if len(run):
            yield run_times, run
