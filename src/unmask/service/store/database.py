"""One database, SQLite in a file or PostgreSQL at an address, opened once a process."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, insert, make_url, select, text
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError
from sqlalchemy.pool import ConnectionPoolEntry

from unmask.errors import MissingComponent, OutputError, UsageError
from unmask.service.store.tables import VERSION, facts, metadata

FILE = "service.db"
BUSY_SECONDS = 20.0
"""How long a transaction waits for another process's."""
EVENTS_LOCK = 0x756E6D61
"""In PostgreSQL numbers of events are given under this lock, so that none appears behind a higher one."""


@dataclass(frozen=True, slots=True, eq=False)
class Database:
    """Where rows are read and written.

    Attributes:
        engine: SQLAlchemy's.
    """

    engine: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """A connection that sees one state of the database.

        Raises:
            OutputError: The database does not answer.
        """
        with _told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction: all of it or nothing; in SQLite the only one that writes.

        Raises:
            OutputError: The database does not answer, or its disk is full.
        """
        with _told(), self.engine.execution_options(writes=True).begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_database(folder: Path, address: str | None = None) -> Database:
    """The database of the service, its tables made where they are not there.

    Args:
        folder: In which the file of SQLite lies; made if not there.
        address: postgresql://… of a database server instead.

    Raises:
        UsageError: The address makes no sense, or the database is of another version of unmask.
        MissingComponent: The driver of PostgreSQL is not installed.
        OutputError: The database cannot be opened.
    """
    database = Database(_sqlite(folder) if address is None else _postgresql(address))
    with _told():
        metadata.create_all(database.engine)
    with database.writing() as connection:
        found = connection.scalar(select(facts.c.value).where(facts.c.name == "version"))
        if found is None:
            connection.execute(insert(facts).values(name="version", value=str(VERSION)))
    if found not in {None, str(VERSION)}:
        raise UsageError(
            f"The service's database has tables of version {found}, this unmask knows {VERSION}; name another folder."
        )
    return database


def lock_events(connection: Connection) -> None:
    """Until this transaction ends, no other one gives numbers to events (SQLite has one writer anyway)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": EVENTS_LOCK})


def _sqlite(folder: Path) -> Engine:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} of the service cannot be made: {error.strerror}.") from error
    engine = create_engine(f"sqlite:///{folder / FILE}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # SQLAlchemy begins transactions itself, below; the driver's own way would begin them too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes then would fail where another one wrote between.
    connection.exec_driver_sql(
        "BEGIN IMMEDIATE" if connection.get_execution_options().get("writes", False) else "BEGIN"
    )


def _postgresql(address: str) -> Engine:
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
        return create_engine(url, pool_pre_ping=True)
    except ArgumentError as error:
        raise UsageError("The service's database address cannot be read; write postgresql://USER@HOST/NAME.") from error
    except ImportError as error:
        raise MissingComponent("The driver of PostgreSQL is not installed: pip install 'unmask[postgres]'.") from error


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        raise OutputError(
            f"The service's database does not answer: {str(error.orig).strip().splitlines()[0]}."
        ) from error
