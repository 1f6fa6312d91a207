"""What every suite comes to: rows for programs and a section for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unmask.benchmark.sections import Section
from unmask.benchmark.statistics import Interval


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """The outcome of a run.

    Attributes:
        rows: Plain values for ``--json``, one object a line.
        section: The part of docs/results.md.
    """

    rows: tuple[Mapping[str, Any], ...]
    section: Section


def interval_text(interval: Interval | None, digits: int = 2) -> str:
    """An interval in words; a dash where there is none.

    >>> interval_text((0.5, 1.0))
    '0.50–1.00'
    """
    return "–" if interval is None else f"{interval[0]:.{digits}f}–{interval[1]:.{digits}f}"


def joined(parts: Sequence[str], none: str = "none") -> str:
    """Parts with commas between them.

    >>> joined([])
    'none'
    """
    return ", ".join(parts) or none
