"""How a live session goes, on stderr: the address, and frames a second at each stage."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from unmask.cli.status_line import StatusLine

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
    line = StatusLine(LIVE_SECONDS, LOG_SECONDS)
    last: LiveState | None = None

    def tell(state: "LiveState") -> None:
        nonlocal last
        if last is None:
            line.wait_from(state.clock_seconds)
        elif line.is_due(state.clock_seconds):
            line.write(said(last, state), state.clock_seconds)
        else:
            return
        last = state

    try:
        yield tell
    finally:
        line.end()


def said(before: "LiveState", now: "LiveState") -> str:
    """One line on the frames a second at each stage."""
    rates = now.rates_since(before)
    told = ", ".join(f"{stage} {rate:.1f}" for stage, rate in rates.items() if rate or stage != "written")
    return f"Frames a second: {told}{f' ({now.note})' if now.note else ''}"
