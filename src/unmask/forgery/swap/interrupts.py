"""Ctrl-C during a training: it ends after the step that is being taken, not in the middle of it."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

ASKING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def held_interrupts() -> Generator[Callable[[], bool]]:
    """Ctrl-C noted instead of raised, so that no step is torn; pressed a second time it is raised at once.

    So is a request to end (SIGTERM), where the program takes it like Ctrl-C.
    """
    before = {number: handler for number in ASKING if callable(handler := signal.getsignal(number))}
    noted = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 # the signature is the system's
        noted.set()
        restore()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    if threading.current_thread() is not threading.main_thread():
        yield noted.is_set
        return
    for number in before:
        signal.signal(number, note)
    try:
        yield noted.is_set
    finally:
        restore()
