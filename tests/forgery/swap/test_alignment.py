import numpy as np
import pytest

from unmask.faces.pose import mean_face
from unmask.forgery.puppets.identity import identity
from unmask.forgery.puppets.nuisance import Nuisance
from unmask.forgery.puppets.render import render
from unmask.forgery.swap.alignment import FACE_TYPES, crop_matrix, cut_out, eased, moved
from unmask.types import Landmarks


def face(yaw: float = 0.0, roll: float = 0.0, mouth: float = 0.0) -> Landmarks:
    nuisance = Nuisance(face_width=110.0, yaw_degrees=yaw, roll_degrees=roll, mouth_open=mouth)
    return render(identity(3), nuisance, 320, 320).landmarks


@pytest.mark.parametrize("face_type", FACE_TYPES)
def test_the_face_lies_upright_in_the_middle(face_type: str) -> None:
    inside = moved(face(roll=25.0), crop_matrix(face(roll=25.0), face_type, 128))
    eyes = inside[[33, 263], :2]
    assert abs(eyes[0, 1] - eyes[1, 1]) < 4
    middle = (inside[:, :2].min(axis=0) + inside[:, :2].max(axis=0)) / 2
    assert abs(middle[0] - 64) < 8
    assert abs(middle[1] - 64) < 30


def test_wider_types_show_more() -> None:
    heights = [np.ptp(moved(face(), crop_matrix(face(), name, 128))[:, 1]) for name in FACE_TYPES]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > 1.8 * heights[-1]


@pytest.mark.parametrize("yaw", [-60.0, -30.0, 30.0, 60.0])
def test_the_size_is_that_of_the_head_whatever_its_turn(yaw: float) -> None:
    ahead, turned = (crop_matrix(face(yaw=angle), "full", 128) for angle in (0.0, yaw))
    scale = [float(np.hypot(*matrix[:, 0])) for matrix in (ahead, turned)]
    assert scale[1] == pytest.approx(scale[0], rel=0.04)


def test_a_talking_mouth_does_not_move_the_crop() -> None:
    shut, open_ = (crop_matrix(face(mouth=value), "full", 128) for value in (0.0, 1.0))
    assert np.abs(shut - open_).max() < 0.6


def test_points_go_where_their_pixels_go() -> None:
    points = face()
    image = np.zeros((320, 320, 3), np.uint8)
    x, y = np.rint(points[1, :2]).astype(int)
    image[y - 2 : y + 3, x - 2 : x + 3] = 255
    matrix = crop_matrix(points, "full", 128)
    crop = cut_out(image, matrix, 128)[..., 0].astype(float)
    rows, columns = np.indices(crop.shape)
    found = np.array([(crop * columns).sum(), (crop * rows).sum()]) / crop.sum()
    assert np.abs(found - moved(points, matrix)[1, :2]).max() < 1.0


def test_smoothing_takes_the_tremble_and_keeps_the_way() -> None:
    way = np.zeros((60, 2, 3))
    way[:, 0, 2] = np.linspace(0, 60, 60)
    trembling = way + np.random.default_rng(1).normal(0, 1, way.shape)
    smooth = eased(trembling, 2.0)
    assert np.abs(np.diff(smooth - way, axis=0)).mean() < 0.3 * np.abs(np.diff(trembling - way, axis=0)).mean()
    assert np.abs((smooth - way)[8:-8]).max() < 1.5
    assert eased(trembling, 0.0) is trembling


def test_the_mean_face_lies_straight() -> None:
    matrix = crop_matrix(mean_face(), "full", 100)
    assert abs(matrix[0, 1]) < 1e-6
    assert matrix[0, 0] == pytest.approx(matrix[1, 1])
