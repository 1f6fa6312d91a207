import numpy as np

from unmask.media.recode import recoded
from unmask.types import RgbImage


def grain(seed: int) -> RgbImage:
    chance = np.random.default_rng(seed)
    slope = np.linspace(60, 190, 64)[:, None, None]
    return np.clip(slope + chance.normal(0, 20, (64, 96, 3)), 0, 255).astype(np.uint8)


def lost(picture: RgbImage, crf: int) -> float:
    return float(np.abs(recoded([picture], crf)[0].astype(np.float64) - picture).mean())


def test_a_film_comes_back_with_as_many_pictures_of_the_same_size() -> None:
    pictures = [grain(seed) for seed in range(3)]
    assert [one.shape for one in recoded(pictures, 23)] == [(64, 96, 3)] * 3


def test_a_worse_quality_loses_more() -> None:
    assert lost(grain(1), 10) < lost(grain(1), 28) < lost(grain(1), 45)


def test_a_picture_that_is_repeated_is_predicted_from_the_one_before() -> None:
    """A still scene keeps what its first picture lost: the second is not coded anew."""
    first, second = recoded([grain(1), grain(1)], 40)
    alone = recoded([grain(2), grain(1)], 40)[1]
    between = np.abs(first.astype(np.float64) - second).mean()
    assert between < np.abs(first.astype(np.float64) - alone).mean()
