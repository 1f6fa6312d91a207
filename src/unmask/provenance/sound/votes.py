"""How far the signs of the sound's coefficients agree with the mark, once its place is known.

Each coefficient votes with its sign. How much a vote tells depends on how loud the sound is around it, which decides how
much a codec left of it; the pilots of the same sound, whose signs are known, tell how far each level may be trusted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64
from scipy.optimize import isotonic_regression

from unmask.provenance.sound.embed import local_level
from unmask.provenance.sound.find import HOP, PERIOD_SAMPLES, Kept, Place
from unmask.provenance.sound.lapped import cosine_parts, sine_parts
from unmask.provenance.sound.layout import BIN_CENTERS_HZ, PERIOD, Signs
from unmask.provenance.sound.resample import READING_RATE_HZ

TELLING = 0.5
"""Size of a coefficient, over the level around it, beyond which its sign was hardly set by the mark."""
LEVELS = 16
"""Classes of loudness, ``LEVEL_STEP_DB`` wide, from ``LOWEST_DB`` up."""
LEVEL_STEP_DB, LOWEST_DB = 6.0, -100.0
"""Below −100 dB of full scale there is nothing to hear, and no vote."""
SLOTS_A_SECOND = 4
"""Slots of time for which votes are counted."""

Mask = Bool[np.ndarray, "period bins"]
"""Which coefficients of a period belong to a part of the mark."""


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """Votes on the signs of one part of the mark, summed for each slot of time and each level.

    Attributes:
        agreeing: Sum of the votes, positive where they agree with the mark.
        weight: Sum of their sizes: what ``agreeing`` would be if all agreed.
        variance: Sum of their squares: what the square of ``agreeing`` would be by chance.
    """

    agreeing: Float64[np.ndarray, "slots levels"]
    weight: Float64[np.ndarray, "slots levels"]
    variance: Float64[np.ndarray, "slots levels"]


@dataclass(frozen=True, slots=True, eq=False)
class PeriodVotes:
    """The votes of one period of sound, or of the part of it that the sound holds.

    Attributes:
        period: 0 for the period that begins at the place, −1 for the one before.
        at: Which frames of the period these are.
        seconds: Middles of the frames in the sound that was read.
        votes: Sign of each coefficient, times 0 to 1: the larger it is beside its neighbours, the less it tells.
        level: Class of the loudness around each coefficient.
    """

    period: int
    at: slice
    seconds: Float64[np.ndarray, " frames"]
    votes: Float32[np.ndarray, "frames bins"]
    level: Int64[np.ndarray, "frames bins"]

    def trusted(self, trust: Float64[np.ndarray, " levels"]) -> Float32[np.ndarray, "frames bins"]:
        """The votes, weighed by how far their levels may be trusted."""
        return self.votes * trust.astype(np.float32)[self.level]


def votes_of(sound: Kept, place: Place) -> Iterator[PeriodVotes]:
    """The votes of a sound whose periods begin at a known place, period by period."""
    first = -int(np.ceil(place.sample / PERIOD_SAMPLES))
    last = int(np.ceil((len(sound) - place.sample) / PERIOD_SAMPLES))
    return (votes_in(sound, place, period) for period in range(first, last))


def votes_in(sound: Kept, place: Place, period: int) -> PeriodVotes:
    """The votes of one period."""
    start = place.sample + period * PERIOD_SAMPLES
    skipped = max(0, -int(np.floor(start / HOP)))
    begin = start + skipped * HOP
    heard = sound[int(begin) : int(begin) + (PERIOD - skipped + 1) * HOP].astype(np.float32)
    cosines, sines = cosine_parts(heard, READING_RATE_HZ), sine_parts(heard, READING_RATE_HZ)
    turn = (2 * np.pi / READING_RATE_HZ * (begin % 1.0)) * BIN_CENTERS_HZ  # the part of a sample that is left
    parts = cosines * np.cos(turn).astype(np.float32) + sines * np.sin(turn).astype(np.float32)
    level = local_level(parts)
    decibels = 20.0 * np.log10(level)
    weight = np.exp(-((parts / (TELLING * level)) ** 2)) * (decibels > LOWEST_DB)
    return PeriodVotes(
        period=period,
        at=slice(skipped, skipped + len(parts)),
        seconds=(begin + HOP * (1.0 + np.arange(len(parts)))) / READING_RATE_HZ,
        votes=np.copysign(weight, place.sign * parts),
        level=np.clip((decibels - LOWEST_DB) // LEVEL_STEP_DB, 0, LEVELS - 1).astype(np.int64),
    )


def counted(sound: Kept, place: Place, part: Mask, signs_of: Callable[[int], Signs | None]) -> Count:
    """All votes of a sound on one part of the mark, for each slot of time and level.

    Args:
        sound: At 16 kHz.
        place: Where its periods begin.
        part: Which coefficients of a period belong to that part.
        signs_of: Their signs in a period, counted from the place; None where the marked sound has no such period, so
            that nothing agrees.
    """
    slots = max(1, int(np.ceil(len(sound) / READING_RATE_HZ * SLOTS_A_SECOND)))
    sums = np.zeros((3, slots * LEVELS))
    for heard in votes_of(sound, place):
        mask, signs = part[heard.at], signs_of(heard.period)
        votes = heard.votes[mask]
        slot = np.minimum((heard.seconds * SLOTS_A_SECOND).astype(np.int64), slots - 1)[:, None]
        bins = (slot * LEVELS + heard.level)[mask]
        agreeing = np.zeros_like(votes) if signs is None else votes * signs[heard.at][mask]
        begin = int(bins.min()) if len(bins) else 0
        for total, what in zip(sums, (agreeing, np.abs(votes), votes**2), strict=True):
            added = np.bincount(bins - begin, what)
            total[begin : begin + len(added)] += added
    return Count(*sums.reshape(3, slots, LEVELS))


def trust_of(count: Count) -> Float64[np.ndarray, " levels"]:
    """How far the votes of each level agree with the mark, 0 to 1; a louder level is trusted no less."""
    agreeing, weight = (np.reshape(sums, (-1, LEVELS)).sum(axis=0) for sums in (count.agreeing, count.weight))
    known = np.maximum(weight, 1e-6)
    return np.clip(isotonic_regression(agreeing / known, weights=known).x, 0.0, 1.0)
