"""A process that examines files for the service, one after another.

It may be ended at any moment. Asked to stop (SIGTERM), it gives back what it holds; killed, its lease runs out, or whoever
started it tells the queue. An error that nobody foresaw ends it, too, after it has told the queue: nobody knows what such
an error left behind in the process.
"""

import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

from unmask.engine import all_cards, choose_with_models
from unmask.errors import InputError, MissingComponent, OutputError, UnmaskError, UsageError
from unmask.examine import check, hear
from unmask.media.source import shown
from unmask.report.as_html import as_html
from unmask.report.as_json import as_json, evidence_as_json
from unmask.report.as_view import as_view
from unmask.service.problems import told
from unmask.service.store import checks, queue
from unmask.service.store.database import Database
from unmask.service.store.queue import Lease, LeaseLost
from unmask.service.store.results import write_result
from unmask.service.store.storage import Storage
from unmask.settings import Settings
from unmask.types import Evidence, Verdict

IDLE_SECONDS = 0.25
PROGRESS_SECONDS = 0.5
BEATS_A_LEASE = 4
STUMBLE_SECONDS = 2.0
"""After an error that is the machine's and not the file's, such as a full disk."""
FINISH_TRIES = 3


class Stopped(Exception):
    """The worker was asked to stop in the middle of a file."""


@dataclass(slots=True)
class Worker:
    """Takes checks from the queue until it is asked to stop.

    Attributes:
        database: In which the queue is.
        storage: Where media and results lie.
        settings: How files are examined.
        name: Of this process, in the queue.
        parent: Process that started it, and without which it ends; None when it stands alone.
    """

    database: Database
    storage: Storage
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
        return self._stop.is_set() or self.orphaned

    @property
    def orphaned(self) -> bool:
        """Whether whoever started it is gone."""
        return self.parent is not None and os.getppid() != self.parent

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
        try:
            self._answer(lease)
        except LeaseLost:  # another worker has it by now, or it was deleted
            queue.outlive(self.database, lease)

    def _answer(self, lease: Lease) -> None:
        try:
            with _Held(self, lease) as held:
                self._examine(held)
        except Stopped:
            queue.release(self.database, lease)
        except (InputError, UsageError, MissingComponent) as error:
            queue.fail(self.database, lease, _named(told(error), lease))
        except OutputError as error:
            queue.stumble(self.database, lease, told(error))
            self._await_storage()

    def _examine(self, held: "_Held") -> None:
        lease, options = held.lease, held.lease.options
        with self.storage.at_hand(lease.media) as path:
            report = check(
                path,
                only=options.only,
                threshold=options.threshold,
                settings=self.settings.model_copy(update={"fast": options.fast or self.settings.fast}),
                name=lease.name,
                on_progress=held.progress,
                on_evidence=held.found,
            )
            sound = hear(path, report.media, self.settings, held.require)
        cards = all_cards(choose_with_models(options.only, self.settings))
        page, view = as_html(report, cards, sound), as_view(report, sound)
        result = write_result(self.storage, lease.check, as_json(report), view, page)
        try:
            self._finish(lease, report.verdict, result)
        except LeaseLost:
            self._drop(lease, result)
            raise

    def _finish(self, lease: Lease, verdict: Verdict, result: str) -> None:
        """Note the verdict, and not at once give up work of minutes where the database is away for seconds."""
        for _ in range(FINISH_TRIES - 1):
            with suppress(OutputError):
                queue.finish(self.database, lease, verdict, result)
                return
            self._stop.wait(STUMBLE_SECONDS)
        queue.finish(self.database, lease, verdict, result)

    def _await_storage(self) -> None:
        """Take nothing while nothing can be written, else an hour without the storage would cost all that waits."""
        while not self._stop.wait(STUMBLE_SECONDS) and not self.stopping:
            with suppress(OutputError):
                self.storage.require_writable()
                return

    def _drop(self, lease: Lease, result: str) -> None:
        with self.database.reading() as connection:
            noted = checks.result_of(connection, lease.check)
        if noted != result:  # else an answer of the database was lost on its way, and the check has this result
            self.storage.remove_result(result)


def _named(error: Mapping[str, str], lease: Lease) -> Mapping[str, str]:
    """The error with the name that the file came with, in place of that which it has in the folder."""
    return {**error, "message": error["message"].replace(shown(lease.media), shown(lease.name))}


@dataclass(slots=True)
class _Held:
    """A check while it is examined: its lease is renewed, listeners are told, and the examination ends when it must."""

    worker: Worker
    lease: Lease
    _over: threading.Event = field(default_factory=threading.Event)
    _lost: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _told: float = 0.0

    def __enter__(self) -> "_Held":  # noqa: PYI034 # shape checks in tests cannot read Self
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        if isinstance(error, Exception) and not isinstance(error, _FORESEEN):
            with suppress(LeaseLost, OutputError):
                queue.stumble(self.worker.database, self.lease, _internal(error))

    def progress(self, seconds: float, of: float | None) -> None:
        """Tell how far the film was read, twice a second at most."""
        self.require()
        now = time.monotonic()
        if now - self._told >= PROGRESS_SECONDS:
            self._told = now
            with suppress(OutputError):  # the next one tells more
                queue.progress(self.worker.database, self.lease, seconds, of, self._seconds())

    def found(self, person: int | None, evidence: Evidence) -> None:
        """Tell what a detector says."""
        self.require()
        with suppress(OutputError):  # the report will tell it
            queue.found(self.worker.database, self.lease, person, evidence_as_json(evidence))

    def require(self) -> None:
        """Go on only while the check is held and the worker shall work.

        Raises:
            LeaseLost: Another has it, or it was deleted.
            Stopped: The worker was asked to stop.
        """
        if self._lost.is_set():
            raise LeaseLost(self.lease.check)
        if self.worker.stopping:
            raise Stopped

    def _seconds(self) -> float:
        return self.worker.settings.serve.lease_seconds

    def _beat(self) -> None:
        while not self._over.wait(self._seconds() / BEATS_A_LEASE):
            if self.worker.orphaned:
                self._leave()
                return
            try:
                queue.beat(self.worker.database, self.lease, self._seconds())
            except LeaseLost:
                self._lost.set()
                return
            except OutputError:
                continue  # the database is away for a moment; the lease has time for three more

    def _leave(self) -> None:
        """Give the check back and end the process: its detector may not say its next word for minutes."""
        with suppress(LeaseLost, OutputError):  # lost, or it will run out
            queue.release(self.worker.database, self.lease)
        os._exit(1)


_FORESEEN = (UnmaskError, LeaseLost, Stopped)


def _internal(error: Exception) -> queue.Error:
    return {
        "code": "internal",
        "message": f"unmask itself failed at this file ({type(error).__name__}).",
        "way_out": "Report it with the file, if you may; no other check was lost.",
    }
