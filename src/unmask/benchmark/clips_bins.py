"""False alarms of the suite ``clips`` by what the originals look like: for whom does it cry wolf?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from unmask.benchmark.bins import ALL_BINS, Bins, binned
from unmask.benchmark.clips import REAL, ClipRow, detectors_in
from unmask.benchmark.sections import table
from unmask.signals.exceedance import upper_bound

UNMEASURED = "not measured"
READING = (
    "Originals alone, each in the bin of its main person. Medians are of the probability of forgery, of films that were answered. The "
    "tone is that of the picture: light and white balance are in it as much as the person. With few films in a bin, the "
    "largest rate that the count leaves possible says how little is known."
)


@dataclass(frozen=True, slots=True)
class BinRow:
    """Originals that look alike in one respect.

    Attributes:
        what: The respect, in words.
        bin: The bin, ``not measured`` for films in which it could not be.
        originals: Originals in it that were analysed.
        manipulated: How many of these were called so.
        largest_rate: Largest rate of ``manipulated`` that the count leaves possible (95 %), None without an original.
        answered: Originals that each detector and the ``verdict`` gave a probability for.
        medians: Median of these probabilities (0–1).
    """

    what: str
    bin: str
    originals: int
    manipulated: int
    largest_rate: float | None
    answered: Mapping[str, int]
    medians: Mapping[str, float]


def bin_rows(rows: Sequence[ClipRow]) -> tuple[BinRow, ...]:
    """The originals by skin tone, light and size of the face, and by glasses; empty when none was analysed.

    Bins without a film are among them, because for whom nothing was measured is worth knowing.
    """
    originals = [row for row in rows if row.side == REAL and row.verdict is not None]
    if not originals:
        return ()
    return tuple(row for bins in ALL_BINS for row in _of_bins(bins, originals))


def bin_lines(rows: Sequence[BinRow]) -> list[str]:
    """The rows as a table, a column for each detector that answered for an original."""
    if not rows:
        return []
    names = list(dict.fromkeys(name for row in rows for name in row.medians))
    head = ("originals by", "bin", "films", "manipulated", "at most (95 %)", *(f"median of {name}" for name in names))
    cells = [
        (
            row.what,
            row.bin,
            str(row.originals),
            str(row.manipulated),
            "–" if row.largest_rate is None else f"{100 * row.largest_rate:.1f} %",
            *(f"{row.medians[name]:.2f} ({row.answered[name]})" if name in row.medians else "–" for name in names),
        )
        for row in rows
    ]
    return [*table(head, cells), "", READING, ""]


def _of_bins(bins: Bins, originals: Sequence[ClipRow]) -> list[BinRow]:
    of = [binned(bins, row.appearance) or UNMEASURED for row in originals]
    names = (*bins.names, *((UNMEASURED,) if UNMEASURED in of else ()))
    return [
        _row(bins.what, name, [row for row, place in zip(originals, of, strict=True) if place == name])
        for name in names
    ]


def _row(what: str, name: str, originals: Sequence[ClipRow]) -> BinRow:
    accused = sum(row.verdict == "manipulated" for row in originals)
    answers = {
        detector: [fake for row in originals if (fake := row.fakes.get(detector)) is not None]
        for detector in detectors_in(originals)
    }
    return BinRow(
        what,
        name,
        len(originals),
        accused,
        upper_bound(accused, len(originals)) if originals else None,
        {detector: len(found) for detector, found in answers.items()},
        {detector: float(np.median(found)) for detector, found in answers.items() if found},
    )
