import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.datasets.drawn import RATE, SIDE, by_name, put, room, swapped, write_film
from unmask.datasets import Clip, DataSet, checking, read_data_set
from unmask.datasets.checking import alike_among, checked, print_of, require_classes
from unmask.errors import UsageError
from unmask.media.encode import write_video
from unmask.media.image import write_image
from unmask.settings import settings


def look(folder: Path) -> DataSet:
    return checked(read_data_set(folder), settings())


def test_a_broken_file_among_many_is_a_remark(tmp_path: Path) -> None:
    write_film(tmp_path / "real/good.mp4", room(1))
    write_film(tmp_path / "fake/other.mp4", room(2))
    put(tmp_path, "fake/torn.mp4")
    (tmp_path / "real/empty.mp4").touch()
    os.mkfifo(tmp_path / "real/pipe.mp4")
    whole = read_data_set(tmp_path)
    seen: list[tuple[int, int]] = []
    found = checked(whole, settings(), on_progress=lambda done, total: seen.append((done, total)))
    assert list(by_name(found)) == ["fake/other.mp4", "real/good.mp4"]
    assert [remark.split("'")[1] for remark in found.remarks] == ["fake/torn.mp4", "real/empty.mp4", "real/pipe.mp4"]
    assert "holds 0 bytes" in found.remarks[1]
    assert seen == [(done, 5) for done in range(1, 6)]


def test_the_same_bytes_under_both_labels_are_refused(tmp_path: Path) -> None:
    film = write_film(tmp_path / "real/one.mp4", room(1))
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake/copy.mp4").write_bytes(film.read_bytes())
    with pytest.raises(
        UsageError, match=r"'fake/copy.mp4' \(fake\) and 'real/one.mp4' \(real\) are the same, byte for"
    ):
        look(tmp_path)
    with pytest.raises(UsageError, match="byte for byte"):
        checked(read_data_set(tmp_path), settings(), alike=False)


def test_a_fake_that_looks_like_another_films_original_is_remarked(tmp_path: Path) -> None:
    write_film(tmp_path / "real/one.mp4", room(1))
    write_film(tmp_path / "real/two.mp4", room(2))
    write_film(tmp_path / "fake/three.mp4", swapped(room(1)), crf=30)
    (remark,) = look(tmp_path).remarks
    assert remark.startswith("'fake/three.mp4' (fake) and 'real/one.mp4' (real) look nearly the same (cosine 0.9")
    assert checked(read_data_set(tmp_path), settings(), alike=False).remarks == ()


def test_a_swap_and_its_own_original_are_expected_to_look_alike(tmp_path: Path) -> None:
    write_film(tmp_path / "Ada_0_real.mp4", room(1))
    write_film(tmp_path / "Ada_0_fake.mp4", swapped(room(1)))
    assert look(tmp_path).remarks == ()


def test_clips_of_two_splits_that_look_alike_are_remarked(tmp_path: Path) -> None:
    write_film(tmp_path / "train/real/one.mp4", room(1))
    write_film(tmp_path / "train/real/coded-anew.mp4", room(1), crf=34)
    write_film(tmp_path / "test/real/two.mp4", room(1), crf=28)
    found = look(tmp_path)
    assert len(found.remarks) == 2
    assert all("'test/real/two.mp4' (real, test)" in remark for remark in found.remarks)


def test_pictures_are_looked_at_like_films(tmp_path: Path) -> None:
    for number in range(3):
        for place, seed in (("real_train/1/real/0", 1), ("fake_test/2/fake/0", 1), ("fake_test/3/fake/0", 2)):
            (tmp_path / place).mkdir(parents=True, exist_ok=True)
            write_image(tmp_path / place / f"{number}.png", room(seed) // (2 if place.startswith("real") else 1))
    (tmp_path / "fake_test/3/fake/0/1.png").write_text("torn")
    found = look(tmp_path)
    assert list(by_name(found)) == ["fake_test/2/fake/0", "real_train/1/real/0"]
    assert found.remarks[0].startswith("'fake_test/3/fake/0' was left out: '1.png'")
    assert found.remarks[1].startswith("'fake_test/2/fake/0' (fake, test) and 'real_train/1/real/0' (real, train) look")


def test_a_pair_that_lost_its_original_is_no_pair(tmp_path: Path) -> None:
    write_film(tmp_path / "Ada_0_fake.mp4", room(1))
    put(tmp_path, "Ada_0_real.mp4")
    (clip,) = look(tmp_path).clips
    assert clip.pair is None


def test_moments_of_a_longer_film_are_seen(tmp_path: Path) -> None:
    halves = [room(1)] * 30 + [room(2)] * 30
    (tmp_path / "real").mkdir()
    write_video(tmp_path / "real/long.mp4", halves, RATE, preset="ultrafast")
    write_film(tmp_path / "fake/begin.mp4", room(1))
    assert look(tmp_path).remarks == ()


def test_a_print_outlives_coding_size_and_brightness_but_not_another_room() -> None:
    one = print_of([room(1)])
    small = cv2.resize(room(1), (SIDE // 2 + 6, SIDE // 2), interpolation=cv2.INTER_AREA)
    darker, other = print_of([np.asarray(small * 0.6 + 9, np.uint8)]), print_of([room(2)])
    assert one is not None
    assert darker is not None
    assert other is not None
    assert float(one @ darker) > 0.98
    assert abs(float(one @ other)) < 0.6


def test_an_even_picture_has_no_print() -> None:
    assert print_of([np.full((SIDE, SIDE, 3), 40, np.uint8)]) is None
    assert print_of([]) is None


def test_large_sets_are_compared_by_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [Clip(Path(f"{number}.mp4"), "real" if number % 2 else "fake", (), str(number)) for number in range(9)]
    prints = [print_of([room(number // 2)]) for number in range(9)]
    whole = [(pair.one.path.stem, pair.other.path.stem) for pair in alike_among(clips, prints)]
    monkeypatch.setattr(checking, "ROWS_AT_ONCE", 2)
    assert whole == [("0", "1"), ("2", "3"), ("4", "5"), ("6", "7")]
    assert [(pair.one.path.stem, pair.other.path.stem) for pair in alike_among(clips, prints)] == whole


def test_both_classes_are_asked_for() -> None:
    real = Clip(Path("set/a.mp4"), "real", (), "a", split="train")
    fake = Clip(Path("set/b.mp4"), "fake", (), "b", split="train")
    both = DataSet("folder", Path("set"), (real, fake, replace(real, path=Path("set/c.mp4"), source="c", split="test")))
    require_classes(both)
    require_classes(both, ("train",))
    with pytest.raises(UsageError, match="The split 'test' of 'set' has no fake clip; real and fake ones are needed"):
        require_classes(both, ("train", "test"))
    with pytest.raises(UsageError, match="'set' has no fake clip"):
        require_classes(replace(both, clips=(real,)))
    with pytest.raises(UsageError, match="'set' has no real and no fake clip"):
        require_classes(replace(both, clips=()))
