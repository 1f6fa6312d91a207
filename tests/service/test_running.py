"""The service as it runs, and as it dies: every check is finished, and finished once."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.service.drawn import Store, still
from tests.service.served import Served, wait_for
from unmask.errors import OutputError, UsageError
from unmask.service.running import require_own_machine, serve
from unmask.service.store import events
from unmask.service.store.database import open_database
from unmask.settings import ServiceSettings, Settings

Start = Callable[..., Served]
QUICK = {"only": ["file"], "fast": True}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a service over the folder of this test."""
    started: list[Served] = []

    def begin(workers: int = 1, **settings: str) -> Served:
        started.append(Served(tmp_path, workers, **settings))
        return started[-1]

    yield begin
    for one in started:
        one.kill()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The same folder, looked at from beside."""
    database = open_database(tmp_path)
    yield Store(database, tmp_path)
    database.close()


def times_done(store: Store, check: str) -> int:
    """How often it was finished; a change of its file tells it anew and finishes nothing."""
    told = [one for one in events.since(store.database, 0, most=10**6) if one.check == check]
    return len({one.told["finished"] for one in told if one.kind == "check" and one.told["state"] == "done"})


def holder(store: Store, check: str) -> str | None:
    """The worker that holds a check."""
    with store.database.reading() as connection:
        held = connection.exec_driver_sql("SELECT worker FROM checks WHERE id = ?", (check,)).scalar()
    return None if held is None else str(held)


def test_a_worker_killed_in_the_middle_costs_no_check(start: Start, store: Store, short_clip: Path) -> None:
    service = start(workers=2)
    check = service.send(short_clip.read_bytes())
    name = wait_for(lambda: holder(store, check))
    victim = service.workers()[name]
    os.kill(victim, signal.SIGSTOP)
    assert (holder(store, check), store.found(check)["state"]) == (name, "running")
    os.kill(victim, signal.SIGKILL)
    found = service.await_state(check, "done")
    assert found["attempts"] == 2
    assert holder(store, check) is None
    assert (times_done(store, check), store.results()) == (1, [store.result(check)])
    wait_for(lambda: service.ask("GET", "/v1/health")["workers"] == 2)
    _, said = service.end()
    assert f"Worker {name} ended by itself (-9); another takes its place." in said


def test_what_a_loss_of_power_leaves_is_finished_after_a_restart(start: Start, store: Store) -> None:
    """And files past their days are dropped then, but for those that still wait."""
    service = start(workers=2, UNMASK_SERVE__LEASE_SECONDS="2")
    asked = [service.send(still(number), **QUICK) for number in range(10)]
    wait_for(lambda: sum(store.found(check)["state"] == "done" for check in asked) >= 2)
    service.kill()
    done = [check for check in asked if store.found(check)["state"] == "done"]
    assert len(done) < 10
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE media SET created = created - 3 * 86400")
    again = start(workers=2, UNMASK_SERVE__LEASE_SECONDS="2", UNMASK_SERVE__KEEP_DAYS="2")
    for check in asked:
        again.await_state(check, "done")
    assert [times_done(store, check) for check in asked] == [1] * 10
    named = [store.result(check) for check in asked]
    assert len(set(named)) == 10
    assert set(named) <= set(store.results())
    for check in asked:
        assert again.ask("GET", f"/v1/checks/{check}/report")["verdict"] == again.check(check)["verdict"]["word"]
    wait_for(lambda: not any(again.check(check)["media_kept"] for check in done))


def test_a_service_asked_to_end_gives_back_what_it_examines(start: Start, store: Store, puppet_clip: Path) -> None:
    service = start(UNMASK_SERVE__GRACE_SECONDS="15")
    check = service.send(puppet_clip.read_bytes())
    wait_for(lambda: holder(store, check))
    there, begun = service.workers(), time.monotonic()
    code, said = service.end()
    assert code == 0
    assert time.monotonic() - begun < 15 + 5 + 2
    assert "ended by itself" not in said
    found = store.found(check)
    assert (found["state"], found["attempts"], store.results()) == ("queued", 0, [])
    assert len(there) == 1
    assert not any(Path(f"/proc/{pid}").exists() for pid in there.values())


def test_workers_that_do_not_hear_are_ended_when_the_grace_is_over(
    start: Start, store: Store, puppet_clip: Path
) -> None:
    service = start(UNMASK_SERVE__GRACE_SECONDS="0.5")
    check = service.send(puppet_clip.read_bytes())
    name = wait_for(lambda: holder(store, check))
    os.kill(service.workers()[name], signal.SIGSTOP)
    code, _ = service.end()
    assert code == 0
    assert (store.found(check)["state"], store.found(check)["attempts"]) == ("queued", 0)


def test_workers_do_not_outlive_a_server_that_was_killed(start: Start) -> None:
    service = start()
    there = wait_for(service.workers)
    service.process.kill()
    service.process.wait()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in there.values()))


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings = Settings(serve=ServiceSettings(folder=tmp_path, port=port))
        with pytest.raises(OutputError, match=f"127.0.0.1:{port} cannot be used: Address already in use"):
            serve(settings, lambda _: None, lambda _name, _code: None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])  # noqa: S104 # refused
def test_an_address_that_others_reach_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match=f"The address {host} can be reached by others"):
        require_own_machine(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_an_address_of_this_machine_is_taken(host: str) -> None:
    require_own_machine(host)
