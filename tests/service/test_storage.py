"""The service with its files in an object store: the whole way, and what becomes of checks while the store is away."""

import json
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

import unmask.service.worker as module
from tests.cli.program import COMMAND, environment, unmask
from tests.service.asking import PNG, Service, new_service, on_the_line, problem
from tests.service.drawn import Store, still
from tests.service.places import InObjects, ObjectServer, place_in_objects
from tests.service.served import Served, wait_for
from unmask.examine import check as examine
from unmask.service.store import queue
from unmask.service.store.checks import Options
from unmask.service.store.database import open_database
from unmask.service.store.storage import Stored
from unmask.service.worker import Worker
from unmask.settings import ServiceSettings, Settings

QUICK = Options(("file",), fast=True)
AWAY = "The object store does not do as it should: it cannot be reached."


@pytest.fixture
def place(own_server: ObjectServer, tmp_path: Path) -> InObjects:
    """In a store that may be stopped."""
    assert own_server.port
    return place_in_objects(tmp_path)


@pytest.fixture
def store(tmp_path: Path, place: InObjects) -> Iterator[Store]:
    database = open_database(tmp_path)
    yield Store(database, place.storage)
    database.close()


@pytest.fixture
def worker(store: Store, monkeypatch: pytest.MonkeyPatch) -> Worker:
    monkeypatch.setattr(module, "STUMBLE_SECONDS", 0.05)
    return Worker(store.database, store.storage, Settings(serve=ServiceSettings()), "one")


@pytest.fixture
def service(tmp_path: Path, place: InObjects) -> Iterator[Service]:
    made = new_service(tmp_path / "service", storage=place.storage)
    yield made
    made.database.close()


def stumbles(store: Store, check: str) -> int:
    with store.database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT stumbles FROM checks WHERE id = ?", (check,)).scalar_one())


def test_the_whole_way_through_an_object_store(own_server: ObjectServer, place: InObjects, tmp_path: Path) -> None:
    """A server and its worker are processes of their own, and nothing of the file stays on this machine."""
    served = Served(tmp_path / "own", 1, "--storage", f"s3://{place.storage.place}", **own_server.environment)
    try:
        content = still(1)
        check = served.send(content, only=["file"], fast=True)
        found = served.await_state(check, "done")
        assert served.ask("GET", f"/v1/checks/{check}/report")["verdict"] == found["verdict"]["word"]
        assert served.ask("GET", f"/v1/checks/{check}/view")["report"]["media"]["kind"] == "image"
        asked = urllib.request.Request(f"{served.address}/v1/media/{found['media']}", headers={"range": "bytes=10-29"})  # noqa: S310 # ours
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 # ours
            assert (answer.status, answer.read()) == (206, content[10:30])
        assert {name.split("/")[0] for name in place.files()} == {"media", "results"}
        here = [path.name for path in (tmp_path / "own").rglob("*") if path.is_file()]
        assert [name for name in here if not name.startswith("service.db")] == []
        served.ask("DELETE", f"/v1/checks/{check}")
        assert place.files() == set()
        own_server.stop()
        with pytest.raises(urllib.error.HTTPError) as refused:
            served.ask("POST", "/v1/media", content)
        with refused.value:
            assert (refused.value.code, json.loads(refused.value.read())["message"]) == (503, AWAY)
        assert served.ask("GET", "/v1/health")["status"] == "ok"
        own_server.start_again()
        served.await_state(served.send(content, only=["file"], fast=True), "done")
        code, said = served.end()
        assert (code, said) == (0, "")
    finally:
        served.kill()


def test_two_machines_share_what_lies_in_database_and_store(
    own_server: ObjectServer, place: InObjects, postgresql: str, tmp_path: Path
) -> None:
    """Each has a folder of its own: one takes files in, the other examines them, a third answers."""
    storage = f"s3://{place.storage.place}"
    settings = {**own_server.environment, "UNMASK_SERVE__STORAGE": storage, "UNMASK_SERVE__DATABASE": postgresql}
    command = [*COMMAND, "serve", "worker", "--folder", str(tmp_path / "examines")]
    command += ["--storage", storage, "--database", postgresql]
    with ended(subprocess.Popen(command, env=environment(**own_server.environment))):
        taking, answering = (Served(tmp_path / name, workers=0, **settings) for name in ("takes", "answers"))
        try:
            content = still(1)
            check = taking.send(content, only=["file"], fast=True)
            found = answering.await_state(check, "done")
            assert answering.ask("GET", f"/v1/checks/{check}/report")["verdict"] == found["verdict"]["word"]
            with urllib.request.urlopen(f"{answering.address}/v1/media/{found['media']}", timeout=30) as answer:  # noqa: S310 # ours
                assert answer.read() == content
            answering.ask("DELETE", f"/v1/checks/{check}")
            assert place.files() == set()
        finally:
            taking.kill()
            answering.kill()
    left = [path for name in ("takes", "examines", "answers") for path in (tmp_path / name).rglob("*")]
    assert [path.name for path in left if path.is_file()] == []


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """A process that ends when it is asked to."""
    try:
        yield
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def test_while_the_store_is_away_a_check_stumbles_once_and_then_is_finished(
    own_server: ObjectServer, store: Store, worker: Worker, place: InObjects
) -> None:
    first, second = store.ask(still(1), options=QUICK), store.ask(still(2), options=QUICK)
    own_server.stop()
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        wait_for(lambda: stumbles(store, first) == 1)
        time.sleep(1.0)  # in which it could take all that waits, three times each
        assert [store.found(check)["state"] for check in (first, second)] == ["queued", "queued"]
        assert (stumbles(store, first), stumbles(store, second)) == (1, 0)
        own_server.start_again()
        wait_for(lambda: all(store.found(check)["state"] == "done" for check in (first, second)))
    finally:
        worker.stop()
        thread.join()
    assert {name.split("/")[1] for name in place.files() if name.startswith("results/")} == {
        store.result(first),
        store.result(second),
    }


def test_a_store_that_goes_while_a_file_is_examined_costs_no_verdict(
    own_server: ObjectServer, store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = store.ask(still(), options=QUICK)

    def stopped(*arguments: Any, **named: Any) -> Any:
        found = examine(*arguments, **named)
        own_server.stop()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(module, "check", stopped)
        patch.setattr(Worker, "_await_storage", lambda _: own_server.start_again())
        worker.take(taken(store))
    assert (store.found(check)["state"], stumbles(store, check)) == ("queued", 1)
    worker.take(taken(store))
    assert store.found(check)["state"] == "done"


def taken(store: Store) -> queue.Lease:
    lease = queue.claim(store.database, "one", 30.0)
    assert lease is not None
    return lease


def test_of_other_bytes_than_were_sent_nothing_is_said(store: Store, worker: Worker, place: InObjects) -> None:
    check = store.ask(still(1), options=QUICK)
    sha256 = store.found(check)["media"]
    place.put(f"media/{sha256[:2]}/{sha256}", still(2))
    for _ in range(3):
        worker.take(taken(store))
    found = store.found(check)
    assert (found["state"], found["verdict"], found["error"]["code"]) == ("failed", None, "not-written")
    assert "other bytes than were kept" in found["error"]["message"]
    assert not [name for name in place.files() if name.startswith("results/")]
    again = store.ask(still(1), options=QUICK)  # what is sent again lies there as it was sent
    worker.take(taken(store))
    assert store.found(again)["state"] == "done"


def test_a_file_that_went_from_the_store_fails_with_a_sentence(store: Store, worker: Worker, place: InObjects) -> None:
    check = store.ask(still(1), "still.png", QUICK)
    sha256 = store.found(check)["media"]
    place.lose(f"media/{sha256[:2]}/{sha256}")
    worker.take(taken(store))
    found = store.found(check)
    assert (found["state"], found["error"]["code"]) == ("failed", "unreadable")
    assert found["error"]["message"].startswith("'still.png' cannot be opened")


def test_what_the_store_does_not_take_is_told_and_leaves_no_row(own_server: ObjectServer, service: Service) -> None:
    check = service.done()
    own_server.stop()
    try:
        asked = [
            service.post("/v1/media", content=b"another"),
            service.get(f"/v1/media/{service.get(f'/v1/checks/{check}').json()['media']}"),
            service.get(f"/v1/checks/{check}/report"),
            service.get(f"/v1/checks/{check}/view"),
            service.ask("DELETE", f"/v1/checks/{check}"),
        ]
        assert [problem(answer, 503, "not-written") for answer in asked] == [AWAY] * 5
        assert service.get("/v1/health").json()["status"] == "ok"
    finally:
        own_server.start_again()
    assert service.get(f"/v1/checks/{check}/report").status_code == 200
    assert service.post("/v1/media", content=b"another").json()["known"] is False


def test_what_goes_while_it_is_sent_is_cut_off(
    service: Service, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    sha256 = service.keep(PNG)
    monkeypatch.setattr("unmask.service.ranges.BLOCK_BYTES", 100)
    whole = service.storage.stored(sha256)
    assert whole is not None

    def read(start: int, end: int) -> bytes:
        if start >= 300:
            service.storage.remove([sha256])
        return whole.read(start, end)

    monkeypatch.setattr(type(service.storage), "stored", lambda *_: Stored(whole.size, whole.modified, read))
    with on_the_line(service) as (host, port), httpx.Client(base_url=f"http://{host}:{port}") as client:
        with client.stream("GET", f"/v1/media/{sha256}") as answer:
            assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(PNG)))
            with pytest.raises(httpx.RemoteProtocolError, match="closed connection"):
                answer.read()
        assert client.get("/v1/health").status_code == 200
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("storage", "code", "said"),
    [
        ("s3://no-such-bucket/unmask", 3, "the bucket, or what was in it, is not there"),
        ("s3://id:hushhush@bucket", 2, "cannot be read; write s3://BUCKET/PREFIX or file:///FOLDER"),
        ("file:///nonexistent/mount", 3, "The folder /nonexistent/mount of the storage is not there"),
    ],
)
def test_a_storage_that_cannot_be_used_is_refused_at_the_start(
    own_server: ObjectServer, tmp_path: Path, storage: str, code: int, said: str
) -> None:
    settings: dict[str, Any] = dict(own_server.environment)
    done = unmask("serve", "--port", "0", "--folder", tmp_path, "--storage", storage, **settings)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "hushhush" not in done.stderr
    assert "Traceback" not in done.stderr
