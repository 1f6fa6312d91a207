import cv2
import numpy as np
import pytest

from tests.puppet import Puppet, Stage, picture_of
from unmask.faces.detect import detect
from unmask.faces.landmarks import (
    SIDE,
    Square,
    box_of,
    find_landmarks,
    square_of_detection,
    square_of_landmarks,
)
from unmask.faces.pose import mean_face
from unmask.types import Landmarks, RgbImage


def points_in(image: RgbImage) -> Landmarks:
    points, _ = find_landmarks(image, square_of_detection(detect(image)[0]))
    return find_landmarks(image, square_of_landmarks(points))[0]


def test_an_upright_square_maps_its_corners_onto_the_crop() -> None:
    matrix = Square(x=100.0, y=80.0, side=60.0, angle=0.0).to_crop()
    corners = np.array([[70, 50, 1], [130, 110, 1]]) @ matrix.T
    assert corners == pytest.approx(np.array([[0, 0], [SIDE, SIDE]]), abs=1e-3)


def test_a_point_goes_into_a_turned_square_and_back() -> None:
    matrix = Square(x=100.0, y=80.0, side=60.0, angle=0.7).to_crop()
    back = cv2.invertAffineTransform(matrix)
    place = np.array([93.0, 71.0])
    there = matrix @ np.append(place, 1.0)
    assert back @ np.append(there, 1.0) == pytest.approx(place, abs=1e-3)


def test_the_line_of_the_eyes_becomes_level_in_the_crop_of_a_turned_square() -> None:
    matrix = Square(x=50.0, y=50.0, side=60.0, angle=np.pi / 6).to_crop()
    along = matrix[:, :2] @ [np.cos(np.pi / 6), np.sin(np.pi / 6)]
    assert along[1] == pytest.approx(0.0, abs=1e-5)
    assert along[0] > 0


@pytest.mark.parametrize("degrees", [-60.0, -15.0, 0.0, 40.0])
def test_the_square_of_landmarks_leans_with_the_face_and_keeps_its_size(degrees: float) -> None:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    leaning = mean_face().copy()
    leaning[:, :2] = leaning[:, :2] @ turn.T + (300, 200)
    upright, found = square_of_landmarks(mean_face()), square_of_landmarks(leaning.astype(np.float32))
    assert np.degrees(found.angle - upright.angle) == pytest.approx(degrees, abs=0.1)
    assert found.side == pytest.approx(upright.side, rel=0.01)


def test_the_box_of_points_touches_the_outermost_ones() -> None:
    assert box_of(mean_face()).tolist() == [
        mean_face()[:, 0].min(),
        mean_face()[:, 1].min(),
        mean_face()[:, 0].max(),
        mean_face()[:, 1].max(),
    ]


def test_the_points_lie_on_the_eyes_nose_and_mouth_that_were_drawn() -> None:
    half = Puppet().face_width / 2
    points = points_in(picture_of(Stage(puppets=(Puppet(sway=0.0),), noise=0.0)))
    drawn = {33: (-0.62, -0.22), 263: (0.62, -0.22), 1: (0.0, 0.34), 61: (-0.36, 0.76), 291: (0.36, 0.76)}
    for point, place in drawn.items():
        assert points[point, :2] == pytest.approx(160 + half * np.array(place), abs=0.1 * 2 * half), point


def test_the_points_of_a_leaning_face_are_those_of_the_upright_one_turned() -> None:
    stages = [Stage(puppets=(Puppet(sway=0.0, roll_degrees=degrees),), noise=0.0) for degrees in (0.0, 25.0)]
    upright, leaning = (points_in(picture_of(stage)) for stage in stages)
    angle = np.radians(25.0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    expected = (upright[:, :2] - 160) @ turn.T + 160
    assert np.median(np.linalg.norm(leaning[:, :2] - expected, axis=1)) < 3.0


def test_a_face_is_present_where_there_is_one_and_absent_on_the_wall() -> None:
    image = picture_of(Stage())
    there = find_landmarks(image, Square(160.0, 165.0, 220.0, 0.0))[1]
    nowhere = find_landmarks(np.full_like(image, 110), Square(160.0, 165.0, 220.0, 0.0))[1]
    assert there > 0.9
    assert nowhere < 0.5
