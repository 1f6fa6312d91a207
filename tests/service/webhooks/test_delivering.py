"""Receivers are told of every end, at least once, whatever stops and starts in between."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.service.asking import Service, eventually
from tests.service.drawn import still
from tests.service.served import Served, wait_for
from tests.service.webhooks.receiver import SECRET, Receiver, receiving
from unmask.client import verify_webhook
from unmask.service.housekeeping import DAY, keep_house
from unmask.service.store import checks, queue
from unmask.service.webhooks import delivering
from unmask.service.webhooks.delivering import Deliverer
from unmask.settings import ServiceSettings

ERROR = {"code": "broken", "message": "The film is broken.", "way_out": "Send another copy."}


def settings(*urls: str, private: bool = True) -> ServiceSettings:
    return ServiceSettings.model_validate({"webhooks": urls, "webhook_secret": SECRET, "webhooks_private": private})


def told(receiver: Receiver) -> list[Any]:
    """What a receiver came to know, every signature looked at."""
    return [verify_webhook(SECRET, headers["x-unmask-signature"], body) for _, headers, body in receiver.came]


class Run:
    """A deliverer over a service's rows, ended and begun anew at will."""

    def __init__(self, service: Service, *urls: str, private: bool = True) -> None:
        self.notes: list[str] = []
        self.deliverer = Deliverer(service.database, settings(*urls, private=private), self.notes.append)

    def __enter__(self) -> "Run":  # noqa: PYI034 # as in the clients
        self.deliverer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.deliverer.stop()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(delivering, "QUIET_SECONDS", 0.1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def fail(service: Service) -> str:
    check = service.wait()
    queue.fail(service.database, service.claimed(), ERROR)
    return check


def quarantine(service: Service) -> str:
    check = service.wait()
    for _ in range(queue.MOST_DEATHS):
        assert service.claimed().check == check
        queue.bury(service.database, "worker")
    return check


def due_at_once(service: Service) -> None:
    with service.database.writing() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET next = 0")


def rows(service: Service) -> list[Any]:
    with service.database.reading() as connection:
        return list(connection.exec_driver_sql("SELECT * FROM deliveries").all())


def test_every_kind_of_end_is_told_and_nothing_else(service: Service, receiver: Receiver) -> None:
    with Run(service, receiver.url) as run:
        ended = [service.done(), fail(service), quarantine(service)]
        service.wait("waits")
        eventually(lambda: len(receiver.came) == 3)
        with service.database.writing() as connection:
            checks.label(connection, ended[0], "made")
        time.sleep(0.2)
    found = told(receiver)
    assert [(one["event"], one["check"]["id"], one["check"]["state"]) for one in found] == [
        ("check", ended[0], "done"),
        ("check", ended[1], "failed"),
        ("check", ended[2], "quarantined"),
    ]
    assert set(found[0]) == {"event", "number", "check"}
    assert found[1]["check"]["error"] == ERROR
    assert found[0]["check"]["verdict"]["word"] == "cannot-tell"
    numbers = [one["number"] for one in found]
    assert numbers == sorted(set(numbers))
    assert run.notes == []


def test_what_was_over_before_there_was_a_webhook_is_not_told_even_if_it_is_labelled_now(
    service: Service, receiver: Receiver
) -> None:
    old = service.done()
    time.sleep(0.01)
    with Run(service, receiver.url):
        with service.database.writing() as connection:
            checks.label(connection, old, "made")
        new = service.done("new")
        eventually(lambda: receiver.came)
    assert [one["check"]["id"] for one in told(receiver)] == [new]


def test_what_ends_while_nobody_delivers_is_told_after_a_restart_and_nothing_twice(
    service: Service, receiver: Receiver
) -> None:
    with Run(service, receiver.url):
        first = service.done()
        eventually(lambda: receiver.came)
    second = service.done("second")
    with Run(service, receiver.url):
        eventually(lambda: len(receiver.came) == 2)
        keep_house(service.database, service.storage, None)
    with Run(service, receiver.url):
        time.sleep(0.1)
    assert [one["check"]["id"] for one in told(receiver)] == [first, second]


def test_what_a_receiver_did_not_take_is_tried_again_after_a_restart(service: Service, receiver: Receiver) -> None:
    receiver.status = 500
    with Run(service, receiver.url) as run:
        check = service.done()
        eventually(lambda: run.notes)
    place = receiver.url.removesuffix("/hook?of=unmask")
    assert run.notes == [f"The webhook at {place} takes nothing: It answered 500. It is tried again for a day."]
    receiver.status = 204
    due_at_once(service)
    with Run(service, receiver.url) as again:
        eventually(lambda: len(receiver.came) == 2)
        eventually(lambda: all(row.over for row in rows(service)))
    first, second = told(receiver)
    assert first == second
    assert (first["check"]["id"], again.notes) == (check, [])


def test_tries_come_later_each_time_and_end_after_a_day(
    service: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.status = 503
    run = Run(service, receiver.url)
    run.deliverer._open()
    check = service.done()
    begun, waits = time.time(), []
    run.deliverer._take_in()
    now = begun
    while now < begun + DAY:
        monkeypatch.setattr(time, "time", lambda now=now: now)
        run.deliverer._give_up_late()
        assert run.deliverer._deliver_next()
        run.deliverer._quiet_until.clear()
        following = rows(service)[0].next
        waits.append(following - now)
        now = following
    assert [round(wait) for wait in waits[:8]] == [30, 60, 120, 240, 480, 960, 1920, 3600]
    assert len(waits) < 40
    monkeypatch.setattr(time, "time", lambda: begun + DAY + 60)
    run.deliverer._give_up_late()
    assert not run.deliverer._deliver_next()
    assert run.notes[-1].endswith(f"was not told of the check {check}: it took nothing for a day.")
    run.deliverer._give_up_late()
    assert len([note for note in run.notes if "was not told" in note]) == 1


def test_a_receiver_that_is_down_does_not_hold_up_another(service: Service, receiver: Receiver) -> None:
    with Run(service, "http://127.0.0.1:9/", receiver.url) as run:
        made = [service.done(f"{number}") for number in range(5)]
        eventually(lambda: len(receiver.came) == 5)
    assert {one["check"]["id"] for one in told(receiver)} == set(made)
    assert len(run.notes) == 1
    assert "Connection refused" in run.notes[0]


def test_a_receiver_inside_is_told_nothing_unless_that_is_allowed(service: Service, receiver: Receiver) -> None:
    with Run(service, receiver.url, private=False) as run:
        service.done()
        eventually(lambda: run.notes)
    assert "127.0.0.1 is not public" in run.notes[0]
    assert receiver.came == []


def test_a_note_names_no_path_which_may_hold_a_key(service: Service) -> None:
    with Run(service, "http://127.0.0.1:9/hooks/sesame?key=sesame") as run:
        service.done()
        eventually(lambda: run.notes)
    assert "sesame" not in run.notes[0]
    assert not [row for row in rows(service) if "sesame" in str(row)]


def test_a_check_that_was_deleted_is_told_of_no_more(service: Service, receiver: Receiver) -> None:
    receiver.status = 500
    with Run(service, receiver.url) as run:
        check = service.done()
        eventually(lambda: run.notes)
        assert service.ask("DELETE", f"/v1/checks/{check}").status_code == 204
        assert rows(service) == []


def test_rows_of_what_was_told_are_put_away(
    service: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Run(service, receiver.url):
        check = service.done()
        eventually(lambda: any(row.over for row in rows(service)))
    later = time.time() + 3 * DAY
    monkeypatch.setattr(time, "time", lambda: later)
    keep_house(service.database, service.storage, None)
    assert rows(service) == []
    with Run(service, receiver.url):
        with service.database.writing() as connection:
            checks.label(connection, check, "made")
        time.sleep(0.1)
    assert len(receiver.came) == 1


def test_without_webhooks_nothing_is_noted(service: Service) -> None:
    deliverer = Deliverer(service.database, ServiceSettings(), lambda _: None)
    deliverer.start()
    service.done()
    deliverer.stop()
    assert rows(service) == []


def test_a_database_that_is_away_for_a_moment_costs_nothing(service: Service, receiver: Receiver) -> None:
    with Run(service, receiver.url):
        with service.database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE deliveries RENAME TO away")
        check = service.done()
        time.sleep(0.1)
        with service.database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO deliveries")
        eventually(lambda: receiver.came)
    assert [one["check"]["id"] for one in told(receiver)] == [check]


def test_the_service_tells_as_it_runs(tmp_path: Path, receiver: Receiver) -> None:
    named = {
        "UNMASK_SERVE__WEBHOOKS": json.dumps([receiver.url]),
        "UNMASK_SERVE__WEBHOOK_SECRET": SECRET,
        "UNMASK_SERVE__WEBHOOKS_PRIVATE": "true",
    }
    service = Served(tmp_path, workers=1, **named)
    try:
        check = service.send(still(), only=["file"], fast=True)
        wait_for(lambda: receiver.came)
        code, said = service.end()
    finally:
        service.kill()
    assert [(one["check"]["id"], one["check"]["state"]) for one in told(receiver)] == [(check, "done")]
    assert (code, said) == (0, "")
