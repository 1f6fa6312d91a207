"""Keys: kept as a hash, compared in constant time, taken until revoked or expired; and what each of them sees."""

import hashlib
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from tests.service.store.rows import Ask, sha256_of
from unmask.errors import UsageError
from unmask.service.store import checks, events, keys, queue
from unmask.service.store.checks import Filters, Options
from unmask.service.store.database import Database
from unmask.service.store.keys import Key, Scope
from unmask.service.store.tables import keys as table
from unmask.service.store.tables import senders


def made(database: Database, scope: Scope = "check", days: int | None = None, of: str | None = None) -> tuple[Key, str]:
    with database.writing() as connection:
        return keys.new(connection, "newsroom", scope, days, instead_of=of)


def found(database: Database, secret: str) -> Key | None:
    with database.reading() as connection:
        return keys.find(connection, secret)


def asked(database: Database, owner: str | None, content: str = "clip") -> str:
    with database.writing() as connection:
        checks.add_media(connection, sha256_of(content), 1, owner)
        return checks.add(connection, sha256_of(content), "clip.mp4", Options(), "person", owner)


def sees(database: Database, owner: str | None, content: str = "clip") -> bool:
    with database.reading() as connection:
        return checks.sees_media(connection, sha256_of(content), owner)


def test_a_key_is_found_again_and_kept_as_a_hash_alone(database: Database) -> None:
    key, secret = made(database)
    assert found(database, secret) == key
    with database.reading() as connection:
        row = connection.execute(select(table)).one()
    assert row.sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert secret.split(".")[1] not in repr(row)
    assert len(secret.split(".")[1]) == 43  # 32 bytes
    assert secret not in repr(key)


def test_no_two_keys_are_the_same(database: Database) -> None:
    assert len({made(database)[1] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "wrong",
    [
        lambda secret: secret[:-1] + ("A" if secret[-1] != "A" else "B"),
        lambda secret: secret[:-1],
        lambda secret: secret + "A",
        lambda secret: secret.split(".")[1],
        lambda secret: secret.split(".")[0] + ".",
        lambda secret: secret.upper(),
        lambda secret: " " + secret,
        lambda _: "",
        lambda _: "k_000000000000." + "A" * 43,
        lambda _: "' OR 1=1 --",
        lambda _: "ключ",
    ],
)
def test_what_is_nearly_a_key_is_none(database: Database, wrong: Callable[[str], str]) -> None:
    _, secret = made(database)
    assert found(database, wrong(secret)) is None


def test_a_key_of_which_only_the_hash_was_read_opens_nothing(database: Database) -> None:
    key, secret = made(database)
    assert found(database, f"{key.id}.{hashlib.sha256(secret.encode()).hexdigest()[:43]}") is None


def test_secrets_are_compared_in_constant_time_even_of_keys_that_are_not_there(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret = made(database)
    compared: list[tuple[str, str]] = []

    def watched(one: str, other: str) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", watched)
    for shown in (secret, secret[:-1] + "-", "k_000000000000." + "A" * 43, "none"):
        found(database, shown)
    assert len(compared) == 4
    assert all(len(one) == len(other) == 64 for one, other in compared)


def test_a_revoked_key_is_taken_no_more(database: Database) -> None:
    key, secret = made(database)
    with database.writing() as connection:
        assert keys.revoke(connection, key.id)
        assert not keys.revoke(connection, key.id)
        assert not keys.revoke(connection, "k_000000000000")
    assert found(database, secret) is None
    with database.reading() as connection:
        assert not keys.are_needed(connection)
        assert not keys.opens(connection, key.id)


def test_an_expired_key_is_taken_no_more_and_still_keeps_strangers_out(database: Database) -> None:
    key, secret = made(database, days=1)
    assert found(database, secret) == key
    with database.writing() as connection:
        connection.execute(update(table).values(expires=table.c.expires - 86_401))
    assert found(database, secret) is None
    with database.reading() as connection:
        assert keys.are_needed(connection)
        assert not keys.one_opens(connection)


def test_a_key_that_stands_in_for_another_sees_what_that_saw(database: Database) -> None:
    first, _ = made(database)
    second, _ = made(database, of=first.id)
    third, _ = made(database, "read", of=second.id)
    assert (first.owner, second.owner, third.owner) == (first.id, first.id, first.id)
    with pytest.raises(UsageError, match="There is no key 'k_none'"):
        made(database, of="k_none")


def test_a_key_sees_its_own_checks_alone(database: Database) -> None:
    mine, other, nobodys = asked(database, "k_a"), asked(database, "k_b"), asked(database, None)
    with database.reading() as connection:
        assert [one["id"] for one in checks.listed(connection, Filters(owner="k_a"))[0]] == [mine]
        assert len(checks.listed(connection)[0]) == 3
        assert checks.find(connection, other, "k_a") is None
        assert checks.find(connection, nobodys, "k_a") is None
        assert checks.find(connection, other) is not None


def test_events_belong_to_the_key_of_their_check_to_the_last(database: Database) -> None:
    mine, other = asked(database, "k_a"), asked(database, "k_b")
    with database.writing() as connection:
        checks.label(connection, mine, "made")
        checks.remove(connection, mine)
        checks.remove(connection, other)
    assert [(one.check, one.kind) for one in events.since(database, 0, owner="k_a")] == [(mine, "gone")]
    assert [(one.check, one.owner) for one in events.since(database, 0)] == [(mine, "k_a"), (other, "k_b")]


def test_a_file_is_seen_by_those_who_sent_it_and_those_who_had_it_checked(database: Database) -> None:
    with database.writing() as connection:
        assert not checks.add_media(connection, sha256_of("clip"), 1, "k_a")
        assert checks.add_media(connection, sha256_of("clip"), 1, "k_a")
        # Of what others sent nobody is told that it was there.
        assert not checks.add_media(connection, sha256_of("clip"), 1, "k_b")
    asked(database, "k_c", "other")
    assert [sees(database, owner) for owner in ("k_a", "k_b", "k_c", None)] == [True, True, False, True]
    assert [sees(database, owner, "other") for owner in ("k_a", "k_b", "k_c")] == [False, False, True]
    with database.writing() as connection:
        assert not checks.has_media(connection, sha256_of("clip"), "k_c")


def test_a_file_is_gone_for_a_key_with_its_last_check_though_anothers_still_needs_it(database: Database) -> None:
    first, second, other = asked(database, "k_a"), asked(database, "k_a"), asked(database, "k_b")
    with database.writing() as connection:
        checks.remove(connection, first)
    assert sees(database, "k_a")
    with database.writing() as connection:
        checks.remove(connection, second)
    assert not sees(database, "k_a")
    assert sees(database, "k_b")
    with database.writing() as connection:
        checks.remove(connection, other)
        assert connection.execute(select(senders)).all() == []


def test_checks_asked_without_a_key_are_nobodys(ask: Ask, database: Database) -> None:
    check = ask()
    with database.reading() as connection:
        assert checks.find(connection, check, "k_a") is None


def test_what_waits_of_a_key_is_counted(database: Database) -> None:
    key, _ = made(database)
    for number in range(3):
        asked(database, key.id, str(number))
    asked(database, "k_b")
    asked(database, None)
    assert queue.claim(database, "worker", 30.0) is not None
    with database.writing() as connection:
        assert checks.waiting(connection, key.id) == 2


def test_two_that_ask_at_once_do_not_both_get_the_last_place(database: Database) -> None:
    key, _ = made(database)
    counted = []

    def ask() -> None:
        with database.writing() as connection:
            waits = checks.waiting(connection, key.id)
            counted.append(waits)
            checks.add_media(connection, sha256_of("clip"), 1, key.id)
            checks.add(connection, sha256_of("clip"), "clip.mp4", Options(), "person", key.id)

    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(ask) for _ in range(8)]:
            one.result()
    assert sorted(counted) == list(range(8))
