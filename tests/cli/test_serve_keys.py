"""Keys of the service, made, listed and revoked from the command line."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.program import rows, unmask
from unmask.service.store.database import FILE


def test_a_key_is_shown_once_and_kept_nowhere(tmp_path: Path) -> None:
    done = unmask("serve", "keys", "new", "--name", "news\nroom", "--days", "2", "--folder", tmp_path)
    assert done.returncode == 0
    identity, secret = done.stdout.strip().split(".")
    assert f"This is the key {identity}; it is not shown again." in done.stderr
    assert secret not in done.stderr
    shown = unmask("serve", "keys", "list", "--folder", tmp_path)
    assert shown.stdout.startswith(f"{identity}  check  news\\nroom  taken until ")
    told = unmask("serve", "keys", "list", "--json", "--folder", tmp_path)
    (row,) = rows(told)[0]["keys"]
    assert (row["id"], row["scope"], row["sees"], row["opens"]) == (identity, "check", identity, True)
    with sqlite3.connect(tmp_path / FILE) as database:
        kept = "\n".join(database.iterdump())
    assert identity in kept
    assert not [text for text in (kept, shown.stdout, told.stdout) if secret in text]


def test_a_key_is_revoked_and_the_last_one_is_named_as_such(tmp_path: Path) -> None:
    first = rows(unmask("serve", "keys", "new", "--name", "a", "--json", "--folder", tmp_path))[0]
    second = rows(
        unmask(
            "serve",
            "keys",
            "new",
            "--name",
            "b",
            "--instead-of",
            first["id"],
            "--json",
            UNMASK_SERVE__FOLDER=str(tmp_path),
        )
    )[0]
    assert (second["sees"], second["scope"]) == (first["id"], "check")
    done = unmask("serve", "keys", "revoke", first["id"], "--folder", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"The key {first['id']} is revoked.\n", "")
    assert "It was the last one" in unmask("serve", "keys", "revoke", second["id"], "--folder", tmp_path).stderr
    again = unmask("serve", "keys", "revoke", second["id"], "--folder", tmp_path)
    assert again.returncode == 2
    assert "that is not revoked; 'unmask serve keys list' names them all." in again.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--name", " "], "The name has 0 letters"),
        (["--name", "x" * 101], "The name has 101 letters"),
        (["--name", "x", "--scope", "root"], "'root' is not one of"),
        (["--name", "x", "--days", "0"], "--days"),
        (["--name", "x", "--instead-of", "k_none"], "There is no key 'k_none'"),
        ([], "--name"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(tmp_path: Path, options: list[str], told: str) -> None:
    done = unmask("serve", "keys", "new", *options, "--folder", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert unmask("serve", "keys", "list", "--folder", tmp_path).stdout.startswith("There is no key")
