"""Keys of the service: who may ask, for what, and until when.

A key is shown once. The database holds its SHA-256 alone: of 32 random bytes nobody guesses any that have a given one, so
a slow hash, as passwords need, would add nothing but waiting.
"""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from unmask.errors import UsageError
from unmask.service.store.tables import keys

Scope = Literal["read", "check", "admin"]
RANKS: Mapping[Scope, int] = {"read": 0, "check": 1, "admin": 2}
"""A scope holds all those of a smaller number."""
SECRET_BYTES = 32
DAY_SECONDS = 86_400.0
_FORM = re.compile(r"(k_[0-9a-f]{12})\.[A-Za-z0-9_-]{43}")
# Written once: these are asked at every request.
_NEEDED = select(exists().where(keys.c.revoked.is_(None)))
_NAMED = select(keys).where(keys.c.id == bindparam("named"))
_NOBODYS = hashlib.sha256(b"").hexdigest()
"""Compared with where there is no such key, so that its absence takes as long as a wrong secret."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key.

    Attributes:
        id: Names it; no secret.
        name: What whoever made it calls it.
        scope: What it may do.
        owner: Key whose checks it sees: its own identity, or that of the key for which it stands in.
        created: Seconds since 1970.
        expires: Seconds since 1970, None never.
        revoked: Seconds since 1970, None where it was not.
    """

    id: str
    name: str
    scope: Scope
    owner: str
    created: float
    expires: float | None
    revoked: float | None

    @property
    def opens(self) -> bool:
        """Whether it is taken now."""
        return self.revoked is None and (self.expires is None or time.time() < self.expires)


def new(
    connection: Connection, name: str, scope: Scope, days: int | None = None, *, instead_of: str | None = None
) -> tuple[Key, str]:
    """Make a key.

    Args:
        connection: Within a transaction.
        name: What it is called.
        scope: What it may do.
        days: After which it is taken no more; None never.
        instead_of: Identity of a key, revoked or not, whose checks it sees and adds to.

    Returns:
        What is known of it, and the key itself, which nobody can be told again.

    Raises:
        UsageError: There is no key to stand in for.
    """
    identity, now = f"k_{secrets.token_hex(6)}", time.time()
    secret = f"{identity}.{secrets.token_urlsafe(SECRET_BYTES)}"
    owner = identity if instead_of is None else _owner_of(connection, instead_of)
    made = Key(identity, name, scope, owner, now, None if days is None else now + days * DAY_SECONDS, None)
    row = {"name": name, "scope": scope, "owner": owner, "created": now, "expires": made.expires}
    connection.execute(insert(keys).values(id=identity, sha256=_digest(secret), **row))
    return made, secret


def listed(connection: Connection) -> tuple[Key, ...]:
    """All keys that were ever made, the oldest first."""
    return tuple(map(_key, connection.execute(select(keys).order_by(keys.c.created, keys.c.id)).all()))


def revoke(connection: Connection, identity: str) -> bool:
    """Take a key no more, from the next request on.

    Returns:
        Whether there is such a key that was not revoked before.
    """
    this = update(keys).where(keys.c.id == identity, keys.c.revoked.is_(None))
    return connection.execute(this.values(revoked=time.time())).rowcount == 1


def are_needed(connection: Connection) -> bool:
    """Whether there is a key that was not revoked; one that expired still keeps strangers out."""
    return bool(connection.scalar(_NEEDED))


def one_opens(connection: Connection) -> bool:
    """Whether there is a key that is taken now."""
    return any(key.opens for key in listed(connection))


def find(connection: Connection, secret: str) -> Key | None:
    """The key that this is, None where it is none that is taken now."""
    named = _FORM.fullmatch(secret)
    row = None if named is None else connection.execute(_NAMED, {"named": named[1]}).one_or_none()
    same = hmac.compare_digest(_digest(secret), _NOBODYS if row is None else row.sha256)
    if row is None or not same:
        return None
    key = _key(row)
    return key if key.opens else None


def opens(connection: Connection, identity: str) -> bool:
    """Whether a key that was taken before still is."""
    row = connection.execute(_NAMED, {"named": identity}).one_or_none()
    return row is not None and _key(row).opens


def _owner_of(connection: Connection, identity: str) -> str:
    owner = connection.scalar(select(keys.c.owner).where(keys.c.id == identity))
    if owner is None:
        raise UsageError(f"There is no key '{identity[:80]}'; 'unmask serve keys list' names them all.")
    return str(owner)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: Any) -> Key:
    return Key(row.id, row.name, row.scope, row.owner, row.created, row.expires, row.revoked)
