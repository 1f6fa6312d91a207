"""A service to ask: within this process, or on a real line."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from unmask.service.app import create_app
from unmask.service.routes import page
from unmask.service.server import listen, new_server
from unmask.service.store import checks, keeping, queue
from unmask.service.store.checks import Options
from unmask.service.store.database import Database, open_database
from unmask.service.store.media import Upload
from unmask.service.store.opening import open_storage
from unmask.service.store.queue import Lease
from unmask.service.store.results import write_result
from unmask.service.store.storage import Storage
from unmask.settings import ServiceSettings, Settings
from unmask.types import Verdict

ADDRESS = "http://127.0.0.1:8420"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
VERDICT = Verdict("cannot-tell", 0.61, (0.4, 0.8), "Cannot tell: one check leans.", ("Nothing else.",))
PATIENCE_SECONDS = 20.0
"""Longest wait of a test for something that comes by itself."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service without workers, its folder and its rows."""

    folder: Path
    settings: Settings
    database: Database
    storage: Storage
    app: FastAPI

    def ask(self, method: str, path: str, *, address: str = ADDRESS, **given: Any) -> httpx.Response:
        """One request, answered within this process."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=address) as client:
                return await client.request(method, path, **given)

        return asyncio.run(asked())

    def get(self, path: str, **given: Any) -> httpx.Response:
        """As ``ask``."""
        return self.ask("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        """As ``ask``."""
        return self.ask("POST", path, **given)

    def keep(self, content: bytes = PNG) -> str:
        """Put a file into the store, and say its SHA-256."""
        with Upload(self.storage.folder, len(content)) as coming:
            coming.write(content)
            return keeping.keep(self.database, self.storage, coming)[0]

    def wait(self, name: str = "clip.mp4", content: bytes = PNG) -> str:
        """Put a check of a file into the queue, and say its identity."""
        sha256 = self.keep(content)
        with self.database.writing() as connection:
            return checks.add(connection, sha256, name, Options(), "person")

    def claimed(self) -> Lease:
        """The next check, taken by a worker that is not there."""
        lease = queue.claim(self.database, "worker", 60.0)
        assert lease is not None
        return lease

    def done(self, name: str = "clip.mp4", content: bytes = PNG, verdict: Verdict = VERDICT) -> str:
        """A check that is over, with a result as workers write it."""
        check = self.wait(name, content)
        self.finish(check, name, verdict)
        return check

    def finish(self, check: str, name: str = "clip.mp4", verdict: Verdict = VERDICT) -> None:
        """The next check, which must be this one, is over."""
        lease = self.claimed()
        assert lease.check == check
        report = {"file": name, "verdict": verdict.word}
        result = write_result(self.storage, check, report, {"report": report, "people": []}, "<!doctype html><p>Seen.")
        queue.finish(self.database, lease, verdict, result)

    def files(self) -> set[str]:
        """All files in the folder but the database's."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return {str(path) for path in found if not path.name.startswith("service.db")}


def new_service(
    folder: Path, *, limits: Mapping[str, Any] | None = None, storage: Storage | None = None, **serve: Any
) -> Service:
    """A service in a folder of its own, without the settings of whoever runs the tests."""
    assets = folder.parent / f"{folder.name}-page" / "assets"
    assets.mkdir(parents=True)
    (assets.parent / "guide").mkdir()
    (assets.parent / "guide" / "pulse.html").write_text("<p>A pulse.</p>", encoding="utf-8")
    (assets.parent / "index.html").write_text("<!doctype html><title>unmask</title>", encoding="utf-8")
    (assets / "page.css").write_text("p { color: red }", encoding="utf-8")
    named = {"models": folder / "models", **(limits or {})}
    settings = Settings(serve=ServiceSettings(folder=folder, port=0, **serve)).model_copy(update=named)
    database, place = open_database(folder), storage or open_storage(settings)
    before, page.PAGE = page.PAGE, assets.parent
    try:
        app = create_app(settings, database, place)
    finally:
        page.PAGE = before
    return Service(folder, settings, database, place, app)


@contextmanager
def on_the_line(service: Service) -> Iterator[tuple[str, int]]:
    """The address and port of the same service, asked through a real server."""
    opened = listen(service.settings)
    server = new_server(service.app, service.settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
    thread.start()
    try:
        eventually(lambda: server.started or not thread.is_alive())
        yield opened.getsockname()[:2]
    finally:
        server.should_exit = True
        thread.join()
        opened.close()


@contextmanager
def line(place: tuple[str, int], head: str = "", timeout: float = PATIENCE_SECONDS) -> Iterator[socket.socket]:
    """A bare connection, on which the head of a request was sent; ``HOST`` stands for the service's own name."""
    with socket.create_connection(place, timeout=timeout) as connection:
        host = f"{place[0]}:{place[1]}"
        connection.sendall(head.replace("HOST", host).replace("\n", "\r\n").encode("latin-1"))
        yield connection


def all_of(connection: socket.socket) -> bytes:
    """What is sent until the other side closes the line."""
    found = bytearray()
    while part := connection.recv(65536):
        found += part
    return bytes(found)


def eventually(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def problem(answer: httpx.Response, status: int, code: str) -> str:
    """The sentence of an answer that must be a problem of this kind, with a way out and all headers of the guard."""
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert set(told) == {"code", "message", "way_out"}
    assert told["code"] == code
    assert told["message"].endswith(".")
    assert told["way_out"].endswith(".")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return str(told["message"])
