import numpy as np
import pytest

from tests.training.test_texture_traces import shapes
from unmask.training.texture_pairs import (
    LEAST_SIDE,
    WAYS,
    Way,
    Zoom,
    arrived,
    draw_way,
    draw_zoom,
    filmed,
    made,
    zoomed,
)
from unmask.training.texture_traces import Decoder

DECODER = Decoder("shuffle", 2, 0.05, 0.5, 3)


@pytest.mark.parametrize("name", WAYS)
def test_both_sides_of_a_pair_arrive_in_one_size(name: str) -> None:
    pictures = [shapes(120, seed) for seed in range(2)]
    way = WAYS[name]
    sides = [[one.shape for one in found] for found in (made(pictures, DECODER, way), filmed(pictures, None, way))]
    assert sides[0] == sides[1]
    assert sides[0][0] == ((84, 84, 3) if name == "0.7 ×" else (120, 120, 3))


def test_a_way_without_anything_leaves_the_picture_as_it_is() -> None:
    picture = shapes(80)
    assert np.array_equal(arrived([picture], Way())[0], picture)


def test_the_same_way_treats_a_picture_the_same_twice() -> None:
    for seed in range(12):
        way = draw_way(160.0, np.random.default_rng(seed))
        once, again = (arrived([shapes(120)], way)[0] for _ in range(2))
        assert np.array_equal(once, again)


def test_no_face_is_scaled_below_what_the_detector_asks_for() -> None:
    chance = np.random.default_rng(0)
    for side in (70.0, 90.0, 300.0):
        scales = [draw_way(side, chance).scale for _ in range(60)]
        assert min(scales) * side >= min(side, LEAST_SIDE) - 1e-6
    assert min(scales) < 0.7


def test_a_picture_that_was_coded_before_it_is_enlarged_has_the_coders_blocks_enlarged() -> None:
    picture = shapes(128)
    coded, plain = (arrived([picture], Way(before=before, scale=2.0, kernel=1))[0] for before in (20, 0))
    steps = [np.abs(np.diff(one.astype(np.float32), axis=1)).mean(axis=(0, 2)) for one in (coded, plain)]
    edges = np.arange(15, 255, 16)
    assert steps[0][edges].mean() > 1.2 * steps[0].mean()
    assert steps[1][edges].mean() < 1.2 * steps[1].mean()


def test_a_zoomed_picture_has_its_size_and_less_detail() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (100, 100, 3)).astype(np.uint8)
    found = zoomed(picture, Zoom(0.5, 2.0))
    assert found.shape == picture.shape
    assert found.std() < picture.std()


def test_some_filmed_faces_are_zoomed_and_some_are_not() -> None:
    zooms = [draw_zoom(np.random.default_rng(seed)) for seed in range(40)]
    assert 5 < zooms.count(None) < 35
