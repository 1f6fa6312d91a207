"""What webhooks are still to be told: each end once a receiver, and nothing lost."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.service.store.conftest import Open
from tests.service.store.rows import ERROR, LEASE_SECONDS, Ask
from unmask.service.store import checks, deliveries, events, queue
from unmask.service.store.database import Database
from unmask.service.store.deliveries import Delivery, End

PLACES = ("one", "two")


def ended(database: Database, ask: Ask) -> str:
    check = ask()
    lease = queue.claim(database, "worker", LEASE_SECONDS)
    assert lease is not None
    queue.fail(database, lease, ERROR)
    return check


def ends(database: Database) -> tuple[End, ...]:
    return tuple(end for event in events.since(database, 0) if (end := deliveries.as_end(event)))


def noted(database: Database) -> None:
    deliveries.note(database, ends(database), PLACES, events.last_number(database))


def all_due(database: Database, now: float) -> list[Delivery]:
    found = []
    while delivery := deliveries.claim(database, PLACES, now):
        found.append(delivery)
    return found


def test_the_position_begins_with_what_comes_and_outlives_its_process(
    database: Database, ask: Ask, open_again: Open
) -> None:
    ended(database, ask)
    before = events.last_number(database)
    seen, begun = deliveries.position(database)
    assert seen == before
    assert abs(begun - time.time()) < 5
    ended(database, ask)
    noted(database)
    assert deliveries.position(open_again()) == (events.last_number(database), begun)


def test_an_end_is_told_once_to_each_receiver_however_often_it_is_noted(database: Database, ask: Ask) -> None:
    check = ended(database, ask)
    deliveries.position(database)
    (number,) = (one.number for one in ends(database))
    noted(database)
    with database.writing() as connection:
        checks.label(connection, check, "made")
    assert len(ends(database)) == 2
    noted(database)
    found = all_due(database, time.time())
    assert sorted((one.check, one.place, one.number) for one in found) == [(check, place, number) for place in PLACES]
    assert {one.told["state"] for one in found} == {"failed"}
    for one in found:
        deliveries.end(database, one)
    noted(database)
    assert all_due(database, time.time() + 1000) == []


def test_what_dies_while_it_tells_leaves_a_second_try(database: Database, ask: Ask) -> None:
    ended(database, ask)
    deliveries.position(database)
    noted(database)
    now = time.time()
    assert len(all_due(database, now)) == 2
    assert all_due(database, now + deliveries.FIRST_SECONDS - 1) == []
    assert len(all_due(database, now + deliveries.FIRST_SECONDS)) == 2


def test_what_is_given_up_is_named_once_and_a_deleted_check_leaves_nothing(database: Database, ask: Ask) -> None:
    check, other = ended(database, ask), ended(database, ask)
    deliveries.position(database)
    noted(database)
    with database.writing() as connection:
        assert checks.remove(connection, other) is not None
    later = time.time() + 60
    assert sorted(deliveries.end_late(database, later)) == [(check, place) for place in PLACES]
    assert deliveries.end_late(database, later) == ()
    assert all_due(database, later) == []
    deliveries.prune(database, later)
    assert (check, "one") in _rows(database)
    deliveries.prune(database, later + deliveries.KEPT_SECONDS)
    assert _rows(database) == []


def test_a_check_that_was_deleted_before_its_end_was_noted_is_passed_over(database: Database, ask: Ask) -> None:
    check = ended(database, ask)
    deliveries.position(database)
    found = ends(database)
    with database.writing() as connection:
        assert checks.remove(connection, check) is not None
    deliveries.note(database, found, PLACES, found[-1].number)
    assert _rows(database) == []


def test_two_servers_of_one_database_do_not_tell_the_same(database: Database, ask: Ask) -> None:
    made = {ended(database, ask) for _ in range(8)}
    deliveries.position(database)
    noted(database)
    now = time.time()
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: all_due(database, now), range(2))
    told = [(one.check, one.place) for one in (*first, *second)]
    assert sorted(told) == sorted((check, place) for check in made for place in PLACES)


def _rows(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        found = connection.exec_driver_sql("SELECT check_id, place FROM deliveries").all()
    return [(row[0], row[1]) for row in found]
