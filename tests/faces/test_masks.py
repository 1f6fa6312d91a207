import numpy as np

from unmask.faces.masks import feature_mask, inner_mask, surround_mask
from unmask.types import Track


def test_the_inner_face_and_its_surround_do_not_touch(whole_pulse: Track) -> None:
    crop = whole_pulse.crops[0]
    assert not (inner_mask(crop) & surround_mask(crop)).any()


def test_the_nose_is_inner_face_and_the_corner_of_the_crop_is_neither(whole_pulse: Track) -> None:
    crop = whole_pulse.crops[0]
    column, row = np.rint(crop.landmarks[1, :2]).astype(int)
    assert inner_mask(crop)[row, column]
    assert not surround_mask(crop)[0, 0]


def test_eyes_and_mouth_are_features_and_cheeks_are_not(whole_pulse: Track) -> None:
    crop = whole_pulse.crops[0]
    features = feature_mask(crop)
    shown = {
        point: features[tuple(np.rint(crop.landmarks[point, 1::-1]).astype(int))] for point in (159, 386, 13, 50, 280)
    }
    assert shown == {159: True, 386: True, 13: True, 50: False, 280: False}
