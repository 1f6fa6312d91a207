"""Workers that die, stand still or stumble: what is counted against a file, and when it is put aside."""

import pytest

from tests.service.store.rows import ERROR, LEASE_SECONDS, VERDICT, Ask, Clock, taken
from unmask.service.store import queue
from unmask.service.store.database import Database
from unmask.service.store.queue import MOST_DEATHS, MOST_STUMBLES


@pytest.mark.parametrize("how", ["buried", "ran out"])
def test_the_third_death_puts_a_file_aside(database: Database, ask: Ask, clock: Clock, how: str) -> None:
    check = ask()
    for death in range(1, MOST_DEATHS + 1):
        taken(database, "dead")
        if how == "buried":
            queue.bury(database, "dead")
        else:
            clock.now += LEASE_SECONDS + 1
            if death == MOST_DEATHS:
                assert queue.claim(database, "next", LEASE_SECONDS) is None
        if death < MOST_DEATHS and how == "buried":
            assert ask.state(check) == "queued"
    found = ask.found(check)
    assert (found["state"], found["error"]["code"], found["attempts"]) == ("quarantined", "quarantined", MOST_DEATHS)
    assert queue.claim(database, "next", LEASE_SECONDS) is None


def test_a_lease_that_its_worker_outlived_is_no_death(database: Database, ask: Ask, clock: Clock) -> None:
    check = ask()
    for _ in range(MOST_DEATHS + 1):
        still = taken(database, "still")
        clock.now += LEASE_SECONDS + 1
        now = taken(database, "now")
        queue.outlive(database, still)
        assert ask.state(check) == "running"
        queue.release(database, now)
    queue.finish(database, taken(database), VERDICT, "whole")
    assert ask.state(check) == "done"


def test_what_was_put_aside_for_a_lease_that_was_outlived_waits_again(
    database: Database, ask: Ask, clock: Clock
) -> None:
    check = ask()
    for death in range(MOST_DEATHS):
        last = taken(database, "still")
        clock.now += LEASE_SECONDS + 1
        again = queue.claim(database, "next", LEASE_SECONDS)
        assert (again is None) == (death == MOST_DEATHS - 1)
        if again is not None:
            queue.release(database, again)
    assert ask.state(check) == "quarantined"
    queue.outlive(database, last)
    found = ask.found(check)
    assert (found["state"], found["error"], found["finished"]) == ("queued", None, None)
    assert ask.told(check)[-1] == ("check", "queued")
    taken(database, "dead")
    queue.bury(database, "dead")
    assert ask.state(check) == "quarantined"  # the other deaths still count


@pytest.mark.parametrize("over", ["done", "failed"])
def test_what_was_answered_stays_so_whoever_outlives_its_lease(database: Database, ask: Ask, over: str) -> None:
    check = ask()
    lost = taken(database, "dead")
    queue.bury(database, "dead")
    if over == "done":
        queue.finish(database, taken(database), VERDICT, "whole")
    else:
        queue.fail(database, taken(database), ERROR)
    before = ask.found(check)
    queue.outlive(database, lost)
    assert ask.found(check) == before


def test_the_third_stumble_is_a_failure(database: Database, ask: Ask) -> None:
    check = ask()
    for stumble in range(1, MOST_STUMBLES + 1):
        assert ask.state(check) == "queued"
        lease = taken(database)
        assert lease.attempt == stumble
        queue.stumble(database, lease, ERROR)
    assert (ask.found(check)["state"], ask.found(check)["error"]) == ("failed", ERROR)


def test_deaths_are_not_counted_as_stumbles(database: Database, ask: Ask) -> None:
    check = ask()
    for _ in range(MOST_DEATHS - 1):
        taken(database, "dead")
        queue.bury(database, "dead")
    queue.stumble(database, taken(database), ERROR)
    assert ask.state(check) == "queued"


@pytest.mark.parametrize("how", ["release", "give back"])
def test_what_is_given_back_on_purpose_counts_nothing(database: Database, ask: Ask, how: str) -> None:
    check = ask()
    for _ in range(MOST_DEATHS + MOST_STUMBLES):
        lease = taken(database, "one")
        assert lease.attempt == 1
        if how == "release":
            queue.release(database, lease)
        else:
            queue.give_back(database, "one")
        assert (ask.found(check)["state"], ask.found(check)["attempts"]) == ("queued", 0)


def test_the_dead_are_buried_with_what_they_held_and_nothing_else(database: Database, ask: Ask, clock: Clock) -> None:
    first, second = ask(), ask()
    clock.now += 1
    done = ask()
    held = {taken(database, name).check: name for name in ("one", "two")}
    queue.finish(database, taken(database, "one"), VERDICT, "kept")
    queue.bury(database, "one")
    assert {ask.state(check): held[check] for check in (first, second)} == {"queued": "one", "running": "two"}
    assert (ask.state(done), ask.result(done)) == ("done", "kept")
