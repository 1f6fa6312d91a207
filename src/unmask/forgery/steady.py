"""How torch computes while the lab trains and draws: with how many threads, and whether the same each time."""

from collections.abc import Generator
from contextlib import contextmanager

import cv2
import torch


@contextmanager
def steady_torch(threads: int | None, *, repeatable: bool = True) -> Generator[None]:
    """Torch with a fixed number of threads and, if asked, with repeatable sums only; as before afterwards.

    Args:
        threads: How many; None for as many as now.
        repeatable: Whether an operation that may sum in another order each time is refused.
    """
    before, steady = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    try:
        torch.set_num_threads(threads or before)
        torch.use_deterministic_algorithms(repeatable or steady)
        yield
    finally:
        torch.set_num_threads(before)
        torch.use_deterministic_algorithms(steady)


@contextmanager
def one_thread() -> Generator[None]:
    """Compute with one thread: two that share a busy core wait for each other at every layer of so small a network."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def one_opencv_thread() -> Generator[None]:
    """OpenCV with one thread, as where several stages share few cores; as before afterwards."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
