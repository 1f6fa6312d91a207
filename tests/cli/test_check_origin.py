"""``unmask check`` on signed files, with trust lists and with keys."""

from pathlib import Path

import numpy as np
import pytest

from tests.cli.program import Row, python, rows, unmask
from unmask.media.image import write_image
from unmask.provenance.keys import new_keys, open_mark_keys, write_clip_key

SIGN = """
import sys
from pathlib import Path
from unmask.provenance.claims import claims_for
from unmask.media.image import write_image
from unmask.provenance.keys import open_signer
from unmask.provenance.signing import sign_file
from unmask.settings import Settings
source, keys, folder = map(Path, sys.argv[1:])
signer = open_signer(keys)
sign_file(source, folder / "filmed.mp4", signer, claims_for("filmed.mp4"), Settings())
made = claims_for("made.mp4", source_type="trainedAlgorithmicMedia")
sign_file(source, folder / "made.mp4", signer, made, Settings())
"""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("institution") / "KEYS"
    new_keys("Example Broadcasting", folder)
    write_clip_key(folder.parent / "clip.key", open_mark_keys(folder).clip_key(7))
    return folder


@pytest.fixture(scope="module")
def signed(short_clip: Path, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same film signed as filmed, signed as made, and signed then changed in a tag."""
    folder = tmp_path_factory.mktemp("signed")
    done = python(SIGN, short_clip, keys, folder)
    assert done.returncode == 0, done.stderr
    (folder / "changed.mp4").write_bytes((folder / "filmed.mp4").read_bytes().replace(b"Lavf", b"Lavg"))
    return folder


def checked(*words: str | Path, trust: Path | None = None, keys: Path | None = None) -> Row:
    """The row of a file; whom to trust and whose marks to look for as the settings name them."""
    done = unmask(
        *("check", "--json", "--quiet", "--only", "file,credentials,watermark", *words),
        UNMASK_TRUST=str(trust or ""),
        UNMASK_KEYS=str(keys or ""),
    )
    assert done.returncode == 0, done.stderr
    (row,) = rows(done)
    return row


def test_without_a_list_a_signature_is_valid_and_nobody_trusted(signed: Path) -> None:
    row = checked(signed / "filmed.mp4")
    origin = row["provenance"]
    assert origin["credentials"]["state"] == "valid"
    assert origin["credentials"]["manifest"]["signer"]["organization"] == "Example Broadcasting"
    assert "no signer is trusted" in origin["trust"]
    assert (origin["picture_mark"], origin["sound_mark"]) == (None, None)
    assert row["verdict"] == "cannot-tell"


def test_a_list_by_option_or_setting_makes_it_trusted_and_is_told(signed: Path, keys: Path) -> None:
    anchors = keys / "anchors.pem"
    for row in (
        checked("--trust", anchors, signed / "filmed.mp4"),
        checked(signed / "filmed.mp4", trust=anchors),
    ):
        assert row["provenance"]["credentials"]["state"] == "trusted"
        assert row["engine"]["settings"]["trust"] == str(anchors)
        assert row["verdict"] == "cannot-tell"  # a signature is never "no sign", let alone "genuine"


def test_a_file_that_its_signer_calls_made_is_manipulated(signed: Path) -> None:
    row = checked(signed / "made.mp4")
    assert row["verdict"] == "manipulated"
    assert "trainedAlgorithmicMedia" in row["sentence"]
    done = unmask("check", "-q", "--only", "credentials", "--fail-on", "manipulated", signed / "made.mp4")
    assert done.returncode == 1
    assert "Content Credentials  valid, signer unknown" in done.stdout


def test_a_changed_tag_is_altered_and_alone_no_verdict(signed: Path) -> None:
    row = checked(signed / "changed.mp4")
    assert row["provenance"]["credentials"]["state"] == "altered"
    (found,) = (it for it in row["evidence"] if it["detector"] == "credentials")
    assert found["fake"] == 0.7
    assert row["verdict"] == "cannot-tell"


def test_absence_is_said_once_and_not_among_what_was_not_checked(short_clip: Path) -> None:
    row = checked(short_clip)
    assert row["provenance"]["credentials"]["state"] == "absent"
    assert [it["abstained"] for it in row["evidence"]] == ["context-only", "no-credentials", "no-key"]
    assert not [it for it in row["unchecked"] if it.startswith(("credentials", "watermark"))]
    text = unmask("check", "-q", "--only", "file,credentials,watermark", short_clip).stdout
    assert text.count("no evidence") == 1


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("still") / "still.png"
    write_image(path, np.random.default_rng(1).integers(0, 256, (96, 128, 3), np.uint8))
    return path


def test_with_a_key_the_mark_is_looked_for_and_the_keys_are_not_named(still: Path, keys: Path) -> None:
    row = checked("--keys", keys, still)
    assert row["provenance"]["picture_mark"]["state"] == "absent"
    assert row["provenance"]["sound_mark"] is None
    assert "watermark: " in " ".join(row["unchecked"])
    assert str(keys) not in str(row["engine"])


def test_the_key_of_a_clip_goes_before_the_folder_of_the_settings(still: Path, keys: Path) -> None:
    settings = checked("--clip-key", keys.parent / "clip.key", still, keys=Path("/nonexistent"))["engine"]["settings"]
    assert (settings["keys"], settings["clip_key"]) == (None, "given")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--trust", "none.pem"), "trust list"),
        (("--trust", "LICENSE"), "no certificate"),
        (("--keys", "none"), "unmask keys new"),
        (("--clip-key", "LICENSE"), "no whole key"),
        (("--keys", "a", "--clip-key", "b"), "name one of them"),
    ],
)
def test_what_cannot_be_read_ends_the_run_before_the_first_file(
    words: tuple[str, ...], told: str, short_clip: Path, tmp_path: Path
) -> None:
    (tmp_path / "LICENSE").write_text("No certificate, no key.\n")
    (tmp_path / "LICENSE").chmod(0o600)
    done = unmask("check", "--json", *words, short_clip, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
