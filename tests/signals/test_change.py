import numpy as np

from unmask.signals.change import change_contrasts, contrast_names
from unmask.types import Changes


def changes(sizes: np.ndarray) -> Changes:
    return Changes(np.arange(len(sizes), dtype=np.float64), sizes.astype(np.float32))


def test_a_contrast_is_the_log_ratio_of_a_region_to_its_surround() -> None:
    sizes = np.ones((2, 3, 3, 4, 4))
    sizes[:, 1, 2, 3, 1] = 2.0
    found = change_contrasts(changes(sizes))
    assert found.shape == (2, len(contrast_names()))
    place = contrast_names().index("eyes and mouth, Cb, coarsest, after 2/30 s")
    np.testing.assert_allclose(found[:, place], np.log(2.01 / 1.01), rtol=1e-5)
    np.testing.assert_allclose(np.delete(found, place, axis=1), 0.0, atol=1e-9)


def test_what_acts_on_face_and_surround_alike_cancels() -> None:
    sizes = np.random.default_rng(0).uniform(1, 3, (5, 3, 3, 4, 4))
    np.testing.assert_allclose(change_contrasts(changes(sizes * 7)), change_contrasts(changes(sizes)), atol=0.01)


def test_a_still_picture_has_finite_contrasts() -> None:
    assert (change_contrasts(changes(np.zeros((1, 3, 3, 4, 4)))) == 0).all()
