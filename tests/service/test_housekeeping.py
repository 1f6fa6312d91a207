"""What is put away, and above all what is not."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.drawn import Store
from tests.service.places import Place
from tests.service.store.rows import sha256_of
from unmask.service.housekeeping import DAY, HOUR, Housekeeper, keep_house
from unmask.service.store import events, keeping, queue
from unmask.service.store.database import open_database
from unmask.service.store.folder import FolderStorage
from unmask.service.store.media import COMING, Upload
from unmask.service.store.results import write_result
from unmask.types import Verdict

VERDICT = Verdict("cannot-tell", None, None, "Nothing can be told.")


@pytest.fixture
def store(tmp_path: Path, place: Place) -> Iterator[Store]:
    database = open_database(tmp_path)
    yield Store(database, place.storage)
    database.close()


def finish_next(store: Store) -> str:
    lease = queue.claim(store.database, "one", 30.0)
    assert lease is not None
    result = write_result(store.storage, lease.check, {}, {}, "<p>")
    queue.finish(store.database, lease, VERDICT, result)
    return result


def named(sha256: str) -> str:
    return f"media/{sha256[:2]}/{sha256}"


def results(place: Place) -> set[str]:
    return {name.split("/")[1] for name in place.files() if name.startswith("results/")}


def older(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def age_media(store: Store, seconds: float) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE media SET created = created - ?", (seconds,))


def test_uploads_that_were_cut_off_go_and_one_that_is_coming_stays(store: Store, place: Place) -> None:
    (store.folder / COMING).mkdir()
    left = store.folder / COMING / "left"
    left.write_bytes(b"half a film")
    older(left, HOUR + 60)
    with Upload(store.folder, 1000) as coming:
        coming.write(b"half a film")
        keep_house(store.database, store.storage, None)
        assert not left.exists()
        sha256, _ = keeping.keep(store.database, store.storage, coming)
    assert place.content(named(sha256)) == b"half a film"


def test_results_that_no_check_names_go_and_others_stay(store: Store, place: Place) -> None:
    store.ask(b"one")
    known = finish_next(store)
    unnamed, being_written = (write_result(store.storage, "c_lost", {}, {}, "") for _ in range(2))
    for name in (known, unnamed):
        place.age(f"results/{name}", HOUR + 60)
    keep_house(store.database, store.storage, None)
    assert results(place) == {known, being_written}


def test_half_a_result_goes(tmp_path: Path) -> None:
    half = tmp_path / "results" / ".half"
    half.mkdir(parents=True)
    older(half, HOUR + 60)
    FolderStorage(tmp_path).sweep_results(set(), time.time() - HOUR)
    assert not half.exists()


def test_old_news_go_and_evidence_stays_with_its_check(store: Store) -> None:
    check = store.ask(b"one")
    lease = queue.claim(store.database, "one", 30.0)
    assert lease is not None
    queue.found(store.database, lease, None, {"detector": "file"})
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE events SET at = at - ?", (DAY + 60,))
    new = store.ask(b"one")
    keep_house(store.database, store.storage, None)
    assert [(one.kind, one.check) for one in events.since(store.database, 0)] == [("evidence", check), ("check", new)]
    last = events.last_number(store.database)
    with store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM events")
    store.ask(b"one")
    assert events.last_number(store.database) == last + 1  # a number is never given twice


def test_without_days_files_are_kept_for_ever(store: Store, place: Place) -> None:
    check = store.ask(b"one")
    finish_next(store)
    age_media(store, 1000 * DAY)
    keep_house(store.database, store.storage, None)
    assert store.found(check)["media_kept"]
    assert place.files() >= {named(store.found(check)["media"])}


def test_after_its_days_a_file_goes_and_its_check_keeps_hash_and_result(store: Store, place: Place) -> None:
    check = store.ask(b"one")
    result = finish_next(store)
    age_media(store, 3 * DAY)
    number = events.last_number(store.database)
    keep_house(store.database, store.storage, 2.0)
    found = store.found(check)
    assert not found["media_kept"]
    assert named(found["media"]) not in place.files()
    assert (found["verdict"]["word"], results(place), store.result(check)) == ("cannot-tell", {result}, result)
    (told,) = events.since(store.database, number)
    assert (told.kind, told.told["media_kept"]) == ("check", False)
    keep_house(store.database, store.storage, 2.0)
    assert events.last_number(store.database) == told.number  # once


def test_a_file_that_is_younger_or_still_to_be_examined_stays(store: Store, place: Place) -> None:
    waits = store.ask(b"waits")
    runs = store.ask(b"runs")
    assert queue.claim(store.database, "one", 30.0) is not None
    age_media(store, 3 * DAY)
    young = store.send(b"young")
    keep_house(store.database, store.storage, 2.0)
    assert [store.found(check)["media_kept"] for check in (waits, runs)] == [True, True]
    assert place.files() >= {named(young)}


def test_a_file_that_comes_again_is_kept_again_from_then_on(store: Store, place: Place) -> None:
    check = store.ask(b"one")
    finish_next(store)
    age_media(store, 3 * DAY)
    keep_house(store.database, store.storage, 2.0)
    store.send(b"one")
    keep_house(store.database, store.storage, 2.0)
    assert store.found(check)["media_kept"]
    assert place.content(named(store.found(check)["media"])) == b"one"


def test_more_files_than_one_transaction_drops_all_go(
    store: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 10)
    asked = [store.ask(f"{number}".encode()) for number in range(25)]
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE checks SET state = 'failed'")
    age_media(store, 3 * DAY)
    keep_house(store.database, store.storage, 2.0)
    assert not any(store.found(check)["media_kept"] for check in asked)
    assert place.files() == set()


def test_files_that_nobody_asked_a_check_of_go_after_a_day(store: Store, place: Place) -> None:
    old, asked = store.send(b"old"), store.send(b"asked")
    store.ask(b"asked")
    age_media(store, DAY + 60)
    new = store.send(b"new")
    keep_house(store.database, store.storage, None)
    assert place.files() == {named(asked), named(new)}
    assert store.send(b"old") == old


def test_files_that_no_row_names_go(store: Store, place: Place) -> None:
    kept, lost, new = (store.send(content) for content in (b"kept", b"its process died before it noted this", b"new"))
    with store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM media WHERE sha256 IN (?, ?)", (lost, new))
    for sha256 in (kept, lost):
        place.age(named(sha256), HOUR + 60)
    keep_house(store.database, store.storage, None)
    assert place.files() == {named(kept), named(new)}
    with store.database.reading() as connection:  # no row was left of having looked
        assert connection.exec_driver_sql("SELECT sha256 FROM media").scalars().all() == [sha256_of("kept")]


def test_the_housekeeper_begins_at_once_ends_when_asked_and_outlives_a_database_that_is_away(store: Store) -> None:
    (store.folder / COMING).mkdir()
    left = store.folder / COMING / "left"
    left.touch()
    older(left, HOUR + 60)
    with store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE events RENAME TO away")
    keeper = Housekeeper(store.database, store.storage, None)
    keeper.start()
    keeper.stop()
    assert not left.exists()
