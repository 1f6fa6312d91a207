from dataclasses import replace
from pathlib import Path

import pytest

from tests.datasets.drawn import put
from unmask.datasets import DataSet, read_data_set, split
from unmask.datasets.split_table import write_splits
from unmask.errors import UsageError

NAMES = tuple(f"{person}_1_{side}.mp4" for person in ("Anna", "Ben", "Carl", "Dora") for side in ("real", "fake"))


@pytest.fixture
def films(tmp_path: Path) -> DataSet:
    return read_data_set(put(tmp_path / "films", *NAMES))


def test_a_table_put_into_its_folder_gives_the_same_splits_by_their_hash(films: DataSet) -> None:
    divided = split(films, seed=3, shares=(0.5, 0.25, 0.25))
    write_splits(divided, films.folder / "labels.csv")
    again = read_data_set(films.folder)
    assert again.sha256 == divided.sha256 != films.sha256
    assert again.clips == divided.clips
    assert again.remarks == ()


def test_several_people_of_a_clip_come_back(films: DataSet) -> None:
    swapped = replace(films.clips[0], identities=("Anna", "Eve"))
    write_splits(replace(films, clips=(swapped, *films.clips[1:])), films.folder / "labels.csv")
    assert read_data_set(films.folder).clips[0].identities == ("Anna", "Eve")


def test_who_wears_glasses_is_kept(films: DataSet) -> None:
    noted = tuple(
        replace(clip, glasses=glasses) for clip, glasses in zip(films.clips, (True, False, None), strict=False)
    )
    write_splits(replace(films, clips=noted), films.folder / "labels.csv")
    assert [clip.glasses for clip in read_data_set(films.folder).clips] == [True, False, None]


def test_a_table_that_is_there_stays_unless_it_may_be_replaced(films: DataSet, tmp_path: Path) -> None:
    place = tmp_path / "split.csv"
    place.write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        write_splits(films, place)
    assert place.read_text() == "mine"
    write_splits(films, place, force=True)
    assert len(place.read_text().splitlines()) == 1 + len(NAMES)
    with pytest.raises(UsageError, match="is there already"):
        write_splits(films, tmp_path, force=True)


def test_a_name_that_a_table_cannot_hold_is_refused(films: DataSet, tmp_path: Path) -> None:
    odd = replace(films.clips[0], identities=("Anna; Eve",))
    with pytest.raises(UsageError, match="'Anna; Eve' has a ';'"):
        write_splits(replace(films, clips=(odd,)), tmp_path / "split.csv")
