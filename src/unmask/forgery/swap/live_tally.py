"""What a live session counts: pictures at each stage, and the time that each stage spends on one."""

import statistics
import threading
import time
from collections import deque
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, get_args

Stage = Literal["captured", "dropped", "followed", "drawn", "labelled", "sent", "written"]
"""From the camera to the viewers: pictures read; of these dropped, as there was no time; looked at for the face; drawn on;
labelled and marked; sent to viewers, all of them together; coded into a file."""
STAGES: tuple[Stage, ...] = get_args(Stage)
REMEMBERED = 1000
"""Times that are kept of each stage, the last ones."""


@dataclass(frozen=True, slots=True)
class LiveState:
    """How a session stands.

    Attributes:
        clock_seconds: When, on a clock that only runs forward.
        counts: Pictures at each stage since the beginning.
        note: What the last picture showed.
    """

    clock_seconds: float
    counts: Mapping[Stage, int]
    note: str

    def rates_since(self, before: "LiveState") -> dict[Stage, float]:
        """Frames a second at each stage since another state.

        >>> begun = LiveState(0.0, {"drawn": 10}, "")
        >>> LiveState(2.0, {"drawn": 60}, "").rates_since(begun)
        {'drawn': 25.0}
        """
        seconds = max(self.clock_seconds - before.clock_seconds, 1e-6)
        return {stage: (count - before.counts.get(stage, 0)) / seconds for stage, count in self.counts.items()}


class Tally:
    """Counts and times, added to by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Stage, int] = dict.fromkeys(STAGES, 0)
        self._spent: dict[Stage, deque[float]] = {stage: deque(maxlen=REMEMBERED) for stage in STAGES}
        self.note = "waiting for a face that looks ahead"

    def add(self, stage: Stage, seconds: float | None = None) -> None:
        """One picture more.

        Args:
            stage: Where.
            seconds: What was spent on it; None when that is not measured.
        """
        with self._lock:
            self._counts[stage] += 1
            if seconds is not None:
                self._spent[stage].append(seconds)

    def reached(self, stage: Stage, count: int, seconds: float) -> None:
        """So many pictures in all, where someone else counts them, and what was spent on the last one."""
        with self._lock:
            self._counts[stage] = count
            self._spent[stage].append(seconds)

    @contextmanager
    def timed(self, stage: Stage) -> Generator[None]:
        """One picture more, for which the time of this block is spent."""
        begun = time.perf_counter()
        yield
        self.add(stage, time.perf_counter() - begun)

    def count(self, stage: Stage) -> int:
        """Pictures at a stage."""
        with self._lock:
            return self._counts[stage]

    def state(self) -> LiveState:
        """How it stands now."""
        with self._lock:
            return LiveState(time.monotonic(), dict(self._counts), self.note)

    def milliseconds(self) -> dict[Stage, float]:
        """Median time of a picture at each stage that was timed; by the clock, so that waiting for a core counts."""
        with self._lock:
            return {stage: 1000 * statistics.median(spent) for stage, spent in self._spent.items() if spent}
