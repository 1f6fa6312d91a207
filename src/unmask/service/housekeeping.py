"""What is put away while the service runs: what died processes left, old news, and files past their days."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from unmask.errors import OutputError
from unmask.service.store import deliveries, events, fetched, keeping, media, shares
from unmask.service.store.database import Database
from unmask.service.store.storage import Storage

HOUR, DAY = 3600.0, 86_400.0
EVERY_SECONDS = HOUR
LEFT_SECONDS = HOUR
"""What nobody touched and nobody names for so long was left by a process that died."""
NEWS_SECONDS = DAY
"""A listener that was away for longer asks for the list anew."""
UNASKED_SECONDS = DAY
"""Whoever sends a file asks for its check within this time."""


def keep_house(database: Database, storage: Storage, keep_days: float | None) -> None:
    """Put away all that is over.

    Args:
        database: Of the service.
        storage: Of the service.
        keep_days: Days after which a file is dropped, counted from when it came last; None keeps it for ever.

    Raises:
        OutputError: The database or the storage does not answer.
    """
    now = time.time()
    for sweep in (media.sweep, fetched.sweep):
        sweep(storage.folder, now - LEFT_SECONDS)
    events.prune(database, now - NEWS_SECONDS)
    shares.prune(database, now)
    deliveries.prune(database, now)
    # Then what the storage may hinder, which need not answer.
    keeping.sweep(database, storage, now - LEFT_SECONDS)
    keeping.drop_unasked(database, storage, now - UNASKED_SECONDS)
    if keep_days is not None:
        keeping.drop_old(database, storage, now - keep_days * DAY)


@dataclass(slots=True)
class Housekeeper:
    """Keeps house at once and every hour, in a thread.

    Attributes:
        database: Of the service.
        storage: Of the service.
        keep_days: As ``keep_house`` has it.
    """

    database: Database
    storage: Storage
    keep_days: float | None
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what is being put away."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with suppress(OutputError, OSError):  # the next hour is early enough
                keep_house(self.database, self.storage, self.keep_days)
            if self._over.wait(EVERY_SECONDS):
                return
