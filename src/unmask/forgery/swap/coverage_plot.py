"""The coverage of a store as a picture: a map of turns, and bars of mouths and light. No face is in it."""

import io
from typing import TYPE_CHECKING

import numpy as np

from unmask.forgery.swap.coverage import (
    CAP_PITCH,
    LUMA_EDGES,
    MOUTH_EDGES,
    PITCH_EDGES,
    SIDE_LIGHT_EDGES,
    YAW_EDGES,
    Counts,
    Coverage,
    Edges,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS, BARS, UNKNOWN = "YlGnBu", "#1f6f8b", "#f3efe8"
DARK_SHARE = 0.5
"""Counts on cells darker than this share of the greatest are written in white."""


def coverage_plot(coverage: Coverage, subject: str) -> bytes:
    """A map of yaw × pitch with counts, and bars for mouth, brightness and side light.

    Args:
        coverage: What a store shows.
        subject: Whom, for the heading.

    Returns:
        A PNG file's bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 # a second's import, for this alone
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(10.0, 6.6), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    rows = figure.add_gridspec(2, 3, height_ratios=(1.7, 1))
    _draw_map(figure.add_subplot(rows[0, :]), coverage)
    for column, (name, counts, edges) in enumerate(_bars(coverage)):
        _draw_bars(figure.add_subplot(rows[1, column]), name, counts, edges)
    figure.suptitle(
        f"{subject.replace('$', '')}: {coverage.faces} faces, {100 * coverage.cap_share:.0f} % of the turns to 90° "
        f"aside and {CAP_PITCH:.0f}° up and down",
        fontsize=12,
    )
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _bars(coverage: Coverage) -> tuple[tuple[str, Counts, Edges], ...]:
    return (
        ("opening of the mouth ÷ its width", coverage.mouth, MOUTH_EDGES),
        ("brightness of the face, levels", coverage.luma, LUMA_EDGES),
        ("right half brighter than left", coverage.side_light, SIDE_LIGHT_EDGES),
    )


def _draw_map(axes: "Axes", coverage: Coverage) -> None:
    cells, most = coverage.cells, max(int(coverage.cells.max()), 1)
    seen = np.ma.masked_equal(np.sqrt(cells), 0)  # the root shows few faces beside many
    axes.set_facecolor(UNKNOWN)
    axes.pcolormesh(YAW_EDGES, PITCH_EDGES, seen, cmap=COLORS, vmin=0, vmax=np.sqrt(most), edgecolors="white")
    for row, column in zip(*np.nonzero(cells), strict=True):
        x, y = YAW_EDGES[column : column + 2].mean(), PITCH_EDGES[row : row + 2].mean()
        dark = np.sqrt(cells[row, column] / most) > DARK_SHARE
        axes.text(x, y, str(cells[row, column]), ha="center", va="center", fontsize=8, color="w" if dark else "k")
    for pitch in (-CAP_PITCH, CAP_PITCH):
        axes.axhline(pitch, color="#8a8175", linewidth=0.8, linestyle=":")
    axes.set(
        xlabel="yaw in degrees, positive to the image's right",
        ylabel="pitch in degrees, positive up",
        xticks=YAW_EDGES[::3],
        yticks=PITCH_EDGES[::2],
        title="faces of each turn; the paper's colour is unknown ground",
    )
    axes.title.set_fontsize(10)


def _draw_bars(axes: "Axes", name: str, counts: Counts, edges: Edges) -> None:
    axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=BARS, edgecolor="white")
    axes.set(xlabel=name, ylabel="faces", xlim=(edges[0], edges[-1]))
    axes.grid(visible=True, axis="y", alpha=0.2)
