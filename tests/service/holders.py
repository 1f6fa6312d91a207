"""Whoever holds a key."""

import time
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import update

from tests.service.asking import PNG, Service
from unmask.service.store import keys
from unmask.service.store.keys import Scope
from unmask.service.store.tables import keys as table


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever holds a key."""

    service: Service
    id: str
    key: str

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        return self.service.ask(method, path, headers={"authorization": f"Bearer {self.key}"}, **given)

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def send(self, content: bytes = PNG) -> str:
        answer = self.ask("POST", "/v1/media", content=content)
        assert answer.status_code == 201
        return str(answer.json()["sha256"])

    def check(self, content: bytes = PNG) -> str:
        answer = self.ask("POST", "/v1/checks", json={"media": self.send(content), "name": "clip.mp4"})
        assert answer.status_code == 202
        return str(answer.json()["id"])


def holder(service: Service, scope: Scope = "check", of: str | None = None) -> Holder:
    with service.database.writing() as connection:
        made, key = keys.new(connection, "test", scope, instead_of=of)
    return Holder(service, made.id, key)


def expire(service: Service, one: Holder) -> None:
    with service.database.writing() as connection:
        connection.execute(update(table).where(table.c.id == one.id).values(expires=time.time() - 1))


def revoke(service: Service, one: Holder) -> None:
    with service.database.writing() as connection:
        keys.revoke(connection, one.id)
