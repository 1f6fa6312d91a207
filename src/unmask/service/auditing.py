"""The audit log as whoever runs the service reads it; the service need not run for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unmask.service.issuing import opened
from unmask.service.store import audit
from unmask.service.store.audit import Broken, Entry
from unmask.service.store.checks import when
from unmask.settings import Settings


@dataclass(frozen=True, slots=True)
class Sound:
    """How far the log is whole.

    Attributes:
        rows: That follow each other as they were written.
        head: Hash of the last one of them.
        broken: The first row that does not, None where all do.
    """

    rows: int
    head: str
    broken: Broken | None


def entries(settings: Settings, most: int | None = None) -> tuple[Entry, ...]:
    """The newest rows, or all, the oldest of them first.

    Raises:
        OutputError: The database does not answer.
    """
    with opened(settings) as database, database.reading() as connection:
        return audit.last(connection, most)


def verified(settings: Settings) -> Sound:
    """Whether every row is there, and as it was written.

    Raises:
        OutputError: The database does not answer.
    """
    with opened(settings) as database, database.reading() as connection:
        return Sound(*audit.verify(connection))


def entry_as_json(entry: Entry) -> Mapping[str, Any]:
    """A row; one that a stranger wrote need not make sense, and is shown as it is."""
    try:
        at, more = when(entry.at / 1000), json.loads(entry.more)
    except (ValueError, OverflowError, OSError):
        at, more = str(entry.at), entry.more
    return {
        "number": entry.number,
        "at": at,
        "who": entry.who,
        "what": entry.what,
        "subject": entry.subject,
        "more": more,
        "hash": entry.hash,
    }
