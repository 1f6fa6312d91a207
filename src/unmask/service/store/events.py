"""What happened, in the order in which it happened: rows that every listener reads from where it stopped."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, insert, select

from unmask.service.store.database import Database, lock_events
from unmask.service.store.tables import checks, events

Kind = Literal["check", "progress", "evidence", "gone"]
BATCH = 500


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        number: Rising; two events never have the same.
        check: Identity of the check.
        kind: What happened to it.
        told: What listeners are told.
        owner: Key whose check it is, None where it was asked without one.
    """

    number: int
    check: str
    kind: Kind
    told: Mapping[str, Any]
    owner: str | None = None


def append(connection: Connection, check: str, kind: Kind, told: Mapping[str, Any]) -> None:
    """Note an event within the transaction that makes it true, and while there is a row of the check."""
    lock_events(connection)
    owner = select(checks.c.owner).where(checks.c.id == check).scalar_subquery()
    connection.execute(insert(events).values(check_id=check, kind=kind, told=dict(told), at=time.time(), owner=owner))


def since(database: Database, number: int, *, most: int = BATCH, owner: str | None = None) -> tuple[Event, ...]:
    """Events after the one with this number, oldest first; those of one key's checks, or of all."""
    wanted = select(events).where(events.c.number > number)
    if owner is not None:
        wanted = wanted.where(events.c.owner == owner)
    with database.reading() as connection:
        rows = connection.execute(wanted.order_by(events.c.number).limit(most)).all()
    return tuple(Event(row.number, row.check_id, row.kind, row.told, row.owner) for row in rows)


def last_number(database: Database) -> int:
    """Number of the newest event, 0 without one."""
    with database.reading() as connection:
        return connection.scalar(select(func.max(events.c.number))) or 0


def evidence_of(database: Database, check: str) -> tuple[Mapping[str, Any], ...]:
    """What is known of a check so far, in the order in which it was found."""
    wanted = select(events.c.told).where(events.c.check_id == check, events.c.kind == "evidence")
    with database.reading() as connection:
        return tuple(connection.scalars(wanted.order_by(events.c.number)))


def forget(connection: Connection, check: str, *kinds: Kind) -> None:
    """Drop events of a check; of these kinds, or all."""
    chosen = delete(events).where(events.c.check_id == check)
    connection.execute(chosen.where(events.c.kind.in_(kinds)) if kinds else chosen)


def prune(database: Database, before: float) -> None:
    """Drop events older than ``before`` (seconds since 1970), but not evidence, which goes with its check."""
    with database.writing() as connection:
        connection.execute(delete(events).where(events.c.at < before, events.c.kind != "evidence"))
