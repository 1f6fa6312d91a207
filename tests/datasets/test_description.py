from dataclasses import replace
from pathlib import Path

from tests.datasets.drawn import put
from unmask.datasets import DataSet, read_data_set
from unmask.datasets.description import Part, describe

NAMES = ("train/Anna_1_real.mp4", "train/Anna_1_fake.mp4", "Max_1_real.mp4", "Max_1_fake.mp4", "Eve_1_fake.mp4")


def films(folder: Path) -> DataSet:
    return read_data_set(put(folder, *NAMES, "readme.mp4"))


def test_clips_people_pairs_and_splits_are_counted(tmp_path: Path) -> None:
    found = describe(films(tmp_path))
    assert (found.real, found.fake, dict(found.kinds)) == (2, 3, {"fake": 3})
    assert (found.people, found.recordings, found.pairs) == (3, 3, 2)
    assert (found.groups, found.largest_group) == (3, 2)
    assert found.splits == (Part("train", 1, 1, 1), Part(None, 1, 2, 2))


def test_masks_and_labels_to_paint_over_are_counted(tmp_path: Path) -> None:
    data_set = films(tmp_path)
    first, *others = data_set.clips
    masked = replace(first, mask=tmp_path / "mask.mp4", label_box=(0, 0, 8, 8))
    found = describe(replace(data_set, clips=(masked, *others)))
    assert (found.masks, found.label_boxes) == (1, 1)


def test_what_was_left_out_is_a_problem_and_so_are_people_in_two_splits(tmp_path: Path) -> None:
    data_set = films(tmp_path)
    *others, fake, original = data_set.clips
    leaking = replace(data_set, clips=(*others, replace(fake, split="test"), original))
    assert [problem.split("'")[1] for problem in describe(data_set).problems] == ["readme.mp4"]
    shared, left_out = describe(leaking).problems
    assert "is in two splits" in shared
    assert "readme.mp4" in left_out
