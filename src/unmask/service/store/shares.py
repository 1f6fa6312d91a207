"""Links by which whoever has one reads one report, and nothing else, until a day that is set when it is made."""

import hashlib
import re
import secrets
import time
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from unmask.service.store.database import Database
from unmask.service.store.tables import checks, shares

TOKEN_BYTES = 32
"""256 bits: nobody guesses one, however many are asked for."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Share:
    """A link that is there, without what opens it.

    Attributes:
        id: Names it to whoever made it.
        created: When it was made, seconds since 1970.
        expires: From when on it opens nothing, seconds since 1970.
    """

    id: str
    created: float
    expires: float


def add(connection: Connection, check: str, seconds: float) -> tuple[Share, str] | None:
    """Make a link to the report of a check.

    Args:
        connection: Within a transaction that writes.
        check: Identity of the check.
        seconds: How long the link opens the report.

    Returns:
        The link and its token, which is told this once and kept as a hash only; None where there is no such check.
    """
    # Held, else one that is deleted at this moment would leave a link behind.
    held = select(checks.c.id).where(checks.c.id == check).with_for_update(read=True)
    if connection.scalar(held) is None:
        return None
    token, now = secrets.token_urlsafe(TOKEN_BYTES), time.time()
    share = Share(f"s_{secrets.token_urlsafe(12)}", now, now + seconds)
    row = {"id": share.id, "check_id": check, "sha256": _digest(token), "created": now, "expires": share.expires}
    connection.execute(insert(shares).values(**row))
    return share, token


def listed(connection: Connection, check: str) -> tuple[Share, ...]:
    """Links to a check's report that still open it, the oldest first."""
    wanted = select(shares.c.id, shares.c.created, shares.c.expires).where(shares.c.check_id == check)
    rows = connection.execute(wanted.where(shares.c.expires > time.time()).order_by(shares.c.created, shares.c.id))
    return tuple(Share(row.id, row.created, row.expires) for row in rows)


def revoke(connection: Connection, check: str, share: str) -> bool:
    """Let a link open nothing from now on.

    Returns:
        Whether there was such a link to this check.
    """
    this = (shares.c.id == share, shares.c.check_id == check)
    return connection.execute(delete(shares).where(*this)).rowcount == 1


def opened_by(connection: Connection, token: str) -> str | None:
    """Identity of the check whose report this token opens now, None where it opens nothing."""
    if _TOKEN.fullmatch(token) is None:
        return None
    # Looked for by its hash, so that how long the search takes says nothing of the tokens that there are.
    mine = select(shares.c.check_id).where(shares.c.sha256 == _digest(token), shares.c.expires > time.time())
    return connection.scalar(mine)


def prune(database: Database, before: float) -> None:
    """Drop links that opened nothing any more at ``before`` (seconds since 1970)."""
    with database.writing() as connection:
        connection.execute(delete(shares).where(shares.c.expires < before))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("ascii")).hexdigest()
