from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.puppet import Puppet, Stage, picture_of
from unmask.datasets import Clip
from unmask.errors import UsageError
from unmask.settings import Settings
from unmask.training import gathering
from unmask.training.linear import people_of
from unmask.training.texture import TextureRecipe, TrainedTexture, train_texture
from unmask.training.texture_faces import MARGIN, gather_native
from unmask.training.texture_rows import rows_of
from unmask.training.texture_traces import Decoder, drawn_anew

PEOPLE = 6


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, ...]:
    """Stills of six puppets, one of a seventh in a test split, and two of the first drawn anew by a network."""
    folder, found = tmp_path_factory.mktemp("stills"), list[Clip]()
    for number in range(PEOPLE + 1):
        picture = picture_of(Stage(puppets=(Puppet(tone=number % 6),), seed=number))
        cv2.imwrite(str(folder / f"p{number}.png"), picture[..., ::-1])
        found.append(Clip(folder / f"p{number}.png", "real", (f"p{number}",), f"p{number}"))
        if number < 2:
            drawn = drawn_anew(picture, Decoder("shuffle", 1, 0.05, 0.1, 1))
            cv2.imwrite(str(folder / f"drawn{number}.png"), drawn[..., ::-1])
            found.append(Clip(folder / f"drawn{number}.png", "fake", (), f"drawn{number}", kind="shuffled"))
    return (*found[:-1], replace(found[-1], split="test"))


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def trained(clips: tuple[Clip, ...], work: Path) -> TrainedTexture:
    sources = ["one" if number % 2 else "other" for number in range(len(clips) - 1)]
    return train_texture(clips, [*sources, "side"], work, Settings(), TextureRecipe(pairs=3))


def test_it_learns_from_filmed_faces_alone_and_asks_about_the_rest(trained: TrainedTexture) -> None:
    assert (trained.people, trained.pairs) == (PEOPLE, 3 * PEOPLE)
    asked = {(met.question, met.name) for met in trained.contests}
    assert {("forgery", "shuffled"), ("filmed against filmed", "side"), ("kind it did not learn", "nearest")} <= asked
    forged = next(met for met in trained.contests if met.question == "forgery")
    assert (len(forged.one), len(forged.other)) == (2, PEOPLE)
    assert len(set(forged.one_people)) == 2


def test_a_second_run_is_the_same_model_from_what_was_kept(
    clips: tuple[Clip, ...], work: Path, trained: TrainedTexture
) -> None:
    kept = {path.name: path.stat().st_mtime_ns for path in work.iterdir()}
    sources = ["one" if number % 2 else "other" for number in range(len(clips) - 1)]
    again = train_texture(clips, [*sources, "side"], work, Settings(), TextureRecipe(pairs=3))
    assert again.fitted.model == trained.fitted.model
    assert {path.name: path.stat().st_mtime_ns for path in work.iterdir()} == kept


def test_pairs_follow_from_the_seed(clips: tuple[Clip, ...], work: Path, tmp_path: Path) -> None:
    (faces,), _ = gather_native(clips[:1], ["p0"], work, Settings())
    first, same, other = (
        rows_of(faces, folder, seed, 3).made for folder, seed in ((work, 1), (tmp_path, 1), (tmp_path, 2))
    )
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_faces_are_kept_in_their_own_pixels_with_a_margin(clips: tuple[Clip, ...], work: Path) -> None:
    (faces,), _ = gather_native(clips[:1], ["p0"], work, Settings())
    picture = np.asarray(cv2.imread(str(clips[0].path)), np.uint8)[..., ::-1]
    (kept,) = faces.pictures
    assert max(kept.shape) == pytest.approx(MARGIN * faces.side, abs=2)
    height, width = kept.shape[:2]
    matches = cv2.matchTemplate(np.ascontiguousarray(picture), kept, cv2.TM_SQDIFF)
    top, left = np.unravel_index(int(matches.argmin()), matches.shape)
    assert np.array_equal(picture[top : top + height, left : left + width], kept)


def test_a_still_without_a_face_is_a_remark(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((120, 160, 3), 120, np.uint8))
    clip = Clip(tmp_path / "wall.png", "real", (), "wall")
    found, (remark,) = gather_native([clip], ["wall"], tmp_path / "work", Settings())
    assert found == ()
    assert remark == f"'wall.png' shows no face of {gathering.LEAST_WIDTH:.0f} pixels to learn from."


def test_too_few_people_are_refused_with_their_number(clips: tuple[Clip, ...], work: Path) -> None:
    few = [clip for clip in clips if clip.label == "real"][:2]
    assert len(set(people_of(few).values())) == 2
    with pytest.raises(UsageError, match="filmed faces of 2 people; 4 are the least"):
        train_texture(few, ["one"] * 2, work, Settings(), TextureRecipe(pairs=3))
