"""Files on their way in, written on this machine and hashed as they come."""

import errno
import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from unmask.errors import NoRoom, OutputError, OverLimit

COMING = "coming"
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Upload:
    """A file that is coming in, hashed as it comes; it is gone again unless it was kept.

    Attributes:
        bytes: That came so far.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most = folder, most_bytes
        self._digest = hashlib.sha256()
        self.bytes = 0
        coming = folder / COMING
        try:
            coming.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=coming)
        except OSError as error:
            raise refusal(error) from error
        self._path = Path(name)
        self._file: BinaryIO = os.fdopen(handle, "wb")

    def __enter__(self) -> "Upload":  # noqa: PYI034 # shape checks in tests cannot read Self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._file.close()
        with suppress(FileNotFoundError):
            self._path.unlink()

    @property
    def path(self) -> Path:
        """Where it lies while it comes."""
        return self._path

    def write(self, block: bytes) -> None:
        """Take the next bytes.

        Raises:
            OverLimit: There are more of them than are taken.
            NoRoom: The disk is full.
            OutputError: They cannot be written.
        """
        self.bytes += len(block)
        if self.bytes > self._most:
            raise OverLimit(
                f"The file is larger than the {self._most} bytes that are taken; check it on its own machine."
            )
        self._digest.update(block)
        try:
            self._file.write(block)
        except OSError as error:
            raise refusal(error) from error

    def seal(self) -> str:
        """Take no more bytes, and let those that came outlast a loss of power; ``keeping.keep`` puts them in their place.

        Returns:
            The SHA-256 of the file.

        Raises:
            NoRoom: The disk is full.
            OutputError: It cannot be written.
        """
        try:
            if not self._file.closed:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
        except OSError as error:
            raise refusal(error) from error
        return self._digest.hexdigest()


def sweep(folder: Path, older_than: float) -> None:
    """Remove what uploads left that were cut off by the end of a process before ``older_than`` (seconds since 1970)."""
    for path in (folder / COMING).glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < older_than:
                path.unlink()


def refusal(error: OSError) -> OutputError:
    """What is told where this machine does not take a file."""
    if error.errno in NO_ROOM:
        return NoRoom("There is no room left for the file; free some, or delete checks.")
    return OutputError(f"The file cannot be written: {error.strerror}.")
