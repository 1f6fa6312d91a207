"""Keys given out and taken back by whoever runs the service, which need not run for it."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from unmask.errors import UsageError
from unmask.report.plain import text
from unmask.service.store import audit, keys
from unmask.service.store.checks import when
from unmask.service.store.database import Database, open_database
from unmask.service.store.keys import Key, Scope
from unmask.settings import Settings, service_folder

MOST_LETTERS = 100


@contextmanager
def opened(settings: Settings) -> Generator[Database]:
    """The service's database, for a while.

    Raises:
        UsageError: Its address makes no sense, or it is of another version.
        OutputError: It does not answer.
    """
    database = open_database(service_folder(settings), settings.serve.database)
    try:
        yield database
    finally:
        database.close()


def new_key(
    settings: Settings, name: str, scope: Scope, days: int | None, instead_of: str | None = None
) -> tuple[Key, str]:
    """Make a key; see ``keys.new``.

    Raises:
        UsageError: The name is empty or long, or there is no key to stand in for.
        OutputError: The database does not answer.
    """
    named = text(name).replace("\0", "").strip()
    if not 0 < len(named) <= MOST_LETTERS:
        raise UsageError(f"The name has {len(named)} letters; give it 1 to {MOST_LETTERS}.")
    with opened(settings) as database, database.writing() as connection:
        made, secret = keys.new(connection, named, scope, days, instead_of=instead_of)
        more = {"name": named, "scope": scope, "owner": made.owner, "expires": when(made.expires)}
        audit.append(connection, audit.LOCAL, "key-made", made.id, more)
    return made, secret


def all_keys(settings: Settings) -> tuple[Key, ...]:
    """All keys that were ever made, the oldest first.

    Raises:
        OutputError: The database does not answer.
    """
    with opened(settings) as database, database.reading() as connection:
        return keys.listed(connection)


def revoke_key(settings: Settings, identity: str) -> bool:
    """Take a key no more.

    Returns:
        Whether any key is left that keeps strangers out.

    Raises:
        UsageError: There is no such key, or it was revoked before.
        OutputError: The database does not answer.
    """
    with opened(settings) as database, database.writing() as connection:
        if not keys.revoke(connection, identity):
            said = f"There is no key '{text(identity)[:80]}' that is not revoked"
            raise UsageError(f"{said}; 'unmask serve keys list' names them all.")
        left = keys.are_needed(connection)
        audit.append(connection, audit.LOCAL, "key-revoked", identity)
    return left


def key_as_json(key: Key) -> Mapping[str, Any]:
    """What is known of a key, which does not hold the key itself."""
    return {
        "id": key.id,
        "name": key.name,
        "scope": key.scope,
        "sees": "all" if key.scope == "admin" else key.owner,
        "created": when(key.created),
        "expires": when(key.expires),
        "revoked": when(key.revoked),
        "opens": key.opens,
    }
