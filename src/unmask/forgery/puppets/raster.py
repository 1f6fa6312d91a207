"""From triangles to pixels: which triangle is seen in each, by a depth buffer without a loop.

Places are counted from the outer edge of the first pixel: its middle is at 0.5.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from unmask.forgery.puppets.mesh import Points, Triangles

Values = Float32[np.ndarray, "points values"]
LEAST_AREA = 1e-3
DEPTH_STEPS = 256
"""Steps of a pixel in which depths are compared."""
ORDER_BITS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The pixels that show something.

    Attributes:
        pixels: Their numbers, counted row by row.
        triangles: Which triangle each shows.
        values: The triangle's values there.
    """

    pixels: Int64[np.ndarray, " pixels"]
    triangles: Int64[np.ndarray, " pixels"]
    values: Float32[np.ndarray, "pixels values"]


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Pixels of a triangle that lie in one row: from ``left`` to before ``right``."""

    owner: Int64[np.ndarray, " runs"]
    row: Int64[np.ndarray, " runs"]
    left: Int64[np.ndarray, " runs"]
    right: Int64[np.ndarray, " runs"]


def seen(
    points: Points,
    triangles: Triangles,
    both_sides: Bool[np.ndarray, " triangles"],
    values: Values,
    size: tuple[int, int],
) -> Seen:
    """What is seen in each pixel of a picture of this size.

    Args:
        points: x and y in pixels, z in pixels away from the camera.
        triangles: Those that look at the camera run counter-clockwise in the picture.
        both_sides: Which triangles are seen from behind too.
        values: What is known at the points and wanted at the pixels.
        size: Width and height of the picture.
    """
    width, height = size
    corners = points[triangles]
    area = _area(corners)
    kept = np.flatnonzero((area < -LEAST_AREA) | (both_sides & (area > LEAST_AREA)))
    runs = _runs(corners[kept], width, height)
    known = np.column_stack([points[:, 2], values])[triangles[kept]]
    at_edge, step = _planes(corners[kept], area[kept], known, runs)
    length = runs.right - runs.left
    run = np.repeat(np.arange(len(length), dtype=np.int32), length)
    x = np.arange(len(run), dtype=np.int32) - np.repeat(
        (np.cumsum(length) - length - runs.left).astype(np.int32), length
    )
    depth = at_edge[:, 0][run] + step[runs.owner, 0][run] * x.astype(np.float32)
    pixels, nearest = _nearest((runs.row * width).astype(np.int32)[run] + x, depth, width * height)
    run, x = run[nearest], x[nearest]
    owner = runs.owner[run]
    values_there = at_edge[run, 1:]
    values_there += step[owner, 1:] * x[:, None].astype(np.float32)
    return Seen(pixels, kept[owner], values_there)


def _area(corners: Float32[np.ndarray, "triangles 3 3"]) -> Float32[np.ndarray, " triangles"]:
    """Twice the area, positive where the corners run clockwise in the picture."""
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]


def _runs(corners: Float32[np.ndarray, "triangles 3 3"], width: int, height: int) -> _Runs:
    """Every row of every triangle; a pixel belongs to a triangle when its middle does."""
    order = np.argsort(corners[:, :, 1], axis=1)
    x, y = (np.take_along_axis(corners[:, :, k], order, axis=1) for k in (0, 1))
    top, bottom = (np.clip(np.ceil(edge - 0.5), 0, height).astype(np.int64) for edge in (y[:, 0], y[:, 2]))
    rows = np.maximum(bottom - top, 0)
    owner = np.repeat(np.arange(len(rows)), rows)
    row = np.arange(len(owner)) - np.repeat(np.cumsum(rows) - rows - top, rows)
    x, y, middle = x[owner], y[owner], (row + 0.5).astype(np.float32)
    long = _crossing(x[:, 0], y[:, 0], x[:, 2], y[:, 2], middle)
    upper = _crossing(x[:, 0], y[:, 0], x[:, 1], y[:, 1], middle)
    lower = _crossing(x[:, 1], y[:, 1], x[:, 2], y[:, 2], middle)
    short = np.where(middle < y[:, 1], upper, lower)
    left, right = np.minimum(long, short), np.maximum(long, short)
    left, right = (np.clip(np.ceil(edge - 0.5), 0, width).astype(np.int64) for edge in (left, right))
    there = right > left
    return _Runs(owner[there], row[there], left[there], right[there])


def _crossing(x0: np.ndarray, y0: np.ndarray, x1: np.ndarray, y1: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Where an edge crosses a height; any place for a level edge, which no middle of a row crosses."""
    return x0 + (x1 - x0) * (y - y0) / np.maximum(y1 - y0, np.float32(1e-9))


def _planes(
    corners: Float32[np.ndarray, "triangles 3 3"],
    area: Float32[np.ndarray, " triangles"],
    known: Float32[np.ndarray, "triangles 3 values"],
    runs: _Runs,
) -> tuple[Float32[np.ndarray, "runs values"], Float32[np.ndarray, "triangles values"]]:
    """Values at the left edge of the picture in each run's row, and their change from pixel to pixel."""
    one, two = ((corners[:, k] - corners[:, 0]) / area[:, None] for k in (1, 2))
    rise_one, rise_two = known[:, 1] - known[:, 0], known[:, 2] - known[:, 0]
    across = rise_one * two[:, 1:2] - rise_two * one[:, 1:2]
    down = rise_two * one[:, 0:1] - rise_one * two[:, 0:1]
    edge = known[:, 0] + across * (0.5 - corners[:, 0, 0:1]) + down * (0.5 - corners[:, 0, 1:2])
    return edge[runs.owner] + down[runs.owner] * runs.row[:, None].astype(np.float32), across


def _nearest(
    pixel: Int32[np.ndarray, " drawn"], depth: Float32[np.ndarray, " drawn"], pixels: int
) -> tuple[Int64[np.ndarray, " seen"], Int64[np.ndarray, " seen"]]:
    """The pixels in which something was drawn, and which of the things drawn there is nearest."""
    order = np.arange(len(pixel))
    keys = ((depth * DEPTH_STEPS).astype(np.int64) << ORDER_BITS) + order
    buffer = np.full(pixels, np.iinfo(np.int64).max)
    np.minimum.at(buffer, pixel, keys)
    there = np.flatnonzero(buffer != np.iinfo(np.int64).max)
    return there, buffer[there] & (2**ORDER_BITS - 1)
