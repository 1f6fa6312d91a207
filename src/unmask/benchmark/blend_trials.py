"""What a network for blends says of faces that it was not trained on, as a table: by kind, beside its untrained self."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unmask.benchmark.sections import table
from unmask.benchmark.statistics import Interval, cluster_interval, paired_share, ranking
from unmask.benchmark.suite import interval_text

HEAD = (
    "kind",
    "trained on",
    "trials",
    "people",
    "fake above its original",
    "AUC",
    "95 %",
    "untrained",
    "IoU",
    "pointed",
)


@dataclass(frozen=True, slots=True)
class Tried:
    """An answer about some faces of one film, forged and as they were.

    Attributes:
        kind: How they were forged.
        person: Whose they are.
        fake: Total of the forged pictures; larger speaks for a forgery.
        real: Of the same pictures before.
        untrained_fake: As ``fake``, of the network before its first iteration.
        untrained_real: Likewise.
        overlap: Intersection over union of the squares that it suspects with those that were made.
        pointed: Share of the forged pictures whose most suspect square was made.
    """

    kind: str
    person: str
    fake: float
    real: float
    untrained_fake: float
    untrained_real: float
    overlap: float
    pointed: float


@dataclass(frozen=True, slots=True)
class KindRow:
    """Figures of one kind.

    Attributes:
        kind: Its name, ``all`` for all of them.
        learned: Whether the network was trained on it.
        trials: Films, each forged once.
        people: Persons among them.
        paired: Share of trials in which the forged pictures rank above their own originals.
        area: Area under the ROC curve, all forged against all original ones.
        area_interval: Where it may lie, whole persons drawn anew.
        untrained: The same area for the network before its first iteration: the null, which is 0.5 but for chance.
        overlap: Median intersection over union of the places.
        pointed: Mean share of pictures whose most suspect square was made (the pointing game).
    """

    kind: str
    learned: bool
    trials: int
    people: int
    paired: float
    area: float
    area_interval: Interval | None
    untrained: float
    overlap: float
    pointed: float


def kind_rows(answers: Sequence[Tried], learned: Sequence[str], seed: int = 0) -> tuple[KindRow, ...]:
    """Figures of each kind, in the order in which they come, and of all together."""
    kinds = list(dict.fromkeys(answer.kind for answer in answers))
    each = [_row(kind, kind in learned, [one for one in answers if one.kind == kind], seed) for kind in kinds]
    return (*each, whole_row(answers, seed))


def whole_row(answers: Sequence[Tried], seed: int = 0) -> KindRow:
    """Figures of all kinds together."""
    return _row("all", False, answers, seed)


def kind_table(rows: Sequence[KindRow]) -> list[str]:
    """The figures as lines of a table."""
    told = [
        (
            row.kind,
            "–" if row.kind == "all" else "yes" if row.learned else "no",
            str(row.trials),
            str(row.people),
            f"{row.paired:.2f}",
            f"{row.area:.2f}",
            interval_text(row.area_interval),
            f"{row.untrained:.2f}",
            f"{row.overlap:.2f}",
            f"{row.pointed:.2f}",
        )
        for row in rows
    ]
    return table(HEAD, told)


def _row(kind: str, learned: bool, answers: Sequence[Tried], seed: int) -> KindRow:  # noqa: FBT001 # a private call
    fakes, reals = np.array([one.fake for one in answers]), np.array([one.real for one in answers])
    people = [one.person for one in answers]
    before = [np.array([getattr(one, name) for one in answers]) for name in ("untrained_fake", "untrained_real")]
    return KindRow(
        kind,
        learned,
        len(answers),
        len(set(people)),
        paired_share(fakes, reals),
        ranking(fakes, reals),
        cluster_interval(people, lambda rows: ranking(fakes[rows], reals[rows]), seed),
        ranking(*before),
        float(np.median([one.overlap for one in answers])),
        float(np.mean([one.pointed for one in answers])),
    )
