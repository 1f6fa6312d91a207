"""A Trace as a line on axes with units."""

import math
from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float64

from unmask.report.figures.svg import element, line, picture, text_width, words
from unmask.report.figures.ticks import tick_label, ticks, time_label
from unmask.report.wording import number
from unmask.types import Trace

Points = Float64[np.ndarray, " points"]
Kept = Float64[np.ndarray, " kept"]
_WIDTH, _HEIGHT = 460.0, 226.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 446.0, 46.0, 184.0
_COLUMNS = 394  # one a unit of width: finer than a screen or a printer shows

_FEW = 30  # values of a stretch that are shown one by one, since the line between them is a guess


def curve(trace: Trace, within: tuple[float, float] | None = None) -> str:
    """The line plot of a trace: gaps where it is NaN, and a labelled mark where it points.

    A long trace is drawn by the lowest and the highest value of each column, so that no peak is lost. With ``within``
    the axis shows at least that range, so that small ripples of a share look small.
    """
    x, y = _range(trace.x), _range(trace.y)
    if x is None or y is None:
        return picture(_WIDTH, 60, trace.name, "Nothing was measured.", [_nothing()])
    low, high = y if within is None else (min(y[0], within[0]), max(y[1], within[1]))
    low, high = (low, high) if high > low else (low - 1, low + 1)
    margin = 0.06 * (high - low)
    frame = _Frame(x[0], x[1] if x[1] > x[0] else x[0] + 1, low - margin, high + margin)
    parts = [*frame.x_axis(trace.x_unit), *frame.y_axis(trace.y_unit)]
    parts += [_stroke(frame, px, py) for px, py in _runs(*_decimated(trace.x, trace.y))]
    parts += _mark(frame, trace)
    return picture(_WIDTH, _HEIGHT, trace.name, _description(trace, x, y), parts)


class _Frame:
    """Where values lie on the paper."""

    def __init__(self, x_low: float, x_high: float, y_low: float, y_high: float) -> None:
        self.x_low, self.x_high, self.y_low, self.y_high = x_low, x_high, y_low, y_high

    def x(self, value: float) -> float:
        return _LEFT + (value - self.x_low) / (self.x_high - self.x_low) * (_RIGHT - _LEFT)

    def y(self, value: float) -> float:
        return _BOTTOM - (value - self.y_low) / (self.y_high - self.y_low) * (_BOTTOM - _TOP)

    def x_axis(self, unit: str) -> Iterator[str]:
        places = ticks(self.x_low, self.x_high, 6)
        step = places[1] - places[0] if len(places) > 1 else 1.0
        yield line(_LEFT, _BOTTOM, _RIGHT, _BOTTOM)
        for place in places:
            label = time_label(place, self.x_high) if unit == "s" and self.x_high > 120 else tick_label(place, step)
            yield line(self.x(place), _BOTTOM, self.x(place), _BOTTOM + 5)
            yield words(self.x(place), _BOTTOM + 19, label, anchor="middle", class_="soft")
        clock_face = unit == "s" and self.x_high > 120
        yield words(_RIGHT, _HEIGHT - 6, "time, min:s" if clock_face else _axis_name(unit), anchor="end", class_="soft")

    def y_axis(self, unit: str) -> Iterator[str]:
        places = ticks(self.y_low, self.y_high, 4)
        step = places[1] - places[0] if len(places) > 1 else 1.0
        for place in places:
            yield line(_LEFT, self.y(place), _RIGHT, self.y(place))
            yield words(_LEFT - 7, self.y(place) + 4, tick_label(place, step), anchor="end", class_="soft")
        yield words(0, 12, unit or "no unit", class_="soft")


def _axis_name(unit: str) -> str:
    return {"s": "time, s", "": "no unit"}.get(unit, unit)


def _stroke(frame: _Frame, x: Kept, y: Kept) -> str:
    places = [(frame.x(a), frame.y(b)) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in places)
    stroke = element("polyline", points=points, class_="curve", fill="none", stroke="#2b6ca3", stroke_width=1.6)
    if len(places) > _FEW:
        return stroke
    dots = [element("circle", cx=px, cy=py, r=2.6, class_="curve-dot", fill="#2b6ca3") for px, py in places]
    return stroke + "".join(dots)


def _mark(frame: _Frame, trace: Trace) -> list[str]:
    mark = trace.mark
    if mark is None or not math.isfinite(mark) or not frame.x_low <= mark <= frame.x_high:
        return []
    x, label = frame.x(mark), f"{number(mark)} {trace.x_unit}".strip()
    half = text_width(label) / 2 + 2
    middle = min(max(x, _LEFT + half), _RIGHT - half)
    stroke = element(
        "line",
        x1=x,
        y1=_TOP - 8,
        x2=x,
        y2=_BOTTOM,
        class_="mark",
        stroke="#22282e",
        stroke_width=1.4,
        stroke_dasharray="4 3",
    )
    return [stroke, words(middle, _TOP - 13, label, anchor="middle", bold=True)]


def _decimated(x: Points, y: Points) -> tuple[Kept, Kept]:
    """At most two points a column: its lowest and its highest, in the order in which they come."""
    if len(x) <= 2 * _COLUMNS:
        return x, y
    keep: list[int] = []
    for column in np.array_split(np.arange(len(x)), _COLUMNS):
        seen = column[np.isfinite(y[column]) & np.isfinite(x[column])]
        if len(seen) < len(column):  # a gap stays a gap
            keep.append(int(column[~np.isfinite(y[column] + x[column])][0]))
        if len(seen):
            keep += [int(seen[np.argmin(y[seen])]), int(seen[np.argmax(y[seen])])]
    order = np.array(sorted(set(keep)))
    return x[order], y[order]


def _runs(x: Points, y: Points) -> Iterator[tuple[Kept, Kept]]:
    """The stretches between the gaps."""
    seen: Bool[np.ndarray, " points"] = np.isfinite(x) & np.isfinite(y)
    for run in np.split(np.arange(len(x)), np.flatnonzero(np.diff(seen.astype(np.int8))) + 1):
        if len(run) and seen[run[0]]:
            yield x[run], y[run]


def _range(values: Points) -> tuple[float, float] | None:
    seen = values[np.isfinite(values)]
    return (float(seen.min()), float(seen.max())) if len(seen) else None


def _nothing() -> str:
    return words(_WIDTH / 2, 34, "nothing was measured", anchor="middle", class_="soft")


def _description(trace: Trace, x: tuple[float, float], y: tuple[float, float]) -> str:
    unit = f" {trace.y_unit}" if trace.y_unit else ""
    sentence = f"From {number(x[0])} to {number(x[1])} {trace.x_unit} the values lie between {number(y[0])} and {number(y[1])}{unit}."
    return sentence if trace.mark is None else f"{sentence} Marked at {number(trace.mark)} {trace.x_unit}."
