"""The picture of a film over time: where its mark is alive, and what was altered."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

from unmask.report.figures.colors import sequential
from unmask.report.figures.stretches import ALTERED
from unmask.report.figures.svg import Rect, element, hatching, picture, ramp, words
from unmask.report.mark_words import span
from unmask.types import MarkMap, Region

Cells = Float32[np.ndarray, "rows columns"]
MOST_PANELS = 8
MOST_CELLS = 40
"""Rows or columns of a panel; finer blocks are drawn by their mean."""
LEVELS = 12
"""Colours between "gone" and "alive": so few that a row of like cells is one stroke."""
WIDTH, GAP, CAPTION = 960.0, 16.0, 22.0
TALLEST = 260.0


@dataclass(frozen=True, slots=True)
class _Panel:
    """One stretch of the film: its times, the mean of the mark in it, the regions altered then."""

    start: float
    end: float
    cells: Cells | None
    regions: tuple[Region, ...]


def mark_strip(size: tuple[int, int], longest: float, regions: Sequence[Region], blocks: MarkMap | None) -> str:
    """Up to eight pictures in the order of time: blocks coloured by how much of the mark is alive, regions outlined.

    Args:
        size: Width and height of the picture in pixels.
        longest: Length of the film in seconds, 0 for a still.
        regions: What was altered.
        blocks: The mark's map; when it is None only the stretches with regions are shown.

    Returns:
        The figure; empty when the picture has no size or there is nothing to show.
    """
    width, height = size
    blocks = blocks if blocks is not None and blocks.alive.size else None
    panels = list(_panels(longest, regions, blocks))
    if width <= 0 or height <= 0 or not panels:
        return ""
    places, bottom = _places(len(panels), width / height)
    parts = [part for panel, place in zip(panels, places, strict=True) for part in _drawn(panel, place, size, blocks)]
    parts += _legend(bottom, shown=blocks is not None)
    title = "Where the mark is alive" if blocks is not None else "Where the picture differs from the signed one"
    return picture(WIDTH, bottom + 26, title, _description(panels), parts)


def stretch_ends(blocks: MarkMap) -> Float64[np.ndarray, " stretches"]:
    """End of each stretch in seconds: the next one's start, for the last as long as is usual."""
    steps = np.diff(blocks.times)
    usual = float(np.median(steps)) if len(steps) else 0.0
    return blocks.times + np.append(steps, usual)


def touches(region: Region, start: float, end: float) -> bool:
    """Whether a region was altered in a stretch, which holds its start but not its end."""
    return region.end >= start and (region.start < end or region.start == start)


def _panels(longest: float, regions: Sequence[Region], blocks: MarkMap | None) -> Iterator[_Panel]:
    stretches = len(blocks.times) if blocks is not None else MOST_PANELS
    last = max([longest, *(region.end for region in regions)])
    count = min(MOST_PANELS, stretches) if last > 0 else 1
    edges = np.linspace(0.0, last, max(count, 1) + 1).tolist()
    for start, end in itertools.pairwise(edges):
        within = tuple(region for region in regions if touches(region, start, end))
        if blocks is not None:
            yield _Panel(start, end, _mean_alive(blocks, start, end, within), within)
        elif within:
            yield _Panel(start, end, None, within)


def _mean_alive(blocks: MarkMap, start: float, end: float, regions: tuple[Region, ...]) -> Cells:
    """Mean over the panel's stretches; where something was altered only over those, lest the rest paints it over."""
    starts, ends = blocks.times, stretch_ends(blocks)
    inside = (starts <= end) & (ends >= start)
    if regions:
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        touched = np.array([any(touches(region, *bounds) for region in regions) for bounds in spans])
        inside = inside & touched if (inside & touched).any() else inside
    chosen = blocks.alive[inside] if inside.any() else blocks.alive[np.abs(starts - start).argmin()][None]
    return _pooled(_nan_mean(chosen), _blocks_a_cell(blocks))


def _blocks_a_cell(blocks: MarkMap) -> int:
    """How many blocks, across and down, are drawn as one."""
    return max(1, math.ceil(max(blocks.alive.shape[1:]) / MOST_CELLS))


def _nan_mean(stack: Float32[np.ndarray, "layers rows columns"]) -> Cells:
    known = np.isfinite(stack)
    total, count = np.where(known, stack, 0).sum(axis=0), known.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _pooled(cells: Cells, step: int) -> Float32[np.ndarray, "pooled_rows pooled_columns"]:
    """The mean of each ``step`` × ``step`` blocks."""
    rows, columns = (math.ceil(side / step) for side in cells.shape)
    padded = np.full((rows * step, columns * step), np.nan, np.float32)
    padded[: cells.shape[0], : cells.shape[1]] = cells
    tiles = padded.reshape(rows, step, columns, step).transpose(1, 3, 0, 2).reshape(step * step, rows, columns)
    return _nan_mean(tiles)


def _places(count: int, aspect: float) -> tuple[list[Rect], float]:
    """Places of the pictures in rows from left to right, and where the last row ends."""
    across = min(count, MOST_PANELS if aspect < 0.75 else 4)
    width = min((WIDTH - GAP * (across - 1)) / across, TALLEST * aspect)
    height, line = width / aspect, width / aspect + CAPTION + GAP
    places = [Rect((index % across) * (width + GAP), (index // across) * line, width, height) for index in range(count)]
    return places, (count + across - 1) // across * line


def _drawn(panel: _Panel, place: Rect, size: tuple[int, int], blocks: MarkMap | None) -> Iterator[str]:
    x, y, width, height = place
    yield element("rect", x=x, y=y, width=width, height=height, class_="panel", fill="#efece6")
    if panel.cells is not None and blocks is not None:
        yield hatching(place)
        yield from _cells(panel.cells, place, size, blocks)
    scale = width / size[0]
    for region in panel.regions:
        yield from _outline(region, place, scale)
    label = "" if panel.end <= 0 else span(panel.start, panel.end)
    yield words(x, y + height + 15, label, class_="soft", size=11)


def _cells(cells: Cells, place: Rect, size: tuple[int, int], blocks: MarkMap) -> Iterator[str]:
    """One path a colour, of runs of like cells."""
    scale = place.width / size[0]
    across, down = (side * _blocks_a_cell(blocks) * scale for side in blocks.block)
    left, top = (place.x + blocks.offset[0] * scale, place.y + blocks.offset[1] * scale)
    levels = np.where(np.isfinite(cells), np.round(np.clip(cells, 0, 1) * (LEVELS - 1)), -1).astype(int)
    strokes: dict[int, list[str]] = {}
    for row, line in enumerate(levels.tolist()):
        for level, start, end in _runs(line):
            edges = left + start * across, top + row * down, left + end * across, top + (row + 1) * down
            x0, y0, x1, y1 = _clipped(edges, place)
            if level >= 0 and x1 > x0 and y1 > y0:
                strokes.setdefault(level, []).append(f"M{x0:.1f} {y0:.1f}H{x1:.1f}V{y1:.1f}H{x0:.1f}Z")
    for level, drawn in sorted(strokes.items()):
        yield element("path", d="".join(drawn), fill=sequential(level / (LEVELS - 1)), shape_rendering="crispEdges")


def _runs(line: list[int]) -> Iterator[tuple[int, int, int]]:
    """Level, first cell and the cell after the last of each run of like cells."""
    start = 0
    for index in range(1, len(line) + 1):
        if index == len(line) or line[index] != line[start]:
            yield line[start], start, index
            start = index


def _outline(region: Region, place: Rect, scale: float) -> Iterator[str]:
    edges = (place.x, place.y, place.x, place.y)
    left, top, right, bottom = _clipped([at + edge * scale for at, edge in zip(edges, region.box, strict=True)], place)
    if right > left and bottom > top:
        tip = element("title", f"altered {span(region.start, region.end)}" if region.end > 0 else "altered")
        for stroke, width in (("#ffffff", 5), (ALTERED, 2.4)):
            yield element(
                "rect",
                tip,
                x=left,
                y=top,
                width=right - left,
                height=bottom - top,
                fill="none",
                stroke=stroke,
                stroke_width=width,
            )


def _clipped(edges: Sequence[float], place: Rect) -> tuple[float, float, float, float]:
    """left, top, right, bottom, none beyond the place."""
    left, top, right, bottom = edges
    return (
        max(left, place.x),
        max(top, place.y),
        min(right, place.x + place.width),
        min(bottom, place.y + place.height),
    )


def _legend(y: float, *, shown: bool) -> Iterator[str]:
    x = 0.0
    if shown:
        yield words(x, y + 11, "mark gone", class_="soft")
        yield ramp(Rect(x + 68, y, 160, 14), sequential)
        yield words(x + 236, y + 11, "alive", class_="soft")
        x += 300
        yield element("rect", x=x, y=y, width=26, height=14, class_="panel", fill="#efece6")
        yield hatching(Rect(x, y, 26, 14))
        yield words(x + 34, y + 11, "cannot be said", class_="soft")
        x += 160
    yield element("rect", x=x + 1, y=y + 1, width=24, height=12, fill="none", stroke=ALTERED, stroke_width=2.4)
    yield words(x + 34, y + 11, "altered", class_="soft")


def _description(panels: Sequence[_Panel]) -> str:
    told = []
    for panel in panels:
        when = span(panel.start, panel.end) if panel.end > 0 else "the picture"
        count = len(panel.regions)
        told.append(f"{when}: {'nothing' if not count else f'{count} region' + 's' * (count > 1)} altered")
    return "; ".join(told) + "."
