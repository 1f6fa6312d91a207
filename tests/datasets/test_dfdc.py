import json
from pathlib import Path

import pytest

from tests.datasets.drawn import by_name, put
from unmask.datasets import read_data_set
from unmask.errors import UsageError

PART = {
    "aaa.mp4": {"label": "FAKE", "split": "train", "original": "bbb.mp4"},
    "bbb.mp4": {"label": "REAL", "split": "train", "original": None},
    "ccc.mp4": {"label": "FAKE", "split": "train", "original": "elsewhere.mp4"},
}


def part(folder: Path, told: object) -> Path:
    put(folder, "aaa.mp4", "bbb.mp4", "ccc.mp4")
    (folder / "metadata.json").write_text(json.dumps(told))
    return folder


@pytest.mark.parametrize("place", [".", "dfdc_train_part_0", "dfdc_train_part_00/dfdc_train_part_0"])
def test_a_part_is_read_wherever_it_lies(place: str, tmp_path: Path) -> None:
    part(tmp_path / place, PART)
    data_set = read_data_set(tmp_path)
    assert data_set.name == "dfdc"
    fake, real, stray = data_set.clips
    assert (fake.label, real.label) == ("fake", "real")
    assert fake.source == real.source == fake.pair == real.pair == "bbb"
    assert (stray.source, stray.pair) == ("elsewhere", None)
    assert {clip.split for clip in data_set.clips} == {"train"}
    assert {clip.kind for clip in data_set.clips} == {"DFDC", ""}


def test_parts_are_read_together(tmp_path: Path) -> None:
    part(tmp_path / "dfdc_train_part_0", {"aaa.mp4": {"label": "FAKE", "split": "test", "original": "bbb.mp4"}})
    part(tmp_path / "dfdc_train_part_1", {"bbb.mp4": {"label": "REAL", "split": "validation"}})
    clips = by_name(read_data_set(tmp_path))
    assert clips["dfdc_train_part_0/aaa.mp4"].pair == clips["dfdc_train_part_1/bbb.mp4"].pair == "bbb"


def test_what_does_not_fit_is_remarked(tmp_path: Path) -> None:
    part(tmp_path, PART | {"gone.mp4": {"label": "REAL"}, "bbb.mp4": {"label": "UNSURE"}, "x" * 300: {"label": "REAL"}})
    put(tmp_path, "new.mp4")
    data_set = read_data_set(tmp_path)
    said = " ".join(data_set.remarks)
    assert len(data_set.clips) == 2
    assert "'gone.mp4' stands in 'metadata.json' and is not there." in said
    assert "'bbb.mp4' has the label 'UNSURE'" in said
    assert "'new.mp4' does not stand in 'metadata.json'." in said


@pytest.mark.parametrize("told", [["aaa.mp4"], {"aaa.mp4": "FAKE"}], ids=["list", "text"])
def test_a_table_of_another_shape_is_named(told: object, tmp_path: Path) -> None:
    part(tmp_path / "part", told)
    with pytest.raises(UsageError, match=r"'part/metadata.json' is not like"):
        read_data_set(tmp_path)


def test_a_torn_table_is_named(tmp_path: Path) -> None:
    part(tmp_path, PART)
    (tmp_path / "metadata.json").write_text('{"aaa.mp4": {"label": "FA')
    with pytest.raises(UsageError, match=r"'metadata.json' is no JSON: it breaks at line 1"):
        read_data_set(tmp_path)
