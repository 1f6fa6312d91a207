from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.forgery.paste.sitter import Sitter
from unmask.errors import UsageError
from unmask.forgery.paste.blend import Pasted
from unmask.forgery.paste.color import TRANSFERS
from unmask.forgery.paste.face_paste import BLENDS, PasteRecipe, match_colors, paste_face
from unmask.forgery.paste.masks import SHAPES, bare_skin, face_hull
from unmask.forgery.paste.warp import WARPS
from unmask.types import Mask, RgbImage

RECIPES = [
    PasteRecipe(transfer=transfer, blend=blend, warp=warp)
    for transfer, blend, warp in product(TRANSFERS, BLENDS, WARPS)
]


def paste(source: Sitter, target: Sitter, recipe: PasteRecipe) -> Pasted:
    return paste_face(source.image, source.landmarks, target.image, target.landmarks, recipe)


def assert_exact(pasted: Pasted, target: RgbImage) -> None:
    """Outside of the mask every byte is the target's, inside most differ."""
    outside = pasted.mask == 0
    assert pasted.image.shape == target.shape
    assert np.array_equal(pasted.image[outside], target[outside])
    assert (pasted.image[pasted.mask > 0.5] != target[pasted.mask > 0.5]).any(axis=1).mean() > 0.7


def skin_mean(image: RgbImage, sitter: Sitter) -> np.ndarray:
    return image[bare_skin(sitter.landmarks, image.shape[:2]) > 0].mean(axis=0)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.transfer}-{r.blend}-{r.warp}")
def test_a_face_at_each_edge_of_the_picture_is_pasted_exactly(
    sitter: Sitter, other: Sitter, recipe: PasteRecipe
) -> None:
    for target in (sitter, sitter.cut(left=95), sitter.cut(right=95), sitter.cut(top=90), sitter.cut(bottom=85)):
        pasted = paste(other, target, recipe)
        assert_exact(pasted, target.image)
        hull = face_hull(target.landmarks, target.image.shape[:2])
        assert 0.5 < pasted.mask.sum() / hull.sum() <= 1.0


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("blend", BLENDS)
def test_every_shape_is_pasted_exactly(sitter: Sitter, other: Sitter, shape: str, blend: str) -> None:
    recipe = PasteRecipe(shape=shape, blend=blend, transfer="none")
    pasted = paste(other, sitter, recipe)
    assert_exact(pasted, sitter.image)
    drawn = SHAPES[shape](sitter.landmarks, (240, 240))
    assert not pasted.mask[drawn == 0].any()
    if blend == "hard":
        assert pasted.mask.sum() > 0.98 * drawn.sum()


@pytest.mark.parametrize("blend", ["hard", "poisson"])
def test_masks_of_hard_edges_are_zeros_and_ones(sitter: Sitter, other: Sitter, blend: str) -> None:
    mask = paste(other, sitter, PasteRecipe(blend=blend)).mask
    assert set(np.unique(mask)) == {0.0, 1.0}


def test_a_feather_softens_the_rim_and_leaves_the_middle(sitter: Sitter, other: Sitter) -> None:
    hard = paste(other, sitter, PasteRecipe(blend="hard")).mask
    soft = [paste(other, sitter, PasteRecipe(feather=feather)).mask for feather in (0.05, 0.2)]
    rims = [float(((mask > 0) & (mask < 1)).sum()) for mask in (hard, *soft)]
    assert rims[0] == 0 < rims[1] < 0.5 * rims[2]
    assert all(mask[tuple(np.rint(sitter.landmarks[4, 1::-1]).astype(int))] == 1 for mask in soft)


def test_growing_moves_the_rim(sitter: Sitter, other: Sitter) -> None:
    made = [paste(other, sitter, PasteRecipe(blend="hard", grow=grow)).mask for grow in (-0.1, 0.0, 0.1)]
    assert (made[0] <= made[1]).all()
    assert (made[1] <= made[2]).all()
    assert made[0].sum() < 0.85 * made[1].sum() < 0.75 * made[2].sum()


@pytest.mark.parametrize("transfer", sorted(set(TRANSFERS) - {"none"}))
def test_a_transfer_brings_the_skin_to_the_targets_colour(sitter: Sitter, other: Sitter, transfer: str) -> None:
    wanted = skin_mean(sitter.image, sitter)
    foreign, matched = (
        skin_mean(paste(other, sitter, PasteRecipe(blend="hard", transfer=name)).image, sitter)
        for name in ("none", transfer)
    )
    assert np.abs(foreign - wanted).max() > 20
    assert np.abs(matched - wanted).max() < 3


def test_the_mesh_takes_the_targets_expression_and_the_similarity_does_not(sitter: Sitter) -> None:
    """A face pasted on itself with a longer chin: its lips follow the mesh only."""
    longer = sitter.landmarks.copy()
    lower = longer[:, 1] > longer[4, 1]
    longer[lower, 1] += 0.5 * (longer[lower, 1] - longer[4, 1])
    stretched = replace(sitter, landmarks=longer)
    lips = {}
    for warp in WARPS:
        pasted = paste(sitter, stretched, PasteRecipe(warp=warp, blend="hard", transfer="none"))
        column = int(longer[13, 0])
        below = pasted.image[int(longer[2, 1]) : int(longer[152, 1]) - 8, column - 3 : column + 4].astype(float)
        redness = (below[..., 0] - below[..., 1]).mean(axis=1)
        lips[warp] = int(longer[2, 1]) + int(np.argmax(redness))
    assert lips["mesh"] - lips["similarity"] > 4


def test_poisson_leaves_a_weaker_seam_than_a_hard_paste(sitter: Sitter, other: Sitter) -> None:
    hard, smooth = (
        paste(other, sitter, PasteRecipe(shape="inner-face", blend=blend, transfer="none", grow=-0.05))
        for blend in ("hard", "poisson")
    )
    assert seam(smooth.image, smooth.mask) < 0.5 * seam(hard.image, hard.mask)


def seam(image: RgbImage, mask: Mask) -> float:
    crossing = np.diff(mask > 0, axis=1) != 0
    return float(np.abs(np.diff(image.astype(float), axis=1))[crossing].mean())


def test_kept_colours_do_not_follow_a_flickering_lamp(sitter: Sitter, other: Sitter) -> None:
    bright = replace(sitter, image=np.clip(sitter.image * 1.1, 0, 255).astype(np.uint8))
    recipe = PasteRecipe(blend="hard")
    kept = match_colors(other.image, other.landmarks, sitter.image, sitter.landmarks, recipe.transfer)
    frames = [
        [
            skin_mean(
                paste_face(other.image, other.landmarks, target.image, target.landmarks, recipe, colors=colors).image,
                sitter,
            )
            for target in (sitter, bright)
        ]
        for colors in (kept, None)
    ]
    assert frames[0][0] == pytest.approx(frames[0][1], abs=0.01)
    assert np.abs(frames[1][1] - frames[1][0]).max() > 8


def test_a_source_without_the_part_asked_for_leaves_the_target(sitter: Sitter, other: Sitter) -> None:
    above = other.cut(bottom=150)  # the mouth is cut away
    pasted = paste(above, sitter, PasteRecipe(shape="mouth"))
    assert not pasted.mask.any()
    assert np.array_equal(pasted.image, sitter.image)


@pytest.mark.parametrize("blend", BLENDS)
def test_flat_pictures_are_no_error(sitter: Sitter, blend: str) -> None:
    black, white = (replace(sitter, image=np.full_like(sitter.image, level)) for level in (0, 255))
    for source, target, transfer in product((black, white), (black, white), TRANSFERS):
        pasted = paste(source, target, PasteRecipe(blend=blend, transfer=transfer))
        assert np.isfinite(pasted.mask).all()
        assert np.array_equal(pasted.image[pasted.mask == 0], target.image[pasted.mask == 0])


def test_the_pictures_given_are_not_changed(sitter: Sitter, other: Sitter) -> None:
    before = sitter.image.copy(), other.image.copy(), sitter.landmarks.copy()
    paste(other, sitter, PasteRecipe(blend="poisson", shape="raised-hull"))
    assert all(map(np.array_equal, before, (sitter.image, other.image, sitter.landmarks)))


def test_faces_that_cannot_be_pasted_are_refused_in_a_sentence(sitter: Sitter, other: Sitter) -> None:
    away = replace(sitter, landmarks=sitter.landmarks + np.array([900, 0, 0], np.float32))
    tiny = replace(sitter, landmarks=sitter.landmarks * np.float32(0.05))
    broken = replace(sitter, landmarks=np.full((468, 3), np.nan, np.float32))
    flat = replace(sitter, landmarks=sitter.landmarks * np.array([1, 0, 0], np.float32) + np.float32(90))
    for bad, sentence in (
        (flat, r"and \d high"),
        (away, "outside its picture of 240 × 240"),
        (tiny, "pixels wide"),
        (broken, "not finite"),
    ):
        with pytest.raises(UsageError, match=sentence):
            paste(bad, other, PasteRecipe())
        with pytest.raises(UsageError, match=sentence):
            paste(other, bad, PasteRecipe())


def test_points_all_on_one_line_make_nothing(sitter: Sitter, other: Sitter) -> None:
    line = sitter.landmarks.copy()
    line[:, 0], line[:, 2] = line[:, 1], 0
    line[[234, 454]] = [[40, 40, 0], [200, 200, 0]]
    pasted = paste(other, replace(sitter, landmarks=line), PasteRecipe())
    assert not pasted.mask.any()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"shape": "hat"}, "No shape is called 'hat'; choose one of face-hull"),
        ({"transfer": "rgb"}, "No colour transfer"),
        ({"warp": "tps"}, "No warp"),
        ({"blend": "soft"}, "No blend"),
        ({"feather": -0.1}, "The feather is -0.1; choose a number from 0 to 0.5"),
        ({"grow": float("nan")}, "The growth is nan"),
    ],
)
def test_recipes_that_make_no_sense_are_refused(wrong: dict[str, str | float], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        PasteRecipe(**wrong)  # type: ignore[arg-type]
