"""A Map as coloured cells on the outline of a face."""

import math
from collections.abc import Iterator

import numpy as np

from unmask.report.figures.colors import ink_on, sequential
from unmask.report.figures.svg import Rect, element, hatching, line, picture, ramp, text_width, words
from unmask.report.figures.ticks import tick_label
from unmask.report.wording import number
from unmask.types import Map

_WIDTH, _HEIGHT = 460.0, 384.0
_LEFT, _TOP, _SIDE_X, _SIDE_Y = 28.0, 40.0, 316.0, 304.0
_CELLS_TOP, _CELLS_HEIGHT = _TOP + 0.44 * _SIDE_Y, 0.32 * _SIDE_Y  # below the eyes, above the mouth
_LEGEND_X, _LEGEND_TOP, _LEGEND_HEIGHT = 388.0, 64.0, 180.0
_FACE = (  # drawn in a unit square: head; eyes, brows, nose, mouth
    "M.5 -.11C.92 -.11 1.06 .02 1.05 .42C1.04 .86 .84 1.11 .5 1.11C.16 1.11 -.04 .86 -.05 .42C-.06 .02 .08 -.11 .5 -.11Z",
    "M.18 .36Q.29 .29 .4 .36Q.29 .42 .18 .36Z",
    "M.6 .36Q.71 .29 .82 .36Q.71 .42 .6 .36Z",
    "M.15 .27Q.28 .19 .41 .26M.59 .26Q.72 .19 .85 .27",
    "M.46 .42L.42 .56Q.5 .66 .58 .56L.54 .42",
    "M.32 .79Q.5 .73 .68 .79Q.5 .9 .32 .79Z",
)


def heat_map(cells: Map) -> str:
    """The cells of the rectified face with their values; cells that were not seen are hatched."""
    rows, columns = cells.values.shape
    width, height = _SIDE_X / max(columns, 1), _CELLS_HEIGHT / max(rows, 1)
    placed = [
        (float(cells.values[row, column]), Rect(_LEFT + column * width, _CELLS_TOP + row * height, width, height))
        for row in range(rows)
        for column in range(columns)
    ]
    drawn = [part for value, place in placed for part in _cell(cells, value, place)]
    values = [part for value, place in placed for part in _value(cells, value, place)]
    parts = [_head(), *drawn, _features(), *values, *_legend(cells)]
    return picture(_WIDTH, _HEIGHT, cells.name, _description(cells), parts)


def _cell(cells: Map, value: float, place: Rect) -> Iterator[str]:
    x, y, width, height = place.x + 1, place.y + 1, max(place.width - 2, 0.5), max(place.height - 2, 0.5)
    if math.isfinite(value):
        color = sequential(_share(cells, value))
        yield element("rect", element("title", _label(value)), x=x, y=y, width=width, height=height, rx=2, fill=color)
    else:
        yield element("rect", x=x, y=y, width=width, height=height, class_="panel", fill="#efece6")
        yield hatching(Rect(x, y, width, height))


def _value(cells: Map, value: float, place: Rect) -> Iterator[str]:
    """The value in its cell, on a plate of the cell's colour that keeps the face's lines off it."""
    label, size = _label(value), 11.0
    if math.isfinite(value) and text_width(label, size) <= place.width - 2 and place.height >= size + 3:
        color = sequential(_share(cells, value))
        x, y = place.x + place.width / 2, place.y + place.height / 2 + 4
        wide = text_width(label, size) + 2
        yield element("rect", x=x - wide / 2, y=y - size + 1, width=wide, height=size + 1, fill=color)
        yield words(x, y, label, anchor="middle", class_="", fill=ink_on(color), size=size)


def _label(value: float) -> str:
    """Three digits at most, so that eight cells a row keep room for them."""
    if abs(value) >= 100:
        return f"{value:.0f}".replace("-", "−")
    return f"{value:.2g}".replace("-", "−") if abs(value) >= 10 else f"{value:.2f}".replace("-", "−")


def _head() -> str:
    return _drawn(_FACE[:1], "face", 0.9)


def _features() -> str:
    """Eyes, nose and mouth above the cells, in a light line on a dark one, to be seen on any colour."""
    return _drawn(_FACE[1:], "", 0.35, "#000000", 2.6) + _drawn(_FACE[1:], "", 0.6, "#ffffff", 1.2)


def _drawn(paths: tuple[str, ...], class_: str, opacity: float, stroke: str = "#8b857a", width: float = 1.5) -> str:
    place = f"translate({_LEFT:.0f} {_TOP:.0f}) scale({_SIDE_X:.0f} {_SIDE_Y:.0f})"
    coloured: dict[str, str | float] = {"class_": class_} if class_ else {}
    return element(
        "path",
        d=" ".join(paths),
        transform=place,
        fill="none",
        stroke=stroke,
        stroke_width=f"{2 * width / (_SIDE_X + _SIDE_Y):.5f}",  # it is scaled with the path
        stroke_opacity=f"{opacity:g}",
        **coloured,
    )


def _legend(cells: Map) -> Iterator[str]:
    if np.isfinite(cells.values).any() and math.isfinite(cells.low):
        yield from _scale(cells)
    if not np.isfinite(cells.values).all():
        y = _LEGEND_TOP + _LEGEND_HEIGHT + 26
        yield element("rect", x=_LEGEND_X, y=y, width=16, height=16, class_="panel", fill="#efece6")
        yield hatching(Rect(_LEGEND_X, y, 16, 16))
        yield words(_LEGEND_X + 22, y + 13, "not seen", class_="soft")


def _scale(cells: Map) -> Iterator[str]:
    yield ramp(Rect(_LEGEND_X, _LEGEND_TOP, 16, _LEGEND_HEIGHT), sequential, upwards=True)
    span = cells.high - cells.low
    has_span = math.isfinite(span) and span > 0
    for share in (0.0, 0.5, 1.0) if has_span else (0.5,):
        y = _LEGEND_TOP + (1 - share) * _LEGEND_HEIGHT
        label = tick_label(cells.low + share * span, span / 2) if has_span else number(cells.low)
        yield line(_LEGEND_X + 16, y, _LEGEND_X + 21, y)
        yield words(_LEGEND_X + 25, y + 4, label, class_="soft")
    yield words(_LEGEND_X - 8, _LEGEND_TOP - 14, cells.unit or "no unit", class_="soft")


def _share(cells: Map, value: float) -> float:
    span = cells.high - cells.low
    return (value - cells.low) / span if math.isfinite(span) and span > 0 else 0.5


def _description(cells: Map) -> str:
    seen = cells.values[np.isfinite(cells.values)]
    if not len(seen):
        return "No cell was seen."
    unit = f" {cells.unit}" if cells.unit else ""
    return (
        f"{len(seen)} of {cells.values.size} cells were seen, from {number(float(seen.min()))} "
        f"to {number(float(seen.max()))}{unit}, median {number(float(np.median(seen)))}."
    )
