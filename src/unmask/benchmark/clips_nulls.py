"""The null tests of the suite ``clips``: what files, background, a coin and another source order without any detector."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from unmask.benchmark.clips import FAKE, REAL, ClipRow, answered_pairs, detectors_in, paired
from unmask.benchmark.clips_intervals import two_sided_interval
from unmask.benchmark.nulls import (
    Facts,
    coin_shares,
    half_areas,
    held_out_kernel,
    held_out_leanings,
    middle,
    permutation_p,
    swapped_shares,
)
from unmask.benchmark.statistics import Interval, cluster_interval, paired_share, ranking
from unmask.benchmark.views import BACKGROUND

LEAST_PEOPLE = 5
"""Fewer people cannot show what holds for others."""


@dataclass(frozen=True, slots=True)
class FactAlone:
    """How one fact orders the films, with nothing learnt.

    Attributes:
        fact: Its name.
        share: Share of pairs in which the fake has more of it, ties half; None without a pair.
        area: Area under the ROC curve, more of it taken for made.
    """

    fact: str
    share: float | None
    area: float


@dataclass(frozen=True, slots=True)
class FactsNull:
    """What a regression on plain numbers orders, such as the facts of the files, each person held out in turn.

    Attributes:
        films: Films compared.
        pairs: Pairs among them.
        people: Persons among them.
        share: Share of pairs in which the fake looks more made, ties half; None without a pair.
        share_by_person: Where it may lie (95 %), whole persons drawn anew.
        share_of_coins: Where 95 % of such shares lie when coins say, person by person, which of a pair is the fake.
        area: Area under the ROC curve of all films.
        area_by_person: Where it may lie, likewise.
        alone: Each fact on its own.
    """

    films: int
    pairs: int
    people: int
    share: float | None
    share_by_person: Interval | None
    share_of_coins: Interval | None
    area: float
    area_by_person: Interval | None
    alone: tuple[FactAlone, ...]

    @property
    def leak(self) -> bool:
        """Whether the facts tell fakes of people never seen: an interval lies above 0.5.

        One below it is no leak: where nothing is there to learn, what most people's files happen to show is often the
        contrary of what the one held out does, and the coins go as low.
        """
        return any(found is not None and found[0] > 0.5 for found in (self.share_by_person, self.area_by_person))

    @property
    def leak_beyond_coins(self) -> bool:
        """The same, but that coins that swap labels must not go as far; without pairs, as the area tells.

        Pairs held out from each other's regression are no independent witnesses, so of few people whose numbers tell
        nothing the interval alone lies above 0.5 in about one folder of ten.
        """
        if self.share is None or self.share_by_person is None or self.share_of_coins is None:
            return self.leak
        return self.share_by_person[0] > 0.5 and self.share > self.share_of_coins[1]


@dataclass(frozen=True, slots=True)
class SwapNull:
    """A detector's paired share beside what coins give that say which of a pair is the fake.

    Attributes:
        detector: Its name, or ``verdict``.
        pairs: Pairs in which it answered for both.
        people: Persons among them.
        mean: Mean share with swapped labels, to be 0.5.
        range: Where 95 % of these shares lie.
        observed: Share with the true labels.
        p_by_pair: How often a coin for every pair goes as far from 0.5.
        p_by_person: How often a coin for every person does.
    """

    detector: str
    pairs: int
    people: int
    mean: float
    range: Interval
    observed: float | None
    p_by_pair: float | None
    p_by_person: float | None


@dataclass(frozen=True, slots=True)
class HalvesNull:
    """What a detector orders between originals of some people and of others.

    Attributes:
        detector: Its name, or ``verdict``.
        originals: Originals for which it answered.
        people: Persons among them.
        distance: Mean distance of the area under the ROC curve from 0.5: the size of what another source alone does.
        range: Where 95 % of the areas lie.
    """

    detector: str
    originals: int
    people: int
    distance: float
    range: Interval


@dataclass(frozen=True, slots=True)
class Nulls:
    """All null tests of a folder.

    Attributes:
        facts: File facts alone, None when there are too few people or facts.
        background: The background of one view of each film alone, None likewise.
        swapped: Labels swapped, a row a detector that answered for a pair.
        halves: Originals against originals, a row a detector that answered for originals of two people or more.
    """

    facts: FactsNull | None
    background: FactsNull | None
    swapped: tuple[SwapNull, ...]
    halves: tuple[HalvesNull, ...]

    @property
    def leaks(self) -> dict[str, FactsNull]:
        """What alone gives the fakes away: ``file facts``, ``backgrounds``, both or neither."""
        return leaks_in(self.facts, self.background)

    @property
    def leak(self) -> bool:
        """Whether the files alone, or the backgrounds alone, give the fakes away."""
        return bool(self.leaks)


def leaks_in(facts: FactsNull | None, background: FactsNull | None) -> dict[str, FactsNull]:
    """Which of the two gives the fakes away, by name."""
    found: dict[str, FactsNull] = {}
    if facts is not None and facts.leak:
        found["file facts"] = facts
    if background is not None and background.leak_beyond_coins:
        found["backgrounds"] = background
    return found


def nulls_of(rows: Sequence[ClipRow], seed: int) -> Nulls:
    """The null tests of a folder; with a leak, without the shares of the detectors.

    Args:
        rows: What ``clip_row`` said of each film; those of which nobody tells are left out.
        seed: Seed of all draws.
    """
    told = [row for row in rows if row.side is not None]
    facts, background = facts_null(told, seed), picture_null(BACKGROUND, told, seed)
    hidden = bool(leaks_in(facts, background))
    names = detectors_in(told)
    swapped = (_swap_null(name, told, seed, hidden=hidden) for name in names)
    halves = (_halves_null(name, told, seed) for name in names)
    return Nulls(facts, background, tuple(filter(None, swapped)), tuple(filter(None, halves)))


def leak_of(rows: Sequence[ClipRow], seed: int) -> bool | None:
    """Whether file facts or backgrounds alone give the fakes away; None where neither could be measured."""
    facts, background = facts_null(rows, seed), picture_null(BACKGROUND, rows, seed)
    return None if facts is None and background is None else bool(leaks_in(facts, background))


def facts_null(rows: Sequence[ClipRow], seed: int) -> FactsNull | None:
    """What the facts of the files order alone, by their logarithms; None as in ``held_out_null``."""
    return held_out_null(rows, [row.facts for row in rows], seed, logarithms=True)


def picture_null(part: str, rows: Sequence[ClipRow], seed: int) -> FactsNull | None:
    """What the numbers of a part of the picture order alone; None as in ``held_out_null``."""
    return held_out_null(rows, [row.pictures.get(part, {}) for row in rows], seed)


def held_out_null(
    rows: Sequence[ClipRow], numbers: Sequence[Mapping[str, float]], seed: int, *, logarithms: bool = False
) -> FactsNull | None:
    """What plain numbers of the films order alone; None with fewer than five people, without numbers or a side.

    The area is that of a regression on all films, the paired share that of one on the differences within pairs.

    Args:
        rows: The films, each with its person and side.
        numbers: Those of each film by name; a film without any is left out.
        seed: Seed of all draws.
        logarithms: Whether their logarithms are taken.
    """
    told = [(row, one) for row, one in zip(rows, numbers, strict=True) if one]
    known = [row for row, _ in told]
    people, made = [row.person for row in known], np.array([row.side == FAKE for row in known], dtype=bool)
    if len(set(people)) < LEAST_PEOPLE or made.all() or not made.any():
        return None
    names, facts = _table([one for _, one in told], logarithms=logarithms)
    at, pairs = {row.file: k for k, row in enumerate(known)}, paired(known)
    fakes, originals = (facts[[at[both[side].file] for both in pairs]] for side in (0, 1))
    owners, even = [fake.person for fake, _ in pairs], np.zeros(len(pairs))
    kernel, leanings = held_out_kernel(fakes - originals, owners), held_out_leanings(facts, made, people)
    advantages = kernel.sum(axis=1).round(12)
    return FactsNull(
        len(known),
        len(pairs),
        len(set(people)),
        paired_share(advantages, even) if pairs else None,
        cluster_interval(owners, lambda drawn: paired_share(advantages[drawn], even[drawn]), seed),
        middle(coin_shares(kernel, owners, seed)) if pairs else None,
        ranking(leanings[made], leanings[~made]),
        two_sided_interval(ranking, leanings, made, people, seed),
        tuple(
            FactAlone(name, paired_share(more, less) if pairs else None, ranking(column[made], column[~made]))
            for name, column, more, less in zip(names, facts.T, fakes.T, originals.T, strict=True)
        ),
    )


def _table(numbers: Sequence[Mapping[str, float]], *, logarithms: bool) -> tuple[list[str], Facts]:
    """Names of the numbers, and a row a film; the median stands in for what a film does not tell."""
    names = list(dict.fromkeys(name for one in numbers for name in one))
    columns = [np.array([one.get(name, np.nan) for one in numbers]) for name in names]
    table = np.column_stack([np.where(np.isnan(one), np.nanmedian(one), one) for one in columns])
    return names, np.log(table) if logarithms else table


def _swap_null(detector: str, rows: Sequence[ClipRow], seed: int, *, hidden: bool) -> SwapNull | None:
    answered = answered_pairs(detector, paired(rows))
    if not answered:
        return None
    people, alone = [pair.person for pair in answered], [f"{index:06}" for index in range(len(answered))]
    outcomes = 0.5 + 0.5 * np.sign([pair.fake - pair.original for pair in answered])
    by_pair, by_person = (swapped_shares(outcomes, together, seed) for together in (alone, people))
    observed = float(outcomes.mean())
    return SwapNull(
        detector,
        len(answered),
        len(set(people)),
        float(by_pair.mean()),
        middle(by_pair),
        *((None,) * 3 if hidden else (observed, permutation_p(observed, by_pair), permutation_p(observed, by_person))),
    )


def _halves_null(detector: str, rows: Sequence[ClipRow], seed: int) -> HalvesNull | None:
    answered = [
        (row.person, fake) for row in rows if row.side == REAL and (fake := row.fakes.get(detector)) is not None
    ]
    people = [person for person, _ in answered]
    if len(set(people)) < 2:
        return None
    areas = half_areas(np.array([fake for _, fake in answered]), people, seed)
    return HalvesNull(detector, len(people), len(set(people)), float(np.abs(areas - 0.5).mean()), middle(areas))
