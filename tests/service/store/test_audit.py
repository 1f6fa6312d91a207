"""The audit log: every row follows the one before, and whatever was changed, taken out or put in is found."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, insert, text, update

from unmask.service.auditing import entry_as_json
from unmask.service.store import audit
from unmask.service.store.audit import BEGINNING, Broken, hash_of
from unmask.service.store.database import Database
from unmask.service.store.tables import audit as table

ROWS = 6


def note(database: Database, subject: str, who: str = "k_a") -> None:
    with database.writing() as connection:
        audit.append(connection, who, "check-asked", subject, {"media": "0" * 64})


@pytest.fixture
def log(database: Database) -> Database:
    """A database with a log of some rows."""
    for number in range(ROWS):
        note(database, f"c_{number}")
    return database


def verified(database: Database) -> tuple[int, Broken | None]:
    with database.reading() as connection:
        rows, _, broken = audit.verify(connection)
    return rows, broken


def run(database: Database, statement: str) -> None:
    with database.writing() as connection:
        connection.execute(text(statement))


def test_rows_are_told_as_they_were_written(log: Database) -> None:
    with log.reading() as connection:
        entries = audit.last(connection)
        newest = audit.last(connection, 2)
    assert [one.number for one in entries] == list(range(1, ROWS + 1))
    assert newest == entries[-2:]
    told = entry_as_json(entries[0])
    assert (told["who"], told["what"], told["subject"], told["more"]) == (
        "k_a",
        "check-asked",
        "c_0",
        {"media": "0" * 64},
    )
    assert abs(time.time() - entries[-1].at / 1000) < 60


def test_each_hash_is_over_the_row_and_the_hash_before(log: Database) -> None:
    with log.reading() as connection:
        first, second, *_ = audit.last(connection)
    assert first.hash == hash_of(BEGINNING, 1, first.at, "k_a", "check-asked", "c_0", first.more)
    assert second.hash == hash_of(first.hash, 2, second.at, "k_a", "check-asked", "c_1", second.more)


def test_no_two_rows_read_the_same() -> None:
    assert hash_of("", "a", "bc") != hash_of("", "ab", "c")
    assert hash_of("", "1") != hash_of("", 1)
    assert hash_of("", 'a", "b') != hash_of("", "a", "b")


def test_a_log_that_nobody_touched_is_whole(log: Database) -> None:
    assert verified(log) == (ROWS, None)


def test_an_empty_log_is_whole(database: Database) -> None:
    assert verified(database) == (0, None)


@pytest.mark.parametrize(
    "change",
    [
        "who = 'k_b'",
        "what = 'key-made'",
        "subject = 'c_9'",
        "at = at + 1",
        "more = '{}'",
        "more = more || ' '",
        "hash = 'beef'",
        "hash = upper(hash)",
    ],
)
@pytest.mark.parametrize("number", [1, 3, ROWS])
def test_a_row_that_was_changed_is_found(log: Database, change: str, number: int) -> None:
    run(log, f"UPDATE audit SET {change} WHERE number = {number}")  # noqa: S608 # ours
    rows, broken = verified(log)
    assert rows == number - 1
    assert broken is not None
    assert (broken.number, "was changed" in broken.because) == (number, True)


@pytest.mark.parametrize("number", [1, 3, ROWS])
def test_a_row_that_was_taken_out_is_found(log: Database, number: int) -> None:
    run(log, f"DELETE FROM audit WHERE number = {number}")  # noqa: S608 # ours
    assert verified(log) == (number - 1, Broken(number, "it is missing"))


def test_rows_cut_off_the_end_are_missed_even_after_others_were_written(log: Database) -> None:
    run(log, "DELETE FROM audit WHERE number > 4")
    assert verified(log) == (4, Broken(5, "it is missing"))
    note(log, "c_new")
    assert verified(log) == (4, Broken(5, "it is missing"))


def test_a_log_that_was_emptied_is_missed(log: Database) -> None:
    run(log, "DELETE FROM audit")
    assert verified(log) == (0, Broken(1, "it is missing"))


@pytest.mark.parametrize("number", [-1, 0])
def test_a_row_before_the_first_is_found(log: Database, number: int) -> None:
    row = {"at": 0, "who": "k_a", "what": "x", "subject": "x", "more": "{}", "hash": BEGINNING}
    with log.writing() as connection:
        connection.execute(insert(table).values(number=number, **row))
    assert verified(log) == (0, Broken(number, "it was put in"))


def test_a_row_put_in_at_the_end_is_found_though_its_hash_fits(log: Database) -> None:
    with log.writing() as connection:
        last = audit.last(connection, 1)[0]
        fields = (ROWS + 1, 0, "k_a", "x", "x", "{}")
        row = dict(zip(("number", "at", "who", "what", "subject", "more"), fields, strict=True))
        connection.execute(insert(table).values(hash=hash_of(last.hash, *fields), **row))
    assert verified(log) == (ROWS + 1, Broken(ROWS + 1, "the note of the last row is not of this one"))


def test_a_row_written_anew_with_a_hash_that_fits_breaks_the_next_one(log: Database) -> None:
    with log.writing() as connection:
        _, second, third, *_ = audit.last(connection)
        digest = hash_of(second.hash, 3, third.at, "k_b", third.what, third.subject, third.more)
        connection.execute(update(table).where(table.c.number == 3).values(who="k_b", hash=digest))
    rows, broken = verified(log)
    assert (rows, broken and broken.number) == (3, 4)


def test_two_rows_that_changed_places_are_found(log: Database) -> None:
    run(log, "UPDATE audit SET number = 99 WHERE number = 2")
    run(log, "UPDATE audit SET number = 2 WHERE number = 3")
    run(log, "UPDATE audit SET number = 3 WHERE number = 99")
    rows, broken = verified(log)
    assert (rows, broken and broken.number) == (1, 2)


def test_without_the_note_of_its_head_a_log_is_not_called_whole(log: Database) -> None:
    run(log, "DELETE FROM facts WHERE name = 'audit-head'")
    assert verified(log) == (ROWS, Broken(ROWS, "the note of the last row is not of this one"))


def test_a_long_log_is_verified_in_parts(log: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for at_once in (1, 2, ROWS, ROWS + 1):
        monkeypatch.setattr(audit, "AT_ONCE", at_once)
        assert verified(log) == (ROWS, None)
    run(log, "DELETE FROM audit WHERE number = 3")
    monkeypatch.setattr(audit, "AT_ONCE", 2)
    assert verified(log) == (2, Broken(3, "it is missing"))


def test_what_many_write_at_once_is_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(note, database, f"c_{number}") for number in range(20)]:
            one.result()
    assert verified(database) == (20, None)


def test_what_is_not_done_is_not_noted(log: Database) -> None:
    def fail() -> None:
        with log.writing() as connection:
            audit.append(connection, "k_a", "check-asked", "c_x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert verified(log) == (ROWS, None)


def test_rows_that_make_no_sense_are_shown_nevertheless(log: Database) -> None:
    with log.writing() as connection:
        connection.execute(update(table).where(table.c.number == 1).values(at=2**62, more="{"))
        entries = audit.last(connection)
        assert entry_as_json(entries[0])["at"] == str(2**62)
        connection.execute(delete(table).where(table.c.number == 1))


def test_bytes_in_the_place_of_a_text_are_found(log: Database) -> None:
    if not log.is_sqlite:
        pytest.skip("PostgreSQL takes none")
    run(log, "UPDATE audit SET who = x'ff00' WHERE number = 2")
    rows, broken = verified(log)
    assert (rows, broken and broken.number) == (1, 2)
    with log.reading() as connection:
        assert entry_as_json(audit.last(connection)[1])["who"] == r"b'\xff\x00'"
