"""loss.csv of a synthesis: a line an iteration; while it is open, no other training can open it."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from unmask.forgery.swap.curve import locked_losses


class Book:
    """Lines of losses, open for adding.

    Args:
        file: loss.csv, open for reading and writing.
        columns: Names of the two losses.
    """

    def __init__(self, file: BinaryIO, columns: tuple[str, str]) -> None:
        self._file, self._head = file, f"iteration,{','.join(columns)}\n".encode()

    def add(self, iteration: int, losses: tuple[float, float]) -> None:
        """Add a line, with every digit that a 32-bit number has.

        Raises:
            OSError: It cannot be written.
        """
        self._file.write(f"{iteration},{losses[0]:.9g},{losses[1]:.9g}\n".encode())
        self._file.flush()

    def cut_after(self, iteration: int) -> None:
        """Drop the lines after an iteration, and what is no line."""
        self._file.seek(0)
        lines = self._file.read().splitlines(keepends=True)[1:]
        kept = [line for number, line in enumerate(lines, 1) if _is_line(line, number) and number <= iteration]
        self._file.seek(0)
        self._file.truncate()
        self._file.write(self._head + b"".join(kept))
        self._file.flush()

    def sync(self) -> None:
        """Wait until the lines are on the disk."""
        os.fsync(self._file.fileno())


@contextmanager
def open_book(folder: Path, columns: tuple[str, str]) -> Generator[Book]:
    """The loss.csv of a folder, made when it is not there.

    Raises:
        OutputError: It cannot be opened.
        UsageError: Another training is going on in this folder.
    """
    with locked_losses(folder) as file:
        yield Book(file, columns)


def _is_line(line: bytes, number: int) -> bool:
    return line.startswith(f"{number},".encode()) and line.endswith(b"\n") and line.count(b",") == 2
