"""Links to a report: told once, kept as a hash, and gone with their day or their check."""

import time

import pytest

from tests.service.store.rows import Ask
from unmask.service.store import checks, shares
from unmask.service.store.database import Database
from unmask.service.store.shares import Share

HOUR = 3600.0


def share(database: Database, check: str, seconds: float = HOUR) -> tuple[Share, str]:
    with database.writing() as connection:
        made = shares.add(connection, check, seconds)
    assert made is not None
    return made


def opened(database: Database, token: str) -> str | None:
    with database.reading() as connection:
        return shares.opened_by(connection, token)


def listed(database: Database, check: str) -> list[str]:
    with database.reading() as connection:
        return [one.id for one in shares.listed(connection, check)]


def test_a_token_opens_its_own_check_and_lies_nowhere(database: Database, ask: Ask) -> None:
    first, second = ask(), ask()
    (_, token), (_, other) = share(database, first), share(database, second)
    assert (opened(database, token), opened(database, other)) == (first, second)
    assert len({token, other}) == 2
    assert len(token) == 43  # 256 bits
    with database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM shares").all()
    assert not [value for row in rows for value in row if token in str(value)]


def test_what_is_no_token_opens_nothing(database: Database, ask: Ask) -> None:
    made, token = share(database, ask())
    with database.reading() as connection:
        digest = str(connection.exec_driver_sql("SELECT sha256 FROM shares").scalar())
    wrong = ["", "x", made.id, digest, token[:-1], token + "A", f"{token}\n", "é" * 43, "\0" * 43, "\ud800" * 43]
    assert [opened(database, one) for one in wrong] == [None] * len(wrong)


def test_a_link_ends_with_its_time_by_the_clock(database: Database, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    check = ask()
    made, token = share(database, check, HOUR)
    for at, opens in ((made.expires - 0.5, True), (made.expires, False), (made.expires + HOUR, False)):
        monkeypatch.setattr(time, "time", lambda at=at: at)
        assert (opened(database, token) == check, listed(database, check) == [made.id]) == (opens, opens)


def test_a_revoked_link_opens_nothing_and_others_stay(database: Database, ask: Ask) -> None:
    check, stranger = ask(), ask()
    (first, token), (second, other) = share(database, check), share(database, check)
    assert listed(database, check) == [first.id, second.id]
    with database.writing() as connection:
        assert not shares.revoke(connection, stranger, first.id)
        assert shares.revoke(connection, check, first.id)
        assert not shares.revoke(connection, check, first.id)
    assert (opened(database, token), opened(database, other)) == (None, check)


def test_a_deleted_check_takes_its_links_along(database: Database, ask: Ask) -> None:
    check = ask()
    _, token = share(database, check)
    with database.writing() as connection:
        assert checks.remove(connection, check) is not None
        assert shares.add(connection, check, HOUR) is None
    assert opened(database, token) is None
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM shares").scalar() == 0


def test_what_opens_nothing_any_more_is_put_away(database: Database, ask: Ask) -> None:
    check = ask()
    old, _ = share(database, check, HOUR)
    _, token = share(database, check, 3 * HOUR)
    shares.prune(database, old.expires + 1)
    assert opened(database, token) == check
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM shares").scalar() == 1
