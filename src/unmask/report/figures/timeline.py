"""The evidence of a whole film along its time."""

import math
from collections.abc import Iterator

import numpy as np

from unmask.report.figures.colors import diverging, ink_on
from unmask.report.figures.lanes import lanes, lanes_in_words
from unmask.report.figures.svg import Rect, element, hatching, line, picture, ramp, shortened, words
from unmask.report.figures.time_axis import BAR, LEFT, RIGHT, ROW, WIDTH, TimeAxis
from unmask.report.reasons import of_person
from unmask.report.wording import answer, percent, visible
from unmask.signals.loudness import Loudness
from unmask.types import Evidence, Report, Segment, Track
from unmask.verdict.competence import CONTEXT

_NARROWEST = 4.0  # of a segment; more and smaller ones are drawn as the strongest among them
_SHORTEST_GAP = 0.5  # seconds; a shorter loss of a face is not worth drawing


def timeline(report: Report, sound: Loudness | None = None) -> str:
    """One row a detector and person: stretches coloured by probability, above them when the person was in view.

    Where the loudness of the sound is given, lanes of mouths and sound stand below. Empty for a still, where no time is
    known, and where nothing was judged by stretches and no sound is given.
    """
    longest = length_seconds(report)
    voting = [evidence for evidence in report.evidence if evidence.abstained not in CONTEXT]
    if longest <= 0 or not (report.people or sound or any(it.segments for it in voting)):
        return ""
    time = TimeAxis(longest)
    rows, bottom = _rows(report, voting, time, 26.0 if report.incomplete else 8.0)
    told = _description(report, longest)
    if sound is not None:
        measured, bottom = lanes(report.people, sound, time, bottom + 10)
        rows, told = [*rows, *measured], f"{told} {lanes_in_words(report.people, sound)}"
    parts = [*_broken_off(report, time, bottom), *rows, *time.drawn(bottom), *_legend(bottom + 44)]
    return picture(WIDTH, bottom + 66, "Evidence along the film", told, parts)


def _rows(report: Report, voting: list[Evidence], time: TimeAxis, y: float) -> tuple[list[str], float]:
    """All rows, and where they end."""
    parts: list[str] = []
    for person in report.people:
        parts += _presence(time, person.track, y)
        for evidence in of_person(person):
            y += ROW
            parts += _row(time, evidence, y, (person.track.start, person.track.end))
        y += ROW + 10
    if voting:
        parts.append(words(0, y + 15, "Whole file", bold=True))
        for evidence in voting:
            y += ROW
            parts += _row(time, evidence, y, None)
        y += ROW
    return parts, y


def presence(track: Track) -> list[tuple[float, float]]:
    """The stretches in which a person was in view, in seconds."""
    step = float(np.median(np.diff(track.times))) if len(track.times) > 1 else 0.0
    breaks = np.flatnonzero(np.diff(track.times) > max(_SHORTEST_GAP, 3 * step)) + 1
    return [(float(run[0]), float(run[-1])) for run in np.split(track.times, breaks)]


def _presence(time: TimeAxis, track: Track, y: float) -> Iterator[str]:
    yield words(0, y + 15, f"Person {track.id}", bold=True)
    yield words(LEFT - 10, y + 15, "in view", anchor="end", class_="soft")
    yield line(LEFT, y + 11, RIGHT, y + 11)
    for start, end in _merged(time, presence(track)):
        width = max(time.x(end) - time.x(start), 1.5)
        yield element("rect", x=time.x(start), y=y + 7, width=width, height=8, rx=3, class_="present", fill="#4b545c")


def _merged(time: TimeAxis, stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches less than a point apart on paper as one."""
    merged = stretches[:1]
    for start, end in stretches[1:]:
        if time.x(start) - time.x(merged[-1][1]) < 1:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _row(time: TimeAxis, evidence: Evidence, y: float, in_view: tuple[float, float] | None) -> Iterator[str]:
    """One detector's row; where the person was in view but not judged it is hatched."""
    left, right = (time.x(seconds) for seconds in in_view or (0.0, 0.0))
    yield words(14, y + 15, shortened(evidence.detector, LEFT - 24))
    yield line(LEFT, y + 11, RIGHT, y + 11)
    segments = [it for it in evidence.segments if math.isfinite(it.start + it.fake)]
    if evidence.fake is not None and segments:
        if right - left > 2:
            yield element("rect", x=left, y=y, width=right - left, height=BAR, class_="panel", fill="#efece6")
            yield hatching(Rect(left, y, right - left, BAR))
        for segment in _drawable(time, segments):
            yield from _segment(time, segment, y)
    else:
        yield from _note(evidence, left, y)


def _note(evidence: Evidence, left: float, y: float) -> Iterator[str]:
    """What the row says in words where there are no stretches to draw."""
    text = answer(evidence) if evidence.fake is None else f"{answer(evidence)}, one answer for all"
    width = len(text) * 6.4 + 16
    x = min(left, RIGHT - width)
    yield element("rect", x=x, y=y, width=width, height=BAR, rx=3, class_="panel", fill="#efece6")
    yield words(x + 8, y + 15, text, class_="soft")


def _segment(time: TimeAxis, segment: Segment, y: float) -> Iterator[str]:
    x, color = time.x(segment.start), diverging(segment.fake)
    width = max(time.x(segment.end) - x, 2.0)
    yield element(
        "rect", element("title", percent(segment.fake)), x=x, y=y, width=width, height=BAR, class_="cell", fill=color
    )
    label = f"{segment.fake * 100:.0f}\xa0%"
    label = label if width >= 40 else label[:-2]
    if width >= 24:
        yield words(x + width / 2, y + 15, label, anchor="middle", class_="", fill=ink_on(color), size=11)


def _drawable(time: TimeAxis, segments: list[Segment]) -> list[Segment]:
    """Segments wide enough to see: where they are too fine, the strongest of each stretch stands for it."""
    drawn: list[Segment] = []
    for segment in sorted(segments, key=lambda it: it.start):
        end = segment.end if math.isfinite(segment.end) else time.longest
        last = drawn[-1] if drawn else None
        if last is not None and time.x(end) - time.x(last.start) < _NARROWEST:
            drawn[-1] = Segment(last.start, max(last.end, end), max(last.fake, segment.fake))
        else:
            drawn.append(Segment(segment.start, end, segment.fake))
    return drawn


def _broken_off(report: Report, time: TimeAxis, y: float) -> Iterator[str]:
    """A line where the film breaks off, drawn first so that no row is crossed out by it."""
    if report.incomplete and report.seen_until is not None:
        x = time.x(report.seen_until)
        yield element(
            "line",
            x1=x,
            y1=4,
            x2=x,
            y2=y + 4,
            class_="mark",
            stroke="#22282e",
            stroke_width=1.4,
            stroke_dasharray="4 3",
        )
        early = x < (LEFT + RIGHT) / 2
        yield words(
            x + (6 if early else -6), 13, "nothing seen after this", anchor="start" if early else "end", class_="soft"
        )


def _legend(y: float) -> Iterator[str]:
    width = 200.0
    left = LEFT + 70
    yield words(left - 8, y + 11, "no sign", anchor="end", class_="soft")
    yield ramp(Rect(left, y, width, 14), diverging)
    yield words(left + width + 8, y + 11, "sign of manipulation", class_="soft")
    box = left + width + 190
    yield element("rect", x=box, y=y, width=26, height=14, class_="panel", fill="#efece6")
    yield hatching(Rect(box, y, 26, 14))
    yield words(box + 34, y + 11, "in view, but not judged", class_="soft")


def length_seconds(report: Report) -> float:
    """The latest time that the file is known to have, 0 for a still."""
    if report.media.kind == "image":
        return 0.0
    ends = [report.media.duration_seconds or 0.0, report.seen_until or 0.0]
    ends += [person.track.end for person in report.people]
    return max(end for end in ends if math.isfinite(end))


def _description(report: Report, longest: float) -> str:
    rows = [f"Person {person.track.id}: {_spoken(of_person(person))}" for person in report.people]
    rows += [f"Whole file: {_spoken(report.evidence)}"] if report.evidence else []
    return f"{longest:.1f} s. " + " ".join(rows)


def _spoken(found: tuple[Evidence, ...]) -> str:
    return "; ".join(f"{visible(evidence.detector)} {answer(evidence)}" for evidence in found) + "."
