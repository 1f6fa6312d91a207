"""Stretches of time, each a start and an end in seconds."""

from collections.abc import Iterable
from math import fsum

Stretch = tuple[float, float]


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The stretches in their order, those that overlap or touch as one.

    >>> joined([(4.0, 6.0), (1.0, 2.0), (5.0, 9.0)])
    [(1.0, 2.0), (4.0, 9.0)]
    """
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def total_seconds(stretches: Iterable[Stretch]) -> float:
    """Seconds in any of the stretches, overlaps counted once.

    >>> total_seconds([(4.0, 6.0), (1.0, 2.0), (5.0, 9.0)])
    6.0
    """
    return fsum(end - start for start, end in joined(stretches))
