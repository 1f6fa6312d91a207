"""Workers: processes that take one task after the other, and are gone when whoever started them is.

Each works with one thread. One that dies costs its task and is replaced. Ctrl-C is for the process that started them:
it ends them. Should that be killed itself, they notice and end.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from unmask.errors import UnmaskError

Task = TypeVar("Task")
Result = TypeVar("Result")
LEAVING_SECONDS = 5.0
"""How long a worker that was told to end may take before it is killed."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Died(Exception):  # it is handed over as a result, and raised by nobody
    """A worker ended in the middle of a task, as when memory runs out."""


class _Worker(Generic[Task]):
    """A process, and the pipe to it."""

    def __init__(self, work: Callable[[Task], object]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process: BaseProcess = context.Process(target=_at_work, args=(other,), daemon=True)
        self.number = -1
        with _interrupts_blocked():
            self.process.start()
        other.close()
        self.pipe.send(work)  # not among the arguments: it is imported when the number of threads is set

    def give(self, number: int, task: Task) -> None:
        """Hand over a task."""
        self.number = number
        self.pipe.send(task)

    def answer(self) -> object:
        """What became of the task; an exception that it raised is given, not raised."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(LEAVING_SECONDS)
            return Died(f"The process that made it ended ({self.process.exitcode}); memory may have run out.")

    def end(self) -> None:
        """End it, in whatever it is."""
        self.process.terminate()
        self.process.join(LEAVING_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.pipe.close()
        self.process.close()


def done_by(
    workers: int, work: Callable[[Task], Result], tasks: Sequence[Task]
) -> Generator[tuple[int, Result | Died]]:
    """Results as they come, each with the number of its task; no worker is left when this ends, however it ends.

    Args:
        workers: Processes at most.
        work: What is done with a task; a function of a module, as it is sent to the processes.
        tasks: What is to be done.

    Raises:
        UnmaskError: What ``work`` raised.
    """
    crew: list[_Worker[Task]] = []
    left = iter(enumerate(tasks))
    try:
        for _ in range(min(workers, len(tasks))):
            crew.append(_Worker(work))
            crew[-1].give(*next(left))
        while busy := {worker.pipe: worker for worker in crew if worker.number >= 0}:
            for pipe in wait(list(busy)):
                worker = busy[pipe]  # type: ignore[index] # pipes alone are waited for
                number, answer = worker.number, worker.answer()
                if isinstance(answer, Died):
                    worker.end()
                    crew[crew.index(worker)] = worker = _Worker(work)
                _give_next(worker, left)
                if isinstance(answer, Exception) and not isinstance(answer, Died):
                    raise answer
                yield number, answer  # type: ignore[misc] # what work returned
    finally:
        for worker in crew:
            worker.process.terminate()  # all at once; end() waits for one after the other
        for worker in crew:
            worker.end()


def _give_next(worker: _Worker[Task], left: Iterator[tuple[int, Task]]) -> None:
    following = next(left, None)
    if following is None:
        worker.number = -1
    else:
        worker.give(*following)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Ctrl-C held back, also for the process that is started here: it inherits this for ever."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _at_work(pipe: Connection) -> None:
    """What a worker does."""
    os.environ.update(dict.fromkeys(THREADS, "1"))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work = pipe.recv()
    import cv2  # noqa: PLC0415 # it, too, after the environment that it reads

    cv2.setNumThreads(1)
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        try:
            answer = work(task)
        except Exception as error:  # noqa: BLE001 # handed over, and raised there
            answer = error if isinstance(error, UnmaskError) else RuntimeError(f"{type(error).__name__}: {error}")
        pipe.send(answer)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
