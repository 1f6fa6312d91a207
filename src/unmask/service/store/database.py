"""One database, SQLite in a file or PostgreSQL at an address, opened once a process."""

import sqlite3
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from anyio import to_thread
from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import ConnectionPoolEntry

from unmask.errors import MissingComponent, NoRoom, OutputError, UsageError
from unmask.service.store.tables import VERSION, facts, metadata

FILE = "service.db"
BUSY_SECONDS = 20.0
"""How long a transaction waits for another process's."""
AGAIN_SECONDS = 0.01
GLANCE_SECONDS = 0.5
"""How long a glance does, for whom all others wait; only where the file is being mended after a loss of power."""
EVENTS_LOCK = 0x756E6D61
"""In PostgreSQL numbers of events are given under this lock, so that none appears behind a higher one."""
TABLES_LOCK = 0x756E6D62
"""In PostgreSQL tables are made under this one, so that two that start at once do not both make them."""
AUDIT_LOCK = 0x756E6D63
"""In PostgreSQL rows of the audit log are appended under this one, so that each follows the one before."""
POSTGRESQL_FULL = "53100"
PRAGMAS = ("synchronous = NORMAL", "foreign_keys = ON", "cache_size = -256")
"""Of a connection to a file. The system keeps the file's pages anyway; 256 kB more for each connection are enough."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Database:
    """Where rows are read and written.

    Attributes:
        engine: SQLAlchemy's.
        at_once: The same file by a connection of its own, for glances; None of a database server.
    """

    engine: Engine
    at_once: Engine | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """A connection to read by.

        Raises:
            OutputError: The database does not answer.
        """
        with _told(), self.engine.connect() as connection:
            yield connection

    async def glance(self, look: Callable[[Connection], T]) -> T:
        """Read a row or two for a coroutine.

        A file is read here and now: its readers wait for nobody (WAL), and to hand it to a thread takes longer than to
        read it. A database server is asked by a thread.

        Raises:
            OutputError: The database does not answer.
        """
        if self.at_once is None:
            return await to_thread.run_sync(self._look, self.engine, look)
        return self._look(self.at_once, look)

    @staticmethod
    def _look(engine: Engine, look: Callable[[Connection], T]) -> T:
        with _told(), engine.connect() as connection:
            return look(connection)

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
        if self.at_once is not None:
            self.at_once.dispose()


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
    database = _in_file(folder) if address is None else Database(_postgresql(address))
    with database.writing() as connection:
        _lock(connection, TABLES_LOCK)
        metadata.create_all(connection)
        connection.execute(insert_new(connection, facts).values(name="version", value=str(VERSION)))
        found = connection.scalar(select(facts.c.value).where(facts.c.name == "version"))
    if found != str(VERSION):
        database.close()
        raise UsageError(
            f"The service's database has tables of version {found}, this unmask knows {VERSION}; name another folder."
        )
    return database


def lock_events(connection: Connection) -> None:
    """Until this transaction ends, no other one gives numbers to events (SQLite has one writer anyway)."""
    _lock(connection, EVENTS_LOCK)


def lock_audit(connection: Connection) -> None:
    """Until this transaction ends, no other one appends to the audit log."""
    _lock(connection, AUDIT_LOCK)


def insert_new(connection: Connection, table: Table) -> Insert:
    """An insert that does nothing where there is such a row already, whoever else writes at this moment."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def _lock(connection: Connection, lock: int) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def _in_file(folder: Path) -> Database:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} of the service cannot be made: {error.strerror}.") from error
    # Two pools: where writers hold every connection of one, nobody who glances waits behind them.
    engine, at_once = (_sqlite(folder / FILE, seconds) for seconds in (BUSY_SECONDS, GLANCE_SECONDS))
    event.listen(engine, "begin", _begin_sqlite)  # a glance is no transaction: each of its rows is read as it is then
    return Database(engine, at_once)


def _sqlite(file: Path, busy_seconds: float) -> Engine:
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": busy_seconds})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # SQLAlchemy begins transactions itself, below; the driver's own way would begin them too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Its own lower() knows ASCII only, and names are searched whatever their case.
    connection.create_function("lower", 1, _lower, deterministic=True)
    _keep_in_wal(cursor)
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _keep_in_wal(cursor: sqlite3.Cursor) -> None:
    """Where two make the file at the same moment, SQLite lets one of them fail and does not wait."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(AGAIN_SECONDS)
        else:
            return


def _lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes then would fail where another one wrote between.
    connection.exec_driver_sql(
        "BEGIN IMMEDIATE" if connection.get_execution_options().get("writes", False) else "BEGIN"
    )


def _postgresql(address: str) -> Engine:
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
        return create_engine(url, pool_pre_ping=True)
    except (ArgumentError, ValueError) as error:
        raise UsageError("The service's database address cannot be read; write postgresql://USER@HOST/NAME.") from error
    except ImportError as error:
        raise MissingComponent("The driver of PostgreSQL is not installed: pip install 'unmask[postgres]'.") from error


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except NoConnection as error:
        raise OutputError("The service's database does not answer: too much is asked of it at once.") from error
    except (DatabaseError, InterfaceError) as error:
        if _is_full(error.orig):
            raise NoRoom("There is no room left for the service's database; free some, or delete checks.") from error
        said = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
        raise OutputError(f"The service's database does not answer: {said[0].rstrip('.')}.") from error


def _is_full(error: BaseException | None) -> bool:
    codes = {getattr(error, "sqlite_errorcode", None), getattr(error, "sqlstate", None)}
    return not codes.isdisjoint({sqlite3.SQLITE_FULL, POSTGRESQL_FULL})
