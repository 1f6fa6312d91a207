"""Baselines of the suite ``clips``: what plain measures of the pictures rank, without any detector."""

from collections.abc import Sequence
from dataclasses import replace

from unmask.benchmark.clips import ClipRow, Ranking, paired, rankings
from unmask.benchmark.clips_nulls import picture_null
from unmask.benchmark.views import FIRST_VIEW, SHARPNESS, SOFTNESS, SPECTRUM

SOFTER = "softness inside ÷ outside, nothing learnt"
LEARNT = {
    "one view of the inner face": FIRST_VIEW,
    "radial spectrum of the inner face": SPECTRUM,
}
"""Baselines that are learnt, and the part of the pictures each is of."""
READING = (
    "A detector is to be better than these. Softness is the variance of the Laplacian in the inner face against its surround, less of "
    "it taken for made. The others are ridge regressions that see no film of the person they are asked about: on brightness, "
    "colour and detail of a single view, and on the spectrum of all views. A swap shows in a single view too, so this is a "
    "baseline and no null test. AUCs of regressions are of all films, not of pairs alone."
)


def baselines(rows: Sequence[ClipRow], seed: int) -> tuple[Ranking, ...]:
    """The paired figure and the area of every baseline that could be measured.

    Args:
        rows: What ``clip_row`` said of each film.
        seed: Seed of the bootstrap.
    """
    known = [row for row in rows if row.side is not None]
    learnt = (_learnt(name, part, known, seed) for name, part in LEARNT.items())
    return (*_softness(known, seed), *(one for one in learnt if one is not None))


def _softness(rows: Sequence[ClipRow], seed: int) -> tuple[Ranking, ...]:
    asked = [replace(row, fakes={SOFTER: None if (one := _ratio(row)) is None else -one}) for row in rows]
    return tuple(one for one in rankings(asked, seed) if one.answered)


def _ratio(row: ClipRow) -> float | None:
    return row.pictures.get(SHARPNESS, {}).get(SOFTNESS)


def _learnt(name: str, part: str, rows: Sequence[ClipRow], seed: int) -> Ranking | None:
    null = picture_null(part, rows, seed)
    if null is None:
        return None
    return Ranking(
        name,
        null.pairs,
        len(paired(rows)),
        null.people,
        null.share,
        None,
        null.share_by_person,
        null.area,
        null.area_by_person,
    )
