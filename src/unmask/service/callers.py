"""Who asks: this machine, or whoever holds a key."""

import ipaddress
import re
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import Connection

from unmask.service.problems import Problem
from unmask.service.store import audit, keys
from unmask.service.store.database import Database
from unmask.service.store.keys import RANKS, Scope
from unmask.settings import ServiceSettings

CHALLENGE = 'Bearer realm="unmask"'
_OPEN = re.compile(r"/|/(?:assets|guide)(/.*)?|/v1/health|/s/[^/]+", re.DOTALL)
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# EventSource and the players of browsers send no headers of a page's choice. A key in an address ends in histories and in
# logs of proxies, though, so that it is taken where nothing else can be, and to read alone. The service itself keeps no
# log of requests (server.py), and no page of it tells another site where it came from (guard.py).
_KEY_IN_ADDRESS = re.compile(r"/v1/events|/v1/media/[^/]+|/v1/checks/[^/]+/report")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks.

    Attributes:
        key: Identity of the key, None without one.
        scope: What it may do.
        owner: Key whose checks, events and files it sees and adds to, None without one.
    """

    key: str | None = None
    scope: Scope = "admin"
    owner: str | None = None

    @property
    def name(self) -> str:
        """As the audit log names it."""
        return self.key or audit.LOCAL

    @property
    def sees(self) -> str | None:
        """Owner of all that is seen, None where everything is."""
        return None if self.scope == "admin" else self.owner

    def require(self, scope: Scope) -> None:
        """Let pass whose key may do so much.

        Raises:
            Problem: It may not.
        """
        if RANKS[self.scope] < RANKS[scope]:
            said = f"This takes a key of the scope '{scope}'; this one has '{self.scope}'."
            headers = {"www-authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'}
            raise Problem(403, "key-too-weak", said, "Ask whoever runs the service for another key.", headers)


@dataclass(frozen=True, slots=True)
class Door:
    """Says who asks, by the key that is shown.

    Attributes:
        database: In which the keys are.
        always: Whether a key is needed even where there is none.
    """

    database: Database
    always: bool = False

    async def caller(self, secret: str | None) -> Caller:
        """Who shows this key, or none.

        Raises:
            Problem: One is needed, or this one is not taken.
            OutputError: The database does not answer.
        """
        return await self.database.glance(partial(self._caller, secret))

    def _caller(self, secret: str | None, connection: Connection) -> Caller:
        key = None if secret is None else keys.find(connection, secret)
        if key is None and not (self.always or keys.are_needed(connection)):
            return Caller()
        if secret is None:
            raise _needed()
        if key is None:
            raise _refused()
        return Caller(key.id, key.scope, key.owner)

    def still_opens(self, caller: Caller) -> bool:
        """Whether who was let in would be let in now, as those are asked who stay for long.

        Raises:
            OutputError: The database does not answer.
        """
        with self.database.reading() as connection:
            if caller.key is not None:
                return keys.opens(connection, caller.key)
            return not (self.always or keys.are_needed(connection))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of itself, before anyone has looked into the database.

    Attributes:
        is_open: Whether it asks for what everyone may see.
        scope: What a key must be allowed for it.
        secrets: Keys that it shows; of more than one, none is taken.
    """

    is_open: bool
    scope: Scope
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def secret(self) -> str | None:
        """The key that it shows; two are none, as nobody knows which is meant."""
        return None if not self.secrets else self.secrets[0] if len(self.secrets) == 1 else ""


def shown(scope: MutableMapping[str, Any]) -> Shown:
    """What an HTTP request (its ASGI scope) shows."""
    reads = scope["method"] in _READING
    path = scope["path"]
    headers = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
    secrets = [value[7:].strip() for value in headers if value[:7].lower() == "bearer "]
    if not secrets and may_show_in_address(scope["method"], path):
        secrets = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("key", [])
    return Shown(bool(reads and _OPEN.fullmatch(path)), "read" if reads else "check", tuple(secrets))


def may_show_in_address(method: str, path: str) -> bool:
    """Whether a key is taken as ``?key=``, too."""
    return method in _READING and bool(_KEY_IN_ADDRESS.fullmatch(path))


def needs_keys_always(serve: ServiceSettings) -> bool:
    """Whether others reach the service, so that it must not open itself when its last key is revoked."""
    return serve.behind_tls_proxy or not is_own_machine(serve.host)


def is_own_machine(host: str) -> bool:
    """Whether an address is one that this machine alone reaches."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _needed() -> Problem:
    way_out = "Send 'Authorization: Bearer KEY'; whoever runs the service makes one with 'unmask serve keys new'."
    return Problem(401, "key-needed", "This service answers holders of a key only.", way_out, _challenge())


def _refused() -> Problem:
    """The same of a key that is unknown, revoked or expired: who has found one shall not learn which."""
    way_out = "Ask whoever runs the service for another key."
    headers = {"www-authenticate": f'{CHALLENGE}, error="invalid_token"'}
    return Problem(401, "key-refused", "This key is not taken.", way_out, headers)


def _challenge() -> dict[str, str]:
    return {"www-authenticate": CHALLENGE}
