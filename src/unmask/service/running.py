"""``unmask serve`` itself: the server in this process, workers beside it, and an end in which nothing is lost."""

import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from unmask.errors import UsageError
from unmask.service.app import create_app
from unmask.service.callers import is_own_machine
from unmask.service.housekeeping import LEFT_SECONDS, Housekeeper
from unmask.service.server import listen, new_server
from unmask.service.store import fetched, keys
from unmask.service.store.database import Database, open_database
from unmask.service.store.opening import open_storage
from unmask.service.supervisor import Supervisor
from unmask.service.webhooks.delivering import Deliverer
from unmask.service.worker import Worker
from unmask.settings import ServiceSettings, Settings, service_folder

NICENESS = 5
"""Of workers and all that they start: whoever asks where a check stands, or uses the machine for something else, goes before."""


def serve(
    settings: Settings,
    on_ready: Callable[[str], None],
    on_death: Callable[[str, int], None],
    on_note: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until asked to stop.

    Args:
        settings: Limits and those of the service.
        on_ready: Told the address, once requests are answered.
        on_death: Told the name of a worker that ended by itself, and how.
        on_note: Told in a sentence what a webhook does not take.

    Raises:
        UsageError: The address is one that others can reach, and they are not kept out; or that of the storage is none.
        OutputError: The folder or the storage cannot be written, or the address is taken.
        MissingComponent: The page, a database's driver, or what object stores are asked by, is not installed.
    """
    storage = open_storage(settings)
    storage.require_writable()
    database = open_database(service_folder(settings), settings.serve.database)
    require_kept_out(settings.serve, database)
    supervisor = Supervisor(database, settings, on_death)
    housekeeper = Housekeeper(database, storage, settings.serve.keep_days)
    deliverer = Deliverer(database, settings.serve, on_note)
    app = create_app(settings, database, storage, supervisor.alive)
    opened = listen(settings)
    host, port = opened.getsockname()[:2]
    server = new_server(app, settings)
    with _ended_by_signals(server):
        deliverer.start()
        supervisor.start()
        housekeeper.start()
        try:
            on_ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
            server.run(sockets=[opened])
        finally:
            supervisor.stop()
            housekeeper.stop()
            deliverer.stop()
            opened.close()
            database.close()


def work(settings: Settings, name: str, parent: int | None) -> None:
    """Examine what waits, until asked to stop.

    Raises:
        UsageError: The storage's address makes no sense.
        OutputError: The folder cannot be written, or the database does not answer.
        MissingComponent: What the database or the storage is asked by is not installed.
    """
    os.nice(NICENESS)
    storage = open_storage(settings)
    fetched.sweep(storage.folder, time.time() - LEFT_SECONDS)
    database = open_database(service_folder(settings), settings.serve.database)
    worker = Worker(database, storage, settings, name, parent)

    def stop(_: int, __: FrameType | None) -> None:
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    worker.run()
    database.close()


@contextmanager
def _ended_by_signals(server: uvicorn.Server) -> Generator[None]:
    """Signals end the server and nothing else.

    It raises them once more when it is down, which would end this process before its workers.
    """

    def end(_: int, __: FrameType | None) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def require_kept_out(serve: ServiceSettings, database: Database) -> None:
    """Refuse an address that others can reach, unless they need a key, and no wire shows it.

    Raises:
        UsageError: Others reach it, and something of this is missing; the database is closed then.
    """
    if is_own_machine(serve.host):
        return
    with database.reading() as connection:
        has_key = keys.one_opens(connection)
    missing = [] if has_key else ["a key, which 'unmask serve keys new' makes"]
    if not serve.behind_tls_proxy:
        missing.append("a proxy before it that speaks TLS, which the setting serve.behind_tls_proxy confirms")
    if missing:
        database.close()
        raise UsageError(
            f"The address {serve.host} can be reached by others, and everyone could read every result; "
            f"use 127.0.0.1, or add what is missing: {', and '.join(missing)}."
        )
