"""Checks as users see them, the same on SQLite and on PostgreSQL."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.service.store.rows import ERROR, LEASE_SECONDS, VERDICT, Ask, sha256_of
from unmask.errors import UsageError
from unmask.service.store import checks, events, queue
from unmask.service.store.checks import Filters, Left, Options
from unmask.service.store.database import Database


@pytest.fixture(autouse=True)
def rising(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is a second later."""
    seconds = itertools.count(1_800_000_000)
    monkeypatch.setattr(time, "time", lambda: float(next(seconds)))


def names(database: Database, filters: Filters = Filters()) -> list[str]:  # noqa: B008 # frozen
    with database.reading() as connection:
        return [one["name"] for one in checks.listed(connection, filters)[0]]


def finish(database: Database, word: str = "done") -> None:
    lease = queue.claim(database, "one", LEASE_SECONDS)
    assert lease is not None
    if word == "done":
        queue.finish(database, lease, VERDICT, "result")
    else:
        queue.fail(database, lease, ERROR)


def test_a_new_check_waits_and_tells_what_was_asked(database: Database, ask: Ask) -> None:
    check = ask("a.mp4", content="a", priority="batch", options=Options(("pulse",), fast=True, threshold=0.75))
    found = ask.found(check)
    assert found["id"] == check
    assert (found["media"], found["name"], found["priority"]) == (sha256_of("a"), "a.mp4", "batch")
    assert found["options"] == {"only": ["pulse"], "fast": True, "threshold": 0.75}
    assert (found["state"], found["attempts"], found["media_kept"]) == ("queued", 0, True)
    empty = ("progress", "started", "finished", "verdict", "error", "label")
    assert [found[name] for name in empty] == [None] * len(empty)
    (event,) = events.since(database, 0)
    assert (event.kind, event.check, event.told) == ("check", check, found)


def test_identities_are_long_and_never_alike(ask: Ask) -> None:
    made = {ask() for _ in range(50)}
    assert len(made) == 50
    assert {len(check) for check in made} == {18}


def test_what_is_not_there_is_not_found(database: Database) -> None:
    with database.writing() as connection:
        assert checks.find(connection, "c_none") is None
        assert checks.result_of(connection, "c_none") is None
        assert checks.remove(connection, "c_none") is None
        assert not checks.label(connection, "c_none", "made")
        assert not checks.has_media(connection, sha256_of("none"))
    assert events.last_number(database) == 0


def test_a_file_is_known_when_it_comes_again(database: Database) -> None:
    with database.writing() as connection:
        assert not checks.add_media(connection, sha256_of("a"), 1)
        assert checks.add_media(connection, sha256_of("a"), 1)
        assert checks.has_media(connection, sha256_of("a"))


def test_a_file_that_comes_many_times_at_once_is_new_once(database: Database) -> None:
    def come(_: int) -> bool:
        with database.writing() as connection:
            return checks.add_media(connection, sha256_of("a"), 1)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(come, range(8))) == [False] + [True] * 7


def test_the_newest_are_listed_first_a_page_at_a_time(database: Database, ask: Ask) -> None:
    asked = [ask(str(number)) for number in range(7)]
    pages, after = [], None
    with database.reading() as connection:
        while True:
            page, after = checks.listed(connection, after=after, limit=3)
            pages.append([one["id"] for one in page])
            if after is None:
                break
    assert pages == [asked[6:3:-1], asked[3:0:-1], asked[:1]]


def test_of_one_moment_none_is_listed_twice_or_left_out(
    database: Database, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.123456)
    asked, seen, after = {ask() for _ in range(10)}, [], None
    with database.reading() as connection:
        for _ in range(4):
            page, after = checks.listed(connection, after=after, limit=3)
            seen += [one["id"] for one in page]
    assert after is None
    assert sorted(seen) == sorted(asked)


def test_a_check_that_comes_between_two_pages_moves_nothing(database: Database, ask: Ask) -> None:
    asked = [ask() for _ in range(4)]
    with database.reading() as connection:
        _, after = checks.listed(connection, limit=2)
    ask("new")
    with database.reading() as connection:
        page, _ = checks.listed(connection, after=after, limit=2)
    assert [one["id"] for one in page] == asked[1::-1]


@pytest.mark.parametrize("after", ["", "x", "~", "1.0", "a~b", "--~--"])
def test_a_place_that_was_never_given_out_is_refused(database: Database, after: str) -> None:
    with database.reading() as connection, pytest.raises(UsageError, match="is no place in the list"):
        checks.listed(connection, after=after)


def test_filters_choose(database: Database, ask: Ask) -> None:
    done, failed, waits = ask("Ärger.mp4", content="a"), ask("100%_sure.mp4", content="b"), ask("c.mp4", content="c")
    finish(database)
    finish(database, "failed")
    with database.writing() as connection:
        checks.label(connection, failed, "filmed", "Straße, von Ömer")
    chosen = {
        "done": Filters(state="done"),
        "manipulated": Filters(verdict="manipulated"),
        "no-sign": Filters(verdict="no-sign"),
        "filmed": Filters(label="filmed"),
        "none": Filters(label="none"),
        "both": Filters(state="failed", text="SURE"),
        "neither": Filters(state="done", text="SURE"),
        "hash": Filters(text=sha256_of("c")[:10].upper()),
    }
    by_name = {done: "Ärger.mp4", failed: "100%_sure.mp4", waits: "c.mp4"}
    assert {key: names(database, filters) for key, filters in chosen.items()} == {
        "done": [by_name[done]],
        "manipulated": [by_name[done]],
        "no-sign": [],
        "filmed": [by_name[failed]],
        "none": [by_name[waits], by_name[done]],
        "both": [by_name[failed]],
        "neither": [],
        "hash": [by_name[waits]],
    }


@pytest.mark.parametrize("text", ["ärger", "ÄRGER", "ÖMER", "%_s", "100%"])
def test_text_is_found_whatever_its_case_and_taken_as_it_is(database: Database, ask: Ask, text: str) -> None:
    ask("other.mp4")
    check = ask("Ärger 100%_sure.mp4")
    with database.writing() as connection:
        checks.label(connection, check, "filmed", "von Ömer")
    assert names(database, Filters(text=text)) == ["Ärger 100%_sure.mp4"]


def test_a_wildcard_is_a_sign_like_others(database: Database, ask: Ask) -> None:
    ask("abc.mp4")
    assert [names(database, Filters(text=text)) for text in ("a%c", "a_c", "/%", "' OR 1=1 --")] == [[]] * 4


def test_a_label_stands_beside_the_verdict_and_can_be_taken_back(database: Database, ask: Ask) -> None:
    check = ask()
    finish(database)
    before = ask.found(check)
    with database.writing() as connection:
        assert checks.label(connection, check, "filmed", "I was there.")
    labelled = ask.found(check)
    assert labelled["label"]["word"] == "filmed"
    assert labelled["label"]["note"] == "I was there."
    assert {**labelled, "label": None} == before
    with database.writing() as connection:
        assert checks.label(connection, check, None)
    assert ask.found(check) == before
    assert [kind for kind, _ in ask.told(check)][-2:] == ["check", "check"]


def test_a_deleted_check_leaves_its_file_to_others_and_takes_it_with_the_last(database: Database, ask: Ask) -> None:
    first, second = ask(content="a"), ask(content="a")
    finish(database)
    with database.writing() as connection:
        assert checks.remove(connection, first) == Left("result", None)
        assert checks.has_media(connection, sha256_of("a"))
        assert checks.remove(connection, second) == Left(None, sha256_of("a"))
        assert not checks.has_media(connection, sha256_of("a"))
    assert ask.told(first) == [("gone", None)]  # and nothing else that was told of it is kept


def test_the_last_two_checks_of_a_file_deleted_at_once_take_it_with_them(database: Database, ask: Ask) -> None:
    for number in range(10):
        pair = [ask(content=str(number)) for _ in range(2)]

        def drop(check: str) -> Left | None:
            with database.writing() as connection:
                return checks.remove(connection, check)

        with ThreadPoolExecutor(2) as pool:
            left = list(pool.map(drop, pair))
        assert sorted(one.media or "" for one in left if one) == ["", sha256_of(str(number))]


def test_checks_are_counted_by_where_they_stand(database: Database, ask: Ask) -> None:
    for _ in range(3):
        ask()
    finish(database)
    queue.claim(database, "one", LEASE_SECONDS)
    assert checks.counts(database) == {"done": 1, "running": 1, "queued": 1}


def test_moments_are_told_in_utc() -> None:
    assert checks.when(1_800_000_000.5) == "2027-01-15T08:00:00.500+00:00"
    assert checks.when(None) is None
