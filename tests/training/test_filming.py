from dataclasses import replace

import numpy as np

from unmask.training.filming import PLAIN, Filming, draw_filming, filmed, filmed_mask
from unmask.types import RgbImage


def pattern() -> RgbImage:
    rows, columns = np.mgrid[:256, :256]
    return np.stack([(rows * 3) % 256, (columns * 5) % 256, (rows + columns) % 256], axis=2).astype(np.uint8)


def test_without_a_change_the_middle_of_the_crop_arrives() -> None:
    assert np.array_equal(filmed(pattern(), PLAIN), pattern()[16:240, 16:240])


def test_the_mask_goes_where_the_picture_goes() -> None:
    marked = np.zeros((256, 256, 3), np.uint8)
    marked[60:100, 150:200] = 255
    mask = (marked[..., 0] > 0).astype(np.float32)
    for seed in range(8):
        way = replace(
            draw_filming(np.random.default_rng(seed)), coder="none", gamma=1.0, noise=0.0, gains=(1.0, 1.0, 1.0)
        )
        seen = filmed(marked, way)[..., 0].reshape(28, 8, 28, 8).mean(axis=(1, 3)) / 255
        assert np.abs(seen - filmed_mask(mask, way)).mean() < 0.02


def test_both_members_of_a_pair_get_the_same_noise() -> None:
    way = Filming(noise=5.0, noise_seed=7)
    assert np.array_equal(filmed(pattern(), way), filmed(pattern(), way))


def test_each_coder_takes_something_away() -> None:
    plain = filmed(pattern(), PLAIN).astype(np.float64)
    for way in (
        Filming(coder="jpeg", quality=50),
        Filming(coder="webp", quality=50),
        Filming(coder="h264", quality=30),
    ):
        assert np.abs(filmed(pattern(), way) - plain).mean() > 1
