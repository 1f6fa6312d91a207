import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film
from unmask.faces.pose import Rotation, align_points, degrees_of, mean_face, pose_of, similarity
from unmask.faces.track import follow
from unmask.types import Landmarks


def turned(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Rotation:
    """Leans, then looks up, then turns to the image's right, in degrees."""
    (a, b, c), (d, e, f) = np.cos(np.radians([yaw, pitch, roll])), np.sin(np.radians([yaw, pitch, roll]))
    to_the_right = np.array([[a, 0, -d], [0, 1, 0], [d, 0, a]])
    upwards = np.array([[1, 0, 0], [0, b, e], [0, -e, b]])
    clockwise = np.array([[c, -f, 0], [f, c, 0], [0, 0, 1]])
    return to_the_right @ upwards @ clockwise


def face_at(
    rotation: Rotation, size: float = 2.4, shift: tuple[float, float, float] = (320.0, 200.0, 7.0)
) -> Landmarks:
    return (size * mean_face() @ rotation.T + shift).astype(np.float32)


@pytest.mark.parametrize("yaw", [-50.0, -10.0, 0.0, 33.0])
@pytest.mark.parametrize("pitch", [-30.0, 0.0, 20.0])
def test_a_known_turn_is_read_back(yaw: float, pitch: float) -> None:
    assert pose_of(face_at(turned(yaw, pitch)))[:2] == pytest.approx([yaw, pitch], abs=1.0)


@pytest.mark.parametrize("roll", [-80.0, -5.0, 0.0, 45.0, 170.0])
def test_a_known_lean_is_read_back(roll: float) -> None:
    assert pose_of(face_at(turned(roll=roll))) == pytest.approx([0.0, 0.0, roll], abs=1.0)


def test_size_and_place_do_not_change_the_pose() -> None:
    rotation = turned(20.0, -10.0, 5.0)
    near, far = face_at(rotation, 6.0), face_at(rotation, 0.3, (10.0, 900.0, 0.0))
    assert pose_of(near) == pytest.approx(pose_of(far), abs=0.01)


def test_points_that_tremble_by_a_per_cent_move_the_pose_by_less_than_a_degree() -> None:
    trembling = face_at(turned(15.0, 5.0)) + np.random.default_rng(0).normal(0, 3.0, (468, 3)).astype(np.float32)
    assert pose_of(trembling)[:2] == pytest.approx([15.0, 5.0], abs=1.0)


def test_a_head_that_turns_right_brings_its_nose_to_the_right_of_its_outline() -> None:
    face = face_at(turned(yaw=30.0))
    middle = (face[234, 0] + face[454, 0]) / 2
    assert face[1, 0] > middle


def test_scale_rotation_and_shift_are_found_again() -> None:
    scale, rotation, shift = similarity(mean_face(), face_at(turned(12.0, 8.0, -20.0)))
    assert scale == pytest.approx(2.4, rel=1e-4)
    assert rotation == pytest.approx(turned(12.0, 8.0, -20.0), abs=1e-4)
    assert shift == pytest.approx([320.0, 200.0, 7.0], abs=1e-2)


def test_a_mirrored_face_is_never_explained_by_a_mirror() -> None:
    mirrored = mean_face() * np.array([-1, 1, 1], np.float32)
    assert np.linalg.det(similarity(mean_face(), mirrored)[1]) == pytest.approx(1.0)


def test_points_are_laid_onto_others() -> None:
    assert align_points(face_at(turned(40.0, 3.0, 9.0)), mean_face()) == pytest.approx(mean_face(), abs=0.01)


def test_no_rotation_is_zero_degrees_without_a_minus() -> None:
    assert np.signbit(degrees_of(np.eye(3))).sum() == 0


@pytest.mark.parametrize("lean", [-15.0, 0.0, 12.0])
def test_a_puppet_that_leans_is_seen_to_lean_as_much_and_to_look_ahead(lean: float) -> None:
    stage = Stage(puppets=(Puppet(sway=0.0, roll_degrees=lean),), seconds=0.3)
    (track,) = follow(film(stage)).tracks
    yaw, pitch, roll = np.median(track.pose, axis=0)
    assert roll == pytest.approx(lean, abs=2.5)
    assert abs(yaw) < 5
    assert abs(pitch) < 8
