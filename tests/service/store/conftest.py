"""Every test of the store runs on SQLite and on PostgreSQL, where that is installed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

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
def address(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """None for SQLite; PostgreSQL's has no tables of another test."""
    if request.param == "sqlite":
        yield None
        return
    named: str = request.getfixturevalue("postgresql_address")
    yield named
    engine = create_engine(named.replace("postgresql", "postgresql+psycopg", 1))
    metadata.drop_all(engine)
    engine.dispose()


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
