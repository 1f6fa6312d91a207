"""docs/results.md: one section a suite between stable marks, each replaced whole by its next run.

A section may list the looks that were taken at its material, because every look at a development set spends a little of
its worth; a new run adds its look and keeps the earlier ones.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unmask.benchmark.origin import SHORT_HASH, Origin
from unmask.errors import OutputError
from unmask.media.writing import written_aside

PREFACE = "# Results\n\nMade by `unmask bench`; do not edit. What is not listed here was not measured.\n"
LOOKS = "Looks at this material, the latest last:"


@dataclass(frozen=True, slots=True)
class Section:
    """One suite's part of the page.

    Attributes:
        key: Stable name, such as ``speed`` or ``clips videos/real``.
        lines: Markdown without heading.
        origin: Where the figures come from.
        note: A sentence of the person who ran it.
        look: What this run saw, for suites whose looks are counted; None for the others.
    """

    key: str
    lines: tuple[str, ...]
    origin: Origin
    note: str | None = None
    look: str | None = None


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table, its columns padded so that it reads well in a terminal too.

    >>> table(("a", "b"), [("1", "22")])
    ['| a   | b   |', '|-----|-----|', '| 1   | 22  |']
    """
    cells = [[text.replace("|", "\\|").replace("\n", " ") for text in row] for row in (head, *rows)]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(head))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]


def merged(page: str, section: Section) -> str:
    """The page with this section in its place; every other section stays as it is."""
    opening, closing = _marks(section.key)
    pattern = re.compile(f"{re.escape(opening)}\n(.*?){re.escape(closing)}\n", re.DOTALL)
    before = pattern.search(page)
    text = _rendered(section, _looks(before.group(1)) if before else [])
    if before:
        return page[: before.start()] + text + page[before.end() :]
    return f"{page.rstrip() or PREFACE.rstrip()}\n\n{text}"


def write_section(file: Path, section: Section) -> None:
    """Merge a section into a file.

    Raises:
        OutputError: The file cannot be read or written.
    """
    try:
        page = file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"{file} cannot be read, so no section can be put into it; name another file.") from error
    with written_aside(file) as aside:
        aside.write_text(merged(page, section), encoding="utf-8")


def _rendered(section: Section, earlier: list[str]) -> str:
    opening, closing = _marks(section.key)
    parts = [opening, f"## {section.key}", "", *section.lines, "", *_origin_lines(section.origin)]
    if section.note:
        parts += ["", f"Note: {_one_line(section.note)}"]
    looks = [*earlier, _look_line(section)] if section.look is not None else earlier
    if looks:
        parts += ["", LOOKS, "", *looks]
    return "\n".join([*parts, closing]) + "\n"


def _origin_lines(origin: Origin) -> list[str]:
    seed = "" if origin.seed is None else f" Seed {origin.seed}."
    files = "1 file" if origin.files == 1 else f"{origin.files} files"
    return [
        f"`{origin.command}`, {origin.code}, {origin.date}, {origin.machine}.{seed}",
        f"SHA-256 over the hashes of {files}: `{origin.sha256}`.",
    ]


def _look_line(section: Section) -> str:
    origin = section.origin
    parts = [origin.date, origin.code, f"data {origin.sha256[:SHORT_HASH]}", section.look or ""]
    note = f" ({_one_line(section.note)})" if section.note else ""
    return f"- {' · '.join(parts)}{note}"


def _looks(section_text: str) -> list[str]:
    _, found, tail = section_text.partition(f"{LOOKS}\n")
    return [line for line in tail.splitlines() if line.startswith("- ")] if found else []


def _marks(key: str) -> tuple[str, str]:
    return f"<!-- bench {key} -->", f"<!-- end of bench {key} -->"


def _one_line(text: str) -> str:
    return " ".join(text.replace("<!--", "").replace("-->", "").split())
