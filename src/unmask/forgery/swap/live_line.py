"""Pictures on their way through threads: one reads, one draws, and whoever asks gets what is drawn.

Only the reader may drop a picture, because it costs nothing there: between reading and drawing lies the newest alone. What was
drawn is handed on whole.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from types import TracebackType
from typing import Generic, TypeVar

from unmask.forgery.swap.live_tally import Tally
from unmask.types import Frame

Element = TypeVar("Element")
Drawn = TypeVar("Drawn")
TURN_SECONDS = 0.1
"""How often whoever waits for a picture looks whether to go on."""
LEAVING_SECONDS = 5.0
"""How long a thread may take to leave; a camera that hangs is left behind."""


class Slot(Generic[Element]):
    """Room for one element between two threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._elements: list[Element] = []
        self._closed = False
        self._error: BaseException | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        with self._changed:
            return self._closed and not self._elements and self._error is None

    def put_newest(self, element: Element) -> bool:
        """Leave an element; whether one that nobody had taken made room for it."""
        with self._changed:
            dropped = bool(self._elements)
            if not self._closed:
                self._elements[:] = [element]
                self._changed.notify_all()
            return dropped

    def put(self, element: Element) -> bool:
        """Leave an element once there is room; False where nobody takes any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or not self._elements)
            if self._closed:
                return False
            self._elements.append(element)
            self._changed.notify_all()
            return True

    def take(self, seconds: float) -> Element | None:
        """The element; None where none came in time, or none will.

        Args:
            seconds: How long to wait.

        Raises:
            BaseException: With which it was closed, once the last element is taken.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._elements), seconds)
            if self._elements:
                self._changed.notify_all()
                return self._elements.pop()
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            return None

    def close(self, error: BaseException | None = None) -> None:
        """Take nothing more in; what lies here may still be taken, and then the error is raised."""
        with self._changed:
            self._closed, self._error = True, self._error or error
            self._changed.notify_all()


class Line(Generic[Drawn]):
    """A source read in one thread and drawn on in another; a context manager after which both have ended.

    Args:
        frames: Opens the source, in the reader's thread, as ``Source.frames`` does.
        draw: Frame → what becomes of it, None for one that is not to be shown.
        tally: Counts what is captured and dropped.
        lossless: Whether the reader waits for each picture to be taken instead of dropping it, to measure what the line can do.
    """

    def __init__(
        self,
        frames: Callable[[threading.Event, Callable[[], None]], Generator[Frame]],
        draw: Callable[[Frame], Drawn | None],
        tally: Tally,
        *,
        lossless: bool = False,
    ) -> None:
        self._frames, self._draw, self._tally, self._lossless = frames, draw, tally, lossless
        self._leaving = threading.Event()
        self._read: Slot[Frame] = Slot()
        self._drawn: Slot[Drawn] = Slot()
        self._threads = [
            threading.Thread(target=self._until_closed, args=(work, slot), name=f"live {name}", daemon=True)
            for name, work, slot in (("reader", self._reading, self._read), ("drawing", self._drawing, self._drawn))
        ]

    def __enter__(self) -> "Line[Drawn]":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        for slot in (self._read, self._drawn):
            slot.close()
        for thread in self._threads:
            thread.join(LEAVING_SECONDS)

    def pictures(self, leave: Callable[[], bool]) -> Iterator[Drawn]:
        """What is drawn, one after another, up to the source's end.

        Args:
            leave: Asked before each picture, and while none comes: whether to end here.

        Raises:
            UnmaskError: Reading or drawing failed.
        """
        while not leave() and not self._drawn.ended:
            drawn = self._drawn.take(TURN_SECONDS)
            if drawn is not None:
                yield drawn

    def _until_closed(self, work: Callable[[], None], slot: Slot[Frame] | Slot[Drawn]) -> None:
        """Work to the end, and tell whoever waits for it; an error is raised there."""
        failure: BaseException | None = None
        try:
            work()
        except BaseException as error:  # noqa: BLE001 # no error of a thread is lost: the one who waits raises it
            failure = error
        slot.close(failure)

    def _reading(self) -> None:
        with closing(self._frames(self._leaving, self._came_late)) as frames:
            for frame in frames:
                if self._leaving.is_set():
                    return
                self._tally.add("captured")
                if self._lossless:
                    self._read.put(frame)
                elif self._read.put_newest(frame):
                    self._tally.add("dropped")

    def _came_late(self) -> None:
        self._tally.add("captured")
        self._tally.add("dropped")

    def _drawing(self) -> None:
        while not self._leaving.is_set() and not self._read.ended:
            frame = self._read.take(TURN_SECONDS)
            drawn = None if frame is None else self._draw(frame)
            if drawn is not None and not self._drawn.put(drawn):
                return
