"""Checks asked for without files, and where they stand."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unmask.service.store import checks, events, queue
from unmask.service.store.checks import Options, Priority
from unmask.service.store.database import Database
from unmask.service.store.queue import Lease
from unmask.types import Verdict

LEASE_SECONDS = 30.0
VERDICT = Verdict("manipulated", 0.9, (0.8, 0.95), "Signs of manipulation.", ("Everything else.",))
ERROR = {"code": "broken", "message": "The film is broken.", "way_out": "Send another copy."}


def sha256_of(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Ask:
    """Puts checks into a queue, and looks at them."""

    database: Database

    def __call__(
        self,
        name: str = "clip.mp4",
        *,
        content: str = "clip",
        priority: Priority = "person",
        options: Options = Options(),  # noqa: B008 # frozen
    ) -> str:
        with self.database.writing() as connection:
            checks.add_media(connection, sha256_of(content), len(content))
            return checks.add(connection, sha256_of(content), name, options, priority)

    def found(self, check: str) -> Mapping[str, Any]:
        with self.database.reading() as connection:
            found = checks.find(connection, check)
        assert found is not None
        return found

    def state(self, check: str) -> str:
        return str(self.found(check)["state"])

    def result(self, check: str) -> str | None:
        with self.database.reading() as connection:
            return checks.result_of(connection, check)

    def told(self, check: str) -> list[tuple[str, str | None]]:
        """Kinds of a check's events in their order, and the state that each tells."""
        return [
            (one.kind, one.told.get("state"))
            for one in events.since(self.database, 0, most=10**6)
            if one.check == check
        ]


class Clock:
    """Time as the queue sees it, set by the test."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def taken(database: Database, worker: str = "one") -> Lease:
    lease = queue.claim(database, worker, LEASE_SECONDS)
    assert lease is not None
    return lease
