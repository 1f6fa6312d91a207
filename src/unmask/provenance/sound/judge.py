"""Which seconds of a marked sound are as they were marked, and which were made anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float64
from numpy.lib.stride_tricks import sliding_window_view

from unmask.provenance.sound.votes import SLOTS_A_SECOND, Count, trust_of

SURE = 4.0
"""Agreement in standard errors of chance from which a second certainly carries the mark."""
LEAST_EXPECTED = 4.0
"""Agreement to be expected, in standard errors of chance, below which a second is not judged."""
HONEST_SPREAD, HONEST_SHARE = 2.2, 0.12
"""How far honest seconds lie from what is expected of them, besides chance: in standard errors of chance, and as a share
of what is expected. Measured on 9,400 seconds of speech and film sound after AAC, MP3 and Opus of 32 to 128 kb/s, of
which it calls none altered."""
ALTERED_ODDS = 150.0
"""A second is called altered when its agreement is so many times likelier without the mark than with it."""

Span = tuple[float, float]
"""Start and end in seconds."""
PerWindow = Float64[np.ndarray, " windows"]
PerSlot = Float64[np.ndarray, " slots"]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Seconds of sound, one every quarter of a second, as far as they are whole.

    Attributes:
        starts: Where they begin, in seconds.
        agreement: Of the clip's own part with its signs, in standard errors of chance: 0 ± 1 without the mark.
        expected: What it would be if the second were as it was marked.
        altered: True where the mark is gone.
    """

    starts: PerWindow
    agreement: PerWindow
    expected: PerWindow
    altered: Bool[np.ndarray, " windows"]

    @property
    def integrity(self) -> PerWindow:
        """1 where the mark is as strong as expected, 0 where it is gone; NaN where nothing can be said."""
        alive = np.clip(self.agreement / np.maximum(self.expected, LEAST_EXPECTED), 0.0, 1.0)
        return np.where(self.expected >= LEAST_EXPECTED, alive, np.nan)


def judged(clip: Count, pilots: Count) -> Judged:
    """Compare the votes of each second with what its loudness promises.

    How far votes may be trusted is taken from the pilots, then again from those seconds alone that certainly carry the
    mark, so that what was made anew does not lower the promise.

    Args:
        clip: Votes on the clip's own part.
        pilots: Votes on the pilots of the same sound.
    """
    trust = trust_of(pilots)
    agreement, expected = _agreement(clip, trust)
    sure = _in_slots(agreement >= SURE, len(clip.weight))
    if sure.any():
        trust = trust_of(_within(clip, pilots, sure))
        agreement, expected = _agreement(clip, trust)
    starts = np.arange(len(agreement)) / SLOTS_A_SECOND
    return Judged(starts, agreement, expected, gone(agreement, expected))


def joined(parts: Sequence[Judged]) -> tuple[Judged, tuple[Span, ...]]:
    """One judgement from those of several places of one clip, and the stretches around the cuts between them.

    Args:
        parts: One for each place; each second belongs to the part with which it agrees best.
    """
    best = np.argmax([part.agreement for part in parts], axis=0)

    def chosen(rows: Iterable[PerWindow]) -> PerWindow:
        return np.take_along_axis(np.array(list(rows)), best[None], axis=0)[0]

    agreement, expected = chosen(part.agreement for part in parts), chosen(part.expected for part in parts)
    whole = Judged(parts[0].starts, agreement, expected, gone(agreement, expected))
    sure = np.flatnonzero(agreement >= SURE)
    cuts = (
        (float(whole.starts[before]) + 0.25, float(whole.starts[after]) + 0.75)
        for before, after in pairwise(sure)
        if best[before] != best[after]
    )
    return whole, tuple(cuts)


def altered_spans(whole: Judged, cuts: Iterable[Span], length: float) -> tuple[Span, ...]:
    """Stretches from which the mark is gone or at which it was cut, in order, those that touch put together.

    Args:
        whole: All seconds.
        cuts: Stretches around cuts.
        length: Length of the sound in seconds.

    >>> seconds = Judged(np.arange(4.0), *np.zeros((2, 4)), np.array([False, True, True, False]))
    >>> altered_spans(seconds, [], 4.5)
    ((1.0, 3.0),)
    """
    seconds = [(start, start + 1.0) for start in whole.starts[whole.altered].tolist()]
    spans: list[Span] = []
    for start, end in sorted([*seconds, *cuts]):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], min(end, length))
        else:
            spans.append((start, min(end, length)))
    return tuple(spans)


def gone(agreement: PerWindow, expected: PerWindow) -> Bool[np.ndarray, " windows"]:
    """Where the agreement speaks for no mark rather than for one as strong as expected.

    >>> gone(np.array([0.5, 3.0, 12.0, 0.5]), np.array([12.0, 12.0, 12.0, 4.0]))
    array([ True, False, False, False])
    """
    spread = 1.0 + HONEST_SPREAD**2 + (HONEST_SHARE * expected) ** 2
    log_odds = 0.5 * ((agreement - expected) ** 2 / spread + np.log(spread) - agreement**2)
    return (log_odds > np.log(ALTERED_ODDS)) & (agreement < expected)


def _agreement(count: Count, trust: Float64[np.ndarray, " levels"]) -> tuple[PerWindow, PerWindow]:
    """Agreement of each second and what it should be, both in standard errors of chance."""
    agreeing, expected = _seconds(count.agreeing @ trust), _seconds(count.weight @ trust**2)
    error = np.sqrt(_seconds(count.variance @ trust**2)) + np.finfo(float).tiny
    return agreeing / error, expected / error


def _seconds(slots: PerSlot) -> PerWindow:
    """Sums over one second from each slot on; of a sound shorter than a second, the sum of all."""
    width = min(SLOTS_A_SECOND, len(slots))
    return sliding_window_view(slots, width).sum(axis=1)


def _in_slots(windows: Bool[np.ndarray, " windows"], slots: int) -> Bool[np.ndarray, " slots"]:
    return np.convolve(windows, np.ones(slots - len(windows) + 1)) > 0


def _within(first: Count, second: Count, slots: Bool[np.ndarray, " slots"]) -> Count:
    return Count(
        first.agreeing[slots] + second.agreeing[slots],
        first.weight[slots] + second.weight[slots],
        first.variance[slots] + second.variance[slots],
    )
