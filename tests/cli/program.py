"""The program under test, started as a user starts it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "unmask")
LONGEST_RUN_SECONDS = 240
Row = dict[str, Any]


def environment(**changed: str) -> dict[str, str]:
    """Ours, without the settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UNMASK_")}
    absent = {"UNMASK_CONFIG": "/nonexistent/unmask.toml", "UNMASK_MODELS": "/nonexistent/models"}
    return kept | absent | {"COLUMNS": "200", "OMP_NUM_THREADS": "1"} | changed


def unmask(
    *arguments: str | bytes | Path, cwd: Path | None = None, stdin: bytes = b"", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**settings),
        timeout=LONGEST_RUN_SECONDS,
        check=False,
    )
    texts = (stream.decode("utf-8", "backslashreplace") for stream in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, *texts)


def python(code: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a few lines in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=LONGEST_RUN_SECONDS,
        check=False,
    )


def rows(done: subprocess.CompletedProcess[str]) -> list[Row]:
    """The JSON objects on stdout."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def names(found: Sequence[Row]) -> list[str]:
    """The files of rows, in their order."""
    return [row["file"] for row in found]
