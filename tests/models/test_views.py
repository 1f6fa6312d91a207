import numpy as np
import pytest

from unmask.faces.align import CROP_SIDE
from unmask.models.card import ModelInput, ModelOutput
from unmask.models.views import log_odds_of, misfit, picture_of, square_of
from unmask.types import RgbImage


def given(**changed: object) -> ModelInput:
    plain: dict[str, object] = {"margin": 1.3, "colour": "rgb", "layout": "nchw", "range": (0, 1)}
    return ModelInput(**(plain | changed))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def crop() -> RgbImage:
    """Red left, blue right, dark below."""
    picture = np.zeros((CROP_SIDE, CROP_SIDE, 3), np.uint8)
    picture[:, : CROP_SIDE // 2, 0] = picture[:, CROP_SIDE // 2 :, 2] = 200
    picture[200:] //= 2
    return picture


def test_a_picture_has_the_shape_colours_and_range_of_the_card(crop: RgbImage) -> None:
    picture = picture_of(crop, given(), 32)
    assert picture.shape == (1, 3, 32, 32)
    assert picture[0, 0, 0, 0] == pytest.approx(200 / 255)
    assert picture[0, 2, 0, 0] == 0
    turned = picture_of(crop, given(colour="bgr", layout="nhwc", range=(0, 255)), 32)
    assert turned.shape == (1, 32, 32, 3)
    assert turned[0, 0, 0].tolist() == [0, 0, 200]
    gray = picture_of(crop, given(colour="gray"), 32)
    assert gray.shape == (1, 1, 32, 32)
    assert gray[0, 0, 0, 0] == pytest.approx(0.299 * 200 / 255, abs=0.01)


def test_mean_and_spread_are_applied_channel_by_channel(crop: RgbImage) -> None:
    plain = picture_of(crop, given(), 32)
    shifted = picture_of(crop, given(mean=(0.1, 0.2, 0.3), std=(0.5, 1.0, 2.0)), 32)
    expected = (plain - np.array([0.1, 0.2, 0.3]).reshape(1, 3, 1, 1)) / np.array([0.5, 1, 2]).reshape(1, 3, 1, 1)
    np.testing.assert_allclose(shifted, expected, atol=1e-6)


@pytest.mark.parametrize(("margin", "side"), [(1.0, 141), (1.3, 183), (1.8, 253)])
def test_the_square_is_the_margin_times_the_face_and_never_leaves_the_crop(
    crop: RgbImage, margin: float, side: int
) -> None:
    assert square_of(crop, margin).shape == (side, side, 3)


@pytest.mark.parametrize(
    ("numbers", "meant", "odds"),
    [
        ([0.9], ModelOutput("probability"), np.log(9)),
        ([0.1, 0.9], ModelOutput("probability", 0), -np.log(9)),
        ([2.5], ModelOutput("logit"), 2.5),
        ([1.0, 3.0], ModelOutput("logits", 1), 2.0),
        ([1.0, 3.0], ModelOutput("logits", 0), -2.0),
        ([0.0, 0.0, 0.0], ModelOutput("logits", 2), -np.log(2)),
        ([0.2, 0.8], ModelOutput("softmax", 1), np.log(4)),
        ([0.0, 1.0], ModelOutput("softmax", 1), np.log((1 - 1e-7) / 1e-7)),
        ([1000.0, -1000.0], ModelOutput("logits", 0), 2000.0),
    ],
)
def test_numbers_become_log_odds_of_a_forgery(numbers: list[float], meant: ModelOutput, odds: float) -> None:
    assert log_odds_of(np.array(numbers, np.float32), meant) == pytest.approx(odds, rel=1e-4)


@pytest.mark.parametrize(
    ("numbers", "meant", "told"),
    [
        ([1.3], ModelOutput("probability"), "1.3, which is no probability"),
        ([float("nan")], ModelOutput("logit"), "nan, which is no finite number"),
        ([0.5, 0.1], ModelOutput("softmax", 1), "numbers that add up to 0.6"),
        ([0.5, 0.5], ModelOutput("probability"), "2 numbers, which does not fit probability with no output.index"),
        ([0.5], ModelOutput("logits", 0), "1 number, which does not fit logits with output.index = 0"),
        ([0.5, 0.5], ModelOutput("softmax", 2), "2 numbers, which does not fit softmax with output.index = 2"),
        ([], ModelOutput("logit"), "0 numbers"),
    ],
)
def test_numbers_of_another_kind_are_no_answer(numbers: list[float], meant: ModelOutput, told: str) -> None:
    answer = np.array(numbers, np.float32)
    assert told in str(misfit(answer, meant))
    assert np.isnan(log_odds_of(answer, meant))
