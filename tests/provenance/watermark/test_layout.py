"""What each block carries hangs on its place and the keys alone."""

import numpy as np
import pytest

from tests.provenance.watermark.films import CLIP, KEYS, OTHERS
from unmask.errors import UsageError
from unmask.provenance.code import CODE_BITS
from unmask.provenance.keys import MarkKeys
from unmask.provenance.watermark.layout import (
    FIELD,
    LEAST_BLOCKS,
    PILOT_SHARE,
    blocks_if_any,
    blocks_of,
    clip_dither,
    group_of,
    payload_bits,
    payload_dither,
    pilot_dither,
    roles,
)

SMALL_WINDOW = 30


@pytest.mark.parametrize("keys", [KEYS, OTHERS], ids=lambda keys: keys.organization)
def test_any_part_of_thirty_blocks_square_carries_every_bit(keys: MarkKeys) -> None:
    carries, bits = roles(keys.sync).payload > 0, payload_bits(keys.payload_secret)
    places = range(0, FIELD - SMALL_WINDOW + 1, 7)
    for row, column in ((row, column) for row in places for column in places):
        window = (slice(None), slice(row, row + SMALL_WINDOW), slice(column, column + SMALL_WINDOW))
        often = np.bincount(bits[window][carries[window]], minlength=CODE_BITS)
        assert often.min() >= 1
        assert often.max() <= 4 * often.mean()


def test_each_difference_has_one_role_and_each_block_one_of_its_clip() -> None:
    who = roles(KEYS.sync)
    assert set(np.unique(who.pilot + who.payload + who.of_clip)) == {1.0}
    assert (who.of_clip.sum(axis=0) == 1).all()
    assert who.pilot.sum() / (who.pilot.sum() + who.payload.sum()) == pytest.approx(PILOT_SHARE, abs=0.01)


def test_another_institution_has_another_layout() -> None:
    assert (roles(KEYS.sync).pilot != roles(OTHERS.sync).pilot).mean() > 0.1
    for one, other in (
        (pilot_dither(KEYS.sync), pilot_dither(OTHERS.sync)),
        (payload_dither(KEYS.payload_secret), payload_dither(OTHERS.payload_secret)),
    ):
        assert abs(np.corrcoef(one.reshape(-1), other.reshape(-1))[0, 1]) < 0.02


def test_the_clips_part_is_another_in_each_group_and_in_each_clip() -> None:
    dithers = [clip_dither(KEYS.clip_key(clip), group).reshape(-1) for clip in (CLIP, CLIP + 1) for group in (0, 1)]
    likeness = np.corrcoef(dithers) - np.eye(4)
    assert np.abs(likeness).max() < 0.04
    assert 0 <= min(map(np.min, dithers)) <= max(map(np.max, dithers)) < 1


@pytest.mark.parametrize(
    "size", [(128, 128), (320, 240), (640, 360), (1280, 720), (720, 1280), (3840, 2160), (9000, 700)]
)
def test_every_picture_that_is_large_enough_fits_into_the_field(size: tuple[int, int]) -> None:
    blocks = blocks_of(*size)
    assert blocks.rows * blocks.columns >= LEAST_BLOCKS
    assert max(blocks.rows, blocks.columns) <= FIELD
    assert size[0] - blocks.side < blocks.columns * blocks.side <= size[0]
    assert size[1] - blocks.side < blocks.rows * blocks.side <= size[1]


@pytest.mark.parametrize("size", [(64, 64), (16, 4000), (1, 1)])
def test_a_picture_that_is_too_small_is_refused_with_its_size(size: tuple[int, int]) -> None:
    assert blocks_if_any(*size) is None
    with pytest.raises(UsageError, match=rf"A picture of {size[0]}×{size[1]} pixels is too small for a mark"):
        blocks_of(*size)


def test_groups_are_told_by_time_not_by_number_of_frames() -> None:
    assert [group_of(frame / 25) for frame in (0, 7, 8, 15, 16)] == [0, 0, 1, 1, 2]
    assert [group_of(frame / 50) for frame in (0, 15, 16)] == [0, 0, 1]
