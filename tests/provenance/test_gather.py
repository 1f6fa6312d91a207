"""Origin in one go: credentials always, marks only with a key."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.io.wavfile import write as write_wav

from unmask.errors import UsageError
from unmask.media.image import write_image
from unmask.media.probe import probe
from unmask.provenance.claims import claims_for
from unmask.provenance.gather import gather, open_key
from unmask.provenance.keys import ClipKey, MarkKeys, new_keys, open_mark_keys, open_signer, write_clip_key
from unmask.provenance.ledger import Entry, ledger_folder, record
from unmask.provenance.signing import sign_file
from unmask.settings import Settings
from unmask.types import Provenance


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "KEYS"
    new_keys("Example Broadcasting", folder)
    return folder


@pytest.fixture(scope="module")
def signed(short_clip: Path, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("signed") / "signed.mp4"
    sign_file(short_clip, path, open_signer(keys), claims_for("signed.mp4"), Settings())
    return path


def gathered(path: Path, trust: Path | None = None) -> Provenance:
    return gather(path, probe(path, Settings()), Settings(), trust=trust)


def test_without_a_key_only_credentials_are_read(short_clip: Path) -> None:
    origin = gathered(short_clip)
    assert origin.credentials is not None
    assert origin.credentials.state == "absent"
    assert (origin.picture, origin.sound) == (None, None)
    assert "no signer is trusted" in origin.trust


def test_whom_the_reader_trusts_decides_between_valid_and_trusted(signed: Path, keys: Path) -> None:
    valid, trusted = gathered(signed), gathered(signed, keys / "anchors.pem")
    assert valid.credentials is not None
    assert trusted.credentials is not None
    assert (valid.credentials.state, trusted.credentials.state) == ("valid", "trusted")
    assert "anchors.pem" in trusted.trust


def test_with_a_key_the_marks_are_looked_for_and_a_still_has_none_in_its_sound(keys: Path, tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    write_image(path, np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8))
    origin = gather(path, probe(path, Settings()), Settings(), key=open_key(keys, None))
    assert origin.picture is not None
    assert origin.picture.state == "absent"
    assert origin.sound is None


def test_what_was_stripped_from_a_file_is_found_again_in_the_ledger(
    short_clip: Path, keys: Path, tmp_path: Path
) -> None:
    again = sign_file(short_clip, tmp_path / "again.mp4", open_signer(keys), claims_for("again.mp4"), Settings())
    media = probe(short_clip, Settings())
    ledger = ledger_folder(keys)
    record(ledger, Entry("again.mp4", "signed", media.sha256), again.manifest)
    found = gather(short_clip, media, Settings(), ledger=ledger).credentials
    assert found is not None
    assert found.found_in == "ledger"
    assert gathered(short_clip).credentials == gather(short_clip, media, Settings(), ledger=tmp_path).credentials


def test_the_mark_of_a_sound_file_is_looked_for_in_all_its_channels(keys: Path, tmp_path: Path) -> None:
    path = tmp_path / "noise.wav"
    write_wav(path, 16_000, np.random.default_rng(1).integers(-9000, 9000, (16000, 2), np.int16))
    origin = gather(path, probe(path, Settings()), Settings(), key=open_key(keys, None))
    assert origin.picture is None
    assert origin.sound is not None
    assert origin.sound.state == "absent"


def test_a_folder_gives_the_keys_of_an_institution_a_file_that_of_a_clip(keys: Path, tmp_path: Path) -> None:
    of_clip = open_mark_keys(keys).clip_key(7)
    write_clip_key(tmp_path / "clip.key", of_clip)
    assert isinstance(open_key(keys, None), MarkKeys)
    read = open_key(None, tmp_path / "clip.key")
    assert isinstance(read, ClipKey)
    assert read.payload == of_clip.payload
    assert open_key(None, None) is None


def test_two_keys_are_one_too_many(keys: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name one of them"):
        open_key(keys, tmp_path / "clip.key")


def test_a_list_that_is_none_and_a_folder_without_keys_are_told(signed: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="trust list"):
        gathered(signed, tmp_path / "none.pem")
    with pytest.raises(UsageError, match="unmask keys new"):
        open_key(tmp_path, None)


def test_without_a_key_nothing_of_the_marks_is_imported(short_clip: Path) -> None:
    code = (
        "import sys; from unmask import check; check(sys.argv[1], only=['file', 'credentials', 'watermark']);"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, short_clip], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert "unmask.provenance.credentials" in modules
    assert "c2pa" not in modules
    assert not {name for name in modules if name.startswith(("unmask.provenance.watermark", "unmask.provenance.sound"))}
    assert not modules & {"unmask.provenance.marks", "unmask.provenance.code", "reedsolo"}
