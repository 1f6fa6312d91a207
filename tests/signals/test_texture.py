import cv2
import numpy as np
import pytest

from unmask.signals.texture import LEAST_SIDE, is_grey, texture_names, texture_of
from unmask.types import RgbImage


def grain(side: int = 128, seed: int = 0) -> RgbImage:
    """Soft shapes with grain, as a sensor sees skin."""
    rng = np.random.default_rng(seed)
    shapes = cv2.resize(rng.normal(128, 30, (8, 8, 3)), (side, side), interpolation=cv2.INTER_CUBIC)
    return np.clip(shapes + rng.normal(0, 4, (side, side, 3)), 0, 255).astype(np.uint8)


def checkered(picture: RgbImage, period: int) -> RgbImage:
    """The picture with a faint pattern in its brightness that repeats after so many pixels, across and down."""
    row = 4 * np.cos(2 * np.pi * np.arange(picture.shape[0]) / period)
    return np.clip(picture + (row[:, None] + row[None])[..., None], 0, 255).astype(np.uint8)


def measured(picture: RgbImage) -> dict[str, float]:
    found = texture_of(picture)
    assert found is not None
    return dict(zip(texture_names(), found.tolist(), strict=True))


@pytest.mark.parametrize(("period", "name"), [(2, "2"), (4, "4"), (8, "8")])
def test_a_pattern_stands_out_at_its_own_period_and_in_its_own_channel(period: int, name: str) -> None:
    before, after = measured(grain()), measured(checkered(grain(), period))
    rise = {key: after[key] - before[key] for key in before}
    mine = f"the pattern of period {name} pixels across and down in the brightness"
    assert rise[mine] > 1
    others = [key for key in rise if key.startswith("the pattern") and key != mine and "brightness" in key]
    assert all(abs(rise[key]) < rise[mine] / 2 for key in others)
    assert abs(rise[mine.replace("brightness", "blue-difference colour")]) < 0.3
    assert rise["the strongest pattern of the brightness"] > 0.5


def test_a_picture_enlarged_with_nothing_between_its_pixels_varies_by_place() -> None:
    small = grain(64)
    zeros = np.zeros((128, 128, 3), np.uint8)
    zeros[::2, ::2] = small
    name = "the variance by place in squares of two pixels in the brightness"
    assert measured(zeros)[name] > measured(grain())[name] + 0.5


def test_colour_without_detail_of_its_own_has_less_of_it() -> None:
    planes = cv2.cvtColor(grain(), cv2.COLOR_RGB2YCrCb)
    planes[..., 1:] = cv2.GaussianBlur(planes[..., 1:], (0, 0), 2)
    found = measured(np.asarray(cv2.cvtColor(planes, cv2.COLOR_YCrCb2RGB), np.uint8))
    name = "the finest detail of the red-difference colour"
    assert found[name] < measured(grain())[name] - 0.5


def test_a_picture_whose_colours_are_one_is_grey() -> None:
    assert is_grey(np.repeat(grain()[..., :1], 3, axis=2))
    assert not is_grey(grain())


def test_colours_that_share_their_grain_are_tied() -> None:
    alike = np.repeat(grain()[..., :1], 3, axis=2)
    name = "the tie of red and green in the finest detail"
    assert measured(alike)[name] > measured(grain())[name] + 1


def test_twice_the_contrast_changes_little() -> None:
    picture = grain()
    stronger = np.clip(128 + (picture.astype(np.float64) - 128) * 1.6, 0, 255).astype(np.uint8)
    once, twice = texture_of(picture), texture_of(stronger)
    assert once is not None
    assert twice is not None
    assert np.abs(once - twice).max() < 0.35


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_picture_of_one_colour_has_finite_numbers(value: int) -> None:
    found = texture_of(np.full((96, 80, 3), value, np.uint8))
    assert found is not None
    assert np.isfinite(found).all()


def test_a_small_picture_is_not_measured() -> None:
    assert texture_of(grain(LEAST_SIDE)[: LEAST_SIDE - 1]) is None


def test_every_number_has_a_name_of_its_own() -> None:
    assert len(set(texture_names())) == len(texture_names()) == len(measured(grain()))
