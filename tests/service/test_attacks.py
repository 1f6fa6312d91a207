"""What is too much or too slow, and a machine that fails: nothing of it breaks the service or stays behind."""

import errno
import json
import os
import select
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service.asking import (
    PATIENCE_SECONDS,
    PNG,
    Service,
    all_of,
    eventually,
    line,
    new_service,
    on_the_line,
    problem,
)
from unmask.errors import OutputError
from unmask.service.bodies import MOST_BYTES
from unmask.service.server import UNREAD_SECONDS, listen
from unmask.service.store.database import Database
from unmask.service.worker import Worker

STALL_SECONDS = 0.4
JSON = {"content-type": "application/json"}

HTML = b"<!doctype html><script>alert(document.domain)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Service]:
    """A service that takes little and waits for nobody."""
    waits: dict[str, Any] = {"upload_stall_seconds": STALL_SECONDS, "request_seconds": 0.3, "upload_least_rate": 1e9}
    made = new_service(tmp_path / "impatient", limits={"max_bytes": 4096}, **waits)
    yield made
    made.database.close()


def alive(service: Service) -> None:
    """The service still answers, and nothing was left behind."""
    assert service.get("/v1/health").json()["status"] == "ok"
    assert service.files() == set()


# Too much


def test_a_file_that_says_it_is_too_large_is_refused_before_it_comes(impatient: Service) -> None:
    head = "POST /v1/media HTTP/1.1\nHost: HOST\nContent-Length: 99999999999999\n\n"
    with on_the_line(impatient) as place, line(place, head) as sent:
        assert b"413" in sent.recv(65536)
    alive(impatient)


def test_a_file_that_does_not_say_how_large_it_is_is_cut_off(impatient: Service) -> None:
    answer = impatient.post("/v1/media", content=iter_bytes(b"x" * 1000, 5))
    assert "4096 bytes" in problem(answer, 413, "over-limit")
    alive(impatient)


def test_a_file_of_just_the_largest_size_is_taken(impatient: Service) -> None:
    assert impatient.post("/v1/media", content=b"x" * 4096).status_code == 201


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/checks"), ("PUT", "/v1/checks/c_0123456789abcdef/label")])
def test_what_is_no_file_is_small(service: Service, method: str, path: str) -> None:
    body = b'{"word": "' + b"x" * MOST_BYTES + b'"}'
    problem(service.ask(method, path, content=body, headers=JSON), 413, "over-limit")
    problem(service.ask(method, path, content=iter_bytes(body, 1), headers=JSON), 413, "over-limit")
    problem(service.ask("GET", "/v1/health", content=body), 413, "over-limit")


def iter_bytes(block: bytes, times: int) -> object:
    """A body in parts, whose length nobody says."""

    async def parts() -> object:
        for _ in range(times):
            yield block

    return parts()


# Too slow


@pytest.mark.parametrize("sent", ["", "GET /v1/health HTTP/1.1\nHost: HOST\nX-A: ", "GET / HTTP/1.1"])
def test_a_line_on_which_no_whole_request_begins_is_closed(impatient: Service, sent: str) -> None:
    with on_the_line(impatient) as place, line(place, sent) as silent:
        assert all_of(silent) == b""
        assert httpx.get(f"http://{place[0]}:{place[1]}/v1/health").status_code == 200


def test_a_head_that_trickles_is_closed_too(impatient: Service) -> None:
    with on_the_line(impatient) as place, line(place, "GET / HTTP/1.1\nHost: HOST\n") as slow:
        begun = time.monotonic()
        with pytest.raises(OSError, match=r"(?i)reset|broken pipe"):
            trickle(slow.sendall, b"X-A: b\r\n")
        assert time.monotonic() - begun < 10


def test_what_follows_a_refused_file_is_not_read_for_ever(impatient: Service) -> None:
    head = "POST /v1/media HTTP/1.1\nHost: HOST\nContent-Length: 99999999\n\n"
    gone = pytest.raises(OSError, match=r"(?i)reset|broken pipe")
    with on_the_line(impatient) as place, line(place, head) as slow, gone:
        trickle(slow.sendall, b"x")


def test_a_head_without_an_end_is_refused(impatient: Service) -> None:
    with on_the_line(impatient) as place, line(place, "GET / HTTP/1.1\nHost: HOST\nX: " + "a" * 100_000) as long:
        assert all_of(long).startswith(b"HTTP/1.1 400")


def trickle(send: Callable[[bytes], object], part: bytes) -> None:
    """Send a little, again and again, until the other side has enough."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        send(part)
        time.sleep(0.02)


def told_on(slow: socket.socket) -> Mapping[str, str]:
    """The problem that a bare line was answered with: that it is too slow."""
    with HTTPResponse(slow) as answer:
        answer.begin()
        assert answer.status == 408
        told: Mapping[str, str] = json.loads(answer.read())
    assert told["code"] == "too-slow"
    return told


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/v1/media", "Nothing came for 0.4 seconds."),
        ("/v1/checks", "The request did not come to its end within 0.3 seconds."),
    ],
)
def test_a_body_that_stands_still_is_let_go(impatient: Service, path: str, said: str) -> None:
    head = f"POST {path} HTTP/1.1\nHost: HOST\nContent-Type: application/json\nContent-Length: 1000\n\nabc"
    with on_the_line(impatient) as place:
        begun = time.monotonic()
        with line(place, head) as slow:
            told = told_on(slow)
        assert time.monotonic() - begun >= 0.3
    assert told["message"] == said
    alive(impatient)


def test_a_file_that_trickles_is_let_go_when_its_first_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unmask.service.routes.media.FIRST_SECONDS", 0.5)
    impatient = new_service(tmp_path / "trickle", upload_least_rate=2e6)
    head = "POST /v1/media HTTP/1.1\nHost: HOST\nTransfer-Encoding: chunked\n\n"
    with on_the_line(impatient) as place:
        begun = time.monotonic()
        with line(place, head) as slow:
            while not select.select([slow], [], [], 0.02)[0]:
                slow.sendall(b"1\r\nx\r\n")
                assert time.monotonic() - begun < PATIENCE_SECONDS
            assert time.monotonic() - begun >= 0.5
            told = told_on(slow)
    assert told["message"] == "The file comes with less than 2000000 bytes a second."
    alive(impatient)
    impatient.database.close()


def test_a_line_that_breaks_in_the_middle_of_a_file_leaves_nothing(service: Service) -> None:
    head = "POST /v1/media HTTP/1.1\nHost: HOST\nContent-Length: 5000000\n\n"
    with on_the_line(service) as place:
        with line(place, head + "x" * 2_000_000):
            eventually(service.files)
        eventually(lambda: not service.files())
    alive(service)


def test_whoever_reads_nothing_is_let_go_by_the_system(service: Service) -> None:
    with listen(service.settings) as opened, line(opened.getsockname()[:2]):
        taken, _ = opened.accept()
        with taken:
            assert taken.getsockopt(6, 18) == UNREAD_SECONDS * 1000  # TCP_USER_TIMEOUT


def test_more_lines_than_are_taken_are_refused_and_those_there_are_go_on(tmp_path: Path) -> None:
    few = new_service(tmp_path / "few", connections=3)
    head = "GET /v1/health HTTP/1.1\nHost: HOST\nConnection: close\n\n"
    with on_the_line(few) as place, line(place), line(place), line(place), line(place, head) as other:
        assert all_of(other).startswith(b"HTTP/1.1 503")
    few.database.close()


# A machine that fails


def test_a_full_disk_is_said_and_leaves_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as changed:
        changed.setattr(os, "fsync", full)
        problem(service.post("/v1/media", content=PNG), 507, "no-room")
    assert service.files() == set()
    alive(service)


def test_a_database_that_is_away_is_said_and_comes_back(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: Database) -> None:
        raise OutputError("The service's database does not answer: unable to open database file.")

    async def away_at_once(database: Database, _: object) -> None:
        away(database)

    check = service.done()
    with monkeypatch.context() as changed:
        changed.setattr(Database, "reading", away)
        changed.setattr(Database, "writing", away)
        changed.setattr(Database, "glance", away_at_once)
        for path in ("/v1/checks", f"/v1/checks/{check}", "/v1/health", "/metrics"):
            assert "does not answer" in problem(service.get(path), 503, "not-written")
        problem(service.ask("DELETE", f"/v1/checks/{check}"), 503, "not-written")
        problem(service.post("/v1/media", content=PNG), 503, "not-written")
    assert service.get(f"/v1/checks/{check}").json()["state"] == "done"


def test_what_nobody_foresaw_is_said_without_its_words(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Database) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("unmask.service.store.checks.counts", broken)
    assert "secret" not in problem(service.get("/v1/health"), 500, "internal")


# Files that are none, through a worker


BROKEN = {
    "one-byte.mp4": b"\0",
    "text.mp4": b"Dear Sir or Madam,\n" * 100,
    "playlist.mp4": b"#EXTM3U\n#EXTINF:5,\n/etc/passwd\n#EXT-X-ENDLIST\n",
    "concat.mp4": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "page.html": HTML,
    "picture.svg": SVG,
    "cut.png": PNG,
    "\n<script>.mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 64,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_none_fails_with_a_sentence_and_the_service_lives(service: Service, name: str) -> None:
    sha256 = service.post("/v1/media", params={"name": name}, content=BROKEN[name]).json()["sha256"]
    check = service.post("/v1/checks", json={"media": sha256, "name": name}).json()["id"]
    Worker(service.database, service.storage, service.settings, "worker").take(service.claimed())
    told = service.get(f"/v1/checks/{check}").json()
    assert told["state"] == "failed"
    assert told["error"]["code"] in {"not-media", "broken"}
    assert told["error"]["message"].endswith(".")
    assert "\n" not in told["error"]["message"]
    assert "/etc/passwd" not in told["error"]["message"]
    service.ask("DELETE", f"/v1/checks/{check}")
    alive(service)


def test_the_page_of_a_report_shows_a_name_and_does_not_run_it(service: Service, short_clip: Path) -> None:
    name = '"><script>alert(1)</script>\u202e.mp4'
    check = service.wait(name, short_clip.read_bytes())
    Worker(service.database, service.storage, service.settings, "worker").take(service.claimed())
    page = service.get(f"/v1/checks/{check}/report?format=html").text
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
