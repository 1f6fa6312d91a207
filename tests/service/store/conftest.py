"""Every test of the store runs on SQLite and on PostgreSQL, where that is installed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.service.store.postgresql import programs, running
from tests.service.store.rows import Ask
from unmask.service.store.database import Database, open_database
from unmask.service.store.tables import metadata

Open = Callable[[], Database]


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed; its initdb and pg_ctl are looked for")
    with running(folder) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str | None:
    """None for SQLite."""
    named: str | None = None if request.param == "sqlite" else request.getfixturevalue("postgresql_address")
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
def database(open_again: Open, address: str | None) -> Iterator[Database]:
    opened = open_again()
    yield opened
    if address is not None:
        opened.close()
        metadata.drop_all(opened.engine)


@pytest.fixture
def ask(database: Database) -> Ask:
    return Ask(database)
