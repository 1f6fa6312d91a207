"""How often filmed clips look at least as suspicious: p-values and bounds from a count. Pure functions.

References:
    Clopper and Pearson, Biometrika 1934. Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World, 2005.
"""

from collections.abc import Sequence

from scipy.special import betaincinv

CONFIDENCE = 0.95


def upper_bound(exceedances: int, clips: int, confidence: float = CONFIDENCE) -> float:
    """The largest share (0–1) of clips above a threshold that ``exceedances`` of ``clips`` leave possible.

    >>> round(upper_bound(0, 59), 3), round(upper_bound(0, 20), 3), upper_bound(5, 5)
    (0.05, 0.139, 1.0)
    """
    return share_at_most(float(exceedances), clips, confidence)


def share_at_most(hits: float, of: int, confidence: float) -> float:
    """One-sided upper bound on a share, having seen ``hits`` of ``of``; half a hit, from a tie, is interpolated.

    >>> round(share_at_most(0.5, 59, 0.95), 3)
    0.064

    Reference:
        Clopper and Pearson, Biometrika 1934.
    """
    return float(betaincinv(hits + 1, of - hits, confidence)) if hits < of else 1.0


def as_suspicious(odds: float, real: Sequence[float]) -> int:
    """How many real clips have these log-odds of forgery or larger ones.

    >>> as_suspicious(1.0, [0.0, 1.0, 2.0])
    2
    """
    return sum(one >= odds for one in real)


def p_value(odds: float, real: Sequence[float]) -> float:
    """How often a real clip like these would look at least as suspicious (0–1): small is unusual.

    A real clip drawn as they were gets a value of ``p`` or less in no more than a share ``p`` of all draws.

    Reference:
        Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World, 2005.

    >>> p_value(1.5, [0.0, 1.0, 2.0])
    0.5
    """
    return (1 + as_suspicious(odds, real)) / (len(real) + 1)
