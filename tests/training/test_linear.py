from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.pairs import clip, drawn_pairs
from unmask.datasets import Clip
from unmask.errors import UsageError
from unmask.settings import Settings
from unmask.training.films import VARIANTS
from unmask.training.linear import RECIPES, Trained, people_of, train_linear


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, ...]:
    """Three puppets, each filmed and with a face laid over anew in each frame."""
    return drawn_pairs(tmp_path_factory.mktemp("pairs"), 3)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which measurements of the pairs are kept between the tests."""
    return tmp_path_factory.mktemp("work")


def trained(recipe: str, clips: tuple[Clip, ...], work: Path) -> Trained:
    return train_linear(RECIPES[recipe], clips, work, Settings(), variants=VARIANTS[:1])


@pytest.mark.parametrize(("recipe", "numbers"), [("flicker", 108), ("seam", 36), ("consistency", 928)])
def test_a_detector_learns_from_pairs_and_ranks_fakes_of_people_it_has_not_seen_above_their_originals(
    recipe: str, numbers: int, clips: tuple[Clip, ...], work: Path
) -> None:
    found = trained(recipe, clips, work)
    assert len(found.fitted.model.weights) == numbers
    answers = {Path(one.film).stem: one for one in found.left_out()}
    assert all(answers[f"p{tone}_fake"].fake > answers[f"p{tone}_real"].fake for tone in range(3))
    assert (answers["p0_fake"].label, answers["p0_real"].label) == ("fake", "real")
    assert {(one.pair, one.person, one.variant) for one in answers.values()} == {
        (f"p{tone}", f"p{tone}", "as it is") for tone in range(3)
    }


def test_fakes_of_two_people_are_needed(clips: tuple[Clip, ...], work: Path) -> None:
    for too_few in (clips[:2], tuple(one for one in clips if one.label == "real")):
        with pytest.raises(UsageError, match="two people or more"):
            trained("seam", too_few, work)


def test_an_original_weighs_less_than_its_fake_and_a_film_without_one_the_least(tmp_path: Path) -> None:
    weights = [
        RECIPES["seam"].weight(clip(tmp_path / "x.mp4", label, "anna", pair))
        for label, pair in (("fake", "a"), ("real", "a"), ("real", None))
    ]
    assert weights == [1.0, 0.6, 0.2]


def test_whoever_is_in_a_film_is_left_out_with_it(clips: tuple[Clip, ...]) -> None:
    shared = replace(clips[2], identities=("p0", "p1"))
    names = people_of((*clips, shared))
    assert names[clips[0]] == names[clips[1]] == names[shared] == names[clips[2]]
    assert names[clips[4]] != names[clips[0]]
    lonely = replace(clips[0], identities=(), pair=None)
    assert people_of([lonely])[lonely] == "p0_real"
