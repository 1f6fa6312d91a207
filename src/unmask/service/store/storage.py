"""Where files and results lie, whatever it is: a folder, or an object store.

Files are known by their SHA-256, results by a name that is never given twice. Rows of the database say which of them count.
A thing is there before its row says so, and goes before its row does or with it; what no row names is swept up.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

Part = Literal["report.json", "report.html", "view.json", "report.pdf"]


@dataclass(frozen=True, slots=True)
class Stored:
    """A file, or a part of a result, as it lies there.

    Attributes:
        size: Bytes.
        modified: When it was written, seconds since 1970.
        read: The bytes from the first offset up to the second one, exactly; raises an ``OutputError`` if it has gone.
    """

    size: int
    modified: float
    read: Callable[[int, int], bytes]

    def content(self) -> bytes:
        """All of it."""
        return self.read(0, self.size)


@runtime_checkable
class Storage(Protocol):
    """A place for files and results; each method raises an ``OutputError`` where the place does not do as it should.

    Attributes:
        folder: On this machine, in which files come in.
    """

    @property
    def folder(self) -> Path:
        """On this machine, in which files come in."""

    def require_writable(self) -> None:
        """Write, read, list and remove something small."""

    def bring(self, sealed: Path, sha256: str) -> None:
        """Do what takes long of keeping a file that came whole, before anything is locked for its row."""

    def keep(self, sealed: Path, sha256: str) -> None:
        """Let it lie there, within the transaction that says so; ``sealed`` may be gone afterwards."""

    def remove(self, hashes: Iterable[str]) -> None:
        """Take files away; they need not be there."""

    def stored(self, sha256: str) -> Stored | None:
        """A file, to read parts of it; None where there is none."""

    def at_hand(self, sha256: str) -> AbstractContextManager[Path]:
        """A file on this machine, for as long as it is examined.

        Raises:
            Unreadable: There is none.
            OutputError: Other bytes came than were kept.
        """

    def media_before(self, older_than: float) -> Iterator[str]:
        """Hashes of files that came before ``older_than`` (seconds since 1970)."""

    def write_result(self, name: str, parts: Mapping[Part, bytes]) -> None:
        """Write a result, whole or not at all as far as anybody sees who knows its name from a row."""

    def add_part(self, name: str, part: Part, content: bytes) -> None:
        """Add a part to a result that is there, or put it in place of the one that is."""

    def part(self, name: str, part: Part) -> Stored | None:
        """A part of a result; None where there is none."""

    def remove_result(self, name: str) -> None:
        """Take a result away; it need not be there, and what cannot be removed now is swept later."""

    def sweep_results(self, known: Collection[str], older_than: float) -> None:
        """Remove results of before ``older_than`` that are not ``known``, as workers leave them that died."""
