"""The mark is not seen, always the same, and calm."""

from dataclasses import replace

import numpy as np
import pytest

from tests.provenance.watermark.films import CLIP, KEYS, OTHERS, marked_by, psnr_db
from unmask.errors import UsageError
from unmask.provenance.watermark.embed import PictureMarker
from unmask.provenance.watermark.lattice import luma_of
from unmask.types import Frame, RgbImage

CHANCE = np.random.default_rng(3)


def marker(clip: int = CLIP) -> PictureMarker:
    return PictureMarker(KEYS.clip_key(clip), KEYS.payload_secret)


def textured(width: int = 640, height: int = 480) -> RgbImage:
    """Soft noise of several sizes, as skin and walls are."""
    fine = CHANCE.normal(0, 3, (height, width, 3))
    coarse = np.kron(CHANCE.normal(0, 12, (height // 20 + 1, width // 20 + 1, 1)), np.ones((20, 20, 3)))
    return np.clip(120 + fine + coarse[:height, :width], 0, 255).astype(np.uint8)


def test_the_mark_is_fainter_than_what_is_seen(filmed: list[Frame], marked: list[Frame]) -> None:
    assert psnr_db(filmed, marked) >= 42


def test_the_same_frames_get_the_same_mark(filmed: list[Frame], marked: list[Frame]) -> None:
    again = marked_by(KEYS, filmed[:10])
    assert all((one.image == other.image).all() for one, other in zip(marked, again, strict=False))
    assert (marked_by(OTHERS, filmed[:1])[0].image != marked[0].image).mean() > 0.3


def test_the_frame_that_was_given_is_left_alone(filmed: list[Frame]) -> None:
    before = filmed[0].image.copy()
    marker().mark(filmed[0])
    assert (filmed[0].image == before).all()


def test_what_is_left_over_at_the_right_and_lower_edge_is_not_touched() -> None:
    image = textured(490, 495)
    marked = marker().mark(Frame(image, 0.0))
    assert (marked[480:] == image[480:]).all()
    assert (marked[:, 480:] == image[:, 480:]).all()
    assert (marked[:480, :480] != image[:480, :480]).mean() > 0.3


def test_the_schedule_does_not_hang_on_the_size_of_the_picture() -> None:
    image = textured(640, 480)
    whole, part = marker().mark(Frame(image, 0.0)), marker().mark(Frame(np.ascontiguousarray(image[:, :480]), 0.0))
    apart = np.abs(whole[:, :480].astype(int) - part).max(axis=(0, 2))
    assert apart[: 480 - 4 * 16].max() == 0  # the field is smooth, so the last blocks know what is beside them
    assert apart[480 - 16 :].max() > 0


def test_all_colours_are_moved_alike_and_none_beyond_its_range() -> None:
    image = textured()
    image[:160] = 255
    image[160:320] = 0
    marked = marker().mark(Frame(image, 0.0))
    change = marked.astype(int) - image
    assert change[:160].max() <= 0 <= change[160:320].min()
    middle = change[330:]
    assert (middle == middle[..., :1]).all()
    assert np.abs(change).max() < 25


def test_the_mark_does_not_flicker_where_only_noise_changes() -> None:
    still = textured().astype(np.float64)
    noisy = [
        Frame(np.clip(still + CHANCE.normal(0, 2, still.shape), 0, 255).astype(np.uint8), index / 25)
        for index in range(7)
    ]
    steady = marker()
    calm, fresh = (
        np.stack([luma_of(mark(frame)) - luma_of(frame.image) for frame in noisy])
        for mark in (steady.mark, lambda frame: marker().mark(replace(frame, seconds=0.0)))
    )
    assert np.abs(np.diff(calm, axis=0)).mean() < 0.7 * np.abs(np.diff(fresh, axis=0)).mean()


def test_only_the_clips_part_changes_with_time() -> None:
    image = textured()
    one = marker()
    first, same, later = (one.mark(Frame(image, seconds)).astype(int) for seconds in (0.0, 0.3, 0.33))
    assert (first == same).all()
    assert 0.05 < ((later - first) ** 2).sum() / (2 * ((first - image) ** 2).sum()) < 0.6


def test_time_is_counted_from_the_first_frame() -> None:
    image = textured()
    early, late = marker(), marker()
    early.mark(Frame(image, 0.0))
    late.mark(Frame(image, 17.3))
    assert (early.mark(Frame(image, 0.5)) == late.mark(Frame(image, 17.8))).all()


def test_a_picture_that_is_too_small_is_refused() -> None:
    with pytest.raises(UsageError, match="64×64 pixels is too small"):
        marker().mark(Frame(textured(64, 64), 0.0))
