"""A trained detector in its smallest form: a weighted sum of measurements, with a calibrated answer."""

import json
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
from jaxtyping import Float64
from pydantic import TypeAdapter

from unmask.signals.likelihood import probability
from unmask.weights import weight_path

MOST_ODDS = 9.0
"""Log-odds beyond which nothing is said: no probability is 0 or 1."""

Measured = Float64[np.ndarray, " numbers"]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A logistic regression, its answer calibrated on people left out of the fit.

    Attributes:
        middle: Mean of each measurement in training.
        scale: Its spread.
        weights: Of the measurements, as multiples of their spread.
        bias: Added to the sum.
        slope: Calibrated log-odds a unit of the sum.
        offset: Calibrated log-odds where the sum is nil, a forgery being as likely as not beforehand.
        slack: Half width of the 95 % interval in log-odds, from other draws of people.

    Reference:
        Platt, Probabilistic Outputs for Support Vector Machines, 1999.
    """

    middle: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    slope: float
    offset: float
    slack: float

    def total(self, measured: Measured) -> float:
        """The weighted sum; larger speaks for a forgery."""
        return float(self.parts(measured).sum() + self.bias)

    def parts(self, measured: Measured) -> Measured:
        """What each measurement adds to the sum."""
        return (measured - np.array(self.middle)) / np.array(self.scale) * np.array(self.weights)

    def loudest(self, measured: Measured, count: int) -> tuple[int, ...]:
        """Which measurements speak loudest for the answer: for a forgery or for none."""
        parts = self.parts(measured)
        towards = parts if self.total(measured) > self.turn else -parts
        return tuple(np.argsort(-towards, kind="stable")[:count].tolist())

    @property
    def turn(self) -> float:
        """The sum at which a forgery is as likely as none; endless where the sum says nothing."""
        return -self.offset / self.slope if self.slope > 0 else float("inf")

    def fake(self, measured: Measured) -> tuple[float, tuple[float, float]]:
        """Calibrated probability of forgery, and its interval."""
        odds = self.slope * self.total(measured) + self.offset
        low, fake, high = (
            probability(float(np.clip(one, -MOST_ODDS, MOST_ODDS)))
            for one in (odds - self.slack, odds, odds + self.slack)
        )
        return fake, (low, high)

    def as_json(self) -> str:
        """The model as its file holds it."""
        return json.dumps(asdict(self), indent=1) + "\n"


@cache
def linear_model(weight: str) -> LinearModel:
    """A model that comes with the package.

    Raises:
        MissingComponent: It is missing or altered.
    """
    return TypeAdapter(LinearModel).validate_json(weight_path(weight).read_bytes())
