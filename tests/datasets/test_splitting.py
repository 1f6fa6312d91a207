import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.datasets.drawn import put
from unmask.datasets import (
    Clip,
    DataSet,
    Label,
    Split,
    groups_of,
    read_data_set,
    require_disjoint,
    split,
    to_learn_from,
)
from unmask.errors import UsageError


def clip(
    name: str, *people: str, source: str = "", pair: str | None = None, of: Split | None = None, label: Label = "real"
) -> Clip:
    return Clip(Path("set") / f"{name}.mp4", label, people, source or name, pair=pair, split=of)


def data_set(*clips: Clip) -> DataSet:
    return DataSet("folder", Path("set"), clips)


def splits_of(divided: DataSet) -> dict[str, Split | None]:
    return {clip.path.stem: clip.split for clip in divided.clips}


MANY = data_set(
    *(clip(f"{person}-{take}", f"person-{person}") for person in range(60) for take in range(person % 4 + 1))
)


@pytest.mark.parametrize("seed", range(4))
def test_nobody_is_in_two_splits_and_shares_are_kept(seed: int) -> None:
    divided = split(MANY, seed)
    require_disjoint(divided)
    counts = Counter(clip.split for clip in divided.clips)
    total = len(divided.clips)
    assert abs(counts["train"] / total - 0.7) < 0.04
    assert abs(counts["test"] / total - 0.15) < 0.04
    assert None not in counts


def test_what_hangs_together_by_a_third_stays_together() -> None:
    chain = (clip("a", "Ada", "Max"), clip("b", source="cam"), clip("c", "Max", source="cam"), clip("d", "Eve"))
    paired = (clip("e", source="x", pair="p"), clip("f", source="y", pair="p", label="fake"))
    groups = groups_of(data_set(*chain, *paired))
    assert sorted(sorted(one.path.stem for one in group) for group in groups) == [["a", "b", "c"], ["d"], ["e", "f"]]


def test_an_identity_and_a_source_of_one_name_are_not_the_same() -> None:
    assert len(groups_of(data_set(clip("a", "Ada"), clip("b", source="Ada")))) == 2


def test_a_seed_decides_and_the_order_of_clips_does_not() -> None:
    turned = replace(MANY, clips=MANY.clips[::-1])
    assert splits_of(split(MANY, 1)) == splits_of(split(turned, 1))
    assert splits_of(split(MANY, 1)) != splits_of(split(MANY, 2))


def test_where_the_folder_lies_does_not_matter(tmp_path: Path) -> None:
    names = [f"{side}/{number}.mp4" for side in ("real", "fake") for number in range(12)]
    here = put(tmp_path / "here", *names)
    shutil.copytree(here, tmp_path / "there")
    one, other = (split(read_data_set(place)) for place in (here, tmp_path / "there"))
    assert [clip.split for clip in one.clips] == [clip.split for clip in other.clips]
    assert one.sha256 == other.sha256


def test_official_splits_are_kept_and_draw_theirs_along() -> None:
    divided = split(data_set(clip("a", "Ada", of="test"), clip("b", "Ada"), clip("c", "Max"), clip("d", "Eve")))
    assert splits_of(divided)["a"] == splits_of(divided)["b"] == "test"
    require_disjoint(divided)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (clip("a", "Ada", of="train"), clip("b", "Ada", of="test"), "The identity 'Ada' is in two splits"),
        (clip("a", source="c", of="train"), clip("b", source="c", of="test"), "The source 'c' is in two splits"),
        (clip("a", pair="p", of="train"), clip("b", pair="p", of="test"), "The pair 'p' is in two splits"),
    ],
    ids=["identity", "source", "pair"],
)
def test_a_leak_between_splits_is_refused_by_name(one: Clip, other: Clip, said: str) -> None:
    for refuse in (require_disjoint, split):
        with pytest.raises(UsageError, match=rf"{said}: 'a.mp4' \(train\) and 'b.mp4' \(test\)"):
            refuse(data_set(one, other))


def test_official_splits_tied_by_an_open_clip_are_refused() -> None:
    tied = data_set(clip("a", "Ada", of="train"), clip("b", "Ada", "Max"), clip("c", "Max", of="test"))
    require_disjoint(tied)
    with pytest.raises(UsageError, match=r"'a.mp4' \(train\) and 'c.mp4' \(test\) hang together"):
        split(tied)
    assert len(set(splits_of(split(tied, anew=True)).values())) == 1


def test_official_splits_count_towards_the_shares() -> None:
    half_told = data_set(*(clip(str(number), of="train" if number < 70 else None) for number in range(100)))
    counts = Counter(splits_of(split(half_told)).values())
    assert (counts["train"], counts["validation"], counts["test"]) == (70, 15, 15)


def test_nothing_is_said_where_nothing_was_to_be_split() -> None:
    assert split(data_set(clip("a", of="train"))).remarks == ()


def test_anew_drops_official_splits() -> None:
    official = data_set(*(replace(clip, split="train") for clip in MANY.clips))
    assert split(official).clips == official.clips
    assert splits_of(split(official, anew=True)) == splits_of(split(MANY))


def test_with_few_groups_none_stays_empty_that_could_be_filled() -> None:
    three = data_set(clip("a"), clip("b"), clip("c"))
    for seed in range(6):
        assert sorted(map(str, splits_of(split(three, seed)).values())) == ["test", "train", "validation"]


def test_an_empty_split_is_remarked() -> None:
    divided = split(data_set(clip("a", "Ada"), clip("b", "Ada")))
    assert set(splits_of(divided).values()) == {"train"}
    assert [remark[:24] for remark in divided.remarks] == ["Nothing is in validation", "Nothing is in test: by p"]
    assert "in 1 group." in divided.remarks[0]


def test_a_share_of_nothing_gets_nothing() -> None:
    divided = split(MANY, shares=(0.5, 0.0, 0.5))
    assert set(splits_of(divided).values()) == {"train", "test"}
    assert divided.remarks == ()


@pytest.mark.parametrize("shares", [(0.0, 0.0, 0.0), (-0.1, 0.5, 0.6), (float("nan"), 0.5, 0.5)])
def test_shares_that_make_no_sense_are_refused(shares: tuple[float, float, float]) -> None:
    with pytest.raises(UsageError, match="make no splits; take three numbers from 0 on"):
        split(MANY, shares=shares)


@pytest.mark.shared
def test_people_of_the_development_pairs_stay_apart(shared: Path) -> None:
    pairs = read_data_set(shared / "videos" / "swap-pairs-train")
    assert len({clip.pair for clip in pairs.clips}) == 12
    assert len(groups_of(pairs)) == len({clip.identities for clip in pairs.clips}) == 7
    require_disjoint(split(pairs))


def test_a_training_sees_no_film_of_validation_and_test() -> None:
    parts: dict[str, Split | None] = {"Anna": "train", "Ben": "validation", "Carl": "test", "Dora": None}
    learned = to_learn_from(data_set(*(clip(name, name, of=part) for name, part in parts.items())))
    assert [one.source for one in learned.clips] == ["Anna", "Dora"]
    assert learned.remarks[-1].startswith("Of the 4 clips of 'set', 2 were not learned from")


def test_nor_a_film_without_a_split_of_someone_who_is_seen_in_the_test() -> None:
    tied = data_set(clip("a", "Anna", of="test"), clip("b", "Ben", "Anna"), clip("c", "Carl"))
    assert [one.source for one in to_learn_from(tied).clips] == ["c"]


def test_without_splits_a_training_sees_all_and_nothing_is_said() -> None:
    films = data_set(clip("a", "Anna"), clip("b", "Ben"))
    assert to_learn_from(films) == films


def test_a_data_set_of_tests_alone_teaches_nothing() -> None:
    with pytest.raises(UsageError, match="No clip of 'set' may be learned from"):
        to_learn_from(data_set(clip("a", "Anna", of="test"), clip("b", "Ben", of="validation")))
