import numpy as np
import pytest
from jaxtyping import Float32

from tests.forgery.paste.sitter import Sitter
from unmask.faces.pose import mean_face
from unmask.faces.skin import OUTLINE
from unmask.forgery.paste.masks import face_hull
from unmask.forgery.paste.similarity import similarity_between
from unmask.forgery.paste.warp import WARPS, piecewise_affine, similarity_warp
from unmask.types import Landmarks, RgbImage

SIZE = (240, 240)
SPREAD = (1, 50, 280, 33, 263, 61, 291, 151, 175, 207, 427)


def center_near(image: RgbImage, place: Float32[np.ndarray, "2"], reach: int = 7) -> Float32[np.ndarray, "2"]:
    """Middle of the light around a place."""
    column, row = np.rint(place).astype(int)
    light = image[row - reach : row + reach + 1, column - reach : column + reach + 1, 1].astype(np.float32)
    rows, columns = np.indices(light.shape)
    middle = np.array([(light * columns).sum(), (light * rows).sum()]) / light.sum()
    return (middle - reach + (column, row)).astype(np.float32)


def head(yaw_degrees: float) -> Landmarks:
    """The mean face turned, 110 pixels wide in the middle of the picture."""
    yaw = np.radians(yaw_degrees)
    turn = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    shape = mean_face() @ turn.T * 110 / np.ptp(mean_face()[:, 0])
    return (shape - shape.mean(axis=0) + np.array([120, 120, 0])).astype(np.float32)


@pytest.mark.parametrize("factor", [1, 3])
def test_the_mesh_lands_points_on_points(sitter: Sitter, other: Sitter, factor: int) -> None:
    source = other.with_dots(SPREAD).enlarged(factor)
    warped, covered = piecewise_affine(source.image, source.landmarks, sitter.landmarks, SIZE)
    for point in SPREAD:
        place = sitter.landmarks[point, :2]
        assert center_near(warped, place) == pytest.approx(place, abs=0.8)
    assert (covered[face_hull(sitter.landmarks, SIZE) > 0]).mean() > 0.99


def test_a_face_on_its_own_points_stays_as_it_is(sitter: Sitter) -> None:
    for warp in WARPS.values():
        warped, covered = warp(sitter.image, sitter.landmarks, sitter.landmarks, SIZE)
        assert covered.sum() > face_hull(sitter.landmarks, SIZE).sum()
        inside = covered > 0
        assert np.abs(warped[inside].astype(int) - sitter.image[inside]).max() <= 1
        assert not warped[~inside].any()


def test_the_similarity_moves_all_points_alike(sitter: Sitter, other: Sitter) -> None:
    matrix = similarity_between(other.landmarks[:, :2], sitter.landmarks[:, :2])
    source = other.with_dots(SPREAD)
    warped, _ = similarity_warp(source.image, source.landmarks, sitter.landmarks, SIZE)
    for point in SPREAD:
        place = (matrix @ np.append(other.landmarks[point, :2], 1)).astype(np.float32)
        assert center_near(warped, place) == pytest.approx(place, abs=0.8)


@pytest.mark.parametrize(("yaw", "far", "near"), [(35.0, 454, 234), (-35.0, 234, 454)])
def test_the_side_that_a_turned_source_hides_is_not_covered(yaw: float, far: int, near: int) -> None:
    turned, frontal = head(yaw), head(0.0)
    picture = np.full((*SIZE, 3), 200, np.uint8)
    middle = frontal[list(OUTLINE), :2].mean(axis=0)
    covered = piecewise_affine(picture, turned, frontal, SIZE)[1]
    places = {point: np.rint(middle + 0.92 * (frontal[point, :2] - middle)).astype(int) for point in (far, near, 1)}
    assert [bool(covered[y, x]) for x, y in places.values()] == [False, True, True]
    whole = piecewise_affine(picture, frontal, frontal, SIZE)[1]
    assert all(whole[y, x] for x, y in places.values())


def test_a_narrowed_eye_and_a_shut_mouth_leave_no_holes(sitter: Sitter) -> None:
    shut = sitter.landmarks.copy()
    for upper, lower in ((159, 145), (386, 374), (13, 14)):
        shut[lower] = shut[upper]
    for source, target in ((shut, sitter.landmarks), (sitter.landmarks, shut)):
        covered = piecewise_affine(sitter.image, source, target, SIZE)[1]
        assert covered[face_hull(target, SIZE) > 0].mean() > 0.995


@pytest.mark.parametrize("warp", WARPS)
def test_what_the_source_picture_lacks_is_not_covered(sitter: Sitter, warp: str) -> None:
    cut = sitter.cut(left=120)
    covered = WARPS[warp](cut.image, cut.landmarks, sitter.landmarks, SIZE)[1]
    assert not covered[:, :119].any()
    assert covered[120, 122:150].all()


@pytest.mark.parametrize("warp", WARPS)
def test_a_larger_source_is_averaged_and_not_sampled(sitter: Sitter, warp: str) -> None:
    large = sitter.enlarged(4)
    noise = np.random.default_rng(1).normal(128, 30, large.image.shape).clip(0, 255).astype(np.uint8)
    warped, covered = WARPS[warp](noise, large.landmarks, sitter.landmarks, SIZE)
    assert warped[covered > 0].std() == pytest.approx(30 / 4, rel=0.2)  # each pixel is the mean of sixteen


def test_all_points_in_one_place_are_a_shift() -> None:
    one, two = np.zeros((4, 2), np.float32), np.full((4, 2), 3, np.float32)
    assert similarity_between(one, two).tolist() == [[1, 0, 3], [0, 1, 3]]
