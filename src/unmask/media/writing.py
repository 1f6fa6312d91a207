"""Files written whole or not at all."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from unmask.errors import OutputError
from unmask.media.source import shown


@contextmanager
def written_aside(path: Path) -> Generator[Path]:
    """A file beside ``path`` to write to; it takes its place at the end, and is removed when something fails.

    Raises:
        OutputError: The file cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".unmask-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise OutputError(f"{shown(path)} cannot be written: {error.strerror}.") from error
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        aside.chmod(0o666 & ~current_umask())
        aside.replace(path)
    except OSError as error:
        raise OutputError(f"{shown(path)} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()


def current_umask() -> int:
    """The rights that new files are denied; reading them sets them, hence the second call."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
