from pathlib import Path

import pytest

from tests.datasets.drawn import by_name, put
from unmask.datasets import read_data_set, split
from unmask.errors import UsageError

FILMS = (
    "Celeb-real/id0_0000.mp4",
    "Celeb-real/id1_0003.mp4",
    "Celeb-synthesis/id0_id1_0000.mp4",
    "YouTube-real/00170.mp4",
)


def celebdf(folder: Path, *lines: str) -> Path:
    put(folder, *FILMS)
    (folder / "List_of_testing_videos.txt").write_text("\n".join(lines) + "\n")
    return folder


def test_names_tell_people_source_and_pair(tmp_path: Path) -> None:
    clips = by_name(read_data_set(celebdf(tmp_path)))
    real, other, fake, street = (clips[name] for name in FILMS)
    assert (fake.label, fake.identities, fake.kind) == ("fake", ("id0", "id1"), "Celeb-synthesis")
    assert fake.source == real.source == fake.pair == real.pair == "id0_0000"
    assert (other.identities, other.pair) == (("id1",), None)
    assert (street.label, street.identities, street.pair) == ("real", (), None)


def test_the_list_names_the_test_films(tmp_path: Path) -> None:
    lines = ("1 YouTube-real/00170.mp4", "0 Celeb-synthesis/id0_id1_0000.mp4", "1 Celeb-real/id9_0009.mp4")
    data_set = read_data_set(celebdf(tmp_path, *lines))
    assert [clip.split for clip in data_set.clips] == [None, None, "test", "test"]
    assert data_set.remarks == ("'Celeb-real/id9_0009.mp4' stands in 'List_of_testing_videos.txt' and is not there.",)


def test_people_of_the_test_films_stay_in_the_test(tmp_path: Path) -> None:
    divided = split(read_data_set(celebdf(tmp_path, "0 Celeb-synthesis/id0_id1_0000.mp4")))
    assert {clip.split for clip in divided.clips if clip.identities} == {"test"}


def test_a_list_that_contradicts_the_folders_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"calls 'YouTube-real/00170.mp4' fake, its folder does not"):
        read_data_set(celebdf(tmp_path, "0 YouTube-real/00170.mp4"))


def test_a_line_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Line 2 of 'List_of_testing_videos.txt' is not like '1 YouTube-real"):
        read_data_set(celebdf(tmp_path, "1 YouTube-real/00170.mp4", "YouTube-real/00170.mp4"))


def test_without_the_list_splits_are_open(tmp_path: Path) -> None:
    data_set = read_data_set(put(tmp_path, *FILMS))
    assert {clip.split for clip in data_set.clips} == {None}
    assert "is not there, so splits are open" in data_set.remarks[0]
