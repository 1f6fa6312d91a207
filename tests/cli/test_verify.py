"""``unmask verify`` as a user meets it: rows, sentences, exit codes."""

from pathlib import Path

import pytest

from tests.cli.program import names, rows, unmask
from tests.provenance.institutions import anchors, signed, still
from unmask.media.probe import probe
from unmask.provenance.essence import one_digest
from unmask.provenance.ledger import Entry, record
from unmask.provenance.signing import essence_to_sign
from unmask.settings import Settings
from unmask.types import Payload

ROW = (
    "file",
    "sha256",
    "state",
    "sentence",
    "problems",
    "essence",
    "payload",
    "regions",
    "differing",
    "found_in",
    "manifest",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed picture, one changed since, one unsigned, and a trust list."""
    place = tmp_path_factory.mktemp("verify")
    signed(still(place / "unsigned.png"), place / "signed.png", payload=Payload(1, 2))
    other = signed(still(place / "unsigned.png"), place / "changed.png").path
    still(place / "new.png", seed=9)
    content, new = other.read_bytes(), (place / "new.png").read_bytes()
    other.write_bytes(content[: content.index(b"IDAT") - 4] + new[new.index(b"IDAT") - 4 :])
    (place / "text.txt").write_text("no media")
    anchors(place)
    return place


def test_each_file_gets_a_row_with_its_state(folder: Path) -> None:
    files = [folder / name for name in ("signed.png", "changed.png", "unsigned.png", "text.txt")]
    done = unmask("verify", "-q", "--json", *files, "--trust", folder / "anchors.pem")
    assert done.returncode == 3
    found = rows(done)
    assert names(found) == [str(path) for path in files]
    assert [row["state"] for row in found] == ["trusted", "altered", "absent", None]
    assert tuple(found[0])[: len(ROW)] == ROW
    assert found[0]["payload"] == {"institution": "00000001", "clip": "00000002"}
    assert found[1]["regions"]
    assert 0 < found[1]["differing"] <= 1
    assert found[3]["error"]["code"] == "not-media"
    assert {row["error"] is None for row in found[:3]} == {True}
    assert "'anchors.pem'" in found[0]["trust"]


def test_a_person_reads_the_state_the_signer_and_whom_they_trust(folder: Path) -> None:
    done = unmask("verify", folder / "signed.png", "--trust", folder / "anchors.pem")
    assert done.returncode == 0
    assert done.stderr == f"[1/1] {folder}/signed.png\n"
    assert "trusted signer" in done.stdout
    assert "Unchanged since 'Example Archive' signed it, who is on your trust list." in done.stdout
    assert "created, captured by a camera" in done.stdout
    alone = unmask("verify", "-q", folder / "signed.png")
    assert "valid, signer unknown" in alone.stdout
    assert "no signer is trusted" in alone.stdout


def test_a_trust_list_may_stand_in_the_settings_and_nothing_be_compared(folder: Path) -> None:
    files = (folder / "signed.png", folder / "changed.png")
    done = unmask("verify", "-q", "--json", "--no-compare", *files, UNMASK_TRUST=str(folder / "anchors.pem"))
    found = rows(done)
    assert [row["state"] for row in found] == ["trusted", "altered"]
    assert [(row["essence"], row["regions"]) for row in found] == [(None, None), (None, None)]


def test_what_was_stripped_is_found_in_the_ledger(folder: Path, tmp_path: Path) -> None:
    limits = Settings()
    source = folder / "unsigned.png"
    book = tmp_path / "KEYS" / "ledger"
    done = signed(source, tmp_path / "signed.png")
    stated = essence_to_sign(source, probe(source, limits), limits)
    record(book, Entry("signed.png", "signed", done.sha256, one_digest(stated), Payload(1, 2)), done.manifest)
    other = folder / "new.png"
    found = rows(unmask("verify", "-q", "--json", source, other, "--ledger", tmp_path / "KEYS"))
    told = [(row["state"], row["found_in"], row["essence"]) for row in found]
    assert told == [("altered", "ledger", "same"), ("absent", None, None)]
    (row,) = rows(unmask("verify", "-q", "--json", other, "--ledger", book, "--payload", "00000001-00000002"))
    assert (row["found_in"], row["essence"]) == ("ledger", "different")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--trust", "nowhere.pem"), "cannot be read"),
        (("--ledger", "nowhere"), "no ledger"),
        (("--payload", "seven"), "is no mark"),
        ((), "FILE"),
    ],
)
def test_a_request_that_makes_no_sense_ends_the_run(
    folder: Path, tmp_path: Path, asked: tuple[str, ...], said: str
) -> None:
    files = [folder / "signed.png"] if asked else []
    named = [str(tmp_path / word) if word in {"nowhere", "nowhere.pem"} else word for word in asked]
    done = unmask("verify", *files, *named)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_standard_input_and_folders_are_read(folder: Path, tmp_path: Path) -> None:
    (row,) = rows(unmask("verify", "-q", "--json", "-", stdin=(folder / "signed.png").read_bytes()))
    assert (row["file"], row["state"]) == ("-", "valid")
    signed(still(tmp_path / "films" / "a.png"), tmp_path / "films" / "a.png")
    assert names(rows(unmask("verify", "-q", "--json", "films", cwd=tmp_path))) == ["films/a.png"]


def test_a_name_in_a_manifest_cannot_move_the_cursor(tmp_path: Path) -> None:
    path = signed(still(tmp_path / "a\x1b[2Jb.png"), tmp_path / "c.png").path
    done = unmask("verify", "-q", path)
    assert "\x1b" not in done.stdout
    assert "a\\x1b[2Jb.png" in done.stdout
