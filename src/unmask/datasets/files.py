"""Files of a data set: what lies below a folder, and the tables that come with it."""

import csv
import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unmask.errors import UsageError
from unmask.media.source import shown

FILMS = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mpg", ".mpeg"})
STILLS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
MEDIA = FILMS | STILLS


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the line it stands on, counted from 1, and its cells by column, empty where there are none."""

    line: int
    cells: Mapping[str, str]


def files_below(folder: Path, endings: Collection[str] = MEDIA) -> Iterator[Path]:
    """Files below a folder whose names end so, folder by folder in the order of names; hidden ones are passed over.

    Links to folders are followed, each folder once.

    Raises:
        UsageError: A folder may not be entered.
    """
    seen: set[tuple[int, int]] = set()
    for place, folders, names in os.walk(folder, onerror=_refuse, followlinks=True):
        facts = Path(place).stat()
        if (facts.st_dev, facts.st_ino) in seen:
            folders.clear()
            continue
        seen.add((facts.st_dev, facts.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in endings:
                yield Path(place, name)


def files_in(folder: Path, endings: Collection[str] = FILMS) -> list[Path]:
    """Files right in a folder whose names end so, in their order; none where there is no such folder."""
    return [path for path in children(folder) if path.suffix.lower() in endings and path.is_file()]


def folders_in(folder: Path) -> list[Path]:
    """Folders right in a folder, in their order."""
    return [path for path in children(folder) if os.path.isdir(path)]


def children(folder: Path) -> list[Path]:
    """What lies right in a folder and is not hidden, in the order of names; nothing where there is no such folder.

    Raises:
        UsageError: The folder may not be entered.
    """
    if not os.path.isdir(folder):
        return []
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise _no_entry(folder, error) from error


def read_text(path: Path) -> str:
    """A file as text.

    Raises:
        UsageError: It cannot be read or is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{shown(path)} cannot be read: {error.strerror}; mend its rights.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown(path)} is no UTF-8 text; save it as UTF-8.") from error


def read_json(path: Path) -> Any:
    """What a JSON file holds.

    Raises:
        UsageError: It cannot be read or is no JSON.
    """
    try:
        return json.loads(read_text(path))
    except RecursionError as error:
        raise UsageError(f"{shown(path)} is nested too deeply; get the file anew.") from error
    except ValueError as error:
        place = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise UsageError(f"{shown(path)} is no JSON: it breaks{place}; mend it or get it anew.") from error


def columns_of(path: Path) -> tuple[str, ...]:
    """Names of the columns of a CSV table; none where it is not there or cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return tuple(name.strip() for name in next(csv.reader(file), []))
    except (OSError, ValueError, csv.Error):
        return ()


def head_of(path: Path, characters: int) -> str:
    """How a text begins; nothing where it cannot be read."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(characters)
    except OSError:
        return ""


def read_table(path: Path, needed: Collection[str]) -> list[Row]:
    """Rows of a CSV table whose first line names its columns; lines without a letter are passed over.

    Args:
        path: Where it lies.
        needed: Columns without which it makes no sense.

    Raises:
        UsageError: It cannot be read, a column is missing, or a line has more cells than there are columns.
    """
    reader = csv.DictReader(read_text(path).splitlines(keepends=True), restval="", strict=True)
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        _require_columns(path, names, needed)
        reader.fieldnames = names
        rows = []
        for cells in reader:
            if None in cells:
                raise UsageError(
                    f"Line {reader.line_num} of {shown(path)} has more cells than the table has columns; put cells that hold a comma in quotes."
                )
            row = {name: cell.strip() for name, cell in cells.items()}
            if any(row.values()):
                rows.append(Row(reader.line_num, row))
    except csv.Error as error:
        raise UsageError(f"Line {reader.reader.line_num} of {shown(path)} is no CSV: {error}; mend it.") from error
    return rows


def _require_columns(path: Path, names: list[str], needed: Collection[str]) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        raise UsageError(
            f"{shown(path)} has no column '{missing[0]}'; its first line must name {', '.join(needed)}, parted by commas."
        )


def _refuse(error: OSError) -> None:
    raise _no_entry(Path(error.filename or ""), error) from error


def _no_entry(folder: Path, error: OSError) -> UsageError:
    return UsageError(f"The folder {shown(folder)} cannot be entered: {error.strerror}; mend its rights.")
