"""Figures of a benchmark with their intervals: shares, rankings, bounds. Pure functions, no files."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float64, Int64
from scipy.stats import rankdata

from unmask.signals.exceedance import share_at_most

BOOTSTRAP_DRAWS = 2000

Fakes = Float64[np.ndarray, " fakes"]
"""One number a made film, such as its probability of forgery."""
Originals = Float64[np.ndarray, " originals"]
"""One number a filmed one."""
Rows = Int64[np.ndarray, " drawn"]
"""Numbers of the items drawn, one may come up several times."""
Interval = tuple[float, float]


def paired_share(fakes: Fakes, originals: Originals) -> float:
    """Share (0–1) of pairs in which the fake ranks above its own original, ties counting half; 0.5 is chance.

    >>> paired_share(np.array([0.9, 0.5, 0.2]), np.array([0.1, 0.5, 0.1]))
    0.8333333333333334

    Raises:
        ValueError: There are no pairs, or the two differ in number.
    """
    _require(len(fakes) == len(originals) > 0, "A paired share needs as many fakes as originals, at least one.")
    return float(((fakes > originals) + 0.5 * (fakes == originals)).mean())


def ranking(fakes: Fakes, originals: Originals) -> float:
    """Area under the ROC curve: share (0–1) of all fakes × originals ranked right, ties counting half.

    >>> ranking(np.array([0.9, 0.4]), np.array([0.1, 0.5]))
    0.75

    Reference:
        Hanley and McNeil, Radiology 1982.

    Raises:
        ValueError: One of the two is empty.
    """
    _require(len(fakes) > 0 and len(originals) > 0, "A ranking needs at least one fake and one original.")
    ranks = rankdata(np.concatenate([fakes, originals]))[: len(fakes)]
    return float((ranks.sum() - len(fakes) * (len(fakes) + 1) / 2) / (len(fakes) * len(originals)))


def exact_interval(hits: float, of: int, confidence: float = 0.95) -> Interval:
    """Where a share may lie, having seen ``hits`` of ``of``; half a hit, from a tie, is interpolated.

    >>> round(exact_interval(12.0, 12)[0], 3)
    0.735

    Reference:
        Clopper and Pearson, Biometrika 1934.
    """
    side = 1 - (1 - confidence) / 2
    return 1 - share_at_most(of - hits, of, side), share_at_most(hits, of, side)


def cluster_interval(
    clusters: Sequence[str], statistic: Callable[[Rows], float], seed: int, confidence: float = 0.95
) -> Interval | None:
    """Where a figure may lie, whole clusters drawn anew: clips of one person are no independent witnesses.

    Args:
        clusters: Cluster of each item, such as the person shown.
        statistic: The figure of the items whose numbers it is given.
        seed: Seed of the draws.
        confidence: How often such an interval holds the figure, 0–1.

    Returns:
        The interval by percentiles; None for a single cluster, which cannot show how others would differ.
    """
    names = sorted(set(clusters))
    if len(names) < 2:
        return None
    members = [np.flatnonzero([cluster == name for cluster in clusters]) for name in names]
    drawn = np.random.default_rng(seed).integers(0, len(names), (BOOTSTRAP_DRAWS, len(names)))
    values = [statistic(np.concatenate([members[k] for k in row])) for row in drawn]
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)


def _require(holds: bool, sentence: str) -> None:  # noqa: FBT001 # a condition is what it takes
    if not holds:
        raise ValueError(sentence)
