"""Progress on stderr: a bar with the time left where a person watches, a line a file where a log does."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from unmask.report.wording import visible


class Watch(Protocol):
    """Told about each file and how far it was read."""

    def begin(self, name: str) -> None:
        """A file is begun."""

    def advance(self, seconds: float, length: float | None) -> None:
        """So many seconds of its length are done."""

    def end(self) -> None:
        """The file is done."""


@contextmanager
def watching(files: int, *, quiet: bool) -> Iterator[Watch]:
    """A watch over a run of files, silent if asked."""
    console = Console(stderr=True)
    if quiet:
        yield _Silent()
    elif console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as bars:
            yield _Bar(bars, files)
    else:
        yield _Log(files)


class _Silent:
    def begin(self, name: str) -> None:
        pass

    def advance(self, seconds: float, length: float | None) -> None:
        pass

    def end(self) -> None:
        pass


class _Log(_Silent):
    def __init__(self, files: int) -> None:
        self._files, self._done = files, 0

    def begin(self, name: str) -> None:
        self._done += 1
        sys.stderr.write(f"[{self._done}/{self._files}] {visible(name)}\n")
        sys.stderr.flush()


class _Bar:
    """One bar over all files, each counting alike; the file at work moves it on."""

    def __init__(self, bars: Progress, files: int) -> None:
        self._bars, self._files, self._done = bars, files, 0
        self._task = bars.add_task("", total=files)

    def begin(self, name: str) -> None:
        number = f"{self._done + 1}/{self._files} " if self._files > 1 else ""
        self._bars.update(self._task, description=f"{number}{visible(name)[-40:]}")

    def advance(self, seconds: float, length: float | None) -> None:
        if length:
            self._bars.update(self._task, completed=self._done + min(seconds / length, 1.0))

    def end(self) -> None:
        self._done += 1
        self._bars.update(self._task, completed=self._done)
