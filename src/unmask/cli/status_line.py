"""How long work goes, on stderr: one line that is renewed where a person watches, one now and then in a log."""

import math
import sys

from rich.console import Console

LIVE_SECONDS, LOG_SECONDS = 0.5, 30.0


class StatusLine:
    """A line that says how work goes.

    Args:
        live_seconds: Between two lines, where a person watches.
        log_seconds: The same in a log.
    """

    def __init__(self, live_seconds: float = LIVE_SECONDS, log_seconds: float = LOG_SECONDS) -> None:
        self._live = Console(stderr=True).is_terminal
        self._gap = live_seconds if self._live else log_seconds
        self._last = -math.inf
        self._standing = False

    def is_due(self, now: float) -> bool:
        """Whether it is time for another line, by any clock that counts seconds."""
        return now - self._last >= self._gap

    def wait_from(self, now: float) -> None:
        """Let no line be due before its time has passed from here."""
        self._last = now

    def write(self, line: str, now: float) -> None:
        """Write it, over the last one where a person watches."""
        self._last, self._standing = now, True
        sys.stderr.write(f"\r\033[K{line}" if self._live else f"{line}\n")
        sys.stderr.flush()

    def keep(self, sentence: str) -> None:
        """Write a sentence that stays, in the place of the line."""
        self._standing = False
        sys.stderr.write(f"\r\033[K{sentence}\n" if self._live else f"{sentence}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the last line standing."""
        if self._live and self._standing:
            sys.stderr.write("\n")
