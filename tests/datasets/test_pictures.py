"""Layouts whose clips are pictures: WildDeepfake, lists of DeepfakeBench, portraits."""

import json
from pathlib import Path

import pytest

from tests.datasets.drawn import by_name, put
from unmask.datasets import read_data_set
from unmask.errors import UsageError

RGB = "datasets/rgb/FaceForensics++"
REAL, FAKE = (
    f"{RGB}/original_sequences/youtube/c23/frames/071",
    f"{RGB}/manipulated_sequences/Deepfakes/c23/frames/071_054",
)


def frames(place: str, before: str = "", slash: str = "/") -> list[str]:
    return [before + f"{place}/{number:03}.png".replace("/", slash) for number in (0, 12)]


def bench(folder: Path, told: object, name: str = "FF-DF.json") -> Path:
    put(
        folder,
        *frames(REAL),
        *frames(FAKE),
        f"{FAKE}/../../masks/071_054/000.png",
        f"preprocessing/dataset_json/{name}",
    )
    (folder / "preprocessing/dataset_json" / name).write_text(json.dumps(told))
    return folder


def listed(before: str = "", slash: str = "/") -> dict[str, object]:
    """A list as the benchmark writes it, of one swap and its target."""
    real = {"label": "FF-real", "frames": frames(REAL, before, slash)}
    fake = {"label": "FF-DF", "frames": frames(FAKE, before, slash), "masks": [f"{FAKE}/../../masks/071_054/000.png"]}
    return {
        "FF-DF": {
            "FF-real": {"train": {"c23": {"071": real}}, "test": {"c23": {}}, "val": {"c23": {}}},
            "FF-DF": {"train": {"c23": {}}, "test": {"c23": {"071_054": fake}}, "val": {"c23": {}}},
        }
    }


def test_cuts_of_one_wild_film_share_its_source(tmp_path: Path) -> None:
    put(tmp_path, "fake_train/12/fake/3/45.png", "fake_train/12/fake/4/1.png", "fake_train/7/fake/3/1.png")
    put(tmp_path, "real_test/12/real/0/1.png", "real_test/12/real/0/2.png")
    clips = by_name(read_data_set(tmp_path))
    assert len(clips) == 4
    one, other = clips["fake_train/12/fake/3"], clips["fake_train/12/fake/4"]
    assert one.path.is_dir()
    assert (one.label, one.split, one.kind) == ("fake", "train", "WildDeepfake")
    assert one.source == other.source
    assert len({clip.source for clip in clips.values()}) == 3
    assert (clips["real_test/12/real/0"].label, clips["real_test/12/real/0"].split) == ("real", "test")


def test_what_is_packed_or_empty_is_remarked(tmp_path: Path) -> None:
    put(tmp_path, "fake_train/12/fake/3/45.png", "fake_train/13.tar.gz", "fake_train/12/fake/4/notes.txt")
    assert read_data_set(tmp_path).remarks == (
        "'fake_train/13.tar.gz' is packed; unpack it where it lies.",
        "'fake_train/12/fake/4' holds no picture.",
    )


@pytest.mark.parametrize(
    ("before", "slash"),
    [("", "/"), ("/home/someone/DeepfakeBench/", "/"), (".\\", "\\")],
    ids=["as-it-is", "elsewhere", "windows"],
)
def test_a_listed_film_is_the_folder_of_its_pictures(before: str, slash: str, tmp_path: Path) -> None:
    data_set = read_data_set(bench(tmp_path, listed(before, slash)))
    assert data_set.name == "deepfakebench"
    clips = by_name(data_set)
    fake, real = clips[FAKE], clips[REAL]
    assert (fake.label, fake.kind, fake.split, fake.identities) == ("fake", "FF-DF", "test", ("071", "054"))
    assert (real.label, real.kind, real.split) == ("real", "", "train")
    assert fake.source == real.source == "071"
    assert fake.pair == real.pair is not None


def test_an_original_in_two_lists_is_one_clip(tmp_path: Path) -> None:
    bench(tmp_path, listed(), "FF-F2F.json")
    assert len(read_data_set(bench(tmp_path, listed())).clips) == 2


@pytest.mark.parametrize(
    ("splits", "split"),
    [(("train", "val"), "train"), (("val",), "validation"), (("train", "test", "val"), None), (("later",), None)],
    ids=["train-and-validation", "validation", "everywhere", "unknown"],
)
def test_of_several_splits_one_is_taken(splits: tuple[str, ...], split: str | None, tmp_path: Path) -> None:
    film = {"id0_0000": {"label": "CelebDFv2_real", "frames": frames(REAL)}}
    (clip,) = read_data_set(bench(tmp_path, {"Celeb-DF-v2": {"CelebDFv2_real": dict.fromkeys(splits, film)}})).clips
    assert (clip.split, clip.identities) == (split, ("id0",))


def test_a_test_film_that_is_listed_for_training_too_is_for_the_test(tmp_path: Path) -> None:
    one, other = ({"label": "UADFV_Real", "frames": frames(place)} for place in (REAL, FAKE))
    told = {"UADFV": {"UADFV_Real": {"train": {"a": one, "b": other}, "test": {"b": other}}}}
    clips = by_name(read_data_set(bench(tmp_path, told)))
    assert (clips[REAL].split, clips[FAKE].split) == ("train", "test")
    assert clips[REAL].source == "a"


def test_films_without_pictures_or_label_are_remarked(tmp_path: Path) -> None:
    films = {
        "a": {"label": "UADFV_Real", "frames": frames(REAL)},
        "b": {"label": "UADFV_Real", "frames": ["gone/000.png"]},
        "c": {"label": "UADFV", "frames": frames(FAKE)},
        "d": {"label": "UADFV_Real", "frames": []},
    }
    data_set = read_data_set(bench(tmp_path, {"UADFV": {"UADFV_Real": {"train": films}}}))
    assert list(by_name(data_set)) == [REAL]
    assert [remark.split("'")[1] for remark in data_set.remarks] == ["b", "c", "d"]


def test_a_film_listed_as_real_and_fake_is_refused(tmp_path: Path) -> None:
    films = [{"x": {"label": label, "frames": frames(REAL)}} for label in ("UADFV_Real", "UADFV_Fake")]
    told = {"UADFV": {"UADFV_Real": {"train": films[0]}, "UADFV_Fake": {"train": films[1]}}}
    with pytest.raises(UsageError, match="is called real and fake"):
        read_data_set(bench(tmp_path, told))


def test_a_list_of_another_shape_or_torn_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'FF-DF.json' does not list films by data set, group and split"):
        read_data_set(bench(tmp_path, {"FF-DF": ["label", "frames"]}))
    (tmp_path / "preprocessing/dataset_json/FF-DF.json").write_text(json.dumps(listed())[:-5])
    with pytest.raises(UsageError, match=r"'FF-DF.json' is no JSON"):
        read_data_set(tmp_path)


def test_portraits_are_real_and_know_their_person(tmp_path: Path) -> None:
    put(tmp_path, "Ada_Byron/Ada_Byron_0001.jpg", "Ada_Byron/Ada_Byron_0002.jpg", "Ada_Byron/friend.jpg", "map.png")
    put(tmp_path, "old/Max_Roe/Max_Roe_0001.jpg")
    data_set = read_data_set(tmp_path)
    assert data_set.name == "stills"
    assert [(clip.label, clip.identities) for clip in data_set.clips] == [("real", ("Ada_Byron",))] * 2
    assert len({clip.source for clip in data_set.clips}) == 2
    assert {remark.split("'")[1] for remark in data_set.remarks} == {
        "Ada_Byron/friend.jpg",
        "map.png",
        "old/Max_Roe/Max_Roe_0001.jpg",
    }


def test_folders_called_real_and_fake_are_no_persons(tmp_path: Path) -> None:
    data_set = read_data_set(put(tmp_path, "real/real_0001.jpg", "fake/fake_0001.jpg"))
    assert data_set.name == "folder"
    assert [clip.label for clip in data_set.clips] == ["fake", "real"]
