import numpy as np
import pytest
from jaxtyping import Float32

from unmask.errors import UsageError
from unmask.forgery.paste.color import TRANSFERS, lct, mkl, transferred
from unmask.types import RgbImage

Patch = Float32[np.ndarray, "height width 3"]

CHANGING = sorted(set(TRANSFERS) - {"none"})
WHOLE = np.ones((80, 80), np.float32)


def patch(seed: int, mean: tuple[float, ...], spread: tuple[float, ...], hue: float) -> Patch:
    """Skin: brightness and two colours that vary together, in a patch of 80 × 80 pixels."""
    mixing = np.array([[1.0, 0.9, 0.8], [hue, -0.2, -0.4], [0.1, -hue, 0.3]])
    drawn = np.random.default_rng(seed).normal(0, 1, (80, 80, 3)) * spread
    return (drawn @ mixing + mean).clip(0, 255).astype(np.float32)


SOURCE = patch(1, (170, 130, 110), (14, 5, 4), 0.7)
GOAL = patch(2, (120, 96, 84), (20, 4, 5), 0.4)


def covariance(picture: Patch) -> np.ndarray:
    return np.cov(picture.reshape(-1, 3), rowvar=False)


def mean(picture: Patch) -> np.ndarray:
    return picture.mean(axis=(0, 1))


@pytest.mark.parametrize("name", CHANGING)
def test_the_mean_becomes_the_goals(name: str) -> None:
    assert np.abs(mean(SOURCE) - mean(GOAL)).max() > 20
    assert mean(transferred(name, SOURCE, GOAL, WHOLE, WHOLE)) == pytest.approx(mean(GOAL), abs=1.5)


@pytest.mark.parametrize("name", ["lct", "mkl"])
def test_the_covariance_becomes_the_goals(name: str) -> None:
    reached, wanted = (covariance(p) for p in (transferred(name, SOURCE, GOAL, WHOLE, WHOLE), GOAL))
    assert np.abs(covariance(SOURCE) - wanted).max() > 0.3 * wanted.max()
    assert np.abs(reached - wanted).max() < 0.06 * wanted.max()


def test_the_spread_of_lightness_becomes_the_goals() -> None:
    spread = [p.mean(axis=2).std() for p in (SOURCE, transferred("rct", SOURCE, GOAL, WHOLE, WHOLE), GOAL)]
    assert spread[0] < 0.8 * spread[2]
    assert spread[1] == pytest.approx(spread[2], rel=0.06)


def test_histograms_become_the_goals() -> None:
    skewed = (255 * (GOAL / 255) ** 2).astype(np.float32)
    reached = transferred("hist", SOURCE, skewed, WHOLE, WHOLE)
    shares = (0.05, 0.25, 0.5, 0.75, 0.95)
    assert np.quantile(reached, shares, axis=(0, 1)) == pytest.approx(np.quantile(skewed, shares, axis=(0, 1)), abs=2.0)


def test_of_two_maps_to_one_covariance_monge_kantorovich_moves_colours_the_least() -> None:
    source, goal = SOURCE.reshape(-1, 3), GOAL.reshape(-1, 3)
    moved = {fit: np.square(fit(source, goal)(SOURCE) - SOURCE).mean() for fit in (mkl, lct)}
    assert moved[mkl] < moved[lct]


@pytest.mark.parametrize("name", CHANGING)
def test_only_what_the_masks_hold_is_looked_at(name: str) -> None:
    half = WHOLE.copy()
    half[:, 40:] = 0
    stained, stained_goal = SOURCE.copy(), GOAL.copy()
    stained[:, 40:], stained_goal[:, 40:] = (0, 255, 0), (255, 0, 255)
    clean = transferred(name, SOURCE, GOAL, half, half)
    assert np.array_equal(transferred(name, stained, stained_goal, half, half)[:, :40], clean[:, :40])
    assert not np.allclose(transferred(name, stained, stained_goal, WHOLE, WHOLE)[:, :40], clean[:, :40], atol=5)


@pytest.mark.parametrize("name", CHANGING)
def test_a_flat_colour_becomes_the_goals_mean_colour(name: str) -> None:
    flat = np.full((80, 80, 3), (200, 150, 130), np.float32)
    reached = transferred(name, flat, GOAL, WHOLE, WHOLE)
    assert np.isfinite(reached).all()
    assert mean(reached) == pytest.approx(mean(GOAL), abs=1.5)


@pytest.mark.parametrize("name", TRANSFERS)
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_flat_goals_and_sources_give_colours_within_range(name: str, grey: int) -> None:
    flat: RgbImage = np.full((80, 80, 3), grey, np.uint8)
    for source, goal in ((flat, flat), (SOURCE, flat), (flat, GOAL)):
        reached = transferred(name, source, goal, WHOLE, WHOLE)
        assert np.isfinite(reached).all()
        assert reached.min() >= 0
        assert reached.max() <= 255


@pytest.mark.parametrize("name", TRANSFERS)
def test_an_empty_mask_changes_nothing(name: str) -> None:
    assert np.array_equal(transferred(name, SOURCE, GOAL, WHOLE * 0, WHOLE), SOURCE)
    assert np.array_equal(transferred(name, SOURCE, GOAL, WHOLE, WHOLE * 0), SOURCE)


@pytest.mark.parametrize("name", ["rct", "lct", "mkl"])
def test_teeth_do_not_turn_blue_where_a_dull_skin_becomes_a_colourful_one(name: str) -> None:
    dull = patch(1, (150, 130, 120), (14, 2, 1), 0.7)
    colorful = patch(2, (200, 150, 120), (14, 8, 8), 0.7)
    dull[:8, :8] = (205, 200, 196)
    skin = WHOLE.copy()
    skin[:8, :8] = 0
    red, _, blue = transferred(name, dull, colorful, skin, WHOLE)[4, 4]
    assert blue < red


def test_without_a_transfer_colours_stay() -> None:
    assert np.array_equal(transferred("none", SOURCE, GOAL, WHOLE, WHOLE), SOURCE)


def test_an_unknown_transfer_is_named_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"'rtc'; choose one of rct, lct, mkl, hist, none"):
        transferred("rtc", SOURCE, GOAL, WHOLE, WHOLE)
