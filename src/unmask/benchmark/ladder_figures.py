"""Figures of the suite ``ladder``: what each detector says of pairs on each rung. Pure functions, no files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from unmask.benchmark.clips import FAKE, REAL, VERDICT, ClipRow, Ranking, detectors_in, rankings
from unmask.benchmark.clips_nulls import leak_of
from unmask.benchmark.detection import risk_curve
from unmask.benchmark.statistics import Interval
from unmask.signals.exceedance import upper_bound
from unmask.verdict.fuse import MANIPULATED_FROM


@dataclass(frozen=True, slots=True)
class LadderRow:
    """One detector on one rung.

    Attributes:
        rung: Name of the rung.
        detector: Its name, or ``verdict``.
        films: Fakes and originals on the rung.
        answered: Films for which there was a probability.
        abstained: Count of each reason for none.
        pairs: Pairs.
        answered_pairs: Pairs in which it answered for both.
        people: Persons among these.
        share: Share (0–1) of these pairs in which the fake ranks above its own original, ties half.
        share_by_person: Where it may lie (95 %), whole persons drawn anew; None with a single person.
        area: Area under the ROC curve of the same films.
        area_by_person: Where it may lie, likewise.
        originals: Originals for which it answered; for the verdict, those that were analysed.
        false_alarms: Originals called manipulated; of a detector, those at or above the verdict's usual threshold.
        largest_rate: Largest rate of false alarms that the count leaves possible (95 %), None without an original.
        risk: Share of the answers that lie on the wrong side of one half.
        coverage: Share of the films that were answered.
        leak: Whether the rung's files or backgrounds alone tell fakes from originals, so that share, area and risk are
            left out; None where there are too few people to see it.
    """

    rung: str
    detector: str
    films: int
    answered: int
    abstained: Mapping[str, int]
    pairs: int
    answered_pairs: int
    people: int
    share: float | None
    share_by_person: Interval | None
    area: float | None
    area_by_person: Interval | None
    originals: int
    false_alarms: int
    largest_rate: float | None
    risk: float | None
    coverage: float
    leak: bool | None


def ladder_rows(rung: str, rows: Sequence[ClipRow], seed: int) -> tuple[LadderRow, ...]:
    """The figures of every detector and, last, of the verdict.

    Args:
        rung: Its name.
        rows: What was said of each film on it.
        seed: Seed of the bootstrap.
    """
    leak = leak_of(rows, seed)
    ranked = {one.detector: one for one in rankings(rows, seed)}
    return tuple(_row(rung, name, rows, ranked[name], leak=leak) for name in detectors_in(rows) if name in ranked)


def _row(rung: str, name: str, rows: Sequence[ClipRow], ranked: Ranking, *, leak: bool | None) -> LadderRow:
    answers = {side: _answers(name, rows, side) for side in (FAKE, REAL)}
    answered = sum(map(len, answers.values()))
    curve = risk_curve(answers[FAKE], answers[REAL], len(rows) - answered)
    accused, of = _alarms(name, rows, answers[REAL])
    hidden = bool(leak)
    return LadderRow(
        rung,
        name,
        len(rows),
        answered,
        dict(Counter(_why(name, row) for row in rows if row.fakes.get(name) is None)),
        ranked.pairs,
        ranked.answered,
        ranked.people,
        None if hidden else ranked.share,
        None if hidden else ranked.by_person,
        None if hidden else ranked.area,
        None if hidden else ranked.area_by_person,
        of,
        accused,
        upper_bound(accused, of) if of else None,
        None if hidden or not answered else float(curve.risk[-1]),
        answered / len(rows),
        leak,
    )


def _answers(name: str, rows: Sequence[ClipRow], side: str) -> np.ndarray:
    found = [row.fakes.get(name) for row in rows if row.side == side]
    return np.array([fake for fake in found if fake is not None], dtype=np.float64)


def _alarms(name: str, rows: Sequence[ClipRow], originals: np.ndarray) -> tuple[int, int]:
    """Originals accused, and those of which something was said."""
    if name != VERDICT:
        return int((originals >= MANIPULATED_FROM).sum()), len(originals)
    words = [row.verdict for row in rows if row.side == REAL and row.verdict is not None]
    return words.count("manipulated"), len(words)


def _why(name: str, row: ClipRow) -> str:
    """Why there is no probability: a detector's own reason, or that it was not asked, as where no face is seen."""
    if row.error is not None:
        return "not-analysed"
    return row.abstained.get(name, "nothing-measured" if name in row.fakes else "not-asked")
