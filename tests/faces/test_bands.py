import cv2
import numpy as np

from unmask.faces.bands import detail_bands, mean_sizes


def test_the_bands_of_a_picture_add_up_to_it() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    bands = detail_bands(picture, (1.0, 2.0))
    assert bands.shape == (3, 3, 40, 50)
    whole = np.moveaxis(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb).astype(np.float32), -1, 0)
    np.testing.assert_allclose(bands.sum(axis=1), whole, atol=1e-3)


def test_a_fine_pattern_is_in_the_finest_band_and_a_slope_in_what_is_left() -> None:
    picture = np.full((64, 64, 3), 128, np.uint8)
    picture[::2, ::2] += 40
    everywhere = np.ones((1, 64, 64), bool)
    fine, coarse, _ = mean_sizes(detail_bands(picture, (1.0, 4.0)), everywhere)[0, :, 0]
    assert fine > 10 * coarse


def test_the_size_of_a_band_is_its_mean_in_each_region() -> None:
    bands = np.zeros((1, 1, 4, 4), np.float32)
    bands[..., :2] = -3.0
    left = np.zeros((4, 4), bool)
    left[:, :2] = True
    np.testing.assert_allclose(mean_sizes(bands, np.stack([left, ~left, left | True])).ravel(), [3.0, 0.0, 1.5])
