"""Checks as those see them who asked: made, found, listed, labelled, deleted."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, literal, or_, select, update

from unmask.errors import UsageError
from unmask.service.store import events
from unmask.service.store.database import Database, insert_new
from unmask.service.store.tables import checks, keys, media, senders
from unmask.types import Word

State = Literal["queued", "running", "done", "failed", "quarantined"]
Priority = Literal["person", "batch"]
Label = Literal["filmed", "made", "unsure"]
PRIORITIES: Mapping[Priority, int] = {"person": 0, "batch": 10}
"""Smaller goes first: a person waits before a page, a batch does not."""
_WORDS = {number: word for word, number in PRIORITIES.items()}
_CURSOR_PARTS = 2


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is examined; each as `unmask check` takes it."""

    only: tuple[str, ...] | None = None
    fast: bool = False
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which checks are listed; None does not choose.

    Attributes:
        state: Where a check stands.
        verdict: What it found.
        label: What a person said of it, ``none`` for those of which nobody said anything.
        text: Part of the name or of the note, whatever the case, or the beginning of the SHA-256.
        owner: Key whose checks they are.
    """

    state: State | None = None
    verdict: Word | None = None
    label: Label | Literal["none"] | None = None
    text: str | None = None
    owner: str | None = None


Told = Mapping[str, Any]
"""A check as the API tells it; the keys are those of ``schemas.CheckOut``."""


def add_media(connection: Connection, sha256: str, size: int, owner: str | None = None) -> bool:
    """Note that the file of this content is kept, from now on if it came again, and which key sent it.

    Returns:
        Whether it was kept already, and this key saw it: of the files of others nobody is told that they are there.
    """
    seen = sees_media(connection, sha256, owner)
    known = _note_media(connection, sha256, size)
    if owner is not None:
        connection.execute(insert_new(connection, senders).values(media=sha256, owner=owner))
    return known and seen


def _note_media(connection: Connection, sha256: str, size: int) -> bool:
    came = {"bytes": size, "kept": True, "created": time.time()}
    new = insert_new(connection, media).values(sha256=sha256, **came).returning(media.c.sha256)
    this = media.c.sha256 == sha256
    while connection.scalar(new) is None:
        kept = connection.scalar(select(media.c.kept).where(this).with_for_update())
        if kept is not None:  # else it was deleted between the two
            connection.execute(update(media).where(this).values(**came))
            return bool(kept)
    return False


def has_media(connection: Connection, sha256: str, owner: str | None = None) -> bool:
    """Whether the file of this content is kept, and this key sees it.

    Within a transaction that writes, nobody drops it before its end.
    """
    kept = select(media.c.kept).where(media.c.sha256 == sha256)
    return bool(connection.scalar(kept.with_for_update(read=True))) and sees_media(connection, sha256, owner)


def sees_media(connection: Connection, sha256: str, owner: str | None) -> bool:
    """Whether a key sees a file: one of its checks is of it, or it sent it; None sees all."""
    if owner is None:
        return True
    asked = exists().where(checks.c.media == sha256, checks.c.owner == owner)
    sent = exists().where(senders.c.media == sha256, senders.c.owner == owner)
    return bool(connection.scalar(select(or_(asked, sent))))


def add(  # noqa: PLR0917 # one column each
    connection: Connection, sha256: str, name: str, options: Options, priority: Priority, owner: str | None = None
) -> str:
    """Put a check into the queue; the file must be kept, and ``owner`` is the key whose check it is.

    Returns:
        Its identity, which nobody can guess.
    """
    check = f"c_{secrets.token_urlsafe(12)}"
    connection.execute(
        insert(checks).values(
            id=check,
            media=sha256,
            name=name,
            options=asdict(options),
            priority=PRIORITIES[priority],
            state="queued",
            created=time.time(),
            owner=owner,
        )
    )
    tell(connection, check)
    return check


def waiting(connection: Connection, owner: str) -> int:
    """How many checks of a key wait; until the transaction ends, no other one adds any."""
    connection.execute(select(keys.c.id).where(keys.c.id == owner).with_for_update())
    waits = checks.c.state == literal("queued", literal_execute=True)  # as queue.py says, for the index
    return connection.scalar(select(func.count()).where(checks.c.owner == owner, waits)) or 0


def find(connection: Connection, check: str, owner: str | None = None) -> Told | None:
    """A check, None where there is none, or none of this key's."""
    row = connection.execute(_SEEN.where(checks.c.id == check, *_of(owner))).one_or_none()
    return None if row is None else _told(row)


def result_of(connection: Connection, check: str) -> str | None:
    """Name of a check's result, None without one."""
    return connection.scalar(select(checks.c.result).where(checks.c.id == check))


def listed(
    connection: Connection, filters: Filters = Filters(), *, after: str | None = None, limit: int = 50
) -> tuple[tuple[Told, ...], str | None]:
    """Checks, the newest first, and where the next page begins.

    Args:
        connection: To the database.
        filters: Which are listed.
        after: What the page before named; None for the first.
        limit: Most checks of one page.

    Raises:
        UsageError: ``after`` is none that was given out.
    """
    wanted = _SEEN.where(*_conditions(filters))
    if after is not None:
        created, identity = _read_cursor(after)
        wanted = wanted.where(
            or_(checks.c.created < created, and_(checks.c.created == created, checks.c.id < identity))
        )
    rows = connection.execute(wanted.order_by(checks.c.created.desc(), checks.c.id.desc()).limit(limit + 1)).all()
    following = f"{rows[limit - 1].created!r}~{rows[limit - 1].id}" if len(rows) > limit else None
    return tuple(map(_told, rows[:limit])), following


def label(connection: Connection, check: str, word: Label | None, note: str = "") -> bool:
    """Set what a person says of a file beside the machine's verdict; None takes it back.

    Returns:
        Whether there is such a check.
    """
    values = {"label": word, "note": note if word else None, "labelled": time.time() if word else None}
    found = connection.execute(update(checks).where(checks.c.id == check).values(**values)).rowcount == 1
    if found:
        tell(connection, check)
    return found


@dataclass(frozen=True, slots=True)
class Left:
    """What a deleted check leaves to be removed from the folder.

    Attributes:
        result: Name of the result's folder, None without one.
        media: SHA-256 of the file, None where another check needs it.
    """

    result: str | None
    media: str | None


def remove(connection: Connection, check: str) -> Left | None:
    """Delete a check; a worker that examines it finds its lease gone.

    Returns:
        What is left to be removed, None where there is no such check.
    """
    this = checks.c.id == check
    sha256 = connection.scalar(select(checks.c.media).where(this))
    # First the file, as whoever asks for a check of it does: two at once wait for each other, and both see the other's end.
    connection.execute(select(media.c.sha256).where(media.c.sha256 == sha256).with_for_update())
    wanted = select(checks.c.media, checks.c.result, checks.c.owner).where(this)
    row = connection.execute(wanted.with_for_update()).one_or_none()
    if row is None:
        return None
    events.forget(connection, check)
    events.append(connection, check, "gone", {"check": check})
    connection.execute(delete(checks).where(this))
    _forget_sender(connection, row.media, row.owner)
    needed = connection.scalar(select(func.count()).where(checks.c.media == row.media))
    if needed:
        return Left(row.result, None)
    connection.execute(delete(media).where(media.c.sha256 == row.media))
    return Left(row.result, row.media)


def _forget_sender(connection: Connection, sha256: str, owner: str | None) -> None:
    """A file goes with the last check that needs it: for this key, too, where another's still does."""
    asked = exists().where(checks.c.media == sha256, checks.c.owner == owner)
    connection.execute(delete(senders).where(senders.c.media == sha256, senders.c.owner == owner, ~asked))


def counts(database: Database) -> Mapping[str, int]:
    """How many checks stand where, by state."""
    with database.reading() as connection:
        rows = connection.execute(select(checks.c.state, func.count()).group_by(checks.c.state)).all()
    return {row[0]: row[1] for row in rows}


def tell(connection: Connection, check: str) -> None:
    """Let listeners know how a check stands now."""
    told = find(connection, check)
    if told is not None:
        events.append(connection, check, "check", told)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found = _of(filters.owner)
    if filters.state is not None:
        found.append(checks.c.state == filters.state)
    if filters.verdict is not None:
        found.append(checks.c.word == filters.verdict)
    if filters.label == "none":
        found.append(checks.c.label.is_(None))
    elif filters.label is not None:
        found.append(checks.c.label == filters.label)
    if filters.text:
        part = filters.text
        named = or_(checks.c.name.icontains(part, autoescape=True), checks.c.note.icontains(part, autoescape=True))
        found.append(or_(named, checks.c.media.startswith(part.lower(), autoescape=True)))
    return found


def _of(owner: str | None) -> list[ColumnElement[bool]]:
    return [] if owner is None else [checks.c.owner == owner]


def _read_cursor(after: str) -> tuple[float, str]:
    parts = after.split("~", 1)
    try:
        if len(parts) == _CURSOR_PARTS and isfinite(float(parts[0])):
            return float(parts[0]), parts[1]
    except ValueError:
        pass
    raise UsageError(f"'{after[:80]}' is no place in the list; take what the page before named as next.")


_SEEN = select(checks, media.c.kept.label("media_kept")).join(media, media.c.sha256 == checks.c.media)


def _told(row: Any) -> Told:
    interval = None if row.low is None else [row.low, row.high]
    verdict = {"word": row.word, "probability": row.probability, "interval": interval, "sentence": row.sentence}
    return {
        "id": row.id,
        "media": row.media,
        "name": row.name,
        "state": row.state,
        "priority": _WORDS[row.priority],
        "options": row.options,
        "progress": None if row.seconds_done is None else {"seconds": row.seconds_done, "of": row.seconds_of},
        "attempts": row.attempts,
        "created": when(row.created),
        "started": when(row.started),
        "finished": when(row.finished),
        "verdict": None if row.word is None else verdict,
        "error": row.error,
        "label": None if row.label is None else {"word": row.label, "note": row.note, "at": when(row.labelled)},
        "media_kept": row.media_kept,
    }


def when(seconds: float | None) -> str | None:
    """Seconds since 1970 as date and time in UTC (ISO 8601)."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
