import numpy as np
import pytest

from unmask.forgery.paste.blend import laid_over, poisson
from unmask.types import Mask, RgbImage

SIDE = 96


def textured(seed: int, level: float) -> RgbImage:
    """A slope from left to right with some grain."""
    slope = np.linspace(-20, 20, SIDE)[None, :, None]
    return np.clip(level + slope + np.random.default_rng(seed).normal(0, 2, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)


def disc(x: float = 48, y: float = 48, radius: float = 30) -> Mask:
    rows, columns = np.indices((SIDE, SIDE))
    return (np.hypot(rows - y, columns - x) <= radius).astype(np.float32)


def seam_energy(image: RgbImage, mask: Mask) -> float:
    """Mean square of the steps between made and unmade neighbours."""
    picture = image.astype(np.float64)
    steps = []
    for axis in (0, 1):
        crossing = np.diff(mask > 0, axis=axis) != 0
        steps.append(np.square(np.diff(picture, axis=axis))[crossing])
    return float(np.concatenate(steps).mean())


TARGET, MADE = textured(1, 120), textured(2, 170)


def test_a_share_of_a_quarter_is_a_quarter_of_the_way() -> None:
    pasted = laid_over(
        np.full((4, 4, 3), 100, np.uint8), np.full((4, 4, 3), 200, np.uint8), np.full((4, 4), 0.25, "f4")
    )
    assert (pasted.image == 125).all()
    assert (pasted.mask == 0.25).all()


@pytest.mark.parametrize("blend", [laid_over, poisson])
def test_where_the_mask_is_0_the_target_keeps_its_bytes(blend: object) -> None:
    pasted = blend(TARGET, MADE, disc())  # type: ignore[operator]
    assert np.array_equal(pasted.image[pasted.mask == 0], TARGET[pasted.mask == 0])
    assert (pasted.image[pasted.mask > 0] != TARGET[pasted.mask > 0]).any(axis=1).mean() > 0.5
    assert not (pasted.mask > disc()).any()


def test_a_share_too_small_for_a_byte_counts_as_none() -> None:
    pasted = laid_over(TARGET, MADE, np.full((SIDE, SIDE), 0.001, np.float32))
    assert not pasted.mask.any()
    assert np.array_equal(pasted.image, TARGET)


def test_poisson_leaves_a_weaker_seam_than_laying_over() -> None:
    hard, smooth = laid_over(TARGET, MADE, disc()), poisson(TARGET, MADE, disc())
    assert seam_energy(smooth.image, smooth.mask) < 0.05 * seam_energy(hard.image, hard.mask)
    assert seam_energy(smooth.image, smooth.mask) < 3 * seam_energy(TARGET, disc())


def test_a_made_picture_that_differs_by_a_constant_becomes_the_target() -> None:
    flat = np.full((SIDE, SIDE, 3), 90, np.uint8)
    flat[40:50, 40:50] = 30
    pasted = poisson(flat, np.clip(flat + 60, 0, 255).astype(np.uint8), disc())
    assert np.abs(pasted.image.astype(int) - flat).max() <= 1


def test_the_membrane_is_laplaces() -> None:
    """What joins values that are linear along the rim is linear inside."""
    rows, columns = np.indices((SIDE, SIDE))
    plane = np.repeat((60 + 0.8 * columns + 0.4 * rows)[..., None], 3, axis=2)
    pasted = poisson(np.rint(plane).astype(np.uint8), np.full((SIDE, SIDE, 3), 100, np.uint8), disc())
    assert np.abs(pasted.image - plane).max() <= 2.0


@pytest.mark.parametrize(("x", "y"), [(0, 48), (95, 48), (48, 0), (48, 95), (2, 2), (95, 95)])
def test_a_mask_cut_by_the_pictures_edge_is_filled_up_to_it(x: int, y: int) -> None:
    pasted = poisson(TARGET, MADE, disc(x, y))
    assert pasted.mask[y, x] == 1
    assert np.array_equal(pasted.image[pasted.mask == 0], TARGET[pasted.mask == 0])
    assert seam_energy(pasted.image, pasted.mask) < 3 * seam_energy(TARGET, disc(x, y))


@pytest.mark.parametrize("radius", [-1, 0, 1, 2, 200])
def test_masks_of_nothing_of_a_pixel_and_of_everything_are_no_error(radius: float) -> None:
    pasted = poisson(TARGET, MADE, disc(radius=radius))
    assert np.array_equal(pasted.image[pasted.mask == 0], TARGET[pasted.mask == 0])
    assert (pasted.mask.sum() > 0) == (radius >= 2)
    if radius == 200:
        assert np.array_equal(pasted.image, MADE)


@pytest.mark.parametrize("side", [1, 2, 3, 5])
def test_pictures_of_a_few_pixels_are_no_error(side: int) -> None:
    mask = np.ones((side, side), np.float32)
    mask[0, 0] = 0
    pasted = poisson(TARGET[:side, :side], MADE[:side, :side], mask)
    assert np.array_equal(pasted.image[0, 0], TARGET[0, 0])
