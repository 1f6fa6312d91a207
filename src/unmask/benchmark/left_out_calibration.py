"""Whether the probabilities that models gave people left out may be believed, as a table.

Few films in a bin look badly calibrated by chance alone. So each error stands beside the mean error that probabilities
would show of which every one is right, drawn for the same films.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from unmask.benchmark.detection import bins_for, brier, calibration_error, calibration_error_by_chance, cllr
from unmask.benchmark.left_out import LeftOut
from unmask.benchmark.sections import table
from unmask.benchmark.statistics import Fakes, Interval, Originals, cluster_interval
from unmask.benchmark.suite import interval_text
from unmask.signals.exceedance import upper_bound
from unmask.verdict.fuse import MANIPULATED_FROM

HEAD = (
    "films",
    "as",
    "of pairs",
    "bins",
    "ECE",
    "95 %",
    "by chance",
    "Brier",
    "Cllr (bits)",
    f"fakes from {MANIPULATED_FROM:g}",
    f"filmed from {MANIPULATED_FROM:g}",
    "at most (95 %)",
)


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """Figures of one variant.

    Attributes:
        said_by: Whose probabilities they are.
        films: Fakes and their own originals, as many of each; what follows is of these but for the last four.
        bins: Of equal mass.
        error: Expected calibration error, 0–1.
        error_interval: Where it may lie, whole persons drawn anew.
        error_by_chance: What probabilities that are all right would show of as many films.
        brier: Mean squared distance from the truth; 0.25 for one that always says one half.
        cllr: Cost in bits; 1 says nothing, more misleads.
        fakes_from: Fakes that would be called manipulated by this alone.
        fakes: Of so many.
        filmed_from: Filmed clips that would be, other people's among them.
        filmed: Of so many.
        filmed_at_most: Upper bound (95 %) on the share of filmed clips that would be.
    """

    variant: str
    said_by: str
    films: int
    bins: int
    error: float
    error_interval: Interval | None
    error_by_chance: float
    brier: float
    cllr: float
    fakes_from: int
    fakes: int
    filmed_from: int
    filmed: int
    filmed_at_most: float


def calibration_rows(
    answers: Sequence[LeftOut], said_by: str, as_said: Callable[[float], float] = lambda fake: fake, seed: int = 0
) -> tuple[CalibrationRow, ...]:
    """Figures of each variant, in the order in which they come; a variant without a pair has none.

    Args:
        answers: Of models that had not seen the film's person.
        said_by: Whose they are.
        as_said: What is made of each probability before it is looked at.
        seed: Of the draws.
    """
    variants = list(dict.fromkeys(answer.variant for answer in answers))
    rows = (
        _row([one for one in answers if one.variant == variant], variant, said_by, as_said, seed)
        for variant in variants
    )
    return tuple(row for row in rows if row is not None)


def calibration_table(rows: Sequence[CalibrationRow]) -> list[str]:
    """The figures as lines of a table."""
    told = [
        (
            row.variant,
            row.said_by,
            str(row.films),
            str(row.bins),
            f"{row.error:.2f}",
            interval_text(row.error_interval),
            f"{row.error_by_chance:.2f}",
            f"{row.brier:.2f}",
            f"{row.cllr:.2f}",
            f"{row.fakes_from} of {row.fakes}",
            f"{row.filmed_from} of {row.filmed}",
            f"{100 * row.filmed_at_most:.1f} %",
        )
        for row in rows
    ]
    return table(HEAD, told)


def _row(
    answers: Sequence[LeftOut], variant: str, said_by: str, as_said: Callable[[float], float], seed: int
) -> CalibrationRow | None:
    made = {one.pair: one for one in answers if one.is_fake and one.pair}
    filmed = {one.pair: one for one in answers if not one.is_fake and one.pair}
    pairs = sorted(name for name in made.keys() & filmed.keys() if name)
    if not pairs:
        return None
    fakes: Fakes = np.array([as_said(made[pair].fake) for pair in pairs])
    originals: Originals = np.array([as_said(filmed[pair].fake) for pair in pairs])
    everyone = [as_said(one.fake) for one in answers if not one.is_fake]
    above, bins = sum(fake >= MANIPULATED_FROM for fake in everyone), bins_for(2 * len(pairs))
    return CalibrationRow(
        variant,
        said_by,
        2 * len(pairs),
        bins,
        calibration_error(fakes, originals, bins),
        cluster_interval(
            [made[pair].person for pair in pairs],
            lambda rows: calibration_error(fakes[rows], originals[rows], bins),
            seed,
        ),
        calibration_error_by_chance(fakes, originals, bins, seed),
        brier(fakes, originals),
        cllr(fakes, originals),
        int((fakes >= MANIPULATED_FROM).sum()),
        len(fakes),
        above,
        len(everyone),
        upper_bound(above, len(everyone)),
    )
