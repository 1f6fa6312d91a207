"""What webhooks are still to be told: one row a check and receiver, noted together with how far events were read."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from unmask.service.store.checks import find
from unmask.service.store.database import Database, insert_new
from unmask.service.store.events import Event
from unmask.service.store.tables import checks, deliveries, events, facts

SEEN, BEGUN = "webhooks-seen", "webhooks-begun"
"""Facts: the number of the last event that was looked at, and the time (seconds since 1970) of the very first look."""
STATES = frozenset({"done", "failed", "quarantined"})
FIRST_SECONDS, LONGEST_SECONDS = 30.0, 3600.0
"""Wait before the second try, doubled for each further one, and the longest."""
KEPT_SECONDS = 2 * 86_400.0


@dataclass(frozen=True, slots=True)
class End:
    """A check is over.

    Attributes:
        number: Of the event.
        check: Identity of the check.
        at: When it was over, seconds since 1970.
    """

    number: int
    check: str
    at: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that one receiver is to be told now.

    Attributes:
        check: Identity of the check that is over.
        place: Of the receiver.
        number: Of the event; the same at every try.
        told: The check as it stands now.
    """

    check: str
    place: str
    number: int
    told: Mapping[str, Any]


def position(database: Database) -> tuple[int, float]:
    """How far events were looked at, and when that began; now, where it never did."""
    with database.writing() as connection:
        last = connection.scalar(select(func.max(events.c.number))) or 0
        # Times of checks have whole milliseconds.
        for name, value in ((SEEN, str(last)), (BEGUN, f"{time.time() - 0.001:.3f}")):
            connection.execute(insert_new(connection, facts).values(name=name, value=value))
        found = {row.name: row.value for row in connection.execute(select(facts.c.name, facts.c.value))}
    return int(found[SEEN]), float(found[BEGUN])


def as_end(event: Event) -> End | None:
    """The end that an event tells of, None where it tells of something else.

    A label that is set later tells of the same end again; ``note`` notes each once.
    """
    if event.kind != "check" or event.told["state"] not in STATES:
        return None
    return End(event.number, event.check, datetime.fromisoformat(event.told["finished"]).timestamp())


def note(database: Database, ends: Sequence[End], places: Sequence[str], seen: int) -> None:
    """Note what receivers are to be told, and the number of the last event that was looked at."""
    with database.writing() as connection:
        for end in ends:
            held = select(checks.c.id).where(checks.c.id == end.check).with_for_update(read=True)
            if connection.scalar(held) is None:
                continue  # deleted since
            row = {"check_id": end.check, "number": end.number, "at": end.at, "next": 0.0, "tries": 0, "over": False}
            for place in places:
                connection.execute(insert_new(connection, deliveries).values(place=place, **row))
        connection.execute(update(facts).where(facts.c.name == SEEN).values(value=str(seen)))


def claim(database: Database, places: Collection[str], now: float) -> Delivery | None:
    """What one of these receivers is to be told now, None where there is nothing.

    The next try is set before this one is made, so that whatever dies in between is tried again.
    """
    due = (~deliveries.c.over, deliveries.c.place.in_(places), deliveries.c.next <= now)
    oldest = select(deliveries).where(*due).order_by(deliveries.c.next, deliveries.c.number).limit(1)
    with database.reading() as connection:  # most of the time there is nothing, and nobody has to wait for that
        if connection.execute(oldest).one_or_none() is None:
            return None
    with database.writing() as connection:
        row = connection.execute(oldest.with_for_update(skip_locked=True)).one_or_none()
        told = None if row is None else find(connection, row.check_id)
        if row is None or told is None:
            return None
        wait = min(FIRST_SECONDS * 2.0**row.tries, LONGEST_SECONDS)
        this = (deliveries.c.check_id == row.check_id, deliveries.c.place == row.place)
        connection.execute(update(deliveries).where(*this).values(tries=row.tries + 1, next=now + wait))
    return Delivery(row.check_id, row.place, row.number, told)


def end(database: Database, delivery: Delivery) -> None:
    """Note that a receiver took what it was told."""
    this = (deliveries.c.check_id == delivery.check, deliveries.c.place == delivery.place)
    with database.writing() as connection:
        connection.execute(update(deliveries).where(*this).values(over=True))


def end_late(database: Database, before: float) -> tuple[tuple[str, str], ...]:
    """Give up what was over before ``before`` (seconds since 1970) and not taken; its check and receiver, each."""
    late = (~deliveries.c.over, deliveries.c.at < before)
    with database.reading() as connection:
        if connection.scalar(select(func.count()).select_from(deliveries).where(*late)) == 0:
            return ()
    marked = update(deliveries).where(*late).values(over=True).returning(deliveries.c.check_id, deliveries.c.place)
    with database.writing() as connection:
        return tuple((row.check_id, row.place) for row in connection.execute(marked).all())


def prune(database: Database, now: float) -> None:
    """Drop what is over and so old that no event of its check would be told again."""
    with database.writing() as connection:
        connection.execute(delete(deliveries).where(deliveries.c.over, deliveries.c.at < now - KEPT_SECONDS))
