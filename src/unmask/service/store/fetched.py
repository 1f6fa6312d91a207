"""Folders for files that are fetched to be examined, and gone afterwards, also where the process is killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from unmask.service.store.media import refusal

FETCHED = "fetched"


@contextmanager
def passing_folder(folder: Path) -> Generator[Path]:
    """A folder within the service's that is there for as long as it is needed.

    While it is, it is locked; the system unlocks it when the process ends, however it ends.

    Raises:
        OutputError: It cannot be made.
    """
    try:
        (folder / FETCHED).mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder / FETCHED))
        held = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise refusal(error) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(held)


def sweep(folder: Path, older_than: float) -> None:
    """Remove what was made before ``older_than`` (seconds since 1970), and which no process holds any more."""
    for path in (folder / FETCHED).glob("*"):
        with suppress(OSError):  # it has gone meanwhile, or another process holds it
            if path.stat().st_mtime < older_than:
                _remove_unheld(path)


def _remove_unheld(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(opened)
