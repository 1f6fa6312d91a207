"""Files and the rows that speak of them, changed together.

A file comes and goes within the transaction that says so, after its row: two that want the same file at the same moment
wait for each other at the row. What a process leaves that dies between the two is swept up later.
"""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, delete, exists, select, update

from unmask.service.store import audit
from unmask.service.store import checks as asked
from unmask.service.store.database import Database
from unmask.service.store.media import FOLDER, Upload, remove
from unmask.service.store.results import remove_result, sweep_results
from unmask.service.store.tables import checks, media

AT_ONCE = 100
"""Files dropped in one transaction, which nobody else may write beside."""


def keep(database: Database, upload: Upload, owner: str | None = None) -> tuple[str, bool]:
    """Keep a file that came whole.

    Returns:
        Its SHA-256, and whether it was kept already as far as the key ``owner`` may know.

    Raises:
        NoRoom: The disk is full.
        OutputError: It cannot be written, or the database does not answer.
    """
    sha256 = upload.seal()
    with database.writing() as connection:
        known = asked.add_media(connection, sha256, upload.bytes, owner)
        upload.keep()
    return sha256, known


def remove_check(
    database: Database, folder: Path, check: str, owner: str | None = None, who: str = audit.LOCAL
) -> bool:
    """Delete a check and its result, and the file with its last check.

    Args:
        database: Of the service.
        folder: Of the service.
        check: Its identity.
        owner: Key whose check it must be; None takes any.
        who: As the audit log names whoever deletes it.

    Returns:
        Whether there was such a check, and of this key.

    Raises:
        OutputError: The database does not answer.
    """
    with database.writing() as connection:
        left = asked.remove(connection, check) if asked.find(connection, check, owner) is not None else None
        if left is not None and left.media is not None:
            remove(folder, left.media)
        if left is not None:
            audit.append(connection, who, "check-deleted", check, {"media_dropped": left.media})
    if left is not None and left.result is not None:
        remove_result(folder, left.result)
    return left is not None


def drop_old(database: Database, folder: Path, before: float) -> int:
    """Drop files that came last before ``before`` (seconds since 1970); their checks keep hash, verdict and report.

    Files that are still to be examined stay.

    Returns:
        How many were dropped.
    """
    waits = exists().where(checks.c.media == media.c.sha256, checks.c.state.in_(("queued", "running")))
    old = select(media.c.sha256).where(media.c.kept, media.c.created < before, ~waits).order_by(media.c.sha256)
    dropped = 0
    while True:
        with database.writing() as connection:
            found = connection.scalars(old.limit(AT_ONCE).with_for_update(skip_locked=True, of=media)).all()
            connection.execute(update(media).where(media.c.sha256.in_(found)).values(kept=False))
            _unlink(folder, found)
            for check in connection.scalars(select(checks.c.id).where(checks.c.media.in_(found))).all():
                asked.tell(connection, check)
            _note_dropped(connection, found)
        dropped += len(found)
        if len(found) < AT_ONCE:
            return dropped


def drop_unasked(database: Database, folder: Path, before: float) -> int:
    """Drop files that came before ``before`` (seconds since 1970), and of which nobody asked a check.

    Returns:
        How many were dropped.
    """
    named = exists().where(checks.c.media == media.c.sha256)
    unasked = select(media.c.sha256).where(media.c.created < before, ~named).with_for_update(skip_locked=True, of=media)
    with database.writing() as connection:
        found = connection.scalars(unasked).all()
        connection.execute(delete(media).where(media.c.sha256.in_(found)))
        _unlink(folder, found)
        _note_dropped(connection, found)
    return len(found)


def sweep(database: Database, folder: Path, older_than: float) -> None:
    """Remove files and results of before ``older_than`` that no row names, as processes leave them that died."""
    with database.reading() as connection:
        results = set(connection.scalars(select(checks.c.result).where(checks.c.result.is_not(None))))
    sweep_results(folder, results, older_than)
    for path in (folder / FOLDER).glob("*/*"):
        try:
            old = path.stat().st_mtime < older_than
        except FileNotFoundError:
            continue
        if old:
            _remove_unnamed(database, folder, path.name)


def _remove_unnamed(database: Database, folder: Path, sha256: str) -> None:
    this = select(media.c.kept).where(media.c.sha256 == sha256)
    with database.reading() as connection:
        if connection.scalar(this):
            return
    with database.writing() as connection:  # looked at again, where nobody keeps it at this moment
        if not connection.scalar(this.with_for_update()):
            remove(folder, sha256)


def _note_dropped(connection: Connection, found: Sequence[str]) -> None:
    for sha256 in found:
        audit.append(connection, audit.LOCAL, "media-dropped", sha256)


def _unlink(folder: Path, found: Sequence[str]) -> None:
    for sha256 in found:
        remove(folder, sha256)
