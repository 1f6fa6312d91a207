from pathlib import Path

import pytest

from tests.datasets.drawn import by_name, put
from unmask.datasets import DataSet, read_data_set
from unmask.errors import UsageError


def labelled(folder: Path, *rows: str, columns: str = "path,label") -> DataSet:
    """A folder read with a table of these rows."""
    (folder / "labels.csv").write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return read_data_set(folder)


def test_folders_tell_label_and_split(tmp_path: Path) -> None:
    clips = by_name(
        read_data_set(put(tmp_path, "real/a.mp4", "fake/b.mp4", "test/fake/x/c.mov", "val/originals/d.png"))
    )
    assert {name: (clip.label, clip.split) for name, clip in clips.items()} == {
        "real/a.mp4": ("real", None),
        "fake/b.mp4": ("fake", None),
        "test/fake/x/c.mov": ("fake", "test"),
        "val/originals/d.png": ("real", "validation"),
    }
    assert clips["test/fake/x/c.mov"].source == "x/c"
    assert clips["fake/b.mp4"].kind == "fake"
    assert clips["real/a.mp4"].kind == ""


def test_names_tell_pairs_and_people(tmp_path: Path) -> None:
    names = ("Anna_Kowal_2_fake.mp4", "Anna_Kowal_2_real.mp4", "Anna_Kowal_3_real.mp4")
    fake, real, alone = read_data_set(put(tmp_path, *names)).clips
    assert (fake.label, real.label, alone.label) == ("fake", "real", "real")
    assert fake.identities == real.identities == alone.identities == ("Anna_Kowal",)
    assert fake.pair == real.pair == fake.source == "Anna_Kowal_2"
    assert alone.pair is None
    assert alone.source == "Anna_Kowal_3"


def test_a_pair_may_lie_in_two_folders(tmp_path: Path) -> None:
    fake, real = read_data_set(put(tmp_path, "real/Max_1_real.mp4", "fake/Max_1_fake.mp4")).clips
    assert fake.pair == real.pair == "Max_1"


def test_stills_in_a_folder_of_their_own_are_of_one_recording(tmp_path: Path) -> None:
    clips = by_name(read_data_set(put(tmp_path, "real/walk/1.png", "real/walk/2.png", "fake/3.png", "fake/4.png")))
    assert clips["real/walk/1.png"].source == clips["real/walk/2.png"].source == "walk"
    assert clips["fake/3.png"].source != clips["fake/4.png"].source


def test_a_row_may_name_a_folder_of_pictures(tmp_path: Path) -> None:
    put(tmp_path, "walk/1.png", "walk/2.png", "one.mp4")
    data_set = labelled(tmp_path, "walk,real", "one.mp4,fake", ".,real")
    assert list(by_name(data_set)) == ["one.mp4", "walk"]
    assert data_set.remarks == ("Line 4 of 'labels.csv' names '.', which is not there.",)


@pytest.mark.parametrize("place", ["real", "originals", "real/films"])
def test_plain_films_are_real_where_their_folder_says_so(place: str, tmp_path: Path) -> None:
    (clip,) = read_data_set(put(tmp_path / place, "holiday.mp4")).clips
    assert (clip.label, clip.source, clip.identities) == ("real", "holiday", ())


def test_what_is_unclear_is_left_out_with_a_reason(tmp_path: Path) -> None:
    data_set = read_data_set(put(tmp_path, "real/a.mp4", "b.mp4", "fake/c_real.mp4"))
    assert list(by_name(data_set)) == ["real/a.mp4"]
    assert len(data_set.remarks) == 2
    assert any("'b.mp4' lies neither" in remark for remark in data_set.remarks)
    assert any("'fake/c_real.mp4' is called real and fake" in remark for remark in data_set.remarks)


def test_a_table_tells_everything(tmp_path: Path) -> None:
    put(tmp_path, "one.mp4", "two.mp4", "three.mp4")
    data_set = labelled(
        tmp_path,
        "one.mp4,0,Ada,cam-1,,p1,train,Yes",
        'two.mp4,FAKE,"Ada; Max",cam-1,Deepfakes,p1,train,no',
        "three.mp4,real,,,,,val",
        columns="path,label,identity,source,kind,pair,split,glasses,note",
    )
    real, open_one, fake = (by_name(data_set)[name] for name in ("one.mp4", "three.mp4", "two.mp4"))
    assert (real.label, real.identities, real.source, real.kind, real.pair) == ("real", ("Ada",), "cam-1", "", "p1")
    assert (fake.label, fake.identities, fake.kind, fake.split) == ("fake", ("Ada", "Max"), "Deepfakes", "train")
    assert (open_one.source, open_one.split, open_one.pair) == ("three", "validation", None)
    assert [clip.glasses for clip in (real, fake, open_one)] == [True, False, None]
    assert data_set.remarks == ()


def test_empty_cells_are_filled_by_names(tmp_path: Path) -> None:
    put(tmp_path, "Anna_0_fake.mp4", "Anna_0_real.mp4")
    clips = labelled(tmp_path, "Anna_0_fake.mp4,1", "Anna_0_real.mp4,0").clips
    assert {clip.pair for clip in clips} == {"Anna_0"}
    assert {clip.identities for clip in clips} == {("Anna",)}


def test_rows_and_files_without_each_other_are_remarked(tmp_path: Path) -> None:
    put(tmp_path, "one.mp4", "two.mp4", "three.mp4")
    data_set = labelled(tmp_path, "one.mp4,real", "gone.mp4,fake", "two.mp4,maybe", "one.mp4,0", f"{'x' * 300},1")
    assert list(by_name(data_set)) == ["one.mp4"]
    said = " ".join(data_set.remarks)
    assert "Line 3 of 'labels.csv' names 'gone.mp4', which is not there." in said
    assert "Line 4 of 'labels.csv' has the label 'maybe'" in said
    assert "Line 5 of 'labels.csv' names 'one.mp4' again." in said
    assert "'three.mp4' has no row" in said


def test_rows_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "one.mp4")
    with pytest.raises(UsageError, match=r"'labels.csv' calls 'one.mp4' real in line 2 and fake in line 3"):
        labelled(tmp_path, "one.mp4,real", "one.mp4,1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"file,label\none.mp4,0\n", "'labels.csv' has no column 'path'; its first line must name path, label"),
        (b"path,label\none.mp4,0,1,2\n", "Line 2 of 'labels.csv' has more cells than the table has columns"),
        (b"path,label\n\xff\xfe.mp4,0\n", "'labels.csv' is no UTF-8 text; save it as UTF-8"),
        (b'path,label\n"one.mp4,0\n', "Line 2 of 'labels.csv' is no CSV"),
        (b"", "'labels.csv' has no column 'path'"),
        (b"path,label,split\none.mp4,0,later\n", "Line 2 of 'labels.csv' has the split 'later'; write train"),
        (b"path,label,glasses\none.mp4,0,dark\n", "Line 2 of 'labels.csv' has the glasses 'dark'; write yes or no"),
    ],
    ids=["column", "cells", "letters", "quote", "empty", "split", "glasses"],
)
def test_a_table_that_makes_no_sense_is_named_with_its_line(text: bytes, said: str, tmp_path: Path) -> None:
    put(tmp_path, "real/one.mp4", "one.mp4")
    (tmp_path / "labels.csv").write_bytes(text)
    with pytest.raises(UsageError, match=said):
        read_data_set(tmp_path)


def test_a_table_of_a_spreadsheet_is_read(tmp_path: Path) -> None:
    put(tmp_path, "one.mp4", "zwölf.mp4")
    (tmp_path / "labels.csv").write_bytes("\ufeffpath, label\r\none.mp4, Real\r\n,\r\nzwölf.mp4,1\r\n".encode())
    assert [clip.label for clip in read_data_set(tmp_path).clips] == ["real", "fake"]
