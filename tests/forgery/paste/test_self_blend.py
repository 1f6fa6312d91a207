from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.forgery.paste.sitter import Sitter
from unmask.errors import UsageError
from unmask.forgery.paste.blend import Pasted
from unmask.forgery.paste.self_blend import SelfBlendRecipe, draw_self_blend, self_blend
from unmask.types import RgbImage

SEEDS = range(12)
PLAIN = SelfBlendRecipe(feather=0.0)


def blended(sitter: Sitter, recipe: SelfBlendRecipe) -> Pasted:
    return self_blend(sitter.image, sitter.landmarks, recipe)


def drawn(seed: int) -> SelfBlendRecipe:
    return draw_self_blend(np.random.default_rng(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_face_stays_itself_and_its_surround_stays_untouched(sitter: Sitter, seed: int) -> None:
    pasted = blended(sitter, drawn(seed))
    inside = pasted.mask > 0
    assert np.array_equal(pasted.image[~inside], sitter.image[~inside])
    change = np.abs(pasted.image[inside].astype(float) - sitter.image[inside])
    assert 0.2 < change.mean() < 30
    assert 0.05 < inside.mean() < 0.45
    assert np.corrcoef(pasted.image[inside].ravel(), sitter.image[inside].ravel())[0, 1] > 0.75


def test_one_recipe_gives_one_picture_and_other_seeds_give_others(sitter: Sitter) -> None:
    first, again, second = (blended(sitter, drawn(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.mask, again.mask)
    assert np.abs(first.mask - second.mask).mean() > 0.005
    assert len({drawn(seed) for seed in range(50)}) == 50


def test_shapes_and_ratios_are_all_drawn() -> None:
    recipes = [drawn(seed) for seed in range(80)]
    assert {recipe.ratio for recipe in recipes} == {0.25, 0.5, 0.75, 1.0}
    assert len({recipe.shape for recipe in recipes}) == 4
    assert {recipe.shrink < 1 for recipe in recipes} == {True, False}
    assert all((recipe.shrink < 1) != (recipe.sharpen > 0) for recipe in recipes)


def test_the_ratio_is_the_share_of_the_copy(sitter: Sitter) -> None:
    whole, half = (blended(sitter, replace(PLAIN, brightness=20.0, ratio=ratio)) for ratio in (1.0, 0.5))
    inside = whole.mask == 1
    assert half.mask == pytest.approx(0.5 * whole.mask)
    raised = [(pasted.image[inside].astype(float) - sitter.image[inside]).mean() for pasted in (whole, half)]
    assert raised == pytest.approx([20, 10], abs=1.5)


def test_a_copy_that_is_not_changed_changes_nothing(sitter: Sitter) -> None:
    pasted = blended(sitter, PLAIN)
    assert pasted.mask.any()
    assert np.abs(pasted.image.astype(int) - sitter.image).max() <= 1


def redness(image: RgbImage) -> float:
    return float(image[..., 0].mean() - image[..., 2].mean())


def detail(image: RgbImage) -> float:
    return float(cv2.Laplacian(image[..., 1].astype(np.float32), cv2.CV_32F).std())


def light(image: RgbImage) -> float:
    return float(image.mean())


def contrast(image: RgbImage) -> float:
    return float(image.std())


@pytest.mark.parametrize(
    ("less", "more", "measure"),
    [
        ({"saturation": 0.7}, {"saturation": 1.2}, redness),
        ({"rgb_shift": (-10.0, 0.0, 10.0)}, {"rgb_shift": (10.0, 0.0, -10.0)}, redness),
        ({"value": 0.9}, {"value": 1.1}, light),
        ({"brightness": -10.0}, {"brightness": 10.0}, light),
        ({"contrast": 0.8}, {"contrast": 1.2}, contrast),
        ({"shrink": 0.3}, {"shrink": 1.0}, detail),
        ({"sharpen": 0.0}, {"sharpen": 1.0}, detail),
    ],
)
def test_each_change_of_the_copy_does_what_it_is_called(
    sitter: Sitter, less: dict[str, float], more: dict[str, float], measure: Callable[[RgbImage], float]
) -> None:
    inside = np.s_[95:150, 95:145]
    measured = [measure(blended(sitter, replace(PLAIN, **change)).image[inside]) for change in (less, {}, more)]  # type: ignore[arg-type]
    assert measured[0] <= measured[1] <= measured[2]
    assert measured[2] > 1.05 * measured[0]


def test_the_copy_is_shifted_and_scaled_on_the_face(sitter: Sitter) -> None:
    moved = blended(sitter, replace(PLAIN, shift=(0.05, 0.0))).image[95:150, 95:145]
    ways = range(-10, 11)
    misses = [np.abs(moved.astype(float) - sitter.image[95:150, 95 - way : 145 - way]).mean() for way in ways]
    assert ways[int(np.argmin(misses))] == pytest.approx(0.05 * 110, abs=1.5)
    larger = blended(sitter, replace(PLAIN, scale=1.2)).image
    eyes = [
        int(np.argmin(image[int(sitter.landmarks[33, 1]) - 2, 120:160].astype(int).sum(axis=1)))
        for image in (sitter.image, larger)
    ]
    assert eyes[1] > eyes[0]


def test_through_a_film_the_mask_follows_the_face(sitter: Sitter) -> None:
    recipe = drawn(3)
    here, there = blended(sitter, recipe), blended(sitter.cut(left=20, top=12), recipe)
    assert np.abs(here.mask[12:, 20:] - there.mask).max() < 0.05
    assert np.abs(here.image[12:, 20:].astype(int) - there.image).mean() < 0.5


@pytest.mark.parametrize("edges", [{"left": 95}, {"right": 95}, {"top": 90}, {"bottom": 85}])
def test_a_face_cut_by_the_pictures_edge_is_blended(sitter: Sitter, edges: dict[str, int]) -> None:
    cut = sitter.cut(**edges)
    for seed in SEEDS:
        pasted = blended(cut, drawn(seed))
        assert pasted.mask.any()
        assert np.array_equal(pasted.image[pasted.mask == 0], cut.image[pasted.mask == 0])


def test_a_copy_shifted_away_from_the_pictures_edge_leaves_the_edge(sitter: Sitter) -> None:
    cut = sitter.cut(left=95)
    still, shifted = (blended(cut, replace(PLAIN, shift=(way, 0.0))) for way in (0.0, 0.05))
    assert still.mask[120, :4].all()
    assert not shifted.mask[:, :4].any()
    assert shifted.mask[120, 8:12].all()


def test_flat_pictures_are_no_error(sitter: Sitter) -> None:
    for level in (0, 128, 255):
        pasted = self_blend(np.full_like(sitter.image, level), sitter.landmarks, drawn(4))
        assert np.isfinite(pasted.mask).all()


def test_faces_and_recipes_that_make_no_sense_are_refused(sitter: Sitter) -> None:
    with pytest.raises(UsageError, match="outside its picture"):
        self_blend(sitter.image, sitter.landmarks + np.float32(900), PLAIN)
    with pytest.raises(UsageError, match=r"The blend ratio is 1\.5; choose a number from 0 to 1"):
        replace(PLAIN, ratio=1.5)
    with pytest.raises(UsageError, match="No shape is called"):
        replace(PLAIN, shape="ears")
