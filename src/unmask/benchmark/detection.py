"""Figures of detection from probabilities of forgery: errors, calibration, information, risk. Pure functions, no files.

Each takes the probabilities (0–1) of the made films and of the filmed ones; what a detector did not answer is left out,
but for risk and coverage, where an abstention counts.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from scipy.stats import rankdata

from unmask.benchmark.statistics import Fakes, Originals

CLIPPED = 1e-7
"""Log loss and Cllr take a probability for no less than this, and for no more than one less this."""
MOST_BINS, FILMS_A_BIN = 10, 10
CHANCE_DRAWS = 1000

Counts = Int64[np.ndarray, " thresholds"]
"""Films at or above each threshold, the highest threshold first."""
CurvePoints = Float64[np.ndarray, " points"]
"""Shares (0–1) along a curve."""


@dataclass(frozen=True, slots=True, eq=False)
class RiskCurve:
    """How often the surest answers are wrong.

    Attributes:
        coverage: Share (0–1) of all films that are answered, abstentions among them, rising.
        risk: Share (0–1) of these answers that are wrong.
    """

    coverage: CurvePoints
    risk: CurvePoints


def average_precision(fakes: Fakes, originals: Originals) -> float:
    """Mean precision over the recalls, one step a threshold, nothing interpolated; a guess reads the share of fakes.

    >>> average_precision(np.array([0.9, 0.4]), np.array([0.5, 0.1]))
    0.8333333333333333

    Reference:
        Davis and Goadrich, ICML 2006.

    Raises:
        ValueError: One of the two is empty.
    """
    caught, alarms = _falling(fakes, originals)
    return float((np.diff(caught, prepend=0) * caught / (caught + alarms)).sum() / len(fakes))


def equal_error_rate(fakes: Fakes, originals: Originals) -> float:
    """Where as many fakes are missed as originals are accused (0–1), lines drawn between the thresholds; 0.5 is chance.

    >>> equal_error_rate(np.array([0.9, 0.4]), np.array([0.5, 0.1]))
    0.5

    Reference:
        Martin et al., The DET curve in assessment of detection task performance, Eurospeech 1997.

    Raises:
        ValueError: One of the two is empty.
    """
    caught, alarms = _falling(fakes, originals)
    accused = np.concatenate([[0.0], alarms / len(originals)])
    gap = accused - 1 + np.concatenate([[0.0], caught / len(fakes)])
    after = int(np.argmax(gap >= 0))
    way = -gap[after - 1] / (gap[after] - gap[after - 1])
    return float(accused[after - 1] + way * (accused[after] - accused[after - 1]))


def true_positive_rate(fakes: Fakes, originals: Originals, false_positive_rate: float) -> float | None:
    """Share (0–1) of fakes caught where at most such a share of originals is accused.

    >>> true_positive_rate(np.array([0.9, 0.4]), np.linspace(0.0, 0.5, 100), 0.01)
    0.5
    >>> true_positive_rate(np.array([0.9, 0.4]), np.linspace(0.0, 0.5, 99), 0.01) is None
    True

    Returns:
        The share; None with fewer than 1 / ``false_positive_rate`` originals, among which no such rate can be seen.

    Raises:
        ValueError: One of the two is empty.
    """
    allowed = alarms_allowed(len(originals), false_positive_rate)
    return caught_share(fakes, originals, allowed) if allowed else None


def alarms_allowed(originals: int, false_positive_rate: float) -> int:
    """How many originals may be accused at such a rate.

    >>> alarms_allowed(250, 0.01)
    2
    """
    return int(originals * false_positive_rate + 1e-9)


def caught_share(fakes: Fakes, originals: Originals, alarms: int) -> float:
    """Share (0–1) of fakes above the lowest threshold that no more than ``alarms`` originals pass.

    >>> caught_share(np.array([0.9, 0.4]), np.array([0.5, 0.1]), 0)
    0.5

    Raises:
        ValueError: One of the two is empty.
    """
    _refuse_empty(fakes, originals)
    threshold = np.sort(originals)[::-1][alarms] if alarms < len(originals) else -np.inf
    return float((fakes > threshold).mean())


def bins_for(films: int) -> int:
    """Bins of the calibration error: ten films a bin, ten bins at most.

    >>> bins_for(24), bins_for(5000)
    (2, 10)
    """
    return max(1, min(MOST_BINS, films // FILMS_A_BIN))


def calibration_error(fakes: Fakes, originals: Originals, bins: int) -> float:
    """Expected calibration error (0–1): mean distance of the probability from the share of fakes, over equal-mass bins.

    Equal probabilities share a bin. Few films a bin make the error large by chance alone.

    >>> round(calibration_error(np.array([0.9, 0.9]), np.array([0.1, 0.1]), 2), 3)
    0.1

    Reference:
        Naeini, Cooper and Hauskrecht, AAAI 2015; bins of equal mass as in Nguyen and O'Connor, EMNLP 2015.

    Raises:
        ValueError: One of the two is empty.
    """
    _refuse_empty(fakes, originals)
    probabilities = np.concatenate([fakes, originals])
    excess = probabilities - (np.arange(len(probabilities)) < len(fakes))
    of = ((rankdata(probabilities) - 0.5) / len(probabilities) * bins).astype(np.int64)
    return float(np.abs(np.bincount(of, weights=excess)).sum() / len(probabilities))


def calibration_error_by_chance(fakes: Fakes, originals: Originals, bins: int, seed: int) -> float:
    """The error that such probabilities would show on average if every one of them were right, 0–1.

    Labels are drawn by the probabilities themselves, many times; draws without a fake or an original are left out.

    >>> round(calibration_error_by_chance(np.full(500, 0.5), np.full(500, 0.5), 1, 0), 2)
    0.01

    Reference:
        Bröcker and Smith, Increasing the Reliability of Reliability Diagrams, Weather and Forecasting 2007.

    Raises:
        ValueError: One of the two is empty.
    """
    _refuse_empty(fakes, originals)
    probabilities = np.concatenate([fakes, originals])
    drawn = np.random.default_rng(seed).random((CHANCE_DRAWS, len(probabilities))) < probabilities
    both = [made for made in drawn if 0 < made.sum() < len(made)]
    errors = [calibration_error(probabilities[made], probabilities[~made], bins) for made in both]
    return float(np.mean(errors)) if errors else 0.0


def brier(fakes: Fakes, originals: Originals) -> float:
    """Mean squared distance of the probability from the truth; 0.25 for one that always says one half.

    >>> brier(np.array([0.5]), np.array([0.5]))
    0.25

    Reference:
        Brier, Monthly Weather Review 1950.

    Raises:
        ValueError: One of the two is empty.
    """
    _refuse_empty(fakes, originals)
    return float((((1 - fakes) ** 2).sum() + (originals**2).sum()) / (len(fakes) + len(originals)))


def log_loss(fakes: Fakes, originals: Originals) -> float:
    """Mean surprise at the truth in nats, probabilities clipped to 1e-7 … 1 - 1e-7; 0.693 for one half.

    The DFDC contest ranked by it. A clip is needed, since a certain error costs without bound.

    >>> round(log_loss(np.array([0.5]), np.array([0.5])), 3)
    0.693

    Reference:
        Dolhansky et al., The DeepFake Detection Challenge Dataset, 2020.

    Raises:
        ValueError: One of the two is empty.
    """
    _refuse_empty(fakes, originals)
    surprise = np.log(np.concatenate([_clipped(fakes), 1 - _clipped(originals)]))
    return float(-surprise.mean())


def cllr(fakes: Fakes, originals: Originals) -> float:
    """Cost of the log-likelihood ratios in bits; 0 says everything, 1 nothing, more misleads.

    The ratio is p / (1 - p), as the probabilities are meant for as many fakes as originals; both sides weigh the same,
    whatever their numbers. Clipped as in ``log_loss``.

    >>> cllr(np.array([0.5, 0.5]), np.array([0.5]))
    1.0

    Reference:
        Brümmer and du Preez, Computer Speech and Language 2006.

    Raises:
        ValueError: One of the two is empty.
    """
    _refuse_empty(fakes, originals)
    return float(-(np.log2(_clipped(fakes)).mean() + np.log2(1 - _clipped(originals)).mean()) / 2)


def risk_curve(fakes: Fakes, originals: Originals, abstained: int) -> RiskCurve:
    """Risk against coverage, the answers farthest from one half first; equally sure ones come together.

    An answer is wrong on the other side of one half; at one half it is half wrong.

    >>> curve = risk_curve(np.array([0.9, 0.4]), np.array([0.2, 0.1]), abstained=1)
    >>> curve.coverage.tolist(), curve.risk.tolist()
    ([0.4, 0.6, 0.8], [0.0, 0.0, 0.25])

    Args:
        fakes: Probabilities of the made films that were answered.
        originals: Those of the filmed ones.
        abstained: Films of either kind that were not.

    Returns:
        The curve, without points when nothing was answered.

    Reference:
        El-Yaniv and Wiener, JMLR 2010.
    """
    counts, errors = _by_sureness(fakes, originals)
    answered = np.cumsum(counts)
    films = len(fakes) + len(originals) + abstained
    return RiskCurve(answered / max(1, films), np.cumsum(errors) / answered)


def area_under_risk(fakes: Fakes, originals: Originals, abstained: int) -> float:
    """Mean risk over all coverages: 0 is never wrong, 0.5 a coin.

    Abstentions come last and are half wrong, as a coin would be: to abstain is no way to a smaller area.

    >>> area_under_risk(np.array([0.9]), np.array([0.1]), abstained=0)
    0.0
    >>> area_under_risk(np.array([]), np.array([]), abstained=3)
    0.5

    Reference:
        Geifman, Uziel and El-Yaniv, ICLR 2019; the abstentions' part is ours.

    Raises:
        ValueError: There is no film at all.
    """
    counts, errors = _by_sureness(fakes, originals)
    wrong = np.concatenate([np.repeat(errors / counts, counts), np.full(abstained, 0.5)])
    if not len(wrong):
        raise ValueError("A mean risk needs at least one film.")
    return float((np.cumsum(wrong) / np.arange(1, len(wrong) + 1)).mean())


def risk_at(curve: RiskCurve, coverage: float) -> float | None:
    """Risk where at least such a share of films is answered; None when so many are not.

    >>> risk_at(risk_curve(np.array([0.9]), np.array([0.6]), 0), 0.5)
    0.0
    """
    reached = np.flatnonzero(curve.coverage >= coverage - 1e-9)
    return float(curve.risk[reached[0]]) if len(reached) else None


def coverage_at(curve: RiskCurve, risk: float) -> float:
    """The largest share of films that may be answered at no more than such a risk, 0 when there is none.

    >>> coverage_at(risk_curve(np.array([0.9]), np.array([0.6]), 0), 0.05)
    0.5
    """
    return float(max(curve.coverage[curve.risk <= risk + 1e-9], default=0.0))


def _falling(fakes: Fakes, originals: Originals) -> tuple[Counts, Counts]:
    """Fakes and originals at or above each probability that occurs, the highest first."""
    _refuse_empty(fakes, originals)
    levels, of = np.unique(np.concatenate([fakes, originals]), return_inverse=True)
    sides = of[: len(fakes)], of[len(fakes) :]
    caught, alarms = (np.cumsum(np.bincount(side, minlength=len(levels))[::-1]) for side in sides)
    return caught, alarms


def _by_sureness(fakes: Fakes, originals: Originals) -> tuple[Counts, CurvePoints]:
    """Number of answers and of errors among them at each distance from one half, the farthest first."""
    away = np.concatenate([fakes - 0.5, 0.5 - originals])
    levels, of = np.unique(-np.abs(away).round(12), return_inverse=True)
    wrong = 0.5 - 0.5 * np.sign(away)
    errors = np.bincount(of, weights=wrong, minlength=len(levels))
    return np.bincount(of, minlength=len(levels)), errors.astype(np.float64)  # without films they would be integers


def _clipped(probabilities: Float64[np.ndarray, " films"]) -> Float64[np.ndarray, " films"]:
    return np.clip(probabilities, CLIPPED, 1 - CLIPPED)


def _refuse_empty(fakes: Fakes, originals: Originals) -> None:
    if not len(fakes) or not len(originals):
        raise ValueError("A figure of detection needs at least one fake and one original.")
