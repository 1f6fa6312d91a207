"""Files by their content: whole or not at all, whatever the disk and the processes do."""

import errno
import os
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.service.drawn import Store
from tests.service.store.rows import Ask, sha256_of
from unmask.errors import NoRoom, OutputError, OverLimit
from unmask.service.store import checks, keeping, media
from unmask.service.store.database import Database
from unmask.service.store.media import COMING, Upload, place_of, remove
from unmask.service.store.tables import checks as table


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


def test_a_file_lies_where_its_content_says(tmp_path: Path) -> None:
    with Upload(tmp_path, 100) as coming:
        for block in (b"a ", b"film"):
            coming.write(block)
        sha256 = coming.keep()
    assert (sha256, coming.bytes) == (sha256_of("a film"), 6)
    assert place_of(tmp_path, sha256).read_bytes() == b"a film"
    assert left(tmp_path) == [place_of(tmp_path, sha256)]


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


def test_a_file_that_is_not_there_can_be_removed(tmp_path: Path) -> None:
    remove(tmp_path, sha256_of("none"))
    assert not list(tmp_path.iterdir())


def test_only_old_uploads_are_swept(tmp_path: Path) -> None:
    (tmp_path / COMING).mkdir()
    old, new = (tmp_path / COMING / name for name in ("old", "new"))
    for path in (old, new):
        path.touch()
    os.utime(old, (1000, 1000))
    media.sweep(tmp_path, time.time() - 60)
    assert (old.exists(), new.exists()) == (False, True)


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Store:
    return Store(database, tmp_path)


def test_a_row_that_cannot_be_written_keeps_no_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(NoRoom):
            store.send(b"a film")
    assert left(store.folder) == []
    with Upload(store.folder, 100) as coming:
        coming.write(b"a film")
        assert keeping.keep(store.database, coming) == (sha256_of("a film"), False)  # no row was left, too
    with Upload(store.folder, 100) as coming:
        coming.write(b"a film")
        assert keeping.keep(store.database, coming) == (sha256_of("a film"), True)


def test_a_deleted_check_takes_result_and_file_with_it(store: Store) -> None:
    first, second = store.ask(b"a film"), store.ask(b"a film")
    place = place_of(store.folder, sha256_of("a film"))
    assert keeping.remove_check(store.database, store.folder, first)
    assert place.exists()
    assert keeping.remove_check(store.database, store.folder, second)
    assert left(store.folder) == []
    assert not keeping.remove_check(store.database, store.folder, second)


def test_a_file_sent_while_its_last_check_is_deleted_is_there_if_its_row_says_so(store: Store) -> None:
    for _ in range(15):
        check = store.ask(b"a film")
        jobs: list[Callable[[], object]] = [
            lambda: store.send(b"a film"),
            lambda check=check: keeping.remove_check(store.database, store.folder, check),  # type: ignore[misc]
            lambda: store.send(b"a film"),
        ]
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda job: job(), jobs))
        again = store.ask(b"other")  # an unrelated check changes nothing
        keeping.remove_check(store.database, store.folder, again)
        with store.database.reading() as connection:
            kept = checks.has_media(connection, sha256_of("a film"))
        assert place_of(store.folder, sha256_of("a film")).exists() == kept


def test_old_files_are_dropped_on_either_database(store: Store, ask: Ask) -> None:
    check = store.ask(b"a film")
    other = ask(content="other")
    assert keeping.remove_check(store.database, store.folder, other)
    assert keeping.drop_old(store.database, store.folder, time.time() + 60) == 0  # it waits
    with store.database.writing() as connection:
        connection.execute(update(table).values(state="failed"))
    assert keeping.drop_old(store.database, store.folder, time.time() - 60) == 0  # it is new
    assert keeping.drop_old(store.database, store.folder, time.time() + 60) == 1
    assert not store.found(check)["media_kept"]
    assert left(store.folder) == []
    store.send(b"unasked")
    assert keeping.drop_unasked(store.database, store.folder, time.time() + 60) == 1
    assert left(store.folder) == []
    keeping.sweep(store.database, store.folder, time.time() + 60)
    assert store.found(check)["media"] == sha256_of("a film")
