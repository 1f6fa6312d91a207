"""What is put away, and above all what is not."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.drawn import Store
from unmask.service.housekeeping import DAY, HOUR, Housekeeper, keep_house
from unmask.service.store import events, queue
from unmask.service.store.database import open_database
from unmask.service.store.media import COMING, Upload, place_of
from unmask.service.store.results import write_result
from unmask.types import Verdict

VERDICT = Verdict("cannot-tell", None, None, "Nothing can be told.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    database = open_database(tmp_path)
    yield Store(database, tmp_path)
    database.close()


def finish_next(store: Store) -> str:
    lease = queue.claim(store.database, "one", 30.0)
    assert lease is not None
    result = write_result(store.folder, lease.check, {}, {}, "<p>")
    queue.finish(store.database, lease, VERDICT, result)
    return result


def older(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def age_media(store: Store, seconds: float) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE media SET created = created - ?", (seconds,))


def test_uploads_that_were_cut_off_go_and_one_that_is_coming_stays(store: Store) -> None:
    (store.folder / COMING).mkdir()
    left = store.folder / COMING / "left"
    left.write_bytes(b"half a film")
    older(left, HOUR + 60)
    with Upload(store.folder, 1000) as coming:
        coming.write(b"half a film")
        keep_house(store.database, store.folder, None)
        assert not left.exists()
        assert place_of(store.folder, coming.keep()).read_bytes() == b"half a film"


def test_results_that_no_check_names_go_and_others_stay(store: Store) -> None:
    store.ask(b"one")
    named = finish_next(store)
    unnamed, being_written = (write_result(store.folder, "c_lost", {}, {}, "") for _ in range(2))
    half = store.folder / "results" / ".half"
    half.mkdir()
    for name in (named, unnamed, ".half"):
        older(store.folder / "results" / name, HOUR + 60)
    keep_house(store.database, store.folder, None)
    assert store.results() == sorted([named, being_written])


def test_old_news_go_and_evidence_stays_with_its_check(store: Store) -> None:
    check = store.ask(b"one")
    lease = queue.claim(store.database, "one", 30.0)
    assert lease is not None
    queue.found(store.database, lease, None, {"detector": "file"})
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE events SET at = at - ?", (DAY + 60,))
    new = store.ask(b"one")
    keep_house(store.database, store.folder, None)
    assert [(one.kind, one.check) for one in events.since(store.database, 0)] == [("evidence", check), ("check", new)]
    last = events.last_number(store.database)
    with store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM events")
    store.ask(b"one")
    assert events.last_number(store.database) == last + 1  # a number is never given twice


def test_without_days_files_are_kept_for_ever(store: Store) -> None:
    check = store.ask(b"one")
    finish_next(store)
    age_media(store, 1000 * DAY)
    keep_house(store.database, store.folder, None)
    assert store.found(check)["media_kept"]
    assert place_of(store.folder, store.found(check)["media"]).exists()


def test_after_its_days_a_file_goes_and_its_check_keeps_hash_and_result(store: Store) -> None:
    check = store.ask(b"one")
    result = finish_next(store)
    age_media(store, 3 * DAY)
    number = events.last_number(store.database)
    keep_house(store.database, store.folder, 2.0)
    found = store.found(check)
    assert not found["media_kept"]
    assert not place_of(store.folder, found["media"]).exists()
    assert (found["verdict"]["word"], store.results(), store.result(check)) == ("cannot-tell", [result], result)
    (told,) = events.since(store.database, number)
    assert (told.kind, told.told["media_kept"]) == ("check", False)
    keep_house(store.database, store.folder, 2.0)
    assert events.last_number(store.database) == told.number  # once


def test_a_file_that_is_younger_or_still_to_be_examined_stays(store: Store) -> None:
    waits = store.ask(b"waits")
    runs = store.ask(b"runs")
    assert queue.claim(store.database, "one", 30.0) is not None
    age_media(store, 3 * DAY)
    young = store.send(b"young")
    keep_house(store.database, store.folder, 2.0)
    assert [store.found(check)["media_kept"] for check in (waits, runs)] == [True, True]
    assert place_of(store.folder, young).exists()


def test_a_file_that_comes_again_is_kept_again_from_then_on(store: Store) -> None:
    check = store.ask(b"one")
    finish_next(store)
    age_media(store, 3 * DAY)
    keep_house(store.database, store.folder, 2.0)
    store.send(b"one")
    keep_house(store.database, store.folder, 2.0)
    assert store.found(check)["media_kept"]
    assert place_of(store.folder, store.found(check)["media"]).read_bytes() == b"one"


def test_more_files_than_one_transaction_drops_all_go(store: Store) -> None:
    asked = [store.ask(f"{number}".encode()) for number in range(205)]
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE checks SET state = 'failed'")
    age_media(store, 3 * DAY)
    keep_house(store.database, store.folder, 2.0)
    assert not any(store.found(check)["media_kept"] for check in asked)
    assert not list((store.folder / "media").glob("*/*"))


def test_files_that_nobody_asked_a_check_of_go_after_a_day(store: Store) -> None:
    old, asked = store.send(b"old"), store.send(b"asked")
    store.ask(b"asked")
    age_media(store, DAY + 60)
    new = store.send(b"new")
    keep_house(store.database, store.folder, None)
    assert [place_of(store.folder, one).exists() for one in (old, asked, new)] == [False, True, True]
    assert store.send(b"old") == old


def test_files_that_no_row_names_go(store: Store) -> None:
    with Upload(store.folder, 1000) as coming:
        coming.write(b"a process died before it noted this")
        lost = place_of(store.folder, coming.keep())
    kept = place_of(store.folder, store.send(b"kept"))
    for path in (lost, kept):
        older(path, HOUR + 60)
    keep_house(store.database, store.folder, None)
    assert (lost.exists(), kept.exists()) == (False, True)


def test_the_housekeeper_begins_at_once_ends_when_asked_and_outlives_a_database_that_is_away(store: Store) -> None:
    (store.folder / COMING).mkdir()
    left = store.folder / COMING / "left"
    left.touch()
    older(left, HOUR + 60)
    with store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE events RENAME TO away")
    keeper = Housekeeper(store.database, store.folder, None)
    keeper.start()
    keeper.stop()
    assert not left.exists()
