"""One database for many processes: opened at once, locked for a while, locked for long, full, or none of ours."""

import asyncio
import contextlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.program import environment
from tests.service.store.rows import Ask
from unmask.errors import NoRoom, OutputError, UsageError
from unmask.service.store import checks, queue
from unmask.service.store import database as module
from unmask.service.store.database import FILE, Database, open_database

OPEN = """
import sys
from pathlib import Path
from unmask.service.store import checks
from unmask.service.store.database import open_database
print("ready", flush=True)
sys.stdin.readline()
database = open_database(Path(sys.argv[1]), sys.argv[2] or None)
with database.writing() as connection:
    checks.add_media(connection, "0" * 64, 1)
"""


def test_processes_that_open_a_new_database_at_once_all_can(tmp_path: Path, address: str | None) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(tmp_path), address or ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[1] for process in started] == [""] * 4
    assert [process.returncode for process in started] == [0] * 4


def test_a_transaction_is_whole_or_nothing(database: Database, ask: Ask) -> None:
    check = ask()

    def remove_and_fail() -> None:
        with database.writing() as connection:
            checks.remove(connection, check)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        remove_and_fail()
    assert ask.state(check) == "queued"


def test_a_database_of_another_version_is_not_touched(database: Database, tmp_path: Path, address: str | None) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE facts SET value = '7' WHERE name = 'version'"))
    with pytest.raises(UsageError, match="has tables of version 7, this unmask knows 2"):
        open_database(tmp_path, address)


def test_a_writer_waits_for_another(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    locked, over = threading.Event(), threading.Event()

    def hold() -> None:
        with database.writing():
            locked.set()
            over.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(10)
    threading.Timer(0.3, over.set).start()
    check = Ask(database)()
    assert over.is_set()
    holder.join()
    assert Ask(database).state(check) == "queued"
    database.close()


def test_a_glance_reads_what_is_there(database: Database, ask: Ask) -> None:
    check = ask()
    found = asyncio.run(database.glance(lambda connection: checks.find(connection, check)))
    assert found is not None
    assert (found["id"], found["state"]) == (check, "queued")


def test_a_glance_waits_for_no_writer_and_not_for_those_who_wait_for_one(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    ask = Ask(database)
    check = ask()
    with contextlib.ExitStack() as held:
        held.enter_context(database.writing())
        for _ in range(14):  # with the writer's own, all that there are
            held.enter_context(database.engine.connect())
        found = asyncio.run(database.glance(lambda connection: checks.find(connection, check)))
    assert found is not None
    database.close()


def test_a_glance_at_a_database_that_does_not_answer_is_told_in_a_sentence(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("DROP TABLE deliveries"))
    with pytest.raises(OutputError, match="The service's database does not answer: "):
        asyncio.run(database.glance(lambda connection: connection.execute(text("SELECT * FROM deliveries")).all()))


def test_a_writer_that_waits_too_long_says_so_and_can_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    database, other = open_database(tmp_path), open_database(tmp_path)
    check = Ask(database)()
    with other.writing():
        with pytest.raises(OutputError, match="does not answer: database is locked"):
            queue.claim(database, "one", 30.0)
        assert Ask(database).state(check) == "queued"  # whoever reads waits for nobody
    assert queue.claim(database, "one", 30.0) is not None
    database.close()
    other.close()


def test_a_full_disk_is_told_as_such_and_loses_nothing(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    ask = Ask(database)
    first = ask()
    with database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    database.close()
    with database.reading() as connection:  # the pool has one connection, which the limit holds for
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(NoRoom, match="no room left for the service's database"):
        ask("x" * 200_000)
    assert ask.state(first) == "queued"
    database.close()
    assert ask.state(ask("x" * 200_000)) == "queued"
    database.close()


@pytest.mark.parametrize(
    "content", [b"this is no database, but a letter. " * 200, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(OutputError, match="database does not answer"):
        open_database(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made: Not a directory"):
        open_database(tmp_path / "file" / "service")


@pytest.mark.parametrize("address", ["postgresql", "postgresql:/x:y", "postgresql://[::"])
def test_an_address_that_makes_no_sense_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError, match="cannot be read; write postgresql://USER@HOST/NAME"):
        open_database(tmp_path, address)


def test_a_server_that_is_not_there_is_told_in_a_sentence_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="database does not answer") as caught:
        open_database(tmp_path, f"postgresql://me:hushhush@/none?host={tmp_path}")
    assert "hushhush" not in str(caught.value)
    assert "\n" not in str(caught.value)
