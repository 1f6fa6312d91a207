"""The time of a film from left to right, and the names of the rows before it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from unmask.report.figures.svg import line, words
from unmask.report.figures.ticks import time_label, time_ticks

WIDTH, LEFT, RIGHT = 960.0, 150.0, 944.0
ROW, BAR = 30.0, 22.0


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Where a time lies on the paper.

    Attributes:
        longest: Seconds at the right end.
    """

    longest: float

    def x(self, seconds: float) -> float:
        """Place of a time, within the axis whatever the time."""
        share = seconds / self.longest if math.isfinite(seconds) else 1.0
        return LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT)

    def drawn(self, y: float) -> Iterator[str]:
        """The axis below a row that ends at ``y``."""
        yield line(LEFT, y + 4, RIGHT, y + 4)
        for place in time_ticks(self.longest):
            x = self.x(place)
            yield line(x, y + 4, x, y + 9)
            yield words(x, y + 23, time_label(place, self.longest), anchor="middle", class_="soft")
        yield words(LEFT - 10, y + 23, "seconds" if self.longest <= 120 else "min:s", anchor="end", class_="soft")
