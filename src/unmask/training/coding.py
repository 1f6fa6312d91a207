"""Trains the scale of ``signals.coding``: films are coded anew at known strengths, and a regression reads the strength back.

Nobody has to know how a film was coded before, as long as the new coding is the stronger one: what counts is what the
strongest left of it. Films off the net are too coarse already for anything finer than CRF 23 to be read back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from unmask.datasets import Clip
from unmask.errors import UsageError
from unmask.report.plain import text
from unmask.settings import Settings
from unmask.signals.coding import MOST_CRF, CodingScale
from unmask.training.films import Measured, Measurer, Variant
from unmask.training.linear import people_of
from unmask.training.measurements import CODING

CODINGS = tuple(Variant(f"crf {crf}", crf) for crf in (23, 28, 32, 36, 40))
RIDGE = 10.0
"""Weight of the squared coefficients in the loss, the numbers being multiples of their spread."""
LEAST_SPREAD = 1e-3

Rows = Float64[np.ndarray, "films numbers"]
PerFilm = Float64[np.ndarray, " films"]


@dataclass(frozen=True, slots=True)
class CodedFilm:
    """What a scale that had not seen a film's person reads.

    Attributes:
        film: Path of it.
        person: Whom it was left out with.
        crf: At which it was coded.
        read: What was read.
    """

    film: str
    person: str
    crf: int
    read: float


@dataclass(frozen=True, slots=True)
class CodingRow:
    """The films of one strength, by scales that had not seen their people.

    Attributes:
        crf: At which they were coded.
        films: How many.
        read: Mean of what was read.
        error: Root mean square error, in steps of CRF.
        refused: Share (0–1) of them that would be refused as too strongly coded.
        falls: Films that read as no stronger than at the next finer coding; there should be none.
    """

    crf: int
    films: int
    read: float
    error: float
    refused: float
    falls: int


@dataclass(frozen=True, slots=True, eq=False)
class TrainedCoding:
    """The scale, and what it reads of people it was fitted without."""

    scale: CodingScale
    films: tuple[CodedFilm, ...]
    remarks: tuple[str, ...]


def train_coding(
    clips: Sequence[Clip],
    work: Path,
    settings: Settings,
    *,
    codings: Sequence[Variant] = CODINGS,
    on_begin: Callable[[str], None] = lambda _: None,
    on_end: Callable[[], None] = lambda: None,
) -> TrainedCoding:
    """Code films at known strengths, measure them, and fit the scale.

    Args:
        clips: Films of faces, real or forged.
        work: Folder in which measurements are kept, so that a broken run goes on and a second one is quick.
        settings: Limits.
        codings: Strengths at which each film is coded.
        on_begin: Told the name of each film.
        on_end: Called when it is measured.

    Raises:
        UsageError: There are no films of two people or more.
        OutputError: Measurements cannot be kept.
    """
    measured, remarks = Measurer(work, settings, codings).measured(clips, CODING, on_begin, on_end)
    names = people_of(list(dict.fromkeys(one.clip for one in measured)))
    people = np.array([names[one.clip] for one in measured])
    if len(set(people.tolist())) < 2:
        raise UsageError("There are no films of two people or more; name a folder with more of them.")
    strengths = {coding.name: float(coding.crf or 0) for coding in codings}
    rows, crf = np.stack([one.numbers for one in measured]), np.array([strengths[one.variant] for one in measured])
    read = np.empty(len(crf))
    for person in sorted(set(people.tolist())):
        mine = people == person
        without = _fitted(rows[~mine], crf[~mine], 0.0)
        read[mine] = [without.crf(row) for row in rows[mine]]
    scale = _fitted(rows, crf, float(np.sqrt(((read - crf) ** 2).mean())))
    return TrainedCoding(scale, tuple(_films(measured, people.tolist(), crf, read)), remarks)


def coding_rows(films: Sequence[CodedFilm]) -> tuple[CodingRow, ...]:
    """Figures of each strength, the finest first."""
    strengths = sorted({film.crf for film in films})
    finer = dict(zip(strengths[1:], strengths, strict=False))
    read = {(film.film, film.crf): film.read for film in films}
    return tuple(_row(crf, [film for film in films if film.crf == crf], finer.get(crf), read) for crf in strengths)


def _row(crf: int, films: Sequence[CodedFilm], finer: int | None, read: dict[tuple[str, int], float]) -> CodingRow:
    found = np.array([film.read for film in films])
    falls = sum(film.read <= read.get((film.film, finer), -np.inf) for film in films) if finer is not None else 0
    error = float(np.sqrt(((found - crf) ** 2).mean()))
    return CodingRow(crf, len(films), float(found.mean()), error, float((found > MOST_CRF).mean()), int(falls))


def _films(measured: Sequence[Measured], people: Sequence[str], crf: PerFilm, read: PerFilm) -> list[CodedFilm]:
    answers = zip(measured, people, crf.tolist(), read.tolist(), strict=True)
    return [CodedFilm(text(str(one.clip.path)), person, int(at), found) for one, person, at, found in answers]


def _fitted(rows: Rows, crf: PerFilm, error: float) -> CodingScale:
    middle, scale = rows.mean(axis=0), rows.std(axis=0) + LEAST_SPREAD
    parts = (rows - middle) / scale
    bias = float(crf.mean())
    pull = RIDGE * np.eye(parts.shape[1])
    weights = np.linalg.solve(parts.T @ parts + pull, parts.T @ (crf - bias))
    return CodingScale(_rounded(middle), _rounded(scale), _rounded(weights), round(bias, 6), round(error, 6))


def _rounded(values: Float64[np.ndarray, " numbers"]) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)
