"""The audit log from the command line."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.program import rows, unmask
from unmask.service.store.database import FILE


@pytest.fixture
def identity(tmp_path: Path) -> str:
    """Of a key, in a folder in which nothing else was done."""
    return str(rows(unmask("serve", "keys", "new", "--name", "a", "--json", "--folder", tmp_path))[0]["id"])


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / FILE)) as database:
        database.execute(statement)
        database.commit()


def test_the_log_is_shown_and_verified(tmp_path: Path, identity: str) -> None:
    unmask("serve", "keys", "revoke", identity, "--folder", tmp_path)
    shown = unmask("serve", "audit", "show", "--folder", tmp_path).stdout.splitlines()
    assert [line.split("  ")[2:] for line in shown] == [
        ["local", "key-made", identity],
        ["local", "key-revoked", identity],
    ]
    (told,) = rows(unmask("serve", "audit", "show", "--last", "1", "--json", "--folder", tmp_path))
    (row,) = told["rows"]
    assert (row["number"], row["what"], row["subject"]) == (2, "key-revoked", identity)
    done = unmask("serve", "audit", "verify", "--folder", tmp_path)
    assert (done.returncode, done.stdout) == (0, f"The log is whole: 2 rows, the last with the hash {row['hash']}.\n")


def test_a_log_that_was_changed_is_told_with_its_first_broken_row(tmp_path: Path, identity: str) -> None:
    unmask("serve", "keys", "revoke", identity, "--folder", tmp_path)
    change(tmp_path, "UPDATE audit SET who = 'k_b' WHERE number = 2")
    done = unmask("serve", "audit", "verify", "--folder", tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "The log is broken at row 2: it, or the hash of the row before it, was changed.\n"
    change(tmp_path, "DELETE FROM audit WHERE number = 1")
    done = unmask("serve", "audit", "verify", "--json", "--folder", tmp_path)
    assert done.returncode == 1
    assert rows(done)[0]["broken"] == {"number": 1, "because": "it is missing"}


def test_a_log_of_nothing_is_whole(tmp_path: Path) -> None:
    assert unmask("serve", "audit", "show", "--folder", tmp_path).stdout == "Nothing was done yet.\n"
    assert unmask("serve", "audit", "verify", "--folder", tmp_path).returncode == 0
