"""Progress of a training on stderr: a line that is renewed where a person watches, one every 30 s where a log does."""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from unmask.forgery.swap.training import Progress

LOG_SECONDS, LIVE_SECONDS = 30.0, 0.5


@contextmanager
def watched(*, quiet: bool) -> "Iterator[Callable[[Progress], None] | None]":
    """What a training tells its progress to, None if silence is asked for."""
    if quiet:
        yield None
        return
    live = Console(stderr=True).is_terminal
    watch = _Watch(live=live)
    try:
        yield watch.tell
    finally:
        if live:
            sys.stderr.write("\n")


class _Watch:
    def __init__(self, *, live: bool) -> None:
        self._live, self._last = live, -math.inf

    def tell(self, progress: "Progress") -> None:
        """Print how far it is, not too often."""
        now = time.monotonic()
        if now - self._last < (LIVE_SECONDS if self._live else LOG_SECONDS):
            return
        self._last = now
        line = said(progress)
        sys.stderr.write(f"\r\033[K{line}" if self._live else f"{line}\n")
        sys.stderr.flush()


def said(progress: "Progress") -> str:
    """One line on how far a training is."""
    dst = "" if math.isnan(progress.dst_loss) else f", dst {progress.dst_loss:.4f}"
    left = "" if math.isinf(progress.eta_seconds) else f", {_left(progress.eta_seconds)} left"
    return f"{progress.iteration} iterations, loss src {progress.src_loss:.4f}{dst}, {progress.iterations_per_second:.1f}/s{left}"


def _left(seconds: float) -> str:
    """A time as people say it.

    >>> _left(75.0), _left(7260.0)
    ('1:15', '2:01:00')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
