"""Detection in the suite ``clips``: errors and calibration of every detector, risk and coverage of the verdict."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64

from unmask.benchmark.clips import FAKE, REAL, VERDICT, ClipRow, detectors_in
from unmask.benchmark.clips_intervals import TwoSided, told, two_sided_interval
from unmask.benchmark.detection import (
    RiskCurve,
    alarms_allowed,
    area_under_risk,
    average_precision,
    bins_for,
    brier,
    calibration_error,
    caught_share,
    cllr,
    coverage_at,
    equal_error_rate,
    log_loss,
    risk_curve,
)
from unmask.benchmark.statistics import Fakes, Interval, Originals, Rows, cluster_interval

RATES = {"caught_at_1_percent": 0.01, "caught_at_0.1_percent": 0.001}
"""False-positive rates (0–1) at which the share of fakes caught is told."""
LARGEST_RISK = 0.05
DECISIONS = {"manipulated": 1.0, "no-sign": 0.0}

Answers = Float64[np.ndarray, " films"]
"""Probability of forgery (0–1) of each film, not a number where there was no answer."""
Made = Bool[np.ndarray, " films"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, None where it cannot be measured, and where it may lie (95 %, whole persons drawn anew)."""

    value: float | None
    by_person: Interval | None = None


@dataclass(frozen=True, slots=True)
class Detection:
    """How well the probabilities of one detector tell fakes.

    Attributes:
        detector: Its name, or ``verdict``.
        fakes: Fakes in the folder, not analysed ones among them.
        originals: Originals likewise.
        answered_fakes: Fakes for which it gave a probability.
        answered_originals: Originals likewise.
        bins: Bins of the calibration error.
        figures: By name; those of ``unmask.benchmark.detection``, of the films that were answered, and the coverages.
    """

    detector: str
    fakes: int
    originals: int
    answered_fakes: int
    answered_originals: int
    bins: int
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Risk:
    """How often the verdict's surest answers are wrong.

    Attributes:
        by: What is an answer: the ``word``, which may be *cannot-tell*, or the ``probability``, on its side of 0.5.
        films: Fakes and originals in the folder, not analysed ones among them.
        answered: Films with an answer.
        risk: Share of the answers that are wrong.
        coverage: Largest share of all films whose answers are wrong in no more than 5 %.
        area: Mean risk over all coverages, an abstention half wrong.
    """

    by: Literal["word", "probability"]
    films: int
    answered: int
    risk: Figure
    coverage: Figure
    area: Figure


def detections(rows: Sequence[ClipRow], seed: int) -> tuple[Detection, ...]:
    """The figures of every detector and, last, of the verdict; empty when nobody tells a fake or an original.

    Args:
        rows: What ``clip_row`` said of each film.
        seed: Seed of the bootstrap.
    """
    films = _told(rows)
    return tuple(_detection(name, films, seed) for name in detectors_in(films))


def risks(rows: Sequence[ClipRow], seed: int) -> tuple[Risk, ...]:
    """Risk and coverage of the verdict by its word and by its probability; empty likewise."""
    films = _told(rows)
    if not films:
        return ()
    words = np.array([DECISIONS.get(row.verdict or "", np.nan) for row in films])
    return _risk("word", words, films, seed), _risk("probability", _answers(VERDICT, films), films, seed)


def _told(rows: Sequence[ClipRow]) -> list[ClipRow]:
    return [row for row in rows if row.side is not None]


def _made(films: Sequence[ClipRow]) -> Made:
    return np.array([row.side == FAKE for row in films], dtype=bool)


def _answers(detector: str, films: Sequence[ClipRow]) -> Answers:
    found = [row.fakes.get(detector) for row in films]
    return np.array([np.nan if fake is None else fake for fake in found], dtype=np.float64)


def _detection(detector: str, films: Sequence[ClipRow], seed: int) -> Detection:
    answers, made = _answers(detector, films), _made(films)
    known = ~np.isnan(answers)
    fakes, originals = int((known & made).sum()), int((known & ~made).sum())
    bins = bins_for(fakes + originals)
    people = [row.person for row, answered in zip(films, known, strict=True) if answered]
    return Detection(
        detector,
        int(made.sum()),
        int((~made).sum()),
        fakes,
        originals,
        bins,
        {
            f"coverage_{FAKE}": _coverage(known, made, films, seed),
            f"coverage_{REAL}": _coverage(known, ~made, films, seed),
            **{
                name: _figure(figure, answers[known], made[known], people, seed)
                for name, figure in _figures(originals, bins).items()
            },
        },
    )


def _figures(originals: int, bins: int) -> dict[str, TwoSided | None]:
    """Every figure by name, None for one that so few originals cannot show."""
    return {
        "average_precision": average_precision,
        "equal_error_rate": equal_error_rate,
        **{name: _caught(rate) if alarms_allowed(originals, rate) else None for name, rate in RATES.items()},
        "calibration_error": partial(calibration_error, bins=bins),
        "brier": brier,
        "cllr_bits": cllr,
        "log_loss": log_loss,
    }


def _caught(rate: float) -> TwoSided:
    def caught(fakes: Fakes, originals: Originals) -> float:
        return caught_share(fakes, originals, alarms_allowed(len(originals), rate))

    return caught


def _figure(figure: TwoSided | None, answers: Answers, made: Made, people: Sequence[str], seed: int) -> Figure:
    if figure is None or made.all() or not made.any():
        return Figure(None)
    return Figure(figure(answers[made], answers[~made]), two_sided_interval(figure, answers, made, people, seed))


def _coverage(known: Made, side: Made, films: Sequence[ClipRow], seed: int) -> Figure:
    answered = known[side].astype(np.float64)
    if not len(answered):
        return Figure(None)
    people = [row.person for row, one in zip(films, side, strict=True) if one]
    return Figure(float(answered.mean()), cluster_interval(people, lambda drawn: float(answered[drawn].mean()), seed))


def _risk(by: Literal["word", "probability"], answers: Answers, films: Sequence[ClipRow], seed: int) -> Risk:
    made, people, known = _made(films), [row.person for row in films], ~np.isnan(answers)

    def parts(drawn: Rows) -> tuple[Fakes, Originals, int]:
        here, fake, answered = answers[drawn], made[drawn], known[drawn]
        return here[answered & fake], here[answered & ~fake], int((~answered).sum())

    def curve(drawn: Rows) -> RiskCurve:
        return risk_curve(*parts(drawn))

    def risk(drawn: Rows) -> float:
        risks_drawn = curve(drawn).risk
        return float(risks_drawn[-1]) if len(risks_drawn) else float("nan")

    def figure(of: Callable[[Rows], float]) -> Figure:
        value = of(np.arange(len(films)))
        return Figure(None if np.isnan(value) else value, told(cluster_interval(people, of, seed)))

    return Risk(
        by,
        len(films),
        int(known.sum()),
        figure(risk),
        figure(lambda drawn: coverage_at(curve(drawn), LARGEST_RISK)),
        figure(lambda drawn: area_under_risk(*parts(drawn))),
    )
