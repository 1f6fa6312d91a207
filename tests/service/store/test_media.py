"""Files by their content: whole or not at all, whatever the disk, the store and the processes do."""

import errno
import os
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from tests.service.drawn import Store
from tests.service.places import Place
from tests.service.store.rows import Ask, sha256_of
from unmask.errors import NoRoom, OutputError, OverLimit, Unreadable
from unmask.service.store import checks, keeping, media
from unmask.service.store.database import Database
from unmask.service.store.folder import FolderStorage, place_of
from unmask.service.store.media import COMING, Upload
from unmask.service.store.tables import checks as table
from unmask.service.store.tables import media as rows


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("service.db")]


@contextmanager
def small_disk(most_bytes: int) -> Iterator[None]:
    """No file grows beyond this; Python is told so as it is of a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def named(sha256: str) -> str:
    return f"media/{sha256[:2]}/{sha256}"


def test_a_file_lies_where_its_content_says(store: Store, place: Place) -> None:
    with Upload(store.folder, 100) as coming:
        for block in (b"a ", b"film"):
            coming.write(block)
        sha256, known = keeping.keep(store.database, store.storage, coming)
    assert (sha256, known, coming.bytes) == (sha256_of("a film"), False, 6)
    assert place.files() == {named(sha256)}
    assert place.content(named(sha256)) == b"a film"
    assert left(store.folder) in ([], [place_of(store.folder, sha256)])  # nothing more on this machine
    with store.storage.at_hand(sha256) as path:
        assert (path.name, path.read_bytes()) == (sha256, b"a film")
    assert left(store.folder) in ([], [place_of(store.folder, sha256)])


def test_a_file_is_read_in_parts(store: Store) -> None:
    sha256 = store.send(b"a film of some length")
    found = store.storage.stored(sha256)
    assert found is not None
    assert (found.size, found.read(2, 6), found.read(0, 21)) == (21, b"film", b"a film of some length")
    assert store.storage.stored(sha256_of("another")) is None


def test_a_storage_can_be_written(store: Store, place: Place) -> None:
    store.storage.require_writable()
    assert place.files() == set()
    assert left(store.folder) == []


def test_a_file_that_is_not_kept_leaves_nothing(tmp_path: Path) -> None:
    with Upload(tmp_path, 100) as coming:
        coming.write(b"a film")
    assert left(tmp_path) == []


def test_a_file_over_the_limit_is_refused_at_the_byte_and_leaves_nothing(tmp_path: Path) -> None:
    with Upload(tmp_path, 5) as coming:
        coming.write(b"12345")
        with pytest.raises(OverLimit, match="larger than the 5 bytes"):
            coming.write(b"6")
    assert left(tmp_path) == []


def test_a_full_disk_is_told_as_such_and_leaves_nothing(tmp_path: Path) -> None:
    with small_disk(100_000), Upload(tmp_path, 10**9) as coming, pytest.raises(NoRoom, match="no room left"):
        coming.write(bytes(1_000_000))
    assert left(tmp_path) == []


def test_a_disk_that_is_full_at_the_last_byte_leaves_nothing_either(tmp_path: Path) -> None:
    with small_disk(1000), Upload(tmp_path, 10**9) as coming:
        coming.write(bytes(1001))  # is still in memory
        with pytest.raises(NoRoom):
            coming.seal()
    assert left(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / COMING).touch()
    with pytest.raises(OutputError, match="cannot be written: File exists"):
        Upload(tmp_path, 100)


def test_a_file_that_is_not_there_can_be_removed(store: Store, place: Place) -> None:
    sha256 = store.send(b"a film")
    store.storage.remove([sha256_of("none"), sha256])
    store.storage.remove([sha256])
    assert place.files() == set()


def test_only_old_uploads_are_swept(tmp_path: Path) -> None:
    (tmp_path / COMING).mkdir()
    old, new = (tmp_path / COMING / name for name in ("old", "new"))
    for path in (old, new):
        path.touch()
    os.utime(old, (1000, 1000))
    media.sweep(tmp_path, time.time() - 60)
    assert (old.exists(), new.exists()) == (False, True)


@pytest.fixture
def store(database: Database, place: Place) -> Store:
    return Store(database, place.storage)


def test_a_file_that_cannot_be_put_in_its_place_leaves_no_row(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(database, FolderStorage(tmp_path))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(NoRoom):
            store.send(b"a film")
    assert left(store.folder) == []
    with Upload(store.folder, 100) as coming:
        coming.write(b"a film")
        assert keeping.keep(store.database, store.storage, coming) == (
            sha256_of("a film"),
            False,
        )  # no row was left, too
    with Upload(store.folder, 100) as coming:
        coming.write(b"a film")
        assert keeping.keep(store.database, store.storage, coming) == (sha256_of("a film"), True)


def test_a_deleted_check_takes_result_and_file_with_it(store: Store, place: Place) -> None:
    first, second = store.ask(b"a film"), store.ask(b"a film")
    assert keeping.remove_check(store.database, store.storage, first)
    assert place.files() == {named(sha256_of("a film"))}
    assert keeping.remove_check(store.database, store.storage, second)
    assert place.files() == set()
    assert not keeping.remove_check(store.database, store.storage, second)


def test_a_file_sent_while_its_last_check_is_deleted_is_there_if_its_row_says_so(store: Store, place: Place) -> None:
    for _ in range(15):
        check = store.ask(b"a film")
        jobs: list[Callable[[], object]] = [
            lambda: store.send(b"a film"),
            lambda check=check: keeping.remove_check(store.database, store.storage, check),  # type: ignore[misc]
            lambda: store.send(b"a film"),
        ]
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda job: job(), jobs))
        again = store.ask(b"other")  # an unrelated check changes nothing
        keeping.remove_check(store.database, store.storage, again)
        with store.database.reading() as connection:
            kept = checks.has_media(connection, sha256_of("a film"))
        assert (named(sha256_of("a film")) in place.files()) == kept


def test_old_files_are_dropped_on_either_database(store: Store, place: Place, ask: Ask) -> None:
    check = store.ask(b"a film")
    other = ask(content="other")
    assert keeping.remove_check(store.database, store.storage, other)
    assert keeping.drop_old(store.database, store.storage, time.time() + 60) == 0  # it waits
    with store.database.writing() as connection:
        connection.execute(update(table).values(state="failed"))
    assert keeping.drop_old(store.database, store.storage, time.time() - 60) == 0  # it is new
    assert keeping.drop_old(store.database, store.storage, time.time() + 60) == 1
    assert not store.found(check)["media_kept"]
    assert place.files() == set()
    store.send(b"unasked")
    assert keeping.drop_unasked(store.database, store.storage, time.time() + 60) == 1
    assert place.files() == set()
    keeping.sweep(store.database, store.storage, time.time() + 60)
    assert store.found(check)["media"] == sha256_of("a film")


def test_a_file_sent_while_it_is_swept_is_there_if_its_row_says_so(store: Store, place: Place) -> None:
    sha256 = sha256_of("a film")
    for _ in range(10):
        store.send(b"a film")
        with store.database.writing() as connection:  # as a process leaves it that died
            connection.execute(delete(rows).where(rows.c.sha256 == sha256))
        jobs: list[Callable[[], object]] = [
            lambda: store.send(b"a film"),
            lambda: keeping.sweep(store.database, store.storage, time.time() + 60),
            lambda: keeping.sweep(store.database, store.storage, time.time() + 60),
        ]
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda job: job(), jobs))
        assert named(sha256) in place.files()


def test_a_file_that_is_not_there_cannot_be_had(store: Store) -> None:
    sha256 = store.send(b"a film")
    store.storage.remove([sha256])
    with pytest.raises((Unreadable, FileNotFoundError)), store.storage.at_hand(sha256) as path:
        path.read_bytes()
