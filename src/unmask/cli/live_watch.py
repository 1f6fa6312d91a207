"""How a live session goes, on stderr: the address, and a line that is renewed where a person watches, one every 10 s in a log."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from unmask.forgery.swap.live_tally import LiveState

LOG_SECONDS, LIVE_SECONDS = 10.0, 1.0


@contextmanager
def watched(address: str | None, *, quiet: bool) -> "Iterator[Callable[[LiveState], None] | None]":
    """What a session tells how it stands, None if silence is asked for; the address is told in any case.

    Args:
        address: Of the preview, None when there is none.
        quiet: Whether nothing else is wanted.
    """
    if address is not None:
        sys.stderr.write(f"Preview, on this machine alone: {address}\n")
        sys.stderr.flush()
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
        self._live = live
        self._last: LiveState | None = None

    def tell(self, state: "LiveState") -> None:
        """Print how it stands, not too often."""
        if self._last is None:
            self._last = state
        gap = LIVE_SECONDS if self._live else LOG_SECONDS
        if state.clock_seconds - self._last.clock_seconds < gap:
            return
        line, self._last = said(self._last, state), state
        sys.stderr.write(f"\r\033[K{line}" if self._live else f"{line}\n")
        sys.stderr.flush()


def said(before: "LiveState", now: "LiveState") -> str:
    """One line on the frames a second at each stage."""
    rates = now.rates_since(before)
    told = ", ".join(f"{stage} {rate:.1f}" for stage, rate in rates.items() if rate or stage != "written")
    return f"Frames a second: {told}{f' ({now.note})' if now.note else ''}"
