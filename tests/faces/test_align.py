import cv2
import numpy as np
import pytest

from tests.puppet import Puppet, Stage, picture_of
from unmask.faces.align import CROP_SIDE, FACE_SHARE, crop_face, native_square, sharpness_of
from unmask.faces.detect import detect
from unmask.faces.landmarks import box_of, find_landmarks, square_of_detection, square_of_landmarks
from unmask.types import Crop, Landmarks, RgbImage


def seen(stage: Stage) -> tuple[RgbImage, Landmarks]:
    image = picture_of(stage)
    points, _ = find_landmarks(image, square_of_detection(detect(image)[0]))
    return image, find_landmarks(image, square_of_landmarks(points))[0]


def cropped(stage: Stage) -> Crop:
    image, landmarks = seen(stage)
    return crop_face(image, landmarks, 1.5, 10.0)


def posed(face_width: float = 130.0, roll: float = 0.0) -> Stage:
    return Stage(puppets=(Puppet(sway=0.0, face_width=face_width, roll_degrees=roll),), noise=0.0)


@pytest.mark.parametrize("roll", [-25.0, 0.0, 14.0])
def test_the_eyes_are_level_however_the_head_leans(roll: float) -> None:
    eyes = cropped(posed(roll=roll)).landmarks[[33, 263]]
    assert abs(eyes[0, 1] - eyes[1, 1]) < 5
    assert eyes[1, 0] - eyes[0, 0] > 40


@pytest.mark.parametrize("face_width", [60.0, 130.0, 220.0])
def test_the_face_has_the_same_size_in_every_crop(face_width: float) -> None:
    points = cropped(posed(face_width)).landmarks
    assert np.ptp(points[:, 1]) == pytest.approx(CROP_SIDE * FACE_SHARE, rel=0.12)


def test_the_scale_is_that_of_the_enlargement() -> None:
    small, large = cropped(posed(65.0)), cropped(posed(130.0))
    assert small.scale / large.scale == pytest.approx(2.0, rel=0.08)


def test_a_crop_keeps_its_time_and_sharpness_and_has_its_size() -> None:
    crop = cropped(posed())
    assert crop.image.shape == (CROP_SIDE, CROP_SIDE, 3)
    assert (crop.seconds, crop.sharpness) == (1.5, 10.0)


def test_a_point_of_the_face_shows_the_same_colour_in_picture_and_crop() -> None:
    image, landmarks = seen(posed(roll=10.0))
    crop = crop_face(image, landmarks, 0.0, 0.0)
    for point in (50, 280, 151, 200):
        there = image[tuple(np.rint(landmarks[point, 1::-1]).astype(int))]
        here = crop.image[tuple(np.rint(crop.landmarks[point, 1::-1]).astype(int))]
        assert np.abs(there.astype(int) - here).max() <= 8, point


def test_a_face_at_the_border_is_cut_out_whole() -> None:
    stage = Stage(puppets=(Puppet(sway=0.0, x=0.2, y=0.5),), noise=0.0)
    assert cropped(stage).image.shape == (CROP_SIDE, CROP_SIDE, 3)


def test_points_that_fell_together_still_give_a_crop() -> None:
    crop = crop_face(np.full((50, 50, 3), 9, np.uint8), np.full((468, 3), 20, np.float32), 0.0, 0.0)
    assert (crop.image[:50, :50] == 9).all()


def test_a_blurred_face_is_less_sharp() -> None:
    image, landmarks = seen(posed())
    values = [sharpness_of(picture, box_of(landmarks)) for picture in (image, cv2.GaussianBlur(image, (0, 0), 2))]
    assert values[1] < 0.3 * values[0]


def test_a_box_outside_the_picture_has_some_sharpness() -> None:
    box = np.array([900, 900, 990, 990], np.float32)
    assert sharpness_of(np.full((50, 50, 3), 9, np.uint8), box) == 0.0


def test_the_native_square_holds_the_pictures_own_pixels_around_the_face() -> None:
    image = np.random.default_rng(0).integers(0, 255, (300, 400, 3)).astype(np.uint8)
    landmarks = np.zeros((468, 3), np.float32)
    landmarks[:, :2], landmarks[1, :2] = (150, 100), (230, 200)
    found = native_square(image, landmarks)
    assert np.array_equal(found, image[100:200, 140:240])
    assert np.array_equal(native_square(image, landmarks, most_side=20), image[140:160, 180:200])
    assert np.array_equal(native_square(image, landmarks, share=1.5), image[75:225, 115:265])
    found[:] = 0
    assert image[150, 190].any()


def test_the_native_square_ends_where_the_picture_does() -> None:
    image = np.zeros((60, 80, 3), np.uint8)
    landmarks = np.zeros((468, 3), np.float32)
    landmarks[:, :2], landmarks[1, :2] = (-20, 40), (20, 90)
    assert native_square(image, landmarks).shape == (20, 25, 3)  # of 50 a side, from -25 and from 40
    landmarks[:, :2] += 500
    assert native_square(image, landmarks).shape[2] == 3
