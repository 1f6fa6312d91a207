"""Workers that cannot live: the machine is not worn out by starting them, and the queue is told of what they held."""

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.drawn import Store
from unmask.service.store import queue
from unmask.service.store.database import open_database
from unmask.service.store.folder import FolderStorage
from unmask.service.supervisor import Supervisor, _Place
from unmask.settings import ServiceSettings, Settings

LONGEST_SECONDS = 30.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    database = open_database(tmp_path)
    yield Store(database, FolderStorage(tmp_path))
    database.close()


def settings_of(store: Store) -> Settings:
    return Settings(serve=ServiceSettings(folder=store.folder, workers=1, grace_seconds=0.1))


def dies(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are started, and die at once."""
    program = folder / "dies"
    program.write_text("#!/bin/sh\nexit 7\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))


def test_workers_that_die_at_once_are_started_ever_more_slowly(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    dies(store.folder, monkeypatch)
    moments: list[float] = []
    third = threading.Event()

    def died(_: str, code: int) -> None:
        assert code == 7
        moments.append(time.monotonic())
        if len(moments) == 3:
            third.set()

    supervisor = Supervisor(store.database, settings_of(store), died)
    supervisor.start()
    assert third.wait(LONGEST_SECONDS)
    supervisor.stop()
    first, second = moments[1] - moments[0], moments[2] - moments[1]
    assert first >= 1.0
    assert second >= 3.0
    assert supervisor.alive() == 0


def test_what_a_dead_worker_held_is_taken_from_it_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    dies(store.folder, monkeypatch)
    check, over = store.ask(b"one"), threading.Event()
    supervisor = Supervisor(store.database, settings_of(store), lambda _name, _code: over.set())
    plain = Supervisor._begin

    def begin(self: Supervisor, place: _Place) -> None:
        plain(self, place)
        queue.claim(store.database, place.name, 10_000.0)

    monkeypatch.setattr(Supervisor, "_begin", begin)
    supervisor.start()
    assert over.wait(LONGEST_SECONDS)
    supervisor.stop()
    assert (store.found(check)["state"], store.found(check)["attempts"]) == ("queued", 1)


def test_a_machine_that_starts_no_process_does_not_end_the_watch(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    supervisor = Supervisor(store.database, settings_of(store))
    supervisor.start()
    until = time.monotonic() + LONGEST_SECONDS
    while supervisor._places[0].not_before == 0.0 and time.monotonic() < until:
        time.sleep(0.01)
    assert supervisor._thread is not None
    assert supervisor._thread.is_alive()
    assert (supervisor.alive(), supervisor.pids()) == (0, ())
    supervisor.stop()
