"""``unmask sign`` as a user meets it: what it writes, what it refuses, and that nothing is lost."""

import os
import shutil
from pathlib import Path

import pytest

from tests.cli.program import Row, rows, unmask
from tests.provenance.institutions import archive, still
from unmask.provenance.keys import new_keys
from unmask.provenance.ledger import read_ledger
from unmask.provenance.signer import private_key_pem, read_private_key


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of keys."""
    folder = tmp_path_factory.mktemp("keys") / "KEYS"
    new_keys("Example Archive", folder)
    return folder


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return still(tmp_path / "picture.png")


def state(path: Path, keys: Path, *more: str | Path) -> Row:
    """What ``unmask verify`` says of a file."""
    done = unmask("verify", "-q", "--json", path, "--trust", keys / "anchors.pem", *more)
    assert done.returncode == 0, done.stderr
    (row,) = rows(done)
    return row


def refused(*arguments: str | Path) -> str:
    """The one sentence with which a request is refused."""
    done = unmask("sign", "-q", *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert done.stdout == ""
    return line


def test_a_film_is_signed_and_its_reader_told_what_to_do(tmp_path: Path, keys: Path, short_clip: Path) -> None:
    done = unmask("sign", short_clip, "-o", tmp_path / "signed.mp4", "--keys", keys)
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"[1/1] {short_clip}\n"
    assert done.stdout.startswith(f"Signed: {tmp_path}/signed.mp4\n")
    assert "created, captured by a camera" in done.stdout
    assert f"unmask verify {tmp_path}/signed.mp4 --trust {keys}/anchors.pem" in done.stdout
    found = state(tmp_path / "signed.mp4", keys)
    assert (found["state"], found["essence"], found["found_in"]) == ("trusted", "same", "file")
    assert found["manifest"]["title"] == "signed.mp4"


def test_a_row_holds_what_was_claimed_and_the_line_of_the_ledger(tmp_path: Path, keys: Path, picture: Path) -> None:
    asked = (
        "--payload",
        "1a2b3c4d-00000007",
        "--action",
        "edited",
        "--action",
        "cropped",
        "--source-type",
        "humanEdits",
        "--title",
        "A title",
    )
    parent = still(tmp_path / "parent.png", seed=2)
    done = unmask("sign", "-q", "--json", picture, "-o", tmp_path / "a.png", "--keys", keys, "--parent", parent, *asked)
    (row,) = rows(done)
    assert [step["name"] for step in row["actions"]] == ["c2pa.opened", "c2pa.edited", "c2pa.cropped"]
    assert [step["source_type"] for step in row["actions"]] == [None, "humanEdits", "humanEdits"]
    assert (row["title"], row["payload"], row["sidecar"], row["remarks"]) == ("A title", "1a2b3c4d-00000007", None, [])
    entry = read_ledger(keys / "ledger").entries[-1]
    assert (entry.kind, entry.file, entry.sha256) == ("signed", "a.png", row["sha256"])
    assert row["ledger"]["manifest"] == entry.manifest
    assert (keys / "ledger" / str(entry.manifest)).stat().st_size > 1000
    assert len(entry.sources) == 2
    manifest = state(tmp_path / "a.png", keys)["manifest"]
    assert manifest["title"] == "A title"
    assert [one["title"] for one in manifest["ingredients"]] == ["parent.png"]


def test_a_request_that_makes_no_sense_is_refused(tmp_path: Path, keys: Path, picture: Path) -> None:
    assert "--keys DIR" in refused(picture, "-o", tmp_path / "a.png")
    assert "is no mark" in refused(picture, "-o", tmp_path / "a.png", "--keys", keys, "--payload", "7")
    named = unmask("sign", "-q", picture, "-o", tmp_path / "a.png", UNMASK_KEYS=str(keys))
    assert named.returncode == 0, named.stderr


def test_keys_that_do_not_belong_together_sign_nothing_and_stay_secret(
    tmp_path: Path, keys: Path, picture: Path
) -> None:
    mixed = tmp_path / "MIXED"
    shutil.copytree(keys, mixed)
    (mixed / "leaf.key").write_bytes(private_key_pem(archive().key, None))
    (mixed / "leaf.key").chmod(0o600)
    done = unmask("sign", picture, "-o", tmp_path / "a.png", "--keys", mixed)
    assert done.returncode == 2
    assert "does not belong" in done.stderr
    secret = read_private_key(mixed / "leaf.key").private_numbers().private_value
    assert f"{secret:x}" not in done.stderr + done.stdout
    assert "PRIVATE" not in done.stderr
    assert not (tmp_path / "a.png").exists()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, keys: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"no media")
    done = unmask("sign", "-q", path, "-o", tmp_path / "b.mp4", "--keys", keys)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "b.mp4").exists()


def test_a_name_that_is_no_text_is_signed(tmp_path: Path, keys: Path, picture: Path) -> None:
    place = os.fsencode(tmp_path) + b"/odd\xff\n.png"
    done = unmask("sign", "-q", "--json", picture, "-o", place, "--keys", keys)
    assert done.returncode == 0, done.stderr
    (row,) = rows(done)
    assert row["title"] == "odd\\udcff\n.png"
