import csv
from dataclasses import asdict, fields
from hashlib import sha256
from pathlib import Path

import pytest

from tests.datasets.drawn import by_name, put
from unmask.datasets import lab, read_data_set
from unmask.errors import UsageError
from unmask.forgery.dataset.labels import Label
from unmask.forgery.truth import Source, Truth
from unmask.provenance.ledger import Entry, record

ORIGINAL, FAKE = "train/0001/original.mp4", "train/0001/fake.mp4"


def row(path: str, **told: str | int) -> dict[str, str | int]:
    """A row as the lab writes it."""
    label = Label(
        path=path,
        label=0,
        kind="re-encoded",
        method="x264",
        split="train",
        person="person-0001",
        face_person="",
        pair="0001",
        pair_kind="paste",
        source_sha256="ab" * 32,
        mask="",
        label_box="0 16 128 48",
        crf=23,
        preset="fast",
        frames=9,
        clip="0000002a",
        sha256="cd" * 32,
    )
    return asdict(label) | told


def write_table(folder: Path, *rows: dict[str, str | int]) -> Path:
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [column.name for column in fields(Label)])
        table.writeheader()
        table.writerows(rows)
    return folder


def test_the_columns_asked_for_are_those_that_the_lab_writes() -> None:
    assert set(lab.NEEDED) <= {column.name for column in fields(Label)}


def test_a_corpus_is_read_by_its_table(tmp_path: Path) -> None:
    put(tmp_path, ORIGINAL, FAKE, "train/0001/fake.mask.mp4")
    made = row(FAKE, label=1, kind="paste", face_person="person-0002", mask="train/0001/fake.mask.mp4")
    data_set = read_data_set(write_table(tmp_path, row(ORIGINAL), made))
    fake, original = data_set.clips
    assert data_set.name == "lab"
    assert (original.label, original.kind, original.identities, original.mask) == ("real", "", ("person-0001",), None)
    assert (fake.label, fake.kind, fake.identities) == ("fake", "paste", ("person-0001", "person-0002"))
    assert fake.pair == original.pair == "0001"
    assert fake.source == original.source == "ab" * 32
    assert fake.split == "train"
    assert fake.label_box == original.label_box == (0, 16, 128, 48)
    assert fake.mask == tmp_path / "train/0001/fake.mask.mp4"


def test_two_films_of_a_pair_without_a_forgery_are_no_pair(tmp_path: Path) -> None:
    put(tmp_path, ORIGINAL, FAKE)
    assert {clip.pair for clip in read_data_set(write_table(tmp_path, row(ORIGINAL), row(FAKE))).clips} == {None}


def test_rows_that_cannot_be_used_are_remarked(tmp_path: Path) -> None:
    put(tmp_path, ORIGINAL, FAKE, "train/0002/original.mp4")
    rows = (row(ORIGINAL), row("gone.mp4"), row(FAKE, label=7), row("train/0002/original.mp4", label_box="1 2"))
    data_set = read_data_set(write_table(tmp_path, *rows))
    assert list(by_name(data_set)) == [ORIGINAL]
    assert [remark[:8] for remark in data_set.remarks] == ["Line 3 o", "Line 4 o", "Line 5 o"]


@pytest.mark.parametrize("box", ["-8 0 16 16", "32 0 16 16", "0 16 16 16"])
def test_a_box_that_holds_no_pixel_of_a_picture_is_remarked(box: str, tmp_path: Path) -> None:
    put(tmp_path, ORIGINAL, FAKE)
    (remark,) = read_data_set(write_table(tmp_path, row(ORIGINAL), row(FAKE, label_box=box))).remarks
    assert f"has the box '{box}'" in remark


def test_a_film_called_real_and_fake_is_refused(tmp_path: Path) -> None:
    put(tmp_path, ORIGINAL)
    with pytest.raises(UsageError, match=f"'{ORIGINAL}' is called real and fake"):
        read_data_set(write_table(tmp_path, row(ORIGINAL), row(ORIGINAL, label=1)))


def test_a_lab_is_read_by_its_ledger(tmp_path: Path) -> None:
    folder = put(tmp_path, "out/swap.mp4", "out/swap.mask.mp4", "out/stray.mp4", "out/changed.mp4", "out/again.mp4")
    sources = (Source(None, "ab" * 32, "target", "Ada"), Source(None, "ef" * 32, "face", "Max"))
    for name, kind in (("swap", "swap"), ("changed", "swap"), ("again", "re-encoded")):
        digest = sha256(f"out/{name}.mp4".encode()).hexdigest()
        truth = Truth(kind, "df", {"pair": "0007", "split": "test"}, sources if kind == "swap" else sources[:1])
        record(folder / "keys" / "ledger", Entry(f"{name}.mp4", kind, digest, extra={"truth": truth.as_json()}))
    (folder / "out" / "changed.mp4").write_text("cut by someone")
    data_set = read_data_set(folder)
    real, fake = data_set.clips
    assert (fake.label, fake.kind, fake.identities, fake.source) == ("fake", "swap", ("Ada", "Max"), "ab" * 32)
    assert (real.label, real.kind, real.identities, real.source) == ("real", "", ("Ada",), "ab" * 32)
    assert (fake.pair, fake.split, real.pair) == ("0007", "test", "0007")
    assert fake.mask == folder / "out/swap.mask.mp4"
    assert [remark.split("'")[1] for remark in data_set.remarks] == ["out/changed.mp4", "out/stray.mp4"]


def test_a_broken_line_of_the_ledger_is_named(tmp_path: Path) -> None:
    folder = put(tmp_path, "out/swap.mp4", "out/other.mp4")
    digest = sha256(b"out/swap.mp4").hexdigest()
    truth = Truth("swap", "df", {}, (Source(None, "ab" * 32),))
    record(folder / "keys" / "ledger", Entry("swap.mp4", "swap", digest, extra={"truth": truth.as_json()}))
    record(folder / "keys" / "ledger", Entry("other.mp4", "signed", sha256(b"out/other.mp4").hexdigest()))
    with (folder / "keys" / "ledger" / "ledger.jsonl").open("a", encoding="utf-8") as file:
        file.write("{torn\n")
    data_set = read_data_set(folder)
    assert list(by_name(data_set)) == ["out/swap.mp4"]
    assert "Line 3 of 'ledger.jsonl' is broken" in data_set.remarks[0]
    assert "'out/other.mp4' is not in the lab's ledger" in data_set.remarks[1]
