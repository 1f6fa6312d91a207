"""Media by their content: one file for each SHA-256, written whole or not at all."""

import errno
import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from unmask.errors import NoRoom, OutputError, OverLimit

FOLDER, COMING = "media", "coming"
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
            raise _refusal(error) from error
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
            raise _refusal(error) from error

    def seal(self) -> str:
        """Take no more bytes, and let those that came outlast a loss of power.

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
            raise _refusal(error) from error
        return self._digest.hexdigest()

    def keep(self) -> str:
        """Put the file where its content belongs; ``keeping.keep`` does so together with its row.

        Returns:
            The SHA-256 of the file.

        Raises:
            NoRoom: The disk is full.
            OutputError: It cannot be written.
        """
        sha256 = self.seal()
        place = place_of(self._folder, sha256)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._path.replace(place)
            settle(place.parent)
        except OSError as error:
            raise _refusal(error) from error
        return sha256


def place_of(folder: Path, sha256: str) -> Path:
    """Where the file of this content lies."""
    return folder / FOLDER / sha256[:2] / sha256


def remove(folder: Path, sha256: str) -> None:
    """Take a file away; it need not be there."""
    with suppress(FileNotFoundError):
        place_of(folder, sha256).unlink()


def sweep(folder: Path, older_than: float) -> None:
    """Remove what uploads left that were cut off by the end of a process before ``older_than`` (seconds since 1970)."""
    for path in (folder / COMING).glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < older_than:
                path.unlink()


def settle(folder: Path) -> None:
    """Let names of a folder outlast a loss of power, as the bytes of the files do."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _refusal(error: OSError) -> OutputError:
    if error.errno in NO_ROOM:
        return NoRoom("There is no room left for the file; free some, or delete checks.")
    return OutputError(f"The file cannot be written: {error.strerror}.")
