"""Figures of the suite ``lab``, with their intervals and targets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from unmask.benchmark.sections import table
from unmask.benchmark.statistics import Interval, cluster_interval
from unmask.benchmark.suite import interval_text

HEAD = ("what", "measured", "95 %", "target", "met", "on what")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        name: What was measured.
        value: The figure.
        unit: Its unit, empty when there is none.
        at_least: Target, None where there is none of this kind.
        at_most: Target, likewise.
        interval: Where a mean may lie (95 %).
        detail: On what, and what it is made of.
        digits: Decimal places that are shown.
    """

    name: str
    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    interval: Interval | None = None
    detail: str = ""
    digits: int = 2

    @property
    def target(self) -> str:
        """The target in words; a dash where there is none."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return "–" if self.at_most is None else f"≤ {self.at_most:g}"

    @property
    def met(self) -> str:
        """Whether the target is met, in a word; what is no number meets none."""
        if self.target == "–":
            return "–"
        high_enough = self.at_least is None or self.value >= self.at_least
        low_enough = self.at_most is None or self.value <= self.at_most
        return "yes" if high_enough and low_enough else "NO"


def mean_figure(
    name: str,
    values: Float[np.ndarray, " items"],
    clusters: Sequence[str],
    seed: int,
    *,
    unit: str = "",
    at_least: float | None = None,
    at_most: float | None = None,
    detail: str = "",
    digits: int = 2,
) -> Figure:
    """The mean of some values, with an interval over clusters drawn anew.

    Args:
        name: What was measured.
        values: One an item.
        clusters: Of each item, such as the second of the film it lies in.
        seed: Of the draws.
        unit: Of the values.
        at_least: Target, None where there is none of this kind.
        at_most: Target, likewise.
        detail: On what.
        digits: Decimal places that are shown.
    """
    interval = cluster_interval(clusters, lambda rows: float(values[rows].mean()), seed)
    return Figure(name, float(values.mean()), unit, at_least, at_most, interval, detail, digits)


def figure_table(figures: Iterable[Figure]) -> list[str]:
    """The figures as a Markdown table."""
    rows = [
        (
            one.name,
            f"{one.value:.{one.digits}f} {one.unit}".strip(),
            interval_text(one.interval, one.digits),
            one.target,
            one.met,
            one.detail,
        )
        for one in figures
    ]
    return table(HEAD, rows)
