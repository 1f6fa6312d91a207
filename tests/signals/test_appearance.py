from dataclasses import replace

import cv2
import numpy as np
import pytest

from unmask.faces.masks import inner_mask
from unmask.signals.appearance import CHANNELS, appearance_contrasts, chosen_evenly, sums_by_part
from unmask.types import Crop, Track


@pytest.fixture(scope="module")
def crop(whole_pulse: Track) -> Crop:
    return whole_pulse.crops[0]


def contrasts(crop: Crop) -> np.ndarray:
    found = appearance_contrasts(crop)
    assert found is not None
    return found


def with_face(crop: Crop, image: np.ndarray) -> Crop:
    """The crop with another picture in its inner face."""
    return replace(crop, image=np.where(inner_mask(crop)[..., None], image, crop.image).astype(np.uint8))


def test_an_inner_face_from_elsewhere_changes_the_contrasts_of_the_face_more_than_those_of_the_rim(crop: Crop) -> None:
    soft = np.asarray(cv2.GaussianBlur(crop.image, (0, 0), 4), np.uint8)
    before, after = contrasts(crop), contrasts(with_face(crop, soft))
    assert before.shape == (928,)
    shift = sums_by_part(np.abs(after - before))
    assert (shift[:, 0] > 0.5).all()
    assert (shift[:3, 0] > 3 * shift[:3, 1]).all()


def test_the_same_crop_has_the_same_contrasts_twice(crop: Crop) -> None:
    np.testing.assert_array_equal(contrasts(crop), contrasts(crop))


def test_a_face_of_which_the_surround_is_not_in_the_picture_has_no_contrasts(crop: Crop) -> None:
    corner = np.array([(0, 0), (20, 0), (20, 20), (0, 20)], np.float32)
    assert appearance_contrasts(replace(crop, picture=corner)) is None


def test_parts_are_added_up_by_layer_and_region() -> None:
    lengths = [2 * channels for channels in CHANNELS for _ in range(2)]
    parts = np.concatenate([np.full(length, number + 1.0) for number, length in enumerate(lengths)])
    np.testing.assert_allclose(sums_by_part(parts).ravel(), [(k + 1) * length for k, length in enumerate(lengths)])


def test_crops_are_chosen_from_the_first_to_the_last(crop: Crop) -> None:
    many = tuple(replace(crop, seconds=float(number)) for number in range(31))
    assert [one.seconds for one in chosen_evenly(many, 4)] == [0, 10, 20, 30]
    assert chosen_evenly(many[:3], 4) == many[:3]
    assert chosen_evenly((), 4) == ()
