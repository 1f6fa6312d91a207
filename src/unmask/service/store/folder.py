"""Files and results in a folder: one file for each SHA-256, one folder for each result, both renamed when they are whole."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from unmask.errors import NoRoom, OutputError
from unmask.service.store.media import COMING, NO_ROOM, refusal
from unmask.service.store.storage import Part, Stored

MEDIA, RESULTS = "media", "results"


@dataclass(frozen=True, slots=True)
class FolderStorage:
    """A folder of this machine, or one that several of them have mounted.

    Attributes:
        folder: It.
        made: Whether it may be made at the start; a mount that is missing must not become a folder.
    """

    folder: Path
    made: bool = True

    def require_writable(self) -> None:
        """As ``Storage`` has it."""
        if not self.made and not self.folder.is_dir():
            raise OutputError(f"The folder {self.folder} of the storage is not there; make it, or mount it.")
        try:
            (self.folder / COMING).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder / COMING) as probe:
                probe.write(b"probe")
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def bring(self, sealed: Path, sha256: str) -> None:
        """Nothing takes long here."""

    def keep(self, sealed: Path, sha256: str) -> None:
        """As ``Storage`` has it: by another name, and never by a copy."""
        place = place_of(self.folder, sha256)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            sealed.replace(place)
            settle(place.parent)
        except OSError as error:
            raise refusal(error) from error

    def remove(self, hashes: Iterable[str]) -> None:
        """As ``Storage`` has it."""
        for sha256 in hashes:
            with suppress(FileNotFoundError):
                place_of(self.folder, sha256).unlink()

    def stored(self, sha256: str) -> Stored | None:
        """As ``Storage`` has it."""
        return _stored(place_of(self.folder, sha256))

    @contextmanager
    def at_hand(self, sha256: str) -> Generator[Path]:
        """As ``Storage`` has it: the file itself."""
        yield place_of(self.folder, sha256)

    def media_before(self, older_than: float) -> Iterator[str]:
        """As ``Storage`` has it."""
        return (path.name for path in _older(self.folder / MEDIA, "*/*", older_than))

    def write_result(self, name: str, parts: Mapping[Part, bytes]) -> None:
        """As ``Storage`` has it: written aside, and renamed when it is whole."""
        results = self.folder / RESULTS
        aside: Path | None = None
        try:
            results.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=".", dir=results))
            for part, content in parts.items():
                _write(aside / part, content)
            aside.replace(results / name)
            settle(results)
        except OSError as error:
            if aside is not None:
                shutil.rmtree(aside, ignore_errors=True)
            raise _result_refusal(error) from error

    def add_part(self, name: str, part: Part, content: bytes) -> None:
        """As ``Storage`` has it."""
        aside = self.folder / RESULTS / name / f".{secrets.token_hex(8)}.part"
        try:
            _write(aside, content)
            aside.replace(aside.with_name(part))
        except OSError as error:  # what is left goes with the result
            raise _result_refusal(error) from error

    def part(self, name: str, part: Part) -> Stored | None:
        """As ``Storage`` has it."""
        return _stored(self.folder / RESULTS / name / part)

    def remove_result(self, name: str) -> None:
        """As ``Storage`` has it."""
        shutil.rmtree(self.folder / RESULTS / name, ignore_errors=True)

    def sweep_results(self, known: Collection[str], older_than: float) -> None:
        """As ``Storage`` has it."""
        for path in _older(self.folder / RESULTS, "*", older_than):
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)


def place_of(folder: Path, sha256: str) -> Path:
    """Where the file of this content lies."""
    return folder / MEDIA / sha256[:2] / sha256


def settle(folder: Path) -> None:
    """Let names of a folder outlast a loss of power, as the bytes of the files do."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _stored(path: Path) -> Stored | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _gone(error) from error
    return Stored(found.st_size, found.st_mtime, partial(_read, path))


def _read(path: Path, start: int, end: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            found = file.read(end - start)
    except OSError as error:
        raise _gone(error) from error
    if len(found) != end - start:
        raise OutputError("The file is shorter than it was.")
    return found


def _older(folder: Path, pattern: str, older_than: float) -> Iterator[Path]:
    for path in folder.glob(pattern):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < older_than:
                yield path


def _gone(error: OSError) -> OutputError:
    return OutputError(f"The file cannot be read: {error.strerror}.")


def _unwritable(folder: Path, error: OSError) -> OutputError:
    if error.errno in NO_ROOM:
        return refusal(error)
    return OutputError(f"The folder {folder} of the service cannot be written: {error.strerror}.")


def _result_refusal(error: OSError) -> OutputError:
    if error.errno in NO_ROOM:
        return NoRoom("There is no room left for the result; free some, or delete checks.")
    return OutputError(f"The result cannot be written: {error.strerror}.")
