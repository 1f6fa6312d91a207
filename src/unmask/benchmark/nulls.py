"""Tests that must read 0.50: file facts alone, swapped labels, originals against originals. Pure functions, no files.

A set of films whose facts give the fakes away measures its files and no detector; a figure that shuffling or another
source reaches as well is no finding.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float64, Int64
from scipy.stats import rankdata

from unmask.benchmark.statistics import Interval, Originals

DRAWS = 2000
PENALTY = 1.0
ROUNDING = 1e-18
"""A fact whose mean square is no larger than this never differs."""

Facts = Float64[np.ndarray, "films facts"]
"""One row of plain numbers a film, such as the logarithm of its size."""
Made = Bool[np.ndarray, " films"]
"""Which films are fakes."""
Leanings = Float64[np.ndarray, " films"]
"""How far each leans to being a fake, 0 for neither."""
Kernel = Float64[np.ndarray, "pairs pairs"]
"""What each pair (column) says of each other one (row)."""
Drawn = Float64[np.ndarray, " draws"]
"""A figure in each draw."""


def held_out_leanings(facts: Facts, made: Made, people: Sequence[str]) -> Leanings:
    """How far each film leans to being a fake, by a ridge regression that saw no film of its person.

    It learns no intercept, so that to hold out a fake makes nothing look like an original.

    >>> sizes = np.array([[3.0], [1.0], [3.1], [1.1], [2.9], [0.9]])
    >>> made = np.array([True, False] * 3)
    >>> (held_out_leanings(sizes, made, ["anna", "anna", "ben", "ben", "carl", "carl"]) > 0).tolist()
    [True, False, True, False, True, False]

    Reference:
        Hoerl and Kennard, Technometrics 1970.
    """
    leanings = np.zeros(len(facts))
    for own in _each(people):
        seen, fakes = facts[~own], made[~own]
        if fakes.any() and not fakes.all():
            centre = seen.mean(axis=0)
            inner = seen - centre
            weights = _ridge(inner.T @ inner, len(seen), inner.T @ np.where(fakes, 1.0, -1.0))
            leanings[own] = (facts[own] - centre) @ weights
    return leanings.round(12)


def held_out_kernel(differences: Facts, people: Sequence[str]) -> Kernel:
    """What pairs say of the pairs of other people, by a ridge regression on the differences within pairs.

    A small difference that every pair has is not lost in it among the large ones between films. The sum of a row is
    how much more its pair's fake leans to being one than its original does; a pair with its sides swapped changes sign.

    >>> kernel = held_out_kernel(np.array([[0.01], [0.012], [0.009]]), ["anna", "ben", "carl"])
    >>> bool((kernel.sum(axis=1) > 0).all())
    True

    Args:
        differences: Facts of the fake minus those of its original, a row a pair.
        people: Person of each pair.

    Reference:
        Breslow and Day, Statistical Methods in Cancer Research, volume 1, 1980, chapter 7, for regression within pairs.
    """
    kernel = np.zeros((len(differences), len(differences)))
    for own in _each(people):
        seen = differences[~own]
        if len(seen):
            kernel[np.ix_(own, ~own)] = differences[own] @ _ridge(seen.T @ seen, len(seen), seen.T)
    return kernel


def coin_shares(kernel: Kernel, together: Sequence[str], seed: int, draws: int = DRAWS) -> Drawn:
    """Paired share (0–1) of the regression learnt anew in each of many draws, in which coins swap the sides of pairs.

    >>> coin_shares(np.zeros((2, 2)), ["anna", "ben"], seed=0, draws=2).tolist()
    [0.5, 0.5]

    Args:
        kernel: From ``held_out_kernel``.
        together: Pairs of one name change sides together, such as those of a person.
        seed: Seed of the coins.
        draws: Number of draws.
    """
    sides = 1.0 - 2.0 * _coins(together, seed, draws)
    return (0.5 + 0.5 * np.sign((sides * (sides @ kernel.T)).round(12))).mean(axis=1)


def swapped_shares(
    outcomes: Float64[np.ndarray, " pairs"], together: Sequence[str], seed: int, draws: int = DRAWS
) -> Drawn:
    """Paired share (0–1) in each of many draws, in which a coin says whether fake and original change places.

    >>> round(float(swapped_shares(np.array([1.0, 1.0, 0.5]), ["a", "b", "c"], seed=0).mean()), 1)
    0.5

    Args:
        outcomes: 1 for a pair whose fake ranks above its original, 0 for one the other way round, 0.5 for a tie.
        together: Pairs of one name change places together: the pairs' own names, or their people.
        seed: Seed of the coins.
        draws: Number of draws.

    Reference:
        Fisher, The Design of Experiments, 1935.
    """
    return np.abs(outcomes - _coins(together, seed, draws)).mean(axis=1)


def permutation_p(observed: float, drawn: Drawn) -> float:
    """How often (0–1) a draw is at least as far from 0.5 as what was observed, the observed one counted among them.

    >>> permutation_p(1.0, np.array([0.5, 0.0, 0.5]))
    0.5

    Reference:
        Phipson and Smyth, Permutation p-values should never be zero, 2010.
    """
    as_far = np.abs(drawn - 0.5) >= abs(observed - 0.5) - 1e-9
    return float((1 + as_far.sum()) / (1 + len(drawn)))


def half_areas(originals: Originals, people: Sequence[str], seed: int, draws: int = DRAWS) -> Drawn:
    """Area under the ROC curve between two halves of the originals, parted by person, in each of many draws.

    >>> half_areas(np.array([0.2, 0.2, 0.2]), ["anna", "ben", "ben"], seed=0, draws=2).tolist()
    [0.5, 0.5]

    Args:
        originals: Probability of forgery (0–1) of each.
        people: Person of each; at least two.
        seed: Seed of the draws.
        draws: Number of draws.
    """
    names, of = np.unique(np.asarray(people), return_inverse=True)
    ranks, rng = rankdata(originals), np.random.default_rng(seed)
    orders = np.argsort(rng.random((draws, len(names))), axis=1)
    first = (orders < len(names) // 2)[:, of]
    here = first.sum(axis=1)
    return (first @ ranks - here * (here + 1) / 2) / (here * (len(originals) - here))


def middle(drawn: Drawn, confidence: float = 0.95) -> Interval:
    """Where the middle draws lie.

    >>> middle(np.arange(101.0), 0.5)
    (25.0, 75.0)
    """
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)


def _each(people: Sequence[str]) -> list[Bool[np.ndarray, " films"]]:
    named = np.asarray(people)
    return [named == name for name in np.unique(named)]


def _coins(together: Sequence[str], seed: int, draws: int) -> Int64[np.ndarray, "draws pairs"]:
    """0 or 1 for each pair in each draw, the same for pairs of one name."""
    _, of = np.unique(np.asarray(together), return_inverse=True)
    return np.random.default_rng(seed).integers(0, 2, (draws, int(of.max()) + 1))[:, of]


def _ridge(
    squares: Float64[np.ndarray, "facts facts"], films: int, aims: Float64[np.ndarray, "facts ..."]
) -> Float64[np.ndarray, "facts ..."]:
    """Weights of the facts, as if each had been scaled to its own spread; a fact that never differs gets none."""
    spread = squares.diagonal() / films
    return np.linalg.solve(squares + PENALTY * np.diag(np.where(spread > ROUNDING, spread, 1.0)), aims)
