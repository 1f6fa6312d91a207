"""Logistic regression on few people and many measurements, and what it says of people it has not seen.

A film is one row; people weigh alike however many films they are in. Each person's answers come from a model that was
fitted without them, and the calibration is fitted to these answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy.optimize import minimize
from scipy.special import expit

from unmask.signals.linear import LinearModel

Rows = Float64[np.ndarray, "films numbers"]
PerFilm = Float64[np.ndarray, " films"]
Weights = Float64[np.ndarray, " numbers_and_bias"]

LEAST_SPREAD = 1e-3
LEAST_SLACK = 0.6
"""Half width in log-odds below which no interval goes: a handful of people does not know more."""
SLOPE_PRIOR = 0.5
"""Strength with which the calibrated slope is drawn to nil, in films."""


@dataclass(frozen=True, slots=True, eq=False)
class Films:
    """What a regression is fitted to.

    Attributes:
        measured: A row of measurements a film.
        fake: 1 for a forgery, 0 for none.
        people: Person of each film; whoever shares a name is left out together.
        weights: How much each film counts.
    """

    measured: Rows
    fake: PerFilm
    people: tuple[str, ...]
    weights: PerFilm

    def without(self, person: str) -> "Films":
        """The films of everyone else."""
        rows = np.array([one != person for one in self.people])
        return Films(
            self.measured[rows],
            self.fake[rows],
            tuple(one for one in self.people if one != person),
            self.weights[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A model, and what models without each person say of that person's films.

    Attributes:
        model: Fitted to all.
        left_out: Calibrated probability of forgery of each film, the model and the calibration without its person.
    """

    model: LinearModel
    left_out: PerFilm


def fit_model(films: Films, ridge: float) -> Fitted:
    """Fit, leave each person out once, and calibrate.

    Args:
        films: At least two people, and both kinds of film.
        ridge: Weight of the squared coefficients in the loss.

    Raises:
        ValueError: There are too few.

    Reference:
        Efron and Stein, The Jackknife Estimate of Variance, Annals of Statistics 1981, for the width of the interval.
    """
    people = sorted(set(films.people))
    if len(people) < 2 or len(set(films.fake.tolist())) < 2:
        raise ValueError("A regression needs films of two people or more, forged ones and others.")
    whole = _fit(films, ridge)
    without = {person: _fit(films.without(person), ridge) for person in people}
    totals = np.array([_total(without[person], row) for person, row in zip(films.people, films.measured, strict=True)])
    slope, offset = _calibrated(totals, films.fake, films.weights)
    left_out = np.empty(len(totals))
    for person in people:
        mine = np.array([one == person for one in films.people])
        own = _calibrated(totals[~mine], films.fake[~mine], films.weights[~mine])
        left_out[mine] = expit(own[0] * totals[mine] + own[1])
    others = np.array([[_total(model, row) for row in films.measured] for model in without.values()])
    spread = np.sqrt((len(people) - 1) * others.var(axis=0))
    slack = max(LEAST_SLACK, 1.96 * slope * float(np.median(spread)))
    mean, scale, weights = whole
    model = LinearModel(
        _rounded(mean),
        _rounded(scale),
        _rounded(weights[:-1]),
        *(round(float(v), 6) for v in (weights[-1], slope, offset, slack)),
    )
    return Fitted(model, left_out)


def totals_of(films: Films, rows: Rows, ridge: float) -> PerFilm:
    """What a model that is fitted to some films says of others; larger speaks for a forgery, and it is not calibrated."""
    mean, scale, weights = _fit(films, ridge)
    return np.asarray((rows - mean) / scale @ weights[:-1] + weights[-1], np.float64)


def fit_line(films: Films) -> Fitted:
    """Calibrate one number that orders films already, larger for a forgery; nothing turns its order round.

    Args:
        films: One measurement a film; at least two people, and both kinds of film.

    Raises:
        ValueError: There are too few.

    Reference:
        Platt, Probabilistic Outputs for Support Vector Machines, 1999; Efron and Stein, Annals of Statistics 1981.
    """
    people = sorted(set(films.people))
    if len(people) < 2 or len(set(films.fake.tolist())) < 2:
        raise ValueError("A calibration needs films of two people or more, forged ones and others.")
    mean, scale = float(films.measured.mean()), float(films.measured.std()) + LEAST_SPREAD
    totals = (films.measured[:, 0] - mean) / scale
    slope, offset = _calibrated(totals, films.fake, films.weights)
    left_out, odds = np.empty(len(totals)), np.empty((len(people), len(totals)))
    for number, person in enumerate(people):
        mine = np.array([one == person for one in films.people])
        _require_both(films.fake[~mine])
        own = _calibrated(totals[~mine], films.fake[~mine], films.weights[~mine])
        odds[number] = own[0] * totals + own[1]
        left_out[mine] = expit(odds[number, mine])
    spread = np.sqrt((len(people) - 1) * odds.var(axis=0))
    slack = max(LEAST_SLACK, 1.96 * float(np.median(spread)))
    numbers = (round(float(one), 6) for one in (0.0, slope, offset, slack))
    return Fitted(LinearModel((mean,), (scale,), (1.0,), *numbers), left_out)


def _require_both(fake: PerFilm) -> None:
    if len(set(fake.tolist())) < 2:
        raise ValueError("Without one of the people there are no forged films left, or no others.")


_Parts = tuple[Float64[np.ndarray, " numbers"], Float64[np.ndarray, " numbers"], Weights]


def _fit(films: Films, ridge: float) -> _Parts:
    mean, scale = films.measured.mean(axis=0), films.measured.std(axis=0) + LEAST_SPREAD
    rows = (films.measured - mean) / scale
    return mean, scale, _logistic(rows, films.fake, films.weights, ridge)


def _logistic(rows: Rows, fake: PerFilm, weights: PerFilm, ridge: float) -> Weights:
    with_bias = np.column_stack([rows, np.ones(len(rows))])
    pull = np.append(np.full(rows.shape[1], ridge), 0.0)

    def loss(chosen: Weights) -> tuple[float, Weights]:
        total = with_bias @ chosen
        value = (weights * (np.logaddexp(0.0, total) - fake * total)).sum() + (pull * chosen**2).sum()
        return float(value), with_bias.T @ (weights * (expit(total) - fake)) + 2 * pull * chosen

    found = minimize(loss, np.zeros(with_bias.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x, np.float64)


def _total(model: _Parts, row: Float64[np.ndarray, " numbers"]) -> float:
    mean, scale, weights = model
    return float((row - mean) / scale @ weights[:-1] + weights[-1])


def _calibrated(totals: PerFilm, fake: PerFilm, weights: PerFilm) -> tuple[float, float]:
    """Slope and offset of log-odds, forgeries and others counting alike in all; the slope is not negative."""
    balanced = weights / np.where(fake > 0, weights[fake > 0].sum(), weights[fake == 0].sum())
    balanced = balanced * len(set(np.round(totals, 12))) / balanced.sum()
    slope, offset = _logistic(totals[:, None], fake, balanced, SLOPE_PRIOR)
    return max(float(slope), 0.0), float(offset)


def _rounded(values: Float64[np.ndarray, " numbers"]) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def alike(people: Sequence[str], fake: Sequence[bool]) -> PerFilm:
    """Weights with which each person counts alike among forgeries, and among others.

    >>> alike(["anna", "anna", "ben"], [True, True, True]).tolist()
    [0.5, 0.5, 1.0]
    """
    keys = list(zip(people, fake, strict=True))
    return np.array([1.0 / keys.count(key) for key in keys])
