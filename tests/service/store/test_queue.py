"""The queue, the same on SQLite and on PostgreSQL: no check twice, none lost, one result each."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Select, insert, text, update
from sqlalchemy.dialects import sqlite

from tests.cli.program import environment
from tests.service.store.rows import ERROR, LEASE_SECONDS, VERDICT, Ask, Clock, sha256_of, taken
from unmask.service.store import checks, events, queue
from unmask.service.store.checks import Options
from unmask.service.store.database import Database
from unmask.service.store.queue import Lease, LeaseLost
from unmask.service.store.tables import checks as table

CLAIM_ALL = """
import sys
from pathlib import Path
from unmask.service.store import queue
from unmask.service.store.database import open_database
database = open_database(Path(sys.argv[1]), sys.argv[2] or None)
print("ready", flush=True)
sys.stdin.readline()
while (lease := queue.claim(database, sys.argv[3], 30.0)) is not None:
    print(lease.check, flush=True)
"""


def test_an_empty_queue_gives_nothing(database: Database) -> None:
    assert queue.claim(database, "one", LEASE_SECONDS) is None


def test_a_claimed_check_tells_all_that_a_worker_needs(database: Database, ask: Ask) -> None:
    check = ask("a.mp4", content="a", options=Options(("pulse", "seam"), fast=True, threshold=0.75))
    lease = taken(database)
    assert (lease.check, lease.media, lease.name, lease.attempt) == (check, sha256_of("a"), "a.mp4", 1)
    assert lease.options == Options(("pulse", "seam"), fast=True, threshold=0.75)
    found = ask.found(check)
    assert (found["state"], found["attempts"], found["finished"]) == ("running", 1, None)
    assert found["started"] is not None


def test_the_oldest_goes_first(database: Database, ask: Ask, clock: Clock) -> None:
    asked = []
    for _ in range(4):
        asked.append(ask())
        clock.now += 1
    assert [taken(database).check for _ in asked] == asked


def test_a_person_goes_before_a_batch_that_waits_longer(database: Database, ask: Ask, clock: Clock) -> None:
    batch = ask(priority="batch")
    clock.now += 60
    person = ask(priority="person")
    assert [taken(database).check for _ in range(2)] == [person, batch]


def test_many_threads_take_no_check_twice(database: Database, ask: Ask) -> None:
    asked = {ask(str(number)) for number in range(60)}

    def take_all(worker: int) -> list[str]:
        took = []
        while (lease := queue.claim(database, str(worker), LEASE_SECONDS)) is not None:
            took.append(lease.check)
        return took

    with ThreadPoolExecutor(8) as pool:
        took = [check for mine in pool.map(take_all, range(8)) for check in mine]
    assert sorted(took) == sorted(asked)


def test_processes_take_no_check_twice(ask: Ask, tmp_path: Path, address: str | None) -> None:
    asked = [ask(str(number)) for number in range(60)]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIM_ALL, str(tmp_path), address or "", str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            text=True,
        )
        for number in range(3)
    ]
    for process in started:  # all are there before the first takes one
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    took = [check for process in started for check in process.communicate(timeout=60)[0].split()]
    assert sorted(took) == sorted(asked)


def test_a_lease_that_ran_out_is_given_to_another(database: Database, ask: Ask, clock: Clock) -> None:
    check = ask()
    taken(database)
    clock.now += LEASE_SECONDS - 1
    assert queue.claim(database, "two", LEASE_SECONDS) is None
    clock.now += 2
    assert taken(database, "two").check == check
    assert ask.found(check)["attempts"] == 2


@pytest.mark.parametrize("renew", ["beat", "progress"])
def test_whoever_gives_signs_of_life_keeps_its_lease(database: Database, ask: Ask, clock: Clock, renew: str) -> None:
    ask()
    lease = taken(database)
    for _ in range(5):
        clock.now += LEASE_SECONDS - 1
        if renew == "beat":
            queue.beat(database, lease, LEASE_SECONDS)
        else:
            queue.progress(database, lease, 1.0, 2.0, LEASE_SECONDS)
        assert queue.claim(database, "two", LEASE_SECONDS) is None


Word = Callable[[Database, Lease], None]
WORDS: dict[str, Word] = {
    "beat": lambda database, lease: queue.beat(database, lease, LEASE_SECONDS),
    "progress": lambda database, lease: queue.progress(database, lease, 1.0, None, LEASE_SECONDS),
    "found": lambda database, lease: queue.found(database, lease, 1, {"detector": "pulse"}),
    "finish": lambda database, lease: queue.finish(database, lease, VERDICT, "late"),
    "fail": lambda database, lease: queue.fail(database, lease, ERROR),
    "stumble": lambda database, lease: queue.stumble(database, lease, ERROR),
    "release": queue.release,
}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("since", ["taken by another", "given back", "finished", "deleted"])
def test_whoever_lost_its_lease_changes_nothing(
    database: Database, ask: Ask, clock: Clock, word: str, since: str
) -> None:
    check = ask()
    lost = taken(database)
    if since == "deleted":
        with database.writing() as connection:
            checks.remove(connection, check)
    elif since == "finished":
        queue.finish(database, lost, VERDICT, "first")
    else:
        clock.now += LEASE_SECONDS + 1
        now = taken(database, "two")
        if since == "given back":
            queue.release(database, now)
    before, number = None if since == "deleted" else ask.found(check), events.last_number(database)
    with pytest.raises(LeaseLost):
        WORDS[word](database, lost)
    assert events.last_number(database) == number
    if before is not None:
        assert ask.found(check) == before
        assert ask.result(check) == ("first" if since == "finished" else None)


def test_a_check_is_finished_once_whoever_says_so_at_once(database: Database, ask: Ask) -> None:
    check = ask()
    lease = taken(database)
    line = threading.Barrier(6)

    def end(number: int) -> str | None:
        line.wait(30)
        try:
            queue.finish(database, lease, VERDICT, f"result {number}")
        except LeaseLost:
            return None
        return f"result {number}"

    with ThreadPoolExecutor(6) as pool:
        ended = [name for name in pool.map(end, range(6)) if name]
    assert ended == [ask.result(check)]
    assert ask.told(check).count(("check", "done")) == 1


def test_a_finished_check_holds_its_verdict(database: Database, ask: Ask) -> None:
    check = ask()
    lease = taken(database)
    queue.progress(database, lease, 1.5, 3.0, LEASE_SECONDS)
    queue.finish(database, lease, VERDICT, "c_1-abc")
    found = ask.found(check)
    assert found["state"] == "done"
    assert found["verdict"] == {
        "word": "manipulated",
        "probability": 0.9,
        "interval": [0.8, 0.95],
        "sentence": "Signs of manipulation.",
    }
    assert (found["error"], ask.result(check)) == (None, "c_1-abc")
    assert found["finished"] is not None
    assert queue.claim(database, "two", LEASE_SECONDS) is None


def test_a_failed_check_says_why_and_is_not_tried_again(database: Database, ask: Ask) -> None:
    check = ask()
    queue.fail(database, taken(database), ERROR)
    assert (ask.found(check)["state"], ask.found(check)["error"]) == ("failed", ERROR)
    assert queue.claim(database, "two", LEASE_SECONDS) is None


def test_a_clock_put_forward_makes_no_second_result(database: Database, ask: Ask, clock: Clock) -> None:
    check = ask()
    slow = taken(database, "slow")
    clock.now += 86_400
    quick = taken(database, "quick")
    queue.finish(database, quick, VERDICT, "of the quick")
    with pytest.raises(LeaseLost):
        queue.finish(database, slow, VERDICT, "of the slow")
    assert ask.result(check) == "of the quick"


def test_a_clock_put_forward_takes_nothing_from_one_who_beats_first(database: Database, ask: Ask, clock: Clock) -> None:
    check = ask()
    lease = taken(database)
    clock.now += 86_400
    queue.beat(database, lease, LEASE_SECONDS)
    assert queue.claim(database, "two", LEASE_SECONDS) is None
    queue.finish(database, lease, VERDICT, "one")
    assert ask.result(check) == "one"


def test_a_clock_put_back_neither_doubles_a_check_nor_loses_it(database: Database, ask: Ask, clock: Clock) -> None:
    check = ask()
    dead = taken(database, "dead")
    clock.now -= 86_400
    assert queue.claim(database, "two", LEASE_SECONDS) is None  # it may be alive
    clock.now += LEASE_SECONDS + 1
    assert taken(database, "two").check == check  # it is not, since nobody renewed the lease
    with pytest.raises(LeaseLost):
        queue.finish(database, dead, VERDICT, "dead")


def test_a_claim_forgets_what_an_earlier_attempt_found(database: Database, ask: Ask) -> None:
    check = ask()
    lease = taken(database)
    queue.progress(database, lease, 1.0, 2.0, LEASE_SECONDS)
    queue.found(database, lease, 1, {"detector": "pulse"})
    assert [one["evidence"] for one in events.evidence_of(database, check)] == [{"detector": "pulse"}]
    queue.bury(database, "one")
    again = taken(database, "two")
    assert events.evidence_of(database, check) == ()
    assert ask.found(check)["progress"] is None
    queue.found(database, again, None, {"detector": "file"})
    assert events.evidence_of(database, check) == ({"check": check, "person": None, "evidence": {"detector": "file"}},)


def test_of_progress_only_the_last_is_kept(database: Database, ask: Ask) -> None:
    check = ask()
    lease = taken(database)
    for seconds in (1.0, 2.0, 3.0):
        queue.progress(database, lease, seconds, 12.0, LEASE_SECONDS)
    kept = [one.told for one in events.since(database, 0) if one.kind == "progress"]
    assert kept == [{"check": check, "seconds": 3.0, "of": 12.0}]
    assert ask.found(check)["progress"] == {"seconds": 3.0, "of": 12.0}


def test_listeners_are_told_each_change_of_state(database: Database, ask: Ask) -> None:
    check = ask()
    queue.release(database, taken(database))
    queue.stumble(database, taken(database), ERROR)
    queue.finish(database, taken(database), VERDICT, "name")
    assert [state for _, state in ask.told(check)] == [
        "queued", "running", "queued", "running", "queued", "running", "done",
    ]  # fmt: skip


def test_many_workers_that_die_and_lose_leases_leave_one_result_a_check(database: Database, ask: Ask) -> None:
    """Some die, some are declared dead and finish all the same, some stop: whatever they do, one result is named."""
    asked = {ask(str(number)) for number in range(24)}
    ended: list[str] = []

    def work(number: int) -> None:
        turn = 0
        while (lease := queue.claim(database, f"w{number}", LEASE_SECONDS)) is not None:
            turn += 1
            if (number + turn) % 3 == 0:
                queue.give_back(database, f"w{number}")  # and finishes all the same
            try:
                queue.finish(database, lease, VERDICT, f"{lease.check}-{number}-{turn}")
                ended.append(lease.check)
            except LeaseLost:
                continue

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert sorted(ended) == sorted(asked)
    assert {ask.state(check) for check in asked} == {"done"}


@pytest.fixture
def crowded(database: Database, ask: Ask) -> Database:
    """10,000 checks wait, and as many are done."""
    ask(content="crowd")
    row = {"media": sha256_of("crowd"), "name": "x", "options": {}, "priority": 10}
    many = [{**row, "id": f"c_{number}", "state": "queued", "created": float(number)} for number in range(10_000)]
    done = [{**row, "id": f"d_{number}", "state": "done", "created": float(number)} for number in range(10_000)]
    with database.writing() as connection:
        connection.execute(insert(table), many + done)
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))
    return database


def plan_of(database: Database, wanted: Select[tuple[object, ...]]) -> str:
    compiled = wanted.compile(
        dialect=sqlite.dialect() if database.is_sqlite else database.engine.dialect,
        compile_kwargs={"literal_binds": True},
    )
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.reading() as connection:
        return "\n".join(str(row[-1]) for row in connection.execute(text(explain + str(compiled))))


def test_a_claim_looks_neither_through_what_waits_nor_through_what_is_done(crowded: Database) -> None:
    waiting, expired = plan_of(crowded, queue._next()), plan_of(crowded, queue._expired(time.time()))
    assert "checks_waiting" in waiting
    assert "SORT" not in waiting.upper().replace("B-TREE", "SORT")
    assert "checks_leased" in expired


def test_the_state_is_written_out_so_that_a_prepared_statement_uses_the_index_too(database: Database) -> None:
    made = queue._next().compile(dialect=database.engine.dialect)
    assert "state" not in " ".join(made.params)
    with database.reading() as connection:
        sent = connection.execute(queue._next().limit(0))
    assert "'queued'" in str(sent.context.statement)


def test_with_ten_thousand_waiting_a_claim_takes_no_time(crowded: Database) -> None:
    def seconds_of_one() -> float:
        begun = time.perf_counter()
        assert queue.claim(crowded, "one", LEASE_SECONDS) is not None
        return time.perf_counter() - begun

    assert min(seconds_of_one() for _ in range(20)) < 0.03


def test_a_check_that_runs_is_not_left_behind_by_ten_thousand_that_wait(crowded: Database, clock: Clock) -> None:
    lease = taken(crowded)
    clock.now += LEASE_SECONDS + 1
    with crowded.writing() as connection:
        connection.execute(update(table).where(table.c.id == lease.check).values(priority=0))
    assert taken(crowded, "two").check == lease.check
