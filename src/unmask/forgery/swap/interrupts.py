"""Ctrl-C during a training: it ends after the step that is being taken, not in the middle of it."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def held_interrupts() -> Generator[Callable[[], bool]]:
    """Ctrl-C noted instead of raised, so that no step is torn; pressed a second time it is raised at once."""
    before = signal.getsignal(signal.SIGINT)
    noted = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 # the signature is the system's
        noted.set()
        signal.signal(signal.SIGINT, before)

    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield noted.is_set
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield noted.is_set
    finally:
        signal.signal(signal.SIGINT, before)
