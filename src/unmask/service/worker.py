"""A process that examines files for the service, one after another.

It may be ended at any moment. Asked to stop (SIGTERM), it gives back what it holds; killed, its lease runs out, or whoever
started it tells the queue. An error that nobody foresaw ends it, too: the queue counts that as a death of the file.
"""

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from unmask.engine import all_cards, choose_with_models
from unmask.errors import InputError, MissingComponent, OutputError, UsageError
from unmask.examine import check
from unmask.report.as_html import as_html
from unmask.report.as_json import as_json, evidence_as_json
from unmask.report.as_view import as_view
from unmask.service.problems import told
from unmask.service.store import queue
from unmask.service.store.database import Database
from unmask.service.store.media import place_of
from unmask.service.store.queue import Lease, LeaseLost
from unmask.service.store.results import remove_result, write_result
from unmask.settings import Settings
from unmask.types import Evidence

IDLE_SECONDS = 0.25
PROGRESS_SECONDS = 0.5
BEATS_A_LEASE = 4
STUMBLE_SECONDS = 2.0
"""After an error that is the machine's and not the file's, such as a full disk."""


class Stopped(Exception):
    """The worker was asked to stop in the middle of a file."""


@dataclass(slots=True)
class Worker:
    """Takes checks from the queue until it is asked to stop.

    Attributes:
        database: In which the queue is.
        folder: Where media and results lie.
        settings: How files are examined.
        name: Of this process, in the queue.
        parent: Process that started it, and without which it ends; None when it stands alone.
    """

    database: Database
    folder: Path
    settings: Settings
    name: str
    parent: int | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Give back what is being examined, and take nothing more."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop, or whoever started it is gone."""
        return self._stop.is_set() or (self.parent is not None and os.getppid() != self.parent)

    def run(self) -> None:
        """Examine what waits, until asked to stop; the database may be away for a while."""
        while not self.stopping:
            try:
                lease = queue.claim(self.database, self.name, self.settings.serve.lease_seconds)
                if lease is not None:
                    self.take(lease)
                    continue
            except OutputError:
                self._stop.wait(STUMBLE_SECONDS)
            self._stop.wait(IDLE_SECONDS)

    def take(self, lease: Lease) -> None:
        """Examine one file and note what came of it.

        Raises:
            OutputError: The database does not answer; the lease will run out.
        """
        with suppress(LeaseLost):  # another worker has it by now, or it was deleted
            try:
                with _Held(self, lease) as held:
                    self._examine(held)
            except Stopped:
                queue.release(self.database, lease)
            except (InputError, UsageError, MissingComponent) as error:
                queue.fail(self.database, lease, told(error))
            except OutputError as error:
                queue.stumble(self.database, lease, told(error))
                self._stop.wait(STUMBLE_SECONDS)

    def _examine(self, held: "_Held") -> None:
        lease, options = held.lease, held.lease.options
        report = check(
            place_of(self.folder, lease.media),
            only=options.only,
            threshold=options.threshold,
            settings=self.settings.model_copy(update={"fast": options.fast or self.settings.fast}),
            name=lease.name,
            on_progress=held.progress,
            on_evidence=held.found,
        )
        cards = all_cards(choose_with_models(options.only, self.settings))
        result = write_result(self.folder, lease.check, as_json(report), as_view(report), as_html(report, cards))
        try:
            queue.finish(self.database, lease, report.verdict, result)
        except LeaseLost:
            remove_result(self.folder, result)
            raise


@dataclass(slots=True)
class _Held:
    """A check while it is examined: its lease is renewed, listeners are told, and the examination ends when it must."""

    worker: Worker
    lease: Lease
    _over: threading.Event = field(default_factory=threading.Event)
    _lost: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _told: float = 0.0

    def __enter__(self) -> "_Held":  # noqa: PYI034 # the run-time shape checks do not know Self
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def progress(self, seconds: float, of: float | None) -> None:
        """Tell how far the film was read, twice a second at most."""
        self._require()
        now = time.monotonic()
        if now - self._told >= PROGRESS_SECONDS:
            self._told = now
            queue.progress(self.worker.database, self.lease, seconds, of, self._seconds())

    def found(self, person: int | None, evidence: Evidence) -> None:
        """Tell what a detector says."""
        self._require()
        queue.found(self.worker.database, self.lease, person, evidence_as_json(evidence))

    def _require(self) -> None:
        if self._lost.is_set():
            raise LeaseLost(self.lease.check)
        if self.worker.stopping:
            raise Stopped

    def _seconds(self) -> float:
        return self.worker.settings.serve.lease_seconds

    def _beat(self) -> None:
        while not self._over.wait(self._seconds() / BEATS_A_LEASE):
            try:
                queue.beat(self.worker.database, self.lease, self._seconds())
            except LeaseLost:
                self._lost.set()
                return
            except OutputError:
                continue  # the database is away for a moment; the lease has time for three more
