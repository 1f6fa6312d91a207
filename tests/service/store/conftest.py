"""Every test of the store runs on SQLite and on PostgreSQL, where that is installed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.service.store.rows import Ask, Clock
from unmask.service.store.database import Database, open_database

Open = Callable[[], Database]


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str | None:
    """None for SQLite."""
    if request.param == "sqlite":
        return None
    named: str = request.getfixturevalue("postgresql")
    return named


@pytest.fixture
def open_again(tmp_path: Path, address: str | None) -> Iterator[Open]:
    """Opens the database of this test, as another process would."""
    opened: list[Database] = []

    def again() -> Database:
        opened.append(open_database(tmp_path, address))
        return opened[-1]

    yield again
    for one in opened:
        one.close()


@pytest.fixture
def database(open_again: Open) -> Database:
    return open_again()


@pytest.fixture
def ask(database: Database) -> Ask:
    return Ask(database)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(time, "time", made)
    return made
