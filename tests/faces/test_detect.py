import numpy as np
import pytest

from tests.puppet import Puppet, Stage, picture_of
from unmask.faces.detect import detect, overlap
from unmask.types import RgbImage

HALF = Puppet().face_width / 2


def flat(height: int, width: int, level: int = 120) -> RgbImage:
    return np.full((height, width, 3), level, np.uint8)


def test_no_face_is_found_in_noise() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    assert detect(noise) == []


@pytest.mark.parametrize(("height", "width"), [(240, 320), (1, 1), (3, 900), (900, 3)])
def test_no_face_is_found_on_a_bare_wall_of_any_shape(height: int, width: int) -> None:
    assert detect(flat(height, width)) == []


def test_one_puppet_is_found_once_with_its_eyes_where_they_were_drawn() -> None:
    (found,) = detect(picture_of(Stage(puppets=(Puppet(sway=0.0),), noise=0.0)))
    eyes = np.array([[160 - 0.42 * HALF, 160 - 0.22 * HALF], [160 + 0.42 * HALF, 160 - 0.22 * HALF]])
    assert np.abs(found.eyes - eyes).max() < 0.08 * Puppet().face_width
    left, top, right, bottom = found.box
    assert left < 160 < right
    assert top < 160 < bottom


def test_two_puppets_are_found_as_two() -> None:
    pair = (Puppet(x=0.27, face_width=110.0), Puppet(x=0.73, face_width=110.0, tone=2))
    found = detect(picture_of(Stage(puppets=pair, width=480)))
    middles = sorted(float(one.box[0] + one.box[2]) / 2 for one in found)
    assert middles == pytest.approx([0.27 * 480, 0.73 * 480], abs=12)


def test_a_face_that_fills_the_picture_is_found() -> None:
    (found,) = detect(picture_of(Stage(puppets=(Puppet(face_width=300.0),))))
    assert found.box[2] - found.box[0] > 200


def test_the_same_face_is_found_at_the_same_place_in_a_larger_picture() -> None:
    small = detect(picture_of(Stage(noise=0.0)))[0].box
    large = detect(picture_of(Stage(puppets=(Puppet(face_width=390.0),), width=960, height=960, noise=0.0)))[0].box
    assert large / 3 == pytest.approx(small, abs=6)


def test_boxes_apart_do_not_overlap_and_a_box_overlaps_itself_fully() -> None:
    box = np.array([0, 0, 10, 20], np.float32)
    assert overlap(box, box) == pytest.approx(1.0)
    assert overlap(box, box + 30) == 0.0


def test_boxes_without_area_overlap_by_nothing() -> None:
    assert overlap(np.zeros(4, np.float32), np.zeros(4, np.float32)) == 0.0
