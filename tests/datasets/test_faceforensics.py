import json
from pathlib import Path

import pytest

from tests.datasets.drawn import by_name, put
from unmask.datasets import read_data_set, require_disjoint, split
from unmask.errors import UsageError

YOUTUBE, FAKES = "original_sequences/youtube/c23/videos", "manipulated_sequences"
ACTORS = "original_sequences/actors/c23/videos"
SPLITS = {"train": [["071", "054"]], "val": [["087", "081"]], "test": [["953", "974"]]}


def faceforensics(folder: Path, place: str = "splits/") -> Path:
    """Three pairs of originals with their swaps, one method in two compressions."""
    numbers = [pair for pairs in SPLITS.values() for pair in pairs]
    for one, other in numbers:
        put(folder, f"{YOUTUBE}/{one}.mp4", f"{YOUTUBE}/{other}.mp4")
        for method in ("Deepfakes", "NeuralTextures"):
            videos = f"{FAKES}/{method}/c23/videos"
            put(folder, f"{videos}/{one}_{other}.mp4", f"{videos}/{other}_{one}.mp4")
    put(folder, f"{FAKES}/Deepfakes/c40/videos/071_054.mp4", f"{FAKES}/Deepfakes/masks/videos/071_054.mp4")
    for name, pairs in SPLITS.items():
        put(folder, f"{place}{name}.json")
        (folder / f"{place}{name}.json").write_text(json.dumps(pairs))
    return folder


def test_a_swap_shares_source_and_pair_with_its_target(tmp_path: Path) -> None:
    clips = by_name(read_data_set(faceforensics(tmp_path)))
    fake, target = clips[f"{FAKES}/Deepfakes/c23/videos/071_054.mp4"], clips[f"{YOUTUBE}/071.mp4"]
    assert (fake.label, fake.kind, fake.identities) == ("fake", "Deepfakes", ("071", "054"))
    assert (target.label, target.kind, target.identities) == ("real", "", ("071",))
    assert fake.source == target.source
    assert fake.pair == target.pair is not None
    assert fake.mask == tmp_path / FAKES / "Deepfakes/masks/videos/071_054.mp4"


def test_another_compression_has_the_source_but_not_the_pair(tmp_path: Path) -> None:
    clips = by_name(read_data_set(faceforensics(tmp_path)))
    coarse, fine = (clips[f"{FAKES}/Deepfakes/{coding}/videos/071_054.mp4"] for coding in ("c40", "c23"))
    assert coarse.source == fine.source
    assert coarse.pair is None


@pytest.mark.parametrize("place", ["splits/", ""], ids=["in-a-folder", "beside"])
def test_official_splits_are_read_and_disjoint(place: str, tmp_path: Path) -> None:
    data_set = read_data_set(faceforensics(tmp_path, place))
    require_disjoint(data_set)
    of = {clip.path.stem: clip.split for clip in data_set.clips}
    assert (of["071"], of["054_071"], of["087_081"], of["974"]) == ("train", "train", "validation", "test")
    assert split(data_set).clips == data_set.clips


def test_without_splits_they_are_open_and_it_is_said(tmp_path: Path) -> None:
    data_set = read_data_set(put(tmp_path, f"{YOUTUBE}/071.mp4"))
    assert data_set.clips[0].split is None
    assert "official splits" in data_set.remarks[0]


def test_actors_of_google_are_read_beside(tmp_path: Path) -> None:
    fake_name = f"{FAKES}/DeepFakeDetection/c23/videos/01_02__outside_talking_still_laughing__YVGY8LOK.mp4"
    real_name = f"{ACTORS}/01__outside_talking_still_laughing.mp4"
    clips = by_name(read_data_set(put(tmp_path, fake_name, real_name, f"{ACTORS}/01__exit_phone_room.mp4")))
    fake, real, other = clips[fake_name], clips[real_name], clips[f"{ACTORS}/01__exit_phone_room.mp4"]
    assert fake.identities == ("actor-01", "actor-02")
    assert fake.source == real.source == "01__outside_talking_still_laughing"
    assert fake.pair == real.pair is not None
    assert (other.identities, other.pair) == (("actor-01",), None)
    assert other.source != real.source


def test_other_names_are_left_out_with_a_remark(tmp_path: Path) -> None:
    data_set = read_data_set(put(tmp_path, f"{YOUTUBE}/071.mp4", f"{YOUTUBE}/holiday.mp4", f"{YOUTUBE}/notes.txt"))
    assert len(data_set.clips) == 1
    assert data_set.remarks[0].startswith(f"'{YOUTUBE}/holiday.mp4' is not named as")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[["071", "054"]', r"'val.json' is no JSON: it breaks at line 1; mend it or get it anew"),
        ('{"071": "054"}', r"'val.json' is no list of pairs such as"),
        ("[[71, 54]]", r"'val.json' is no list of pairs such as"),
        ("[" * 100_000, r"'val.json' is nested too deeply"),
    ],
    ids=["torn", "object", "numbers", "deep"],
)
def test_splits_that_make_no_sense_are_named(text: str, said: str, tmp_path: Path) -> None:
    faceforensics(tmp_path)
    (tmp_path / "splits" / "val.json").write_text(text)
    with pytest.raises(UsageError, match=said):
        read_data_set(tmp_path)
