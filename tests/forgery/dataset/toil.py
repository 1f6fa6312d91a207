"""Work for workers, which they must be able to import."""

import os
import time

from unmask.errors import OutputError


def doubled(number: int) -> int:
    """What most tasks are."""
    return 2 * number


def dying_at_three(number: int) -> int:
    """A task during which its process ends."""
    if number == 3:
        os._exit(9)
    return number


def refusing_two(number: int) -> int:
    """A task that cannot be done."""
    if number == 2:
        raise OutputError("There is no room for 2.")
    return number


def thread_counts(number: int) -> tuple[str | None, int, int]:  # noqa: ARG001 # tasks are numbers here
    """The threads that this process may use, and its own number."""
    import cv2  # noqa: PLC0415 # the worker sets its threads first

    return os.environ.get("OMP_NUM_THREADS"), cv2.getNumThreads(), os.getpid()


def sleeping(number: int) -> int:
    """A task that is not over while a test runs; its process is told first."""
    if number == 0:
        return os.getpid()
    time.sleep(300)
    return number
