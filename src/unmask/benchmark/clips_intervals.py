"""Where a figure of fakes and originals may lie, whole people drawn anew."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Bool, Float64

from unmask.benchmark.statistics import Fakes, Interval, Originals, Rows, cluster_interval

TwoSided = Callable[[Fakes, Originals], float]


def two_sided_interval(
    figure: TwoSided,
    of_films: Float64[np.ndarray, " films"],
    made: Bool[np.ndarray, " films"],
    people: Sequence[str],
    seed: int,
) -> Interval | None:
    """Where a figure of fakes and originals may lie (95 %).

    >>> def distance(fakes, originals):
    ...     return float(fakes.mean() - originals.mean())
    >>> two_sided_interval(distance, np.array([0.9, 0.4]), np.array([True, False]), ["anna", "anna"], 0) is None
    True

    Args:
        figure: Takes the numbers of the fakes drawn and those of the originals.
        of_films: One number a film, such as its probability of forgery.
        made: Which films are fakes.
        people: Person of each film.
        seed: Seed of the draws.

    Returns:
        The interval; None for one person, or for so few that a draw may hold fakes only or originals only.
    """

    def drawn_figure(drawn: Rows) -> float:
        fakes, originals = of_films[drawn[made[drawn]]], of_films[drawn[~made[drawn]]]
        return figure(fakes, originals) if len(fakes) and len(originals) else float("nan")

    return told(cluster_interval(people, drawn_figure, seed))


def told(interval: Interval | None) -> Interval | None:
    """The interval, or None when a draw had no figure.

    >>> told((float("nan"), 0.5)) is None
    True
    """
    return None if interval is None or np.isnan(interval).any() else interval
