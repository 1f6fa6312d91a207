"""A threshold from real clips of the user's own, with what is known of its false alarms. Pure functions.

The threshold is an order statistic of the clips' log-odds. Which one follows from their number and the rate asked for
alone, before any clip is looked at. So it may be chosen on the very clips that it is stated for: of the clips that such
films are drawn from, the share above the (n−k)th of n has a Beta(k+1, n−k) distribution, whatever that of the odds is.
Its quantile is the one-sided bound of Clopper and Pearson for k of n, and the statement that of a tolerance limit: it
holds with the stated confidence over the draw of the clips. Equal odds make it hold the more.

References:
    Clopper and Pearson, Biometrika 1934. Wilks, Determination of sample sizes for setting tolerance limits, Annals of
    Mathematical Statistics 1941. Vovk, Conditional validity of inductive conformal predictors, ACML 2012.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import ceil, log

from unmask.signals.exceedance import CONFIDENCE, upper_bound
from unmask.signals.likelihood import probability


@dataclass(frozen=True, slots=True)
class Threshold:
    """Log-odds above which a clip is suspicious, and how many real ones are above.

    Attributes:
        odds: Log-odds of forgery (natural); a clip is suspicious when its own are larger, not when they are equal.
        probability: The same as a probability, 0.5–1.
        above: Enrolled clips above it.
        at_most: Upper bound on the share (0–1) of real clips above it.
    """

    odds: float
    probability: float
    above: int
    at_most: float


def clips_needed(rate: float, confidence: float = CONFIDENCE) -> int:
    """The fewest clips that bound their false alarms at ``rate`` (0–1, both excluded), none being above the threshold.

    >>> clips_needed(0.05), clips_needed(0.15)
    (59, 19)
    """
    # For no exceedance the bound is 1 − (1 − confidence)^(1/n); rounding must not cost or gain a clip.
    clips = max(ceil(log(1 - confidence) / log(1 - rate)) - 1, 1)
    while upper_bound(0, clips, confidence) > rate:
        clips += 1
    return clips


def threshold_for(odds: Sequence[float], rate: float, confidence: float = CONFIDENCE) -> Threshold | None:
    """The smallest threshold whose bound is not above ``rate``, never below a probability of one half.

    Where half is already high enough, the threshold was not chosen on the clips, and the bound is that of the clips
    above it. Otherwise it is that of as many as the rate allows; with equal odds fewer may be above.

    Args:
        odds: Log-odds of forgery of the enrolled clips, in any order.
        rate: Share (0–1) of real clips that may be above.
        confidence: How often the bound holds over draws of the clips, 0–1.

    Returns:
        None when so few clips cannot give that rate, even with none above.

    >>> threshold_for([k / 10 for k in range(60)], 0.1)
    Threshold(odds=5.8, probability=0.997, above=1, at_most=0.0766...)
    >>> threshold_for([-1.0] * 60, 0.1)
    Threshold(odds=0.0, probability=0.5, above=0, at_most=0.0487...)
    """
    ranked, clips = sorted(odds), len(odds)
    rising = (upper_bound(allowed, clips, confidence) for allowed in range(clips))
    bounds = list(takewhile(lambda bound: bound <= rate, rising))
    if not bounds:
        return None
    limit = max(ranked[clips - len(bounds)], 0.0)
    above = sum(one > limit for one in ranked)
    return Threshold(limit, probability(limit), above, bounds[above] if limit == 0.0 else bounds[-1])
