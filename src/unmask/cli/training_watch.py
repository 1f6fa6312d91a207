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


def _left(seconds: float) -> str:
    """A time as people say it.

    >>> _left(75.0), _left(7260.0)
    ('1:15', '2:01:00')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
