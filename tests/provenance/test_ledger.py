"""The book of what was signed: lines are added whole, found again, and a broken one harms no other."""

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from unmask.errors import OutputError, UsageError
from unmask.provenance.keys import new_keys
from unmask.provenance.ledger import (
    Entry,
    entry_as_json,
    find,
    ledger_folder,
    new_clip,
    read_ledger,
    read_manifest,
    record,
)
from unmask.types import Payload

ONE = Entry(
    file="one.mp4",
    kind="signed",
    sha256="11" * 32,
    essence="aa" * 32,
    payload=Payload(0x1A2B3C4D, 7),
    sources=("99" * 32,),
    extra={"seed": 3, "mask": [0.5, None], "by": "Zoë"},
)
TWO = Entry(file="two.mp4", kind="marked", sha256="22" * 32, payload=Payload(0x1A2B3C4D, 8))
CUT = Entry(file="cut.mp4", kind="signed", sha256="33" * 32, essence="bb" * 32, payload=Payload(0x1A2B3C4D, 7))


def test_what_was_recorded_is_read_again_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "ledger"
    assert read_ledger(folder).entries == ()
    for entry in (ONE, TWO):
        assert record(folder, entry) == entry
    assert read_ledger(folder).entries == (ONE, TWO)
    assert read_ledger(folder).problems == ()


def test_a_name_that_is_no_text_comes_back_too(tmp_path: Path) -> None:
    entry = Entry(file=os.fsdecode(b"two\nlines \xff.mp4"), kind="signed", sha256="00" * 32)
    record(tmp_path, entry)
    assert read_ledger(tmp_path).entries == (entry,)


def test_only_the_owner_reads_the_ledger(tmp_path: Path) -> None:
    record(tmp_path / "ledger", ONE, b"manifest")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "ledger", *(tmp_path / "ledger").iterdir())}
    assert modes == {"ledger": 0o700, "ledger.jsonl": 0o600, "manifests": 0o700}


def test_an_entry_tells_when_it_was_made() -> None:
    assert ONE.when.endswith("+00:00")
    assert entry_as_json(ONE)["payload"] == "1a2b3c4d-00000007"


def test_a_file_is_found_by_whatever_is_known_of_it_the_surest_first(tmp_path: Path) -> None:
    for entry in (ONE, TWO, CUT):
        record(tmp_path, entry)
    assert find(tmp_path, sha256=TWO.sha256) == (TWO,)
    assert find(tmp_path, essence=ONE.essence) == (ONE,)
    assert find(tmp_path, payload=Payload(0x1A2B3C4D, 7)) == (CUT, ONE)
    assert find(tmp_path, payload=ONE.payload, essence=ONE.essence) == (ONE, CUT)
    assert find(tmp_path, payload=ONE.payload, sha256=TWO.sha256) == (TWO, CUT, ONE)
    assert find(tmp_path, payload=Payload(1, 7), essence="cc" * 32, sha256="cc" * 32) == ()
    assert find(tmp_path) == ()


def test_what_is_not_known_is_no_match(tmp_path: Path) -> None:
    record(tmp_path, TWO)  # without essence
    assert find(tmp_path, essence=None, payload=None, sha256="44" * 32) == ()


def test_a_manifest_is_kept_under_its_hash_and_read_again(tmp_path: Path) -> None:
    kept = record(tmp_path, ONE, b"a manifest store")
    assert kept.manifest == f"manifests/{hashlib.sha256(b'a manifest store').hexdigest()}.c2pa"
    assert read_ledger(tmp_path).entries == (kept,)
    assert read_manifest(tmp_path, kept) == b"a manifest store"
    assert record(tmp_path, TWO, b"a manifest store").manifest == kept.manifest
    assert read_manifest(tmp_path, ONE) is None


def test_a_manifest_that_is_gone_or_changed_is_not_given_out(tmp_path: Path) -> None:
    kept = record(tmp_path, ONE, b"a manifest store")
    assert kept.manifest is not None
    (tmp_path / kept.manifest).write_bytes(b"another")
    with pytest.raises(UsageError, match="is not the one that was kept"):
        read_manifest(tmp_path, kept)
    (tmp_path / kept.manifest).unlink()
    assert read_manifest(tmp_path, kept) is None


def test_an_entry_that_points_out_of_the_ledger_reads_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "secret.c2pa").write_bytes(b"secret")
    outside = Entry(file="x", kind="signed", sha256="00" * 32, manifest="../secret.c2pa")
    assert read_manifest(tmp_path / "ledger", outside) is None


BROKEN = [
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"when": "now"}',
    json.dumps(entry_as_json(ONE) | {"payload": "7"}).encode(),
    json.dumps(entry_as_json(ONE) | {"payload": 7}).encode(),
    json.dumps(entry_as_json(ONE) | {"file": 7}).encode(),
    json.dumps(entry_as_json(ONE) | {"sources": 7}).encode(),
    json.dumps(entry_as_json(ONE) | {"extra": "x"}).encode(),
]


@pytest.mark.parametrize("line", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_line_is_named_and_passed_over(tmp_path: Path, line: bytes) -> None:
    record(tmp_path, ONE)
    with (tmp_path / "ledger.jsonl").open("ab") as file:
        file.write(b"\n" + line + b"\n")
    record(tmp_path, TWO)
    book = read_ledger(tmp_path)
    assert book.entries == (ONE, TWO)
    assert book.problems == ("Line 3 of 'ledger.jsonl' is broken and was passed over.",)
    assert find(tmp_path, payload=TWO.payload) == (TWO,)


def test_a_line_torn_by_a_power_cut_does_not_take_the_next_with_it(tmp_path: Path) -> None:
    record(tmp_path, ONE)
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    record(tmp_path, TWO)
    assert read_ledger(tmp_path).entries == (TWO,)
    assert len(read_ledger(tmp_path).problems) == 1


def test_many_at_once_lose_no_line(tmp_path: Path) -> None:
    entries = [Entry(file=f"{k}.mp4", kind="signed", sha256=f"{k:064x}", extra={"pad": "x" * 5000}) for k in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda entry: record(tmp_path, entry), entries))
    book = read_ledger(tmp_path)
    assert sorted(entry.sha256 for entry in book.entries) == sorted(entry.sha256 for entry in entries)
    assert book.problems == ()


def test_a_ledger_that_cannot_be_written_or_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"^The ledger in 'file' cannot be written: File exists\.$"):
        record(tmp_path / "file", ONE)
    (tmp_path / "ledger.jsonl").mkdir()
    with pytest.raises(UsageError, match=r"^The ledger 'ledger\.jsonl' cannot be read: Is a directory;"):
        read_ledger(tmp_path)


def test_a_new_clip_has_a_number_of_32_bits_not_yet_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, ONE)
    drawn = iter([0, 7, 0, 2**32 - 1])
    monkeypatch.setattr("secrets.randbits", lambda bits: next(drawn) if bits == 32 else None)
    assert new_clip(tmp_path) == 2**32 - 1


def test_new_clips_differ(tmp_path: Path) -> None:
    clips = {new_clip(tmp_path) for _ in range(50)}
    assert len(clips) == 50
    assert all(0 < clip < 2**32 for clip in clips)


def test_the_ledger_lies_in_the_folder_of_keys(tmp_path: Path) -> None:
    new_keys("Example Archive", tmp_path / "KEYS")
    assert ledger_folder(tmp_path / "KEYS") == tmp_path / "KEYS" / "ledger"
    with pytest.raises(UsageError, match=r"holds no 'institution\.toml'"):
        ledger_folder(tmp_path)
