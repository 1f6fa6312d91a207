"""Results in the folder: what a worker found of one check, written whole or not at all."""

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from unmask.errors import NoRoom, OutputError
from unmask.service.store.media import NO_ROOM, settle

FOLDER = "results"
Part = Literal["report.json", "report.html", "view.json"]


def write_result(folder: Path, check: str, report: Mapping[str, Any], view: Mapping[str, Any], page: str) -> str:
    """Write what was found of a check.

    Args:
        folder: The service's.
        check: Identity of the check.
        report: Its report, as ``as_json`` has it.
        view: What the page draws, as ``as_view`` has it.
        page: The report as HTML.

    Returns:
        Name of the result; every attempt at a check has its own.

    Raises:
        NoRoom: The disk is full.
        OutputError: It cannot be written.
    """
    name = f"{check}-{secrets.token_hex(6)}"
    parts: Mapping[Part, str] = {
        "report.json": json.dumps(report, allow_nan=False),
        "view.json": json.dumps(view, allow_nan=False),
        "report.html": page,
    }
    results = folder / FOLDER
    aside: Path | None = None
    try:
        results.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".", dir=results))
        for part, content in parts.items():
            with (aside / part).open("x", encoding="utf-8") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        aside.replace(results / name)
        settle(results)
    except OSError as error:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
        if error.errno in NO_ROOM:
            raise NoRoom("There is no room left for the result; free some, or delete checks.") from error
        raise OutputError(f"The result cannot be written: {error.strerror}.") from error
    return name


def result_path(folder: Path, name: str, part: Part) -> Path:
    """Where a part of a result lies."""
    return folder / FOLDER / name / part


def remove_result(folder: Path, name: str) -> None:
    """Take a result away; it need not be there."""
    shutil.rmtree(folder / FOLDER / name, ignore_errors=True)


def sweep_results(folder: Path, known: Collection[str], older_than: float) -> None:
    """Remove results that no check names, left by workers that died after writing them, before ``older_than``."""
    for path in (folder / FOLDER).glob("*"):
        with suppress(FileNotFoundError):
            if path.name not in known and path.stat().st_mtime < older_than:
                shutil.rmtree(path, ignore_errors=True)
