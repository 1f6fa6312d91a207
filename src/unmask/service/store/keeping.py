"""Files and the rows that speak of them, changed together.

A file comes and goes within the transaction that says so, after its row: two that want the same file at the same moment
wait for each other at the row. What a process leaves that dies between the two is swept up later.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, exists, select, update

from unmask.service.store import audit
from unmask.service.store import checks as asked
from unmask.service.store.database import Database, insert_new
from unmask.service.store.media import Upload
from unmask.service.store.storage import Storage
from unmask.service.store.tables import checks, media

AT_ONCE = 100
"""Files dropped in one transaction, which nobody else may write beside."""


def keep(database: Database, storage: Storage, upload: Upload, owner: str | None = None) -> tuple[str, bool]:
    """Keep a file that came whole.

    Args:
        database: Of the service.
        storage: Of the service.
        upload: The file, of which no more will come.
        owner: Key that sent it; None where there are no keys.

    Returns:
        Its SHA-256, and whether it was kept already as far as the key ``owner`` may know.

    Raises:
        NoRoom: There is no room left.
        OutputError: It cannot be written, or the database does not answer.
    """
    sha256 = upload.seal()
    storage.bring(upload.path, sha256)
    with database.writing() as connection:
        known = asked.add_media(connection, sha256, upload.bytes, owner)
        storage.keep(upload.path, sha256)
    return sha256, known


def remove_check(
    database: Database, storage: Storage, check: str, owner: str | None = None, who: str = audit.LOCAL
) -> bool:
    """Delete a check and its result, and the file with its last check.

    Args:
        database: Of the service.
        storage: Of the service.
        check: Its identity.
        owner: Key whose check it must be; None takes any.
        who: As the audit log names whoever deletes it.

    Returns:
        Whether there was such a check, and of this key.

    Raises:
        OutputError: The database does not answer, or what lies in the storage cannot be removed.
    """
    with database.writing() as connection:
        left = asked.remove(connection, check) if asked.find(connection, check, owner) is not None else None
        if left is not None and left.media is not None:
            storage.remove([left.media])
        if left is not None:
            audit.append(connection, who, "check-deleted", check, {"media_dropped": left.media})
    if left is not None and left.result is not None:
        storage.remove_result(left.result)
    return left is not None


def drop_old(database: Database, storage: Storage, before: float) -> int:
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
            storage.remove(found)
            for check in connection.scalars(select(checks.c.id).where(checks.c.media.in_(found))).all():
                asked.tell(connection, check)
            _note_dropped(connection, found)
        dropped += len(found)
        if len(found) < AT_ONCE:
            return dropped


def drop_unasked(database: Database, storage: Storage, before: float) -> int:
    """Drop files that came before ``before`` (seconds since 1970), and of which nobody asked a check.

    Returns:
        How many were dropped.
    """
    named = exists().where(checks.c.media == media.c.sha256)
    unasked = select(media.c.sha256).where(media.c.created < before, ~named).with_for_update(skip_locked=True, of=media)
    with database.writing() as connection:
        found = connection.scalars(unasked).all()
        connection.execute(delete(media).where(media.c.sha256.in_(found)))
        storage.remove(found)
        _note_dropped(connection, found)
    return len(found)


def sweep(database: Database, storage: Storage, older_than: float) -> None:
    """Remove files and results of before ``older_than`` that no row names, as processes leave them that died."""
    with database.reading() as connection:
        results = set(connection.scalars(select(checks.c.result).where(checks.c.result.is_not(None))))
    storage.sweep_results(results, older_than)
    for sha256 in storage.media_before(older_than):
        _remove_unnamed(database, storage, sha256)


def _remove_unnamed(database: Database, storage: Storage, sha256: str) -> None:
    this = select(media.c.kept).where(media.c.sha256 == sha256)
    with database.reading() as connection:
        if connection.scalar(this):
            return
    with database.writing() as connection:
        # Whoever keeps it at this moment waits at this row, or is waited for.
        row = insert_new(connection, media).values(sha256=sha256, bytes=0, kept=False, created=0.0)
        made = connection.scalar(row.returning(media.c.sha256))
        if not connection.scalar(this.with_for_update()):
            storage.remove([sha256])
        if made is not None:
            connection.execute(delete(media).where(media.c.sha256 == sha256))


def _note_dropped(connection: Connection, found: Sequence[str]) -> None:
    for sha256 in found:
        audit.append(connection, audit.LOCAL, "media-dropped", sha256)
