"""What a trained detector says of people it was fitted without, as a table: paired, ranked, and real against real."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unmask.benchmark.sections import table
from unmask.benchmark.statistics import Interval, cluster_interval, paired_share, ranking
from unmask.benchmark.suite import interval_text

HEAD = ("films", "pairs", "people", "fake above its original", "AUC", "95 %", "real against real", "95 %")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An answer about one film by a model that was fitted without its person.

    Attributes:
        person: Of the film.
        pair: Of a fake and its original, None for a film without one.
        is_fake: Whether it was forged.
        variant: What the film went through first.
        fake: Probability of forgery, 0–1.
    """

    person: str
    pair: str | None
    is_fake: bool
    variant: str
    fake: float


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """Figures of one variant.

    Attributes:
        pairs: Fakes with their originals.
        people: Persons among them.
        paired: Share of pairs in which the fake ranks above its own original.
        area: Area under the ROC curve, every fake against every original.
        area_interval: Where it may lie, whole persons drawn anew.
        null: Area of originals against filmed people without a fake: of another source, it should be 0.5.
        null_interval: Where that may lie.
    """

    variant: str
    pairs: int
    people: int
    paired: float
    area: float
    area_interval: Interval | None
    null: float | None
    null_interval: Interval | None


def left_out_rows(answers: Sequence[LeftOut], seed: int = 0) -> tuple[LeftOutRow, ...]:
    """Figures of each variant, in the order in which they come; a variant without a pair has none."""
    variants = list(dict.fromkeys(answer.variant for answer in answers))
    rows = [_row(variant, [answer for answer in answers if answer.variant == variant], seed) for variant in variants]
    return tuple(row for row in rows if row is not None)


def left_out_table(rows: Sequence[LeftOutRow]) -> list[str]:
    """The figures as lines of a table."""
    told = [
        (
            row.variant,
            str(row.pairs),
            str(row.people),
            f"{row.paired:.2f}",
            f"{row.area:.2f}",
            interval_text(row.area_interval),
            "–" if row.null is None else f"{row.null:.2f}",
            interval_text(row.null_interval),
        )
        for row in rows
    ]
    return table(HEAD, told)


def _row(variant: str, answers: Sequence[LeftOut], seed: int) -> LeftOutRow | None:
    fakes = {answer.pair: answer for answer in answers if answer.is_fake and answer.pair}
    originals = {answer.pair: answer for answer in answers if not answer.is_fake and answer.pair}
    pairs = sorted(name for name in fakes.keys() & originals.keys() if name)
    if not pairs:
        return None
    made, filmed = (np.array([side[pair].fake for pair in pairs]) for side in (fakes, originals))
    people = [fakes[pair].person for pair in pairs]
    others = [answer for answer in answers if answer.pair is None and not answer.is_fake]
    strangers = np.array([answer.fake for answer in others])
    both, count = np.concatenate([filmed, strangers]), len(filmed)

    def against(rows: np.ndarray) -> float:
        own, other = both[rows[rows < count]], both[rows[rows >= count]]
        return ranking(own, other) if len(own) and len(other) else 0.5

    everyone = [*people, *(answer.person for answer in others)]
    return LeftOutRow(
        variant,
        len(pairs),
        len(set(people)),
        paired_share(made, filmed),
        ranking(made, filmed),
        cluster_interval(people, lambda rows: ranking(made[rows], filmed[rows]), seed),
        ranking(filmed, strangers) if others else None,
        cluster_interval(everyone, against, seed) if others else None,
    )
