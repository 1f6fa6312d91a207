"""One worker, in this process: what becomes of a check, whatever happens to it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import unmask.service.worker as module
from tests.service.asking import eventually
from tests.service.drawn import Store, still
from unmask.errors import BrokenMedia, NoRoom, OutputError
from unmask.examine import check as examine
from unmask.examine import hear
from unmask.media.audio import Recording
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.sound import Sound
from unmask.media.video import open_frames
from unmask.service.store import checks, events, queue
from unmask.service.store.checks import Options
from unmask.service.store.database import open_database
from unmask.service.store.folder import FolderStorage, place_of
from unmask.service.store.queue import Lease
from unmask.service.store.results import write_result
from unmask.service.store.storage import Part
from unmask.service.worker import Worker
from unmask.settings import ServiceSettings, Settings
from unmask.types import MonoAudio

LEASE_SECONDS = 30.0
QUICK = Options(("file",), fast=True)
"""What is found in a moment."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    database = open_database(tmp_path)
    yield Store(database, FolderStorage(tmp_path))
    database.close()


@pytest.fixture
def worker(store: Store) -> Worker:
    settings = Settings(serve=ServiceSettings(lease_seconds=LEASE_SECONDS))
    return Worker(store.database, store.storage, settings, "one")


def taken(store: Store, worker: str = "one") -> Lease:
    lease = queue.claim(store.database, worker, LEASE_SECONDS)
    assert lease is not None
    return lease


def in_the_middle(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Something happens between two words of the detectors."""
    plain = examine

    def interrupted(*arguments: Any, on_evidence: Any, **named: Any) -> Any:
        def tell(person: int | None, evidence: Any) -> None:
            on_evidence(person, evidence)
            happens()
            on_evidence(person, evidence)

        return plain(*arguments, on_evidence=tell, **named)

    monkeypatch.setattr(module, "check", interrupted)


def test_a_film_is_examined_and_its_report_written(store: Store, worker: Worker, short_clip: Path) -> None:
    check = store.ask(short_clip.read_bytes(), "Käfer.mp4", Options(("pulse", "file"), fast=True, threshold=0.9))
    worker.take(taken(store))
    found, name = store.found(check), store.result(check)
    assert (found["state"], found["verdict"]["word"]) == ("done", "cannot-tell")
    assert name is not None
    report, view = (
        json.loads((store.folder / "results" / name / part).read_text()) for part in ("report.json", "view.json")
    )
    assert report["file"] == "Käfer.mp4"
    assert report["verdict"] == found["verdict"]["word"]
    assert view["report"] == report
    assert view["people"][0]["boxes"]
    assert "Käfer.mp4" in (store.folder / "results" / name / "report.html").read_text()
    told = events.evidence_of(store.database, check)
    assert {(one["person"] is None, one["evidence"]["detector"]) for one in told} == {(False, "pulse"), (True, "file")}
    assert found["progress"]["of"] == pytest.approx(1.2, abs=0.1)


@pytest.mark.parametrize(
    ("content", "code", "options"),
    [
        (b"Dear Sir or Madam", "not-media", QUICK),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "broken", QUICK),
        (still(), "usage", Options(("nonesuch",))),
    ],
)
def test_what_cannot_be_examined_fails_with_a_sentence_and_a_way_out(
    store: Store, worker: Worker, content: bytes, code: str, options: Options
) -> None:
    check = store.ask(content, "letter.mp4", options)
    worker.take(taken(store))
    found = store.found(check)
    assert (found["state"], found["error"]["code"]) == ("failed", code)
    assert found["error"]["message"].endswith(".")
    assert found["error"]["way_out"].endswith(".")
    assert str(store.folder) not in found["error"]["message"]
    assert found["media"] not in found["error"]["message"]
    assert code == "usage" or "'letter.mp4'" in found["error"]["message"]
    assert (store.results(), store.result(check)) == ([], None)


def test_a_file_that_is_no_longer_there_fails(store: Store, worker: Worker) -> None:
    check = store.ask(still(), options=QUICK)
    lease = taken(store)
    place_of(store.folder, lease.media).unlink()
    worker.take(lease)
    assert store.found(check)["error"]["code"] == "unreadable"


def test_a_worker_asked_to_stop_gives_back_what_it_holds(
    store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = store.ask(still(), options=QUICK)
    in_the_middle(monkeypatch, worker.stop)
    worker.run()  # and ends
    found = store.found(check)
    assert (found["state"], found["attempts"], store.results()) == ("queued", 0, [])


def test_a_worker_whose_parent_is_gone_gives_back_what_it_holds(
    store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = store.ask(still(), options=QUICK)
    worker.parent = os.getppid()
    in_the_middle(monkeypatch, lambda: monkeypatch.setattr(os, "getppid", lambda: 1))
    worker.run()
    assert store.found(check)["state"] == "queued"


ORPHAN = """
import sys, time
import unmask.service.worker as module
from unmask.service.running import work
from unmask.settings import settings
module.check = lambda *_, **__: time.sleep(600)  # a detector that says nothing for long
work(settings(), "one", int(sys.argv[1]))
"""
PARENT = f"""
import os, subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", {ORPHAN!r}, str(os.getpid())]).pid, flush=True)
time.sleep(600)
"""


def test_a_worker_whose_parent_is_killed_does_not_wait_for_a_slow_detector(store: Store) -> None:
    check = store.ask(still(), options=QUICK)
    named = {"UNMASK_SERVE__FOLDER": str(store.folder), "UNMASK_SERVE__LEASE_SECONDS": "2"}
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **named}) as parent:
        assert parent.stdout is not None
        orphan = Path("/proc", parent.stdout.readline().strip())
        eventually(lambda: store.found(check)["state"] == "running")
        parent.kill()
    eventually(lambda: store.found(check)["state"] == "queued")
    assert store.found(check)["attempts"] == 0
    eventually(lambda: not orphan.exists() or "Z (zombie)" in (orphan / "status").read_text())


def test_a_worker_without_its_parent_takes_nothing(store: Store, worker: Worker) -> None:
    check = store.ask(still(), options=QUICK)
    worker.parent = 1 if os.getppid() != 1 else 2
    worker.run()
    assert (store.found(check)["state"], store.found(check)["attempts"]) == ("queued", 0)


def test_a_result_is_dropped_when_the_lease_was_lost_before_its_end(
    store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = store.ask(still(), options=QUICK)
    plain = write_result

    def slow(*arguments: Any) -> str:
        name = plain(*arguments)
        queue.bury(store.database, "one")
        taken(store, "two")
        assert store.results() == [name]
        return name

    monkeypatch.setattr(module, "write_result", slow)
    worker.take(taken(store))
    found = store.found(check)
    assert (found["state"], found["attempts"], store.results()) == ("running", 2, [])


def test_a_deleted_check_ends_its_examination(store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    check = store.ask(still(), options=QUICK)

    def delete() -> None:
        with store.database.writing() as connection:
            checks.remove(connection, check)

    in_the_middle(monkeypatch, delete)
    worker.take(taken(store))
    assert store.results() == []
    assert [one.kind for one in events.since(store.database, 0)] == ["gone"]


def test_a_fault_of_the_program_ends_the_process_and_is_told_at_the_third(
    store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = store.ask(still(), options=QUICK)

    def fail() -> None:
        raise ZeroDivisionError("a secret of the file")

    in_the_middle(monkeypatch, fail)
    for _ in range(3):
        assert store.found(check)["state"] == "queued"
        with pytest.raises(ZeroDivisionError):
            worker.run()
    found = store.found(check)
    assert (found["state"], found["error"]["code"], found["attempts"]) == ("failed", "internal", 3)
    assert "ZeroDivisionError" in found["error"]["message"]
    assert "secret" not in found["error"]["message"]


def test_a_full_disk_is_tried_again_and_told_at_the_third(
    store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = store.ask(still(), options=QUICK)
    monkeypatch.setattr(module, "STUMBLE_SECONDS", 0.01)

    def full(*_: object) -> str:
        raise NoRoom("There is no room left for the result; free some, or delete checks.")

    monkeypatch.setattr(module, "write_result", full)
    for _ in range(3):
        worker.take(taken(store))
    assert (store.found(check)["state"], store.found(check)["error"]["code"]) == ("failed", "no-room")


def test_a_verdict_outlives_a_database_that_is_away_for_a_moment(
    store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = store.ask(still(), options=QUICK)
    monkeypatch.setattr(module, "STUMBLE_SECONDS", 0.01)
    plain, tries = queue.finish, []

    def away(*arguments: Any) -> None:
        tries.append(arguments)
        if len(tries) == 1:
            raise OutputError("The service's database does not answer: gone.")
        plain(*arguments)
        if len(tries) == 2:
            raise OutputError("The service's database does not answer: its word was lost on its way.")

    monkeypatch.setattr(queue, "finish", away)
    worker.take(taken(store))
    assert store.found(check)["state"] == "done"
    assert store.results() == [store.result(check)]


def test_a_slow_detector_does_not_cost_the_lease(store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    check = store.ask(still(), options=QUICK)
    worker.settings = Settings(serve=ServiceSettings(lease_seconds=0.4))
    beats, plain = threading.Semaphore(0), queue.beat

    def counted(*arguments: Any) -> None:
        plain(*arguments)
        beats.release()

    monkeypatch.setattr(queue, "beat", counted)

    def slow() -> None:
        for _ in range(5):  # five quarters of a lease, at least
            assert beats.acquire(timeout=10)
        assert queue.claim(store.database, "two", 0.4) is None

    in_the_middle(monkeypatch, slow)
    lease = queue.claim(store.database, "one", 0.4)
    assert lease is not None
    worker.take(lease)
    assert store.found(check)["state"] == "done"


def test_a_worker_goes_on_when_the_database_is_back(
    store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = store.ask(still(), options=QUICK)
    monkeypatch.setattr(module, "STUMBLE_SECONDS", 0.01)
    plain, tries = queue.claim, []

    def away(*arguments: Any) -> Lease | None:
        tries.append(arguments)
        if len(tries) < 3:
            raise OutputError("The service's database does not answer: gone.")
        if len(tries) == 4:
            worker.stop()
        return plain(*arguments)

    monkeypatch.setattr(queue, "claim", away)
    worker.run()
    assert store.found(check)["state"] == "done"
    written = (store.folder / "results" / store.results()[0]).iterdir()
    assert {path.name for path in written} == {"report.json", "report.html", "view.json"}


def louder_later(seconds: float) -> MonoAudio:
    """A tone that is fifty times as strong in its second half."""
    times = np.arange(int(seconds * 16_000)) / 16_000
    tone = np.where(times < seconds / 2, 0.01, 0.5) * np.sin(2 * np.pi * 440 * times)
    return tone.astype(np.float32)


def heard_with(film: Path, folder: Path, sound: MonoAudio | None) -> bytes:
    """The film's pictures with other sound, or none."""
    settings = Settings()
    with open_frames(film, probe(film, settings), settings) as frames:
        write_video(folder / "clip.mp4", [frame.image for frame in frames], 30.0, audio=sound)
    return (folder / "clip.mp4").read_bytes()


def part_of(store: Store, check: str, part: Part) -> bytes:
    found = store.storage.part(store.result(check) or "", part)
    assert found is not None
    return found.content()


def drawn_of(store: Store, check: str) -> Any:
    return json.loads(part_of(store, check, "view.json"))


def test_sound_and_mouths_can_be_drawn(store: Store, worker: Worker, short_clip: Path) -> None:
    check = store.ask(heard_with(short_clip, store.folder, louder_later(1.0)), "clip.mp4", QUICK)
    worker.take(taken(store))
    view = drawn_of(store, check)
    levels = view["sound"]["level_dbfs"]
    assert len(levels) * view["sound"]["step_seconds"] == pytest.approx(1.0, abs=0.15)
    assert levels[15] - levels[5] == pytest.approx(34, abs=2)
    mouth = view["people"][0]["mouth"]
    assert len(mouth["opening"]) == len(mouth["times"]) >= 30
    assert b"nothing is concluded from them" in part_of(store, check, "report.html")


def test_a_film_without_sound_has_no_lane_of_it(store: Store, worker: Worker, short_clip: Path) -> None:
    check = store.ask(heard_with(short_clip, store.folder, None), "clip.mp4", QUICK)
    worker.take(taken(store))
    assert drawn_of(store, check)["sound"] is None


def test_broken_sound_costs_no_check(
    store: Store, worker: Worker, short_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_recording: Recording) -> Iterator[Sound]:
        yield Sound(np.full((1, 1600), 0.5, np.float32), 16_000)
        raise BrokenMedia("'clip.mp4' made the decoder stop (SIGSEGV).")

    monkeypatch.setattr(Recording, "__iter__", broken)
    check = store.ask(heard_with(short_clip, store.folder, louder_later(1.0)), "clip.mp4", QUICK)
    worker.take(taken(store))
    assert store.found(check)["state"] == "done"
    assert drawn_of(store, check)["sound"]["level_dbfs"] == [-6.0, -6.0]


def test_a_worker_asked_to_stop_while_it_hears_gives_the_check_back(
    store: Store, worker: Worker, short_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = store.ask(heard_with(short_clip, store.folder, louder_later(1.0)), "clip.mp4", QUICK)

    def asked_meanwhile(*arguments: Any) -> Any:
        worker.stop()
        return hear(*arguments)

    monkeypatch.setattr(module, "hear", asked_meanwhile)
    worker.take(taken(store))
    assert (store.found(check)["state"], store.results()) == ("queued", [])
