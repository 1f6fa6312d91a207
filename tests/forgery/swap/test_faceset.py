from dataclasses import replace

import numpy as np
import pytest

from tests.forgery.swap.toy import RED, SIDE, discs
from unmask.errors import UsageError
from unmask.forgery.swap.faceset import FaceSet, parted, priority, spread_over_yaw


def test_parts_that_do_not_belong_together_are_refused() -> None:
    faces = discs(RED)
    with pytest.raises(UsageError, match="not those of one set"):
        replace(faces, pose=faces.pose[:-1])
    with pytest.raises(UsageError, match="not those of one set"):
        replace(faces, masks=faces.masks[:, 1:])


def test_values_that_make_no_sense_are_refused() -> None:
    faces = discs(RED)
    with pytest.raises(UsageError, match="no numbers"):
        replace(faces, pose=np.full_like(faces.pose, np.nan))
    with pytest.raises(UsageError, match="0 and 255"):
        replace(faces, masks=np.full_like(faces.masks, 7))
    with pytest.raises(UsageError, match="no face"):
        faces.chosen(np.zeros(len(faces), bool))


@pytest.mark.parametrize("count", [10, 11, 39, 250, 1000])
def test_whole_blocks_of_time_are_held_out(count: int) -> None:
    faces = discs(RED, 10).chosen(np.arange(count) % 10)
    faces = replace(faces, pose=np.arange(3 * count, dtype=np.float32).reshape(count, 3))
    trained, held_out = parted(faces)
    times = held_out.pose[:, 0] / 3
    assert len(trained) + len(held_out) == count
    assert 0.05 * count <= len(held_out) <= 0.2 * count
    assert not np.isin(held_out.pose[:, 0], trained.pose[:, 0]).any()
    assert (np.diff(times) > 1).sum() == max(0, len(held_out) // 24 - 1)


def test_a_handful_of_faces_is_too_few() -> None:
    with pytest.raises(UsageError, match="9 faces"):
        parted(discs(RED, 9))


def test_another_size_shows_the_same_faces() -> None:
    large = discs(RED, 10, side=64)
    small = large.at(32)
    assert small.side == 32
    assert set(np.unique(small.masks)) == {0, 255}
    assert np.allclose(small.landmarks * 2, large.landmarks, atol=1e-3)
    assert (small.masks > 0).mean() == pytest.approx((large.masks > 0).mean(), rel=0.05)
    assert small.at(32) is small


def test_eyes_and_mouth_weigh_and_the_forehead_does_not() -> None:
    faces = discs(RED, 10, side=96)
    weights = priority(faces)
    for feature in (33, 263, 13):
        x, y = np.rint(faces.landmarks[0, feature, :2]).astype(int)
        assert weights[0, y, x] > 128
    x, y = np.rint(faces.landmarks[0, 151, :2]).astype(int)
    assert weights[0, y, x] == 0
    assert weights[0, 0].max() == 0


def test_the_faces_chosen_over_yaw_are_ordered_from_left_to_right() -> None:
    faces = discs(RED, 40)
    mixed = faces.chosen(np.random.default_rng(1).permutation(40))
    yaw = mixed.pose[spread_over_yaw(mixed, 5), 0]
    assert np.allclose(yaw, [-40, -20, 0, 20, 40], atol=1.1)
    assert len(spread_over_yaw(mixed, 99)) == 40


def test_the_digest_knows_one_pixel() -> None:
    faces = discs(RED, 10)
    images = faces.images.copy()
    images[3, SIDE // 2, SIDE // 2, 1] ^= 1
    other = FaceSet(images, faces.masks, faces.landmarks, faces.pose)
    assert faces.sha256 == discs(RED, 10).sha256 != other.sha256
