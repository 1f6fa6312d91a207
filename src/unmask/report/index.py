"""One page that links the reports of several files."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from unmask.errors import UnmaskError
from unmask.report.templates import rendered
from unmask.report.wording import VERDICTS
from unmask.types import Report, Word


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One file in the index.

    Attributes:
        word: The verdict, None when the file could not be analysed.
        link: Address of its page relative to the index, None when there is no page.
    """

    file: str
    word: Word | None
    probability: float | None
    interval: tuple[float, float] | None
    sentence: str
    link: str | None

    @classmethod
    def of(cls, report: Report, page: Path) -> "IndexRow":
        """The row of a report whose page lies in the same folder as the index."""
        verdict = report.verdict
        link = quote(page.name)
        return cls(report.media.file, verdict.word, verdict.probability, verdict.interval, verdict.sentence, link)

    @classmethod
    def of_failure(cls, file: str, error: UnmaskError) -> "IndexRow":
        """The row of a file that could not be analysed."""
        return cls(file, None, None, None, str(error), None)


def index_html(rows: Iterable[IndexRow]) -> str:
    """The page: the highest probability first, then what nobody could measure, then what was not analysed."""
    ordered = sorted(rows, key=_place)
    return rendered("index.html.j2", rows=ordered, counts=_counts(ordered))


def _place(row: IndexRow) -> tuple[bool, float, str]:
    probability = row.probability
    known = probability is not None and math.isfinite(probability)
    return row.word is None, -probability if known and probability is not None else 1.0, row.file


def _counts(rows: list[IndexRow]) -> str:
    counts = Counter(VERDICTS[row.word].lower() if row.word else "not analysed" for row in rows)
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "No files"
