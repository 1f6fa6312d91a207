import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.datasets.drawn import by_name, put
from unmask.datasets import LAYOUTS, layouts, read_data_set
from unmask.errors import UsageError

COPIES: dict[str, tuple[str, ...]] = {
    "faceforensics": (
        "original_sequences/youtube/c23/videos/071.mp4",
        "manipulated_sequences/Deepfakes/c23/videos/071_054.mp4",
    ),
    "celebdf": ("Celeb-real/id0_0000.mp4", "Celeb-synthesis/id0_id1_0000.mp4"),
    "wilddeepfake": ("real_train/1/real/0/1.png", "fake_test/2/fake/0/1.png"),
    "stills": ("Ada_Byron/Ada_Byron_0001.jpg", "Max_Roe/Max_Roe_0001.jpg"),
    "folder": ("real/one.mp4", "fake/two.mp4"),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_layout_is_recognised_and_may_be_named(name: str, tmp_path: Path) -> None:
    folder = put(tmp_path / "set", *COPIES[name])
    recognised = read_data_set(folder)
    assert recognised.name == name
    assert len(recognised.clips) == 2
    assert recognised == read_data_set(folder, layout=name)


@pytest.mark.parametrize("name", COPIES)
def test_no_layout_but_the_plainest_takes_the_folder_of_another(name: str, tmp_path: Path) -> None:
    folder = put(tmp_path / "set", *COPIES[name])
    takers = {layout.name for layout in LAYOUTS.values() if layout.found_in(folder)}
    assert takers - {"folder"} == {name} - {"folder"}


@pytest.mark.parametrize("name", [name for name in layouts() if name != "folder"])
def test_a_named_layout_that_is_not_there_tells_how_it_looks_and_where_to_get_it(name: str, tmp_path: Path) -> None:
    folder = put(tmp_path / "set", "real/one.mp4")
    with pytest.raises(UsageError) as refusal:
        read_data_set(folder, layout=name)
    assert LAYOUTS[name].looks in str(refusal.value)
    assert LAYOUTS[name].where in str(refusal.value)
    assert str(refusal.value).count(". ") == 0


def test_an_unknown_layout_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"No layout is called 'celebfd'. Did you mean 'celebdf'\?"):
        read_data_set(tmp_path, layout="celebfd")
    with pytest.raises(UsageError, match="There are lab, faceforensics"):
        read_data_set(tmp_path, layout="xyz")


def test_a_folder_of_anything_else_is_refused_with_the_way_out(tmp_path: Path) -> None:
    put(tmp_path / "letters", "letter.txt", "film.mp4")
    with pytest.raises(UsageError, match=r"'letters' looks like none of the layouts .* put films into real/ and fake/"):
        read_data_set(tmp_path / "letters")


def test_a_missing_folder_and_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="The folder 'nowhere' is not there"):
        read_data_set(tmp_path / "nowhere")
    put(tmp_path, "file.mp4")
    with pytest.raises(UsageError, match=r"The folder 'file.mp4' is no folder"):
        read_data_set(tmp_path / "file.mp4")


def test_a_layout_without_a_clip_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "set", "Celeb-real/holiday.mp4")
    with pytest.raises(UsageError, match=r"holds no clip. 'Celeb-real/holiday.mp4' is not named as films of Celeb-DF"):
        read_data_set(tmp_path / "set")


def test_the_digest_does_not_depend_on_where_the_folder_lies(tmp_path: Path) -> None:
    here = put(tmp_path / "here", *COPIES["celebdf"])
    shutil.copytree(here, tmp_path / "far" / "away")
    one, other = read_data_set(here), read_data_set(tmp_path / "far" / "away")
    assert one.sha256 == other.sha256
    turned = replace(one, clips=one.clips[::-1])
    assert turned.sha256 == one.sha256


@pytest.mark.parametrize(
    "change", [{"label": "real"}, {"identities": ("id7",)}, {"source": "x"}, {"kind": "x"}, {"split": "test"}]
)
def test_the_digest_sees_every_change(change: dict[str, object], tmp_path: Path) -> None:
    data_set = read_data_set(put(tmp_path, *COPIES["celebdf"]))
    changed = (*data_set.clips[:1], replace(data_set.clips[1], **change))  # type: ignore[arg-type]
    assert replace(data_set, clips=changed).sha256 != data_set.sha256


def test_hidden_files_are_passed_over_and_links_followed_once(tmp_path: Path) -> None:
    put(tmp_path / "disk", "one.mp4", "._one.mp4", ".cache/two.mp4")
    put(tmp_path / "set", "fake/three.mp4")
    (tmp_path / "set" / "real").symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "again").symlink_to(tmp_path / "set")
    assert set(by_name(read_data_set(tmp_path / "set"))) == {"fake/three.mp4", "real/one.mp4"}
