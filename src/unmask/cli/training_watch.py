"""Progress of a training on stderr."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from unmask.cli.status_line import StatusLine

if TYPE_CHECKING:
    from unmask.forgery.swap.training import Progress


@contextmanager
def watched(*, quiet: bool) -> "Iterator[Callable[[Progress], None] | None]":
    """What a training tells its progress to, None if silence is asked for."""
    if quiet:
        yield None
        return
    line = StatusLine()

    def tell(progress: "Progress") -> None:
        now = time.monotonic()
        if line.is_due(now):
            line.write(said(progress), now)

    try:
        yield tell
    finally:
        line.end()


def said(progress: "Progress") -> str:
    """One line on how far a training is."""
    dst = "" if math.isnan(progress.dst_loss) else f", dst {progress.dst_loss:.4f}"
    left = "" if math.isinf(progress.eta_seconds) else f", {_left(progress.eta_seconds)} left"
    return f"{progress.iteration} iterations, loss src {progress.src_loss:.4f}{dst}, {progress.iterations_per_second:.1f}/s{left}"


class StepWatch:
    """Progress of a training that counts its iterations up to a last one.

    Args:
        iterations: The last one.
        line: What it is written to, None if silence is asked for.
    """

    def __init__(self, iterations: int, line: StatusLine | None) -> None:
        self._iterations, self._line = iterations, line
        self._first: tuple[int, float] | None = None

    def step(self, iteration: int) -> None:
        """An iteration is done."""
        if self._line is None:
            return
        now = time.monotonic()
        if self._first is None:
            self._first = iteration, now
            self._line.wait_from(now)
        elif self._line.is_due(now):
            pace = (now - self._first[1]) / (iteration - self._first[0])
            left = _left((self._iterations - iteration) * pace)
            self._line.write(
                f"{iteration} of {self._iterations} iterations, {pace:.1f} s each, {left} left at most", now
            )

    def say(self, sentence: str) -> None:
        """Say what is to stay."""
        if self._line is not None:
            self._line.keep(sentence)


@contextmanager
def stepping(iterations: int, *, quiet: bool) -> Iterator[StepWatch]:
    """A watch over a training of at most so many iterations, silent if asked."""
    line = None if quiet else StatusLine()
    try:
        yield StepWatch(iterations, line)
    finally:
        if line is not None:
            line.end()


def _left(seconds: float) -> str:
    """A time as people say it.

    >>> _left(75.0), _left(7260.0)
    ('1:15', '2:01:00')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
