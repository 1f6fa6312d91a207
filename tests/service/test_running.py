"""The service as it runs, and as it dies: every check is finished, and finished once."""

import os
import signal
import socket
import time
import urllib.error
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.program import unmask
from tests.service.drawn import Store, still
from tests.service.served import Served, wait_for
from unmask import Client
from unmask.errors import OutputError, UsageError
from unmask.service.running import NICENESS, require_kept_out, serve
from unmask.service.store import events, keys
from unmask.service.store.database import open_database
from unmask.service.store.folder import FolderStorage
from unmask.service.store.queue import MOST_DEATHS
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
    yield Store(database, FolderStorage(tmp_path))
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


def deaths(store: Store, check: str) -> int:
    """How many workers died at it, as far as is known."""
    with store.database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT deaths FROM checks WHERE id = ?", (check,)).scalar_one())


def test_a_worker_killed_in_the_middle_costs_no_check(start: Start, store: Store, short_clip: Path) -> None:
    service = start(workers=2)
    check = service.send(short_clip.read_bytes())
    name = wait_for(lambda: holder(store, check))
    victim = service.workers()[name]
    niceness = [os.getpriority(os.PRIO_PROCESS, process) for process in (service.process.pid, victim)]
    assert niceness[1] == min(niceness[0] + NICENESS, 19)  # whoever asks goes before
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


def test_workers_that_only_stand_still_put_no_file_aside(start: Start, store: Store, short_clip: Path) -> None:
    """As on a machine that sleeps, or whose time another one takes."""
    service = start(workers=2, UNMASK_SERVE__LEASE_SECONDS="1")
    check = service.send(short_clip.read_bytes())
    for _ in range(MOST_DEATHS):
        name = wait_for(lambda: holder(store, check))
        os.kill(service.workers()[name], signal.SIGSTOP)
        wait_for(lambda: deaths(store, check) == 1)
        os.kill(service.workers()[name], signal.SIGCONT)
        wait_for(lambda: deaths(store, check) == 0)
    service.await_state(check, "done")
    assert (times_done(store, check), store.results()) == (1, [store.result(check)])


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


KEY, PROXY = "a key, which 'unmask serve keys new' makes", "the setting serve.behind_tls_proxy confirms"


def key(store: Store, days: int | None = None) -> str:
    """Identity of a new key."""
    with store.database.writing() as connection:
        return keys.new(connection, "test", "check", days)[0].id


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])  # noqa: S104 # refused
def test_an_address_that_others_reach_is_refused(store: Store, host: str) -> None:
    with pytest.raises(UsageError, match=f"The address {host} can be reached by others") as caught:
        require_kept_out(ServiceSettings(host=host), store.database)
    assert KEY in str(caught.value)
    assert PROXY in str(caught.value)


@pytest.mark.parametrize(
    ("has_key", "proxied", "missing"), [(True, False, PROXY), (False, True, KEY), (True, True, None)]
)
def test_such_an_address_takes_a_key_and_a_proxy(
    store: Store, *, has_key: bool, proxied: bool, missing: str | None
) -> None:
    serve = ServiceSettings(host="192.0.2.7", behind_tls_proxy=proxied)
    if has_key:
        key(store)
    if missing is None:
        require_kept_out(serve, store.database)
        return
    with pytest.raises(UsageError) as caught:
        require_kept_out(serve, store.database)
    assert [told in str(caught.value) for told in (KEY, PROXY)] == [missing == KEY, missing == PROXY]


@pytest.mark.parametrize("over", ["revoked = 1.0", "expires = 1.0"])
def test_a_key_that_is_taken_no_more_keeps_nobody_out_at_the_start(store: Store, over: str) -> None:
    key(store)
    with store.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE keys SET {over}")  # noqa: S608 # ours
    with pytest.raises(UsageError, match="a key, which"):
        require_kept_out(ServiceSettings(host="192.0.2.7", behind_tls_proxy=True), store.database)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_an_address_of_this_machine_is_taken(store: Store, host: str) -> None:
    require_kept_out(ServiceSettings(host=host), store.database)


def test_the_command_names_what_an_address_is_missing(tmp_path: Path) -> None:
    done = unmask("serve", "--host", "192.0.2.7", "--folder", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert KEY in done.stderr
    assert PROXY in done.stderr


def test_a_service_with_keys_examines_what_their_holders_send(start: Start, tmp_path: Path) -> None:
    """The whole way: made beside it while it runs, needed from then on, taken, revoked."""
    service = start()
    shown = unmask("serve", "keys", "new", "--name", "test", "--folder", tmp_path).stdout.strip()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        service.send(still(1), **QUICK)
    (tmp_path / "still.png").write_bytes(still(1))
    with Client(service.address, key=shown) as client:
        check = client.wait(client.check(tmp_path / "still.png", only=["file"]).id)
        assert check.state == "done"
        assert client.report(check.id)["verdict"] == check.told["verdict"]["word"]
        revoked = unmask("serve", "keys", "revoke", shown.split(".")[0], "--folder", tmp_path)
        assert "It was the last one" in revoked.stderr
    assert service.check(check.id)["state"] == "done"
