import base64
import json
from pathlib import Path

import pytest

from tests.cli.program import python, rows, unmask
from unmask.cli.keys import COMMANDS, DAYS
from unmask.provenance.certificates import LEAF_DAYS
from unmask.provenance.keys import describe_keys, new_keys, open_mark_keys, read_clip_key
from unmask.provenance.ledger import Entry, ledger_folder, record
from unmask.types import Payload

NEW = ("keys", "new", "--org", "Example [bold]Archive")
WORD = "correct horse"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of keys. Never write to it."""
    folder = tmp_path_factory.mktemp("keys") / "KEYS"
    new_keys("Example [bold]Archive", folder)
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_examples_that_start_with_its_name(command: str) -> None:
    done = unmask("keys", command, "--help")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[lines.index("  Examples:") + 1].startswith(f"    unmask keys {command}")


def test_without_a_second_word_the_group_shows_its_help() -> None:
    done = unmask("keys")
    assert done.returncode == 0
    assert all(f"\n  {command} " in done.stdout for command in COMMANDS)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from unmask.cli import run; run(['keys', 'new', '--help']); print(*sys.modules, file=sys.stderr)"
    )
    assert not {"cryptography", "numpy", "c2pa", "pydantic_settings"} & set(python(code).stderr.split())


def test_the_leaf_lasts_as_long_as_the_library_makes_it() -> None:
    assert DAYS == LEAF_DAYS


def test_new_keys_are_told_file_by_file_without_a_secret(tmp_path: Path) -> None:
    done = unmask(*NEW, tmp_path / "KEYS")
    assert (done.returncode, done.stderr) == (0, "")
    made = open_mark_keys(tmp_path / "KEYS")
    assert "Example [bold]Archive" in done.stdout
    assert f"{made.institution:08x}" in done.stdout
    assert "Give anchors.pem to whoever is to trust your files" in done.stdout
    for path in (tmp_path / "KEYS").iterdir():
        assert path.name in done.stdout
    for line in (line for path in (tmp_path / "KEYS").glob("*.key") for line in path.read_text("utf-8").splitlines()):
        assert "KEY--" in line or line not in done.stdout
    assert base64.b64encode(made.sync).decode() not in done.stdout


def test_new_keys_as_json(tmp_path: Path) -> None:
    (row,) = rows(unmask(*NEW, "--days", "30", "--json", tmp_path / "KEYS"))
    assert row["organization"] == "Example [bold]Archive"
    assert row["institution"] == f"{open_mark_keys(tmp_path / 'KEYS').institution:08x}"
    assert row["anchors"] == "anchors.pem"
    assert {file["name"] for file in row["files"]} == {path.name for path in (tmp_path / "KEYS").iterdir()}
    assert [one["role"] for one in row["certificates"]] == ["root", "intermediate", "signer"]
    assert row["problems"] == []


def test_keys_are_not_overwritten(keys: Path) -> None:
    before = {path: path.read_bytes() for path in keys.iterdir()}
    done = unmask(*NEW, keys)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "'KEYS' holds keys already, and nothing is overwritten; name a new folder.\n"
    assert {path: path.read_bytes() for path in keys.iterdir()} == before


def test_keys_are_encrypted_with_the_passphrase_of_the_environment(tmp_path: Path) -> None:
    without = unmask(*NEW, "--encrypt", tmp_path / "KEYS")
    assert (without.returncode, without.stdout) == (2, "")
    assert without.stderr == "There is no passphrase to encrypt with; put one into UNMASK_KEY_PASSPHRASE.\n"
    done = unmask(*NEW, "--encrypt", tmp_path / "KEYS", UNMASK_KEY_PASSPHRASE=WORD)
    assert done.returncode == 0
    assert WORD not in done.stdout + done.stderr
    clip = ("keys", "clip", tmp_path / "KEYS", "2a", "-o", tmp_path / "clip.key")
    assert "is encrypted; give its passphrase" in unmask(*clip).stderr
    assert unmask(*clip, UNMASK_KEY_PASSPHRASE=WORD).returncode == 0


def test_show_says_whose_keys_they_are_and_until_when(keys: Path) -> None:
    done = unmask("keys", "show", keys)
    assert (done.returncode, done.stderr) == (0, "")
    found = describe_keys(keys)
    assert f"{found.institution:08x}" in done.stdout
    for facts in found.certificates:
        assert facts.fingerprint in done.stdout
        assert f"to {facts.ends:%Y-%m-%d}" in done.stdout


def test_renew_makes_a_new_signer(tmp_path: Path) -> None:
    new_keys("Example Archive", tmp_path / "KEYS")
    before = describe_keys(tmp_path / "KEYS").certificates
    (row,) = rows(unmask("keys", "renew", "--days", "5", "--json", tmp_path / "KEYS"))
    after = [facts["fingerprint"] for facts in row["certificates"]]
    assert [facts.fingerprint for facts in before[:2]] == after[:2]
    assert before[2].fingerprint != after[2]


def test_a_clips_key_is_written_for_its_verifier_and_not_shown(keys: Path, tmp_path: Path) -> None:
    path = tmp_path / "interview.clipkey"
    done = unmask("keys", "clip", keys, "0000002a", "-o", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert read_clip_key(path) == open_mark_keys(keys).clip_key(42)
    assert json.loads(path.read_bytes())["secret"] not in done.stdout
    again = unmask("keys", "clip", keys, "2b", "-o", path)
    assert again.returncode == 2
    assert again.stderr == "'interview.clipkey' is there already and is not overwritten; give another name.\n"


def test_what_is_no_number_of_a_clip_is_a_usage_error(keys: Path, tmp_path: Path) -> None:
    done = unmask("keys", "clip", keys, "interview", "-o", tmp_path / "clip.key")
    assert done.returncode == 2
    assert "is no number of a clip; give up to 8 hexadecimal digits" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_ledger_is_listed_whole_or_by_clip(tmp_path: Path) -> None:
    folder = tmp_path / "KEYS"
    new_keys("Example Archive", folder)
    assert unmask("keys", "ledger", folder).stdout == "The ledger holds no entry.\n"
    for name, clip in (("one [red].mp4", 7), ("two.mp4", 8)):
        record(ledger_folder(folder), Entry(name, "marked", "00" * 32, payload=Payload(1, clip)))
    with (ledger_folder(folder) / "ledger.jsonl").open("a") as file:
        file.write("broken\n")
    done = unmask("keys", "ledger", folder)
    assert done.returncode == 0
    assert "one [red].mp4" in done.stdout
    assert "00000001-00000008" in done.stdout
    assert done.stderr == "Line 3 of 'ledger.jsonl' is broken and was passed over.\n"
    (row,) = rows(unmask("keys", "ledger", folder, "--clip", "8", "--json"))
    assert (row["file"], row["payload"], row["kind"]) == ("two.mp4", "00000001-00000008", "marked")
    assert unmask("keys", "ledger", folder, "--clip", "9").stdout == "The ledger holds no clip 00000009.\n"


def test_what_is_no_folder_of_keys_is_a_usage_error(tmp_path: Path) -> None:
    done = unmask("keys", "show", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds no 'institution.toml'; name a folder made with: unmask keys new" in done.stderr
