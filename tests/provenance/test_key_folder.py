"""A folder of keys: made whole or not at all, never overwritten, described without a secret."""

import base64
import dataclasses
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from unmask.errors import OutputError, UsageError
from unmask.provenance.certificates import LEAF_DAYS, institution_number
from unmask.provenance.keys import (
    describe_keys,
    folder_as_json,
    new_keys,
    open_mark_keys,
    open_signer,
    renew_keys,
)
from unmask.provenance.secret_files import PASSPHRASE
from unmask.provenance.signer import read_private_key

SECRETS = {"root.key", "intermediate.key", "leaf.key", "watermark.key"}
PUBLIC = {"anchors.pem", "chain.pem", "institution.toml"}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "KEYS"
    new_keys("Example Archive", folder)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_secret_files_are_for_their_owner_alone_whatever_the_mask(tmp_path: Path) -> None:
    for mask in (0o000, 0o077):
        before = os.umask(mask)
        try:
            new_keys("Example Archive", tmp_path / f"{mask}")
        finally:
            os.umask(before)
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / f"{mask}").iterdir()}
        assert modes == dict.fromkeys(SECRETS, 0o600) | dict.fromkeys(PUBLIC, 0o644)
        assert (tmp_path / f"{mask}").stat().st_mode & 0o777 == 0o700


def test_keys_are_never_overwritten(keys: Path) -> None:
    before = content(keys)
    with pytest.raises(
        UsageError, match=r"^'KEYS' holds keys already, and nothing is overwritten; name a new folder\.$"
    ):
        new_keys("Another Archive", keys)
    assert content(keys) == before
    assert [path.name for path in keys.parent.iterdir()] == ["KEYS"]


def test_a_folder_that_holds_something_and_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "file").touch()
    for name in ("full", "file"):
        with pytest.raises(UsageError, match=f"^'{name}' is there already"):
            new_keys("Example Archive", tmp_path / name)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "notes.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "KEYS").mkdir(mode=0o755)
    new_keys("Example Archive", tmp_path / "KEYS")
    assert set(content(tmp_path / "KEYS")) == SECRETS | PUBLIC
    assert (tmp_path / "KEYS").stat().st_mode & 0o777 == 0o700


def test_the_folder_one_stands_in_is_not_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="name a new folder"):
        new_keys("Example Archive", Path())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["absent/KEYS", "a" * 300, "null\0byte"], ids=("parent", "long", "null"))
def test_a_folder_that_cannot_be_made_leaves_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"^The folder '.*' cannot be made: .*; name another place\.$"):
        new_keys("Example Archive", tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_leads_to_itself_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(OutputError, match="cannot be made"):
        new_keys("Example Archive", tmp_path / "loop")


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        new_keys("Example Archive", tmp_path / "KEYS")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "two\nlines", "tab\there", "\ud800"], ids=repr)
def test_a_name_that_no_certificate_carries_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"^The organization is '.*'; give it a name of 1 to 64"):
        new_keys(name, tmp_path / "KEYS")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ['Quote " and \\ back', "Архив", "ä" * 64, "'; DROP", "emoji 📷", "O=x,CN=y"])
def test_any_printable_name_comes_back(tmp_path: Path, name: str) -> None:
    new_keys(name, tmp_path / "KEYS")
    assert describe_keys(tmp_path / "KEYS").organization == name
    assert open_mark_keys(tmp_path / "KEYS").organization == name
    assert describe_keys(tmp_path / "KEYS").problems == ()


@pytest.mark.parametrize("days", [0, -1, 3653])
def test_a_leaf_that_ends_at_once_or_after_its_intermediate_is_refused(tmp_path: Path, days: int) -> None:
    with pytest.raises(UsageError, match=f"valid for {days} days; give 1 to 3652"):
        new_keys("Example Archive", tmp_path / "KEYS", days=days)


def test_the_description_tells_who_and_until_when(keys: Path) -> None:
    found = describe_keys(keys)
    assert found.organization == "Example Archive"
    root = x509.load_pem_x509_certificate((keys / "anchors.pem").read_bytes())
    assert found.institution == institution_number(root) == open_mark_keys(keys).institution
    assert [facts.role for facts in found.certificates] == ["root", "intermediate", "signer"]
    assert found.certificates[0].fingerprint == root.fingerprint(SHA256()).hex()
    years = [(facts.ends - facts.begins).days for facts in found.certificates]
    assert years == [7305, 3652, LEAF_DAYS]
    assert {file.name for file in found.files if file.secret} == SECRETS
    assert {file.name for file in found.files if not file.secret} == PUBLIC


def test_what_keeps_keys_from_signing_is_told(keys: Path, tmp_path: Path) -> None:
    (told,) = describe_keys(keys, now=datetime.now(UTC) + timedelta(days=800)).problems
    assert "expired" in told
    new_keys("Example Archive", tmp_path / "OTHER")
    (keys / "anchors.pem").write_bytes((tmp_path / "OTHER" / "anchors.pem").read_bytes())
    incomplete, number = describe_keys(keys).problems
    assert "incomplete" in incomplete
    assert f"{open_mark_keys(keys).institution:08x}, which belongs to no root" in number


def test_a_root_key_that_was_moved_offline_is_not_missed(keys: Path) -> None:
    (keys / "root.key").unlink()
    assert "root.key" not in {file.name for file in describe_keys(keys).files}
    assert len(open_signer(keys).sign(b"claim")) == 64
    renew_keys(keys)


def every_secret(folder: Path) -> set[str]:
    """All secrets of a folder as they would look in a text."""
    found = set()
    for name in SECRETS - {"watermark.key"}:
        key = read_private_key(folder / name)
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        number = key.private_numbers().private_value
        found |= {f"{number:x}", str(number), base64.b64encode(der).decode()[40:80]}
    marks = open_mark_keys(folder)
    master = base64.b64decode(json.loads((folder / "watermark.key").read_bytes())["master"])
    for secret in (master, marks.sync, marks.payload_secret, marks.clip_key(1).secret):
        found |= {secret.hex(), base64.b64encode(secret).decode(), repr(secret)}
    return found


def test_nothing_secret_is_in_any_text(keys: Path) -> None:
    marks = open_mark_keys(keys)
    texts = [json.dumps(folder_as_json(describe_keys(keys))), repr(describe_keys(keys)), repr(open_signer(keys))]
    texts += [repr(marks), str(marks), repr(marks.clip_key(1)), f"{dataclasses.replace(marks, institution=1)}"]
    secrets = every_secret(keys)
    assert len(secrets) == 21
    assert [secret for secret in secrets for text in texts if secret in text] == []


def test_two_institutions_share_nothing(keys: Path, tmp_path: Path) -> None:
    new_keys("Example Archive", tmp_path / "OTHER")
    assert not every_secret(keys) & every_secret(tmp_path / "OTHER")
    assert describe_keys(keys).institution != describe_keys(tmp_path / "OTHER").institution


def test_a_renewed_leaf_signs_and_the_old_one_is_kept(keys: Path) -> None:
    before, (*_, old) = content(keys), describe_keys(keys).certificates
    renewed = renew_keys(keys, days=10)
    after, (*rest, leaf) = content(keys), renewed.certificates
    assert leaf.serial != old.serial
    assert leaf.ends < old.ends
    assert renewed.problems == ()
    name = f"old-{int(old.serial):x}"
    assert (after[f"{name}.key"], after[f"{name}.pem"]) == (before["leaf.key"], before["chain.pem"])
    assert set(after) - set(before) == {f"{name}.key", f"{name}.pem"}
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"leaf.key", "chain.pem"}
    assert {path.stat().st_mode & 0o777 for path in keys.glob("*.key")} == {0o600}
    assert len(open_signer(keys).sign(b"claim")) == 64
    assert [facts.role for facts in rest] == ["root", "intermediate"]


def test_a_new_intermediate_needs_the_roots_key(keys: Path) -> None:
    (_, old, _) = describe_keys(keys).certificates
    (root, intermediate, _) = renew_keys(keys, intermediate=True).certificates
    assert intermediate.serial != old.serial
    assert root.fingerprint == describe_keys(keys).certificates[0].fingerprint
    assert len(open_signer(keys).sign(b"claim")) == 64
    renew_keys(keys)  # the new intermediate's key is there
    (keys / "root.key").unlink()
    with pytest.raises(UsageError, match=r"holds no 'root\.key', which is to sign; bring it back"):
        renew_keys(keys, intermediate=True)


def test_what_cannot_be_renewed_stays_as_it_was(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = content(keys)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OutputError, match="No space left on device"):
            renew_keys(keys)
    (keys / "intermediate.key").write_bytes(before["root.key"])
    with pytest.raises(UsageError, match=r"^'intermediate\.key' belongs to no certificate in 'KEYS'"):
        renew_keys(keys)
    assert content(keys) == before | {"intermediate.key": before["root.key"]}


def test_encrypted_keys_are_renewed_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSPHRASE, raising=False)
    new_keys("Example Archive", tmp_path / "KEYS", word=b"correct horse")
    with pytest.raises(UsageError, match=f"is encrypted; give its passphrase in {PASSPHRASE}"):
        renew_keys(tmp_path / "KEYS")
    monkeypatch.setenv(PASSPHRASE, "correct horse")
    renew_keys(tmp_path / "KEYS", intermediate=True)
    keys = {name: text for name, text in content(tmp_path / "KEYS").items() if name.endswith(".key")}
    assert all(b"ENCRYPTED" in text for name, text in keys.items() if name != "watermark.key")
    assert "sealed" in json.loads(keys["watermark.key"])
    assert len(open_signer(tmp_path / "KEYS").sign(b"claim")) == 64


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("institution.toml", b"organization ="),
        ("institution.toml", b'organization = "x"\ninstitution = "100000000"\n'),
        ("institution.toml", b'organization = "x"\ninstitution = 5\n'),
        ("institution.toml", b'institution = "1a2b3c4d"\n'),
        ("institution.toml", b"\xff"),
        ("chain.pem", b""),
        ("anchors.pem", b"-----BEGIN CERTIFICATE-----\n"),
    ],
)
def test_a_damaged_public_file_is_one_sentence(keys: Path, name: str, text: bytes) -> None:
    (keys / name).write_bytes(text)
    with pytest.raises(UsageError, match=rf"^'{name}' (is damaged|holds no certificate|holds a damaged)"):
        describe_keys(keys)


def test_the_master_is_refused_when_others_may_read_it_or_it_is_damaged(keys: Path) -> None:
    master = keys / "watermark.key"
    text = master.read_bytes()
    master.chmod(0o644)
    with pytest.raises(UsageError, match=r"^'watermark\.key' holds a secret that others may read"):
        open_mark_keys(keys)
    master.chmod(0o600)
    told = json.loads(text)
    for damaged in (text[:40], json.dumps(told | {"master": "AAAA"}), json.dumps(told | {"sealed": "*"})):
        master.write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())
        with pytest.raises(UsageError, match=r"^'watermark\.key' is damaged and holds no whole key"):
            open_mark_keys(keys)
    master.unlink()
    with pytest.raises(UsageError, match=r"^'watermark\.key' cannot be opened: No such file"):
        open_mark_keys(keys)
