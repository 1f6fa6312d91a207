"""What ``texture`` ranks of people, kinds and sources that it has not seen, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from unmask.benchmark.sections import table
from unmask.benchmark.statistics import Interval, cluster_interval, ranking
from unmask.benchmark.suite import interval_text

HEAD = ("question", "of", "on its way", "asked", "against", "AUC", "95 %")


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Totals of two sides, larger speaking for a forgery.

    Attributes:
        question: What is asked.
        name: Of the kind, the coder or the source.
        way: What both went through.
        one: Of the side that should rank higher, if any should.
        other: Of the other side.
        one_people: Whose they are.
        other_people: Likewise.
    """

    question: str
    name: str
    way: str
    one: Float64[np.ndarray, " one"]
    other: Float64[np.ndarray, " other"]
    one_people: tuple[str, ...]
    other_people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankedRow:
    """Figures of one question.

    Attributes:
        question: What is asked.
        name: Of the kind, the coder or the source.
        way: What both sides went through.
        asked: Films or rows on one side.
        against: On the other.
        area: Area under the ROC curve; of filmed people against filmed people it should be 0.5.
        area_interval: Where it may lie, whole people drawn anew; None where a side shows too few.
    """

    question: str
    name: str
    way: str
    asked: int
    against: int
    area: float
    area_interval: Interval | None


def ranked_rows(answers: Sequence[Ranked], seed: int = 0) -> tuple[RankedRow, ...]:
    """Figures of each question, in the order in which they come."""
    return tuple(_row(answer, seed) for answer in answers)


def ranked_table(rows: Sequence[RankedRow]) -> list[str]:
    """The figures as lines of a table."""
    told = [
        (
            row.question,
            row.name,
            row.way,
            str(row.asked),
            str(row.against),
            f"{row.area:.2f}",
            interval_text(row.area_interval),
        )
        for row in rows
    ]
    return table(HEAD, told)


def _row(answer: Ranked, seed: int) -> RankedRow:
    both, count = np.concatenate([answer.one, answer.other]), len(answer.one)

    def area(rows: np.ndarray) -> float:
        one, other = both[rows[rows < count]], both[rows[rows >= count]]
        return ranking(one, other) if len(one) and len(other) else 0.5

    interval = cluster_interval([*answer.one_people, *answer.other_people], area, seed)
    return RankedRow(
        answer.question,
        answer.name,
        answer.way,
        count,
        len(answer.other),
        ranking(answer.one, answer.other),
        interval,
    )
