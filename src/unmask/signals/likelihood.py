"""From a measurement to a probability, by a documented monotone map, until the benchmark calibrates it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class MonotoneMap:
    """A straight line in log-odds between two anchors, flat beyond them.

    Attributes:
        low: Measurement at and below which ``at_low`` holds.
        high: Measurement at and above which ``at_high`` holds.
        at_low: Probability of forgery at ``low``.
        at_high: Probability of forgery at ``high``.
        slack: Half width of the 95 % interval in log-odds; wide, since no benchmark has measured it yet.
    """

    low: float
    high: float
    at_low: float
    at_high: float
    slack: float = 1.5

    def __call__(self, value: float) -> float:
        """Probability of forgery for a measurement.

        >>> MonotoneMap(1.0, 3.0, 0.5, 0.9)(2.0)
        0.75
        """
        share = float(np.clip((value - self.low) / (self.high - self.low), 0.0, 1.0))
        return probability((1 - share) * log_odds(self.at_low) + share * log_odds(self.at_high))

    @property
    def neutral(self) -> float:
        """Measurement that speaks neither for nor against a forgery."""
        low, high = log_odds(self.at_low), log_odds(self.at_high)
        return self.low + (self.high - self.low) * -low / (high - low)

    def interval(self, value: float) -> tuple[float, float]:
        """Where the probability may lie (95 %)."""
        middle = log_odds(self(value))
        return probability(middle - self.slack), probability(middle + self.slack)


def add_odds(chances: Sequence[float], slack: float) -> tuple[float, tuple[float, float]]:
    """One probability from several measures of one thing, by adding their log-odds, and its 95 % interval.

    Args:
        chances: A probability from each measure.
        slack: Half width of the interval in log-odds.

    >>> add_odds([0.6, 0.6, 0.4], 1.0)[0]
    0.6
    """
    total = sum(log_odds(chance) for chance in chances)
    return probability(total), (probability(total - slack), probability(total + slack))


def log_odds(chance: float) -> float:
    """Log-odds of a probability, kept finite.

    >>> log_odds(0.5)
    0.0
    """
    kept = float(np.clip(chance, 1e-4, 1 - 1e-4))
    return float(np.log(kept / (1 - kept)))


def probability(odds: float) -> float:
    """Probability of log-odds, rounded to what can be said.

    >>> probability(0.0)
    0.5
    """
    return round(float(1.0 / (1.0 + np.exp(-odds))), 4)
