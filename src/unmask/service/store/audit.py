"""The audit log: who did what, in rows of which each holds a hash over the one before.

A row that is changed, taken out or put in breaks the chain at its place, and what was cut off its end is missed by the
note of its head. Whoever may write the whole database can write the whole chain anew, though: only a head that was noted
elsewhere shows that (Schneier, Kelsey: Secure Audit Logs to Support Computer Forensics, TISSEC 1999).
"""

import hashlib
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from unmask.service.store.database import insert_new, lock_audit
from unmask.service.store.tables import audit, facts

What = Literal[
    "key-made",
    "key-revoked",
    "check-asked",
    "check-deleted",
    "label-set",
    "label-removed",
    "media-dropped",
    "share-made",
    "share-revoked",
]
LOCAL = "local"
"""Whoever needs no key: this machine's own user, and the service itself."""
HEAD = "audit-head"
BEGINNING = "0" * 64
"""Stands for the row before the first."""
AT_ONCE = 1000
_LEAST = -(2**63)
_HEAD = re.compile(r"([0-9]{1,18}) ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the log.

    Attributes:
        number: 1, 2, 3 …
        at: Milliseconds since 1970.
        who: Identity of a key, or ``local``.
        what: Was done.
        subject: To which check, key, file (SHA-256) or share.
        more: What else is worth keeping, as JSON; nothing of any file's content.
        hash: SHA-256 over the hash before and all of these, in hexadecimal digits.
    """

    number: int
    at: int
    who: str
    what: str
    subject: str
    more: str
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain is broken first.

    Attributes:
        number: Of the row.
        because: What is wrong with it.
    """

    number: int
    because: str


def append(
    connection: Connection,
    who: str,
    what: What,
    subject: str,
    more: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    """Note what is done, as the last thing in the transaction that does it: transactions wait for each other here."""
    lock_audit(connection)
    number, before = _head(connection)
    told = json.dumps(more or {}, sort_keys=True)
    at = int(time.time() * 1000)
    digest = hash_of(before, number + 1, at, who, what, subject, told)
    row = {"at": at, "who": who, "what": what, "subject": subject, "more": told, "hash": digest}
    connection.execute(insert(audit).values(number=number + 1, **row))
    _note_head(connection, number + 1, digest)


def hash_of(before: str, *fields: str | int) -> str:
    """SHA-256 of a row: over the one before and its own fields, written so that no two rows read the same."""
    return hashlib.sha256(json.dumps([before, *fields]).encode()).hexdigest()


def last(connection: Connection, most: int | None = None) -> tuple[Entry, ...]:
    """The newest rows, or all, the oldest of them first."""
    rows = connection.execute(select(audit).order_by(audit.c.number.desc()).limit(most)).all()
    return tuple(map(_entry, rows[::-1]))


def verify(connection: Connection) -> tuple[int, str, Broken | None]:
    """Whether every row is there, and as it was written.

    Returns:
        The number and the hash of the last row that is sound, and where the chain is broken first, if it is.
    """
    lock_audit(connection)  # the note of the head is of the last row, whoever writes at this moment
    number, digest, seen = 0, BEGINNING, _LEAST
    while page := connection.execute(
        select(audit).where(audit.c.number > seen).order_by(audit.c.number).limit(AT_ONCE)
    ).all():
        seen = page[-1].number
        sound, broken = _followed(map(_entry, page), number, digest)
        if sound is not None:
            number, digest = sound.number, sound.hash
        if broken is not None:
            return number, digest, broken
    return number, digest, _missing_at_the_end(connection, number, digest)


def _followed(entries: Iterable[Entry], number: int, digest: str) -> tuple[Entry | None, Broken | None]:
    """The last sound one of consecutive rows, and the first broken one."""
    sound = None
    for entry in entries:
        if entry.number <= number:
            return sound, Broken(entry.number, "it was put in")
        if entry.number != number + 1:
            return sound, Broken(number + 1, "it is missing")
        *fields, said = astuple(entry)
        if said != hash_of(digest, *fields):
            return sound, Broken(entry.number, "it, or the hash of the row before it, was changed")
        sound, number, digest = entry, entry.number, entry.hash
    return sound, None


def _missing_at_the_end(connection: Connection, number: int, digest: str) -> Broken | None:
    noted = _noted_head(connection)
    if noted == (number, digest) or (noted is None and not number):
        return None
    if noted is not None and noted[0] > number:
        return Broken(number + 1, "it is missing")
    return Broken(max(number, 1), "the note of the last row is not of this one")


def _head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the row before the next; of the note, else a row cut off the end would be given anew."""
    noted = _noted_head(connection)
    if noted is not None:
        return noted
    rows = last(connection, 1)
    return (rows[0].number, rows[0].hash) if rows else (0, BEGINNING)


def _noted_head(connection: Connection) -> tuple[int, str] | None:
    found = _HEAD.fullmatch(connection.scalar(select(facts.c.value).where(facts.c.name == HEAD)) or "")
    return None if found is None else (int(found[1]), found[2])


def _note_head(connection: Connection, number: int, digest: str) -> None:
    connection.execute(insert_new(connection, facts).values(name=HEAD, value=""))
    connection.execute(update(facts).where(facts.c.name == HEAD).values(value=f"{number} {digest}"))


def _entry(row: Any) -> Entry:
    # SQLite keeps what it is given. What is no text, as only a stranger writes it, must not hide the rest.
    at = row.at if isinstance(row.at, int) else -1
    texts = (row.who, row.what, row.subject, row.more, row.hash)
    return Entry(row.number, at, *(one if isinstance(one, str) else repr(one) for one in texts))
