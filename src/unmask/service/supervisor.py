"""Keeps as many workers alive as were asked for, and tells the queue of those that died."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from unmask.errors import OutputError
from unmask.service.store import queue
from unmask.service.store.database import Database
from unmask.settings import Settings, service_folder

LOOK_SECONDS = 0.2
QUICK_SECONDS = 10.0
"""A worker that lived shorter than this, and held no file, died of the machine."""
LONGEST_WAIT_SECONDS = 30.0


@dataclass(slots=True)
class _Place:
    """One of the workers that were asked for, and those that took its place."""

    process: subprocess.Popen[bytes] | None = None
    name: str = ""
    begun: float = 0.0
    quick_deaths: int = 0
    not_before: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Starts workers and watches them, in a thread.

    Attributes:
        database: In which the queue is.
        settings: Handed on to the workers.
        on_death: Told the name of a worker that ended by itself, and how.
    """

    database: Database
    settings: Settings
    on_death: Callable[[str, int], None] = lambda _name, _code: None
    _places: list[_Place] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the workers."""
        self._places = [_Place() for _ in range(self.settings.serve.workers)]
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def alive(self) -> int:
        """Workers that are there now."""
        return sum(place.process is not None and place.process.poll() is None for place in self._places)

    def pids(self) -> tuple[int, ...]:
        """Numbers of the processes that are there now."""
        return tuple(place.process.pid for place in self._places if place.process is not None)

    def stop(self) -> None:
        """Ask the workers to give back what they hold; whoever does not in time is killed."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        there = [place for place in self._places if place.process is not None]
        for place in there:
            _signal(place, signal.SIGTERM)
        until = time.monotonic() + self.settings.serve.grace_seconds
        for place in there:
            self._await(place, until)

    def _await(self, place: _Place, until: float) -> None:
        if place.process is None:
            return
        try:
            place.process.wait(max(until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            place.process.kill()
            place.process.wait()
            with suppress(OutputError):  # its lease runs out
                queue.give_back(self.database, place.name)

    def _run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            for place in self._places:
                self._look(place)

    def _look(self, place: _Place) -> None:
        now = time.monotonic()
        if place.process is None:
            if now >= place.not_before:
                place.not_before = now + LONGEST_WAIT_SECONDS
                with suppress(OSError):  # no memory, or too many processes, for now
                    self._begin(place)
            return
        code = place.process.poll()
        if code is None:
            return
        held = False
        with suppress(OutputError):  # its lease runs out
            held = queue.bury(self.database, place.name)
        self.on_death(place.name, code)
        place.quick_deaths = 0 if held or now - place.begun > QUICK_SECONDS else place.quick_deaths + 1
        wait = min(2.0**place.quick_deaths - 1, LONGEST_WAIT_SECONDS)
        place.process, place.not_before = None, now + wait

    def _begin(self, place: _Place) -> None:
        place.name, place.begun = f"{os.getpid()}-{secrets.token_hex(4)}", time.monotonic()
        # In a session of its own, Ctrl-C reaches this process alone, which then asks the workers.
        place.process = subprocess.Popen(  # noqa: S603 # our own program, with a name that it made up
            [sys.executable, "-m", "unmask", "serve", "worker", "--name", place.name, "--parent", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **self._environment()},
            start_new_session=True,
        )

    def _environment(self) -> Mapping[str, str]:
        serve = self.settings.serve
        threads = max((os.cpu_count() or 1) // max(serve.workers, 1), 1)
        named = {
            "UNMASK_SERVE__FOLDER": str(service_folder(self.settings)),
            "UNMASK_SERVE__DATABASE": serve.database,
            "UNMASK_SERVE__STORAGE": serve.storage,
            "UNMASK_SERVE__LEASE_SECONDS": str(serve.lease_seconds),
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(threads)),
        }
        return {name: value for name, value in named.items() if value is not None}


def _signal(place: _Place, number: signal.Signals) -> None:
    if place.process is not None:
        with suppress(ProcessLookupError):
            place.process.send_signal(number)
