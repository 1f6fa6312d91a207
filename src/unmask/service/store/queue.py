"""The queue: which check is examined next, by whom, and until when.

Whoever takes a check gets a lease with a secret of its own. Only with it can the check be finished, and only while it is
held, so that every check has exactly one result, whatever dies and whenever.
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, literal, select, update

from unmask.service.store import events
from unmask.service.store.checks import Options, tell
from unmask.service.store.database import Database
from unmask.service.store.tables import checks
from unmask.types import Verdict

MOST_DEATHS = 3
"""A file at which so many workers died is put aside: a fourth would die too."""
MOST_STUMBLES = 3
EXPIRED_AT_ONCE = 100
FARTHEST_LEASES = 2.0
"""No worker holds a check for more than one lease from now; one that says so was taken before the clock was set back."""

Error = Mapping[str, str]
"""``code``, ``message`` and ``way_out`` of what went wrong, as the API tells it."""


class LeaseLost(Exception):
    """The check is another worker's by now, or was deleted; what was found of it is dropped."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A check that a worker has taken.

    Attributes:
        check: Its identity.
        media: SHA-256 of the file.
        name: Of the file, as its report shall name it.
        options: How it is examined.
        secret: Known to this worker and the database only.
        attempt: How many took it before, and this one.
    """

    check: str
    media: str
    name: str
    options: Options
    secret: str
    attempt: int


def claim(database: Database, worker: str, lease_seconds: float) -> Lease | None:
    """Take the check that waits longest among the most urgent, None where none waits.

    Leases that ran out are given back first: their worker died, or stood still.

    Args:
        database: In which the queue is.
        worker: Name of who takes it.
        lease_seconds: How long it is held without a beat.
    """
    now = time.time()
    with database.writing() as connection:
        _shorten_leases(connection, now, lease_seconds)
        _give_back_expired(connection, now)
        row = connection.execute(_next()).one_or_none()
        if row is None:
            return None
        lease = Lease(row.id, row.media, row.name, _options(row.options), secrets.token_urlsafe(16), row.attempts + 1)
        held = {"worker": worker, "lease": lease.secret, "lease_until": now + lease_seconds}
        begun = {
            "state": "running",
            "attempts": lease.attempt,
            "started": now,
            "seconds_done": None,
            "seconds_of": None,
        }
        connection.execute(update(checks).where(checks.c.id == row.id).values(**held, **begun))
        events.forget(connection, row.id, "evidence", "progress")
        tell(connection, row.id)
    return lease


def beat(database: Database, lease: Lease, lease_seconds: float) -> None:
    """Hold a check for longer.

    Raises:
        LeaseLost: It is no longer held.
    """
    with database.writing() as connection:
        _set(connection, lease, lease_until=time.time() + lease_seconds)


def progress(database: Database, lease: Lease, seconds: float, of: float | None, lease_seconds: float) -> None:
    """Note how far a film was read, which holds the check for longer, too.

    Raises:
        LeaseLost: It is no longer held.
    """
    with database.writing() as connection:
        _set(connection, lease, seconds_done=seconds, seconds_of=of, lease_until=time.time() + lease_seconds)
        events.forget(connection, lease.check, "progress")
        events.append(connection, lease.check, "progress", {"check": lease.check, "seconds": seconds, "of": of})


def found(database: Database, lease: Lease, person: int | None, evidence: Mapping[str, Any]) -> None:
    """Note what one detector says, before the others have answered.

    Args:
        database: In which the queue is.
        lease: On the check.
        person: Whom it looked at, None for the file.
        evidence: As the report's JSON has it.

    Raises:
        LeaseLost: The check is no longer held.
    """
    told = {"check": lease.check, "person": person, "evidence": dict(evidence)}
    with database.writing() as connection:
        _set(connection, lease, lease=lease.secret)  # changes nothing, and fails where it is no longer held
        events.append(connection, lease.check, "evidence", told)


def finish(database: Database, lease: Lease, verdict: Verdict, result: str) -> None:
    """Note the verdict; the check is over.

    Args:
        database: In which the queue is.
        lease: On the check.
        verdict: Of the report.
        result: Name of the folder in which the report lies, whole.

    Raises:
        LeaseLost: The check is no longer held; nothing was noted.
    """
    low, high = verdict.interval or (None, None)
    said = {"word": verdict.word, "probability": verdict.probability, "low": low, "high": high}
    _end(database, lease, "done", **said, sentence=verdict.sentence, result=result, error=None)


def fail(database: Database, lease: Lease, error: Error) -> None:
    """Note that the file cannot be examined; the check is over, since it would fail again.

    Raises:
        LeaseLost: The check is no longer held.
    """
    _end(database, lease, "failed", error=dict(error))


def stumble(database: Database, lease: Lease, error: Error) -> None:
    """Note that something unforeseen went wrong: it is tried again, the third time it is over.

    Raises:
        LeaseLost: The check is no longer held.
    """
    with database.writing() as connection:
        _set(connection, lease, stumbles=checks.c.stumbles + 1)
        stumbles = connection.scalar(select(checks.c.stumbles).where(checks.c.id == lease.check)) or 0
        if stumbles < MOST_STUMBLES:
            _set(connection, lease, state="queued", **_FREE)
            tell(connection, lease.check)
        else:
            _over(connection, lease, "failed", error=dict(error))


def release(database: Database, lease: Lease) -> None:
    """Give a check back untouched, as a worker does that was asked to stop.

    Raises:
        LeaseLost: The check is no longer held.
    """
    with database.writing() as connection:
        _set(connection, lease, state="queued", attempts=lease.attempt - 1, **_FREE)
        tell(connection, lease.check)


def give_back(database: Database, worker: str) -> None:
    """Give back what a worker held that was ended on purpose; nothing is counted."""
    untouched = {"state": "queued", "attempts": checks.c.attempts - 1, **_FREE}
    with database.writing() as connection:
        for row in _held_by(connection, worker):
            connection.execute(update(checks).where(checks.c.id == row.id).values(**untouched))
            tell(connection, row.id)


def bury(database: Database, worker: str) -> bool:
    """Give back what a worker held that is known to be dead, without waiting for its lease to run out.

    Returns:
        Whether it held anything.
    """
    with database.writing() as connection:
        held = _held_by(connection, worker)
        for row in held:
            _count_death(connection, row.id, row.deaths)
    return bool(held)


def outlive(database: Database, lease: Lease) -> None:
    """Take back the death that was counted when this lease ran out: its worker only stood still, as on a machine asleep.

    A check that was put aside for it waits again.

    Args:
        database: In which the queue is.
        lease: Which is lost.
    """
    counted = (checks.c.id == lease.check, checks.c.deaths > 0, checks.c.state.in_(_NOT_ANSWERED))
    with database.writing() as connection:
        state = connection.scalar(select(checks.c.state).where(*counted).with_for_update())
        if state is None:
            return
        waits_again = {"state": "queued", "finished": None, "error": None} if state == "quarantined" else {}
        alive = update(checks).where(checks.c.id == lease.check).values(deaths=checks.c.deaths - 1, **waits_again)
        connection.execute(alive)
        if waits_again:
            tell(connection, lease.check)


def _next() -> Select[Any]:
    row = select(checks.c.id, checks.c.media, checks.c.name, checks.c.options, checks.c.attempts).where(_WAITING)
    oldest = row.order_by(checks.c.priority, checks.c.created, checks.c.id).limit(1)
    return oldest.with_for_update(skip_locked=True)


def _expired(now: float) -> Select[Any]:
    return _HELD.where(checks.c.lease_until < now).limit(EXPIRED_AT_ONCE).with_for_update(skip_locked=True)


def _held_by(connection: Connection, worker: str) -> Sequence[Any]:
    # One that is being ended at this moment, by the last word of the dead, is not waited for.
    return connection.execute(_HELD.where(checks.c.worker == worker).with_for_update(skip_locked=True)).all()


def _shorten_leases(connection: Connection, now: float, lease_seconds: float) -> None:
    """Let leases that were taken before the clock was set back run out in one more lease, if nobody renews them."""
    too_far = (_RUNNING, checks.c.lease_until > now + FARTHEST_LEASES * lease_seconds)
    far = select(checks.c.id).where(*too_far).with_for_update(skip_locked=True)
    for check in connection.scalars(far).all():
        connection.execute(update(checks).where(checks.c.id == check).values(lease_until=now + lease_seconds))


def _give_back_expired(connection: Connection, now: float) -> None:
    for row in connection.execute(_expired(now)).all():
        _count_death(connection, row.id, row.deaths)


def _count_death(connection: Connection, check: str, deaths: int) -> None:
    died = {"deaths": deaths + 1, **_FREE}
    if deaths + 1 < MOST_DEATHS:
        connection.execute(update(checks).where(checks.c.id == check).values(state="queued", **died))
    else:
        over = {"state": "quarantined", "finished": time.time(), "error": _QUARANTINED}
        connection.execute(update(checks).where(checks.c.id == check).values(**over, **died))
        events.forget(connection, check, "evidence", "progress")
    tell(connection, check)


def _end(database: Database, lease: Lease, state: str, **values: Any) -> None:
    with database.writing() as connection:
        _over(connection, lease, state, **values)


def _over(connection: Connection, lease: Lease, state: str, **values: Any) -> None:
    _set(connection, lease, state=state, finished=time.time(), **values, **_FREE)
    events.forget(connection, lease.check, "progress")
    tell(connection, lease.check)


def _set(connection: Connection, lease: Lease, /, **values: Any) -> None:
    mine = (checks.c.id == lease.check, _RUNNING, checks.c.lease == lease.secret)
    if connection.execute(update(checks).where(*mine).values(**values)).rowcount != 1:
        raise LeaseLost(lease.check)


def _options(kept: Mapping[str, Any]) -> Options:
    only = kept.get("only")
    return Options(None if only is None else tuple(only), bool(kept.get("fast")), kept.get("threshold"))


# Written out in the statement: of a value that comes beside it, databases do not know that a partial index covers it.
_WAITING = checks.c.state == literal("queued", literal_execute=True)
_RUNNING = checks.c.state == literal("running", literal_execute=True)
_HELD = select(checks.c.id, checks.c.deaths).where(_RUNNING)
_NOT_ANSWERED = ("queued", "running", "quarantined")
_FREE: Mapping[str, None] = {"worker": None, "lease": None, "lease_until": None}
_QUARANTINED: Error = {
    "code": "quarantined",
    "message": f"{MOST_DEATHS} workers died at this file, so it was put aside.",
    "way_out": "Report it with the file, if you may; no other check was lost.",
}
