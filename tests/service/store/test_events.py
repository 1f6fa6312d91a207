"""What listeners read: every event, in its order, once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.service.store.rows import LEASE_SECONDS, Ask
from unmask.service.store import events, queue
from unmask.service.store.database import Database


def test_numbers_rise_and_pages_follow_each_other(database: Database, ask: Ask) -> None:
    asked = [ask() for _ in range(7)]
    seen, number = [], 0
    while page := events.since(database, number, most=3):
        assert [one.number for one in page] == sorted({one.number for one in page})
        assert page[0].number > number
        number = page[-1].number
        seen += [one.check for one in page]
    assert seen == asked
    assert events.last_number(database) == number


def test_whoever_follows_while_many_write_misses_nothing(database: Database, ask: Ask) -> None:
    """In PostgreSQL numbers are given before a transaction ends: one could appear behind a higher one."""
    seen: list[int] = []

    def write(writer: int) -> None:
        for number in range(15):
            ask(f"{writer}-{number}", content=str(writer))

    with ThreadPoolExecutor(6) as pool:
        writing = [pool.submit(write, writer) for writer in range(6)]
        number = 0
        while len(seen) < 90:
            ended = all(one.done() for one in writing)
            page = events.since(database, number)
            number = page[-1].number if page else number
            seen += [one.number for one in page]
            if ended and not page:
                break
    assert len(seen) == len(set(seen)) == 90
    assert seen == sorted(seen)


def test_events_of_a_transaction_that_failed_did_not_happen(database: Database, ask: Ask) -> None:
    check = ask()
    number = events.last_number(database)

    def tell_and_fail() -> None:
        with database.writing() as connection:
            events.append(connection, check, "gone", {"check": check})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tell_and_fail()
    assert events.last_number(database) == number


def test_only_the_kinds_that_are_named_are_forgotten(database: Database, ask: Ask) -> None:
    check, other = ask(), ask()
    with database.writing() as connection:
        for kind in ("progress", "evidence"):
            events.append(connection, check, kind, {})
            events.append(connection, other, kind, {})
        events.forget(connection, check, "progress")
    assert [kind for kind, _ in ask.told(check)] == ["check", "evidence"]
    with database.writing() as connection:
        events.forget(connection, check)
    assert ask.told(check) == []
    assert [kind for kind, _ in ask.told(other)] == ["check", "progress", "evidence"]


def test_old_ones_are_pruned_but_for_evidence(database: Database, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    check = ask()
    lease = queue.claim(database, "one", LEASE_SECONDS)
    assert lease is not None
    queue.found(database, lease, 1, {"detector": "pulse"})
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    new = ask()
    events.prune(database, later - 1800)
    assert ask.told(check) == [("evidence", None)]
    assert ask.told(new) == [("check", "queued")]
