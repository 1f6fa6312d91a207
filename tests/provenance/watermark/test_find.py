"""Whose mark it is and which clip, after what honest copies go through; and nothing where there is none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.provenance.watermark.films import (
    CLIP,
    KEYS,
    OTHERS,
    Change,
    as_jpeg,
    changed,
    coded,
    cropped,
    found_in,
    frames_of,
    from_frame,
    levels,
    marked_by,
    scaled,
)
from tests.puppet import Stage, picture_of
from unmask.provenance.keys import ClipKey, MarkKeys
from unmask.provenance.watermark.align import COMMON_SCALES, pilot_key, search
from unmask.provenance.watermark.find import FALSE_MARK_RATE, Found, find_mark, find_untouched, read_at
from unmask.provenance.watermark.geometry import Kind, untouched_lie
from unmask.provenance.watermark.layout import BLOCK_SIDE, GROUP_SECONDS, STEP_PER_PIXEL, blocks_of, roles
from unmask.types import Frame, Payload

PAYLOAD = Payload(KEYS.institution, CLIP)
FEW = 20
"""Frames that are coded to see whether a mark can be read."""
SMALL = Stage(width=160, height=160)


@pytest.fixture(scope="module")
def small() -> Frame:
    """A marked still, as small as may be."""
    return marked_by(KEYS, [Frame(picture_of(SMALL), 0.0)])[0]


def read(found: Found | None) -> Found:
    """What was found, which must be our clip at some time."""
    assert found is not None
    assert found.payload == PAYLOAD
    return found


def test_the_mark_is_found_where_the_marker_put_it(marked: list[Frame]) -> None:
    found = read(found_in(marked[:FEW]))
    assert found.lie == replace(untouched_lie(blocks_of(640, 360)), gain=found.lie.gain)
    assert found.lie.gain == pytest.approx(1, abs=0.02)
    assert found.start is not None
    assert found.start.seconds == 0
    assert found.sure > 15


@pytest.mark.parametrize("crf", [23, 28, 32])
def test_the_payload_outlives_coding(marked: list[Frame], tmp_path: Path, crf: int) -> None:
    found = found_in(coded(marked[:FEW], tmp_path, crf, "medium"))
    assert (found and found.payload) == PAYLOAD


@pytest.mark.parametrize(
    ("change", "gain"),
    [(levels(1.1), 1.1), (levels(0.9), 0.9), (levels(shift=8), 1.0), (levels(shift=-8), 1.0)],
    ids=["contrast+10", "contrast-10", "brighter", "darker"],
)
def test_contrast_and_brightness_are_allowed_for(
    marked: list[Frame], tmp_path: Path, change: Change, gain: float
) -> None:
    found = read(found_in(coded(changed(marked[:FEW], change), tmp_path, 23)))
    assert found.lie.gain == pytest.approx(gain, abs=0.06)  # coding takes some of the contrast of what is faint


def test_a_film_of_half_the_size_is_read(marked: list[Frame], tmp_path: Path) -> None:
    found = read(found_in(coded(changed(marked[:FEW], scaled(0.5)), tmp_path, 20, "medium")))
    assert (found.lie.across, found.lie.down) == pytest.approx((8, 8), abs=0.03)


def test_a_crop_is_laid_where_it_was_cut(marked: list[Frame], tmp_path: Path) -> None:
    found = read(found_in(coded(changed(marked[:FEW], cropped(0.1)), tmp_path, 23)))
    placed = found.lie.alignment(0.0)
    assert placed.scale == pytest.approx((1 / 0.9, 1 / 0.9), abs=0.005)
    assert placed.offset == pytest.approx((-32 / 0.9, -18 / 0.9), abs=1)


@pytest.mark.parametrize("first", [11, 20])
def test_a_film_cut_in_the_middle_of_a_group_is_laid_in_time(marked: list[Frame], tmp_path: Path, first: int) -> None:
    found = read(found_in(coded(from_frame(marked[: first + FEW], first), tmp_path, 23)))
    assert found.start is not None
    assert found.start.seconds == pytest.approx(marked[first].seconds, abs=GROUP_SECONDS / 2)


@pytest.mark.parametrize("change", [as_jpeg, lambda image: as_jpeg(scaled(0.75)(image), 80)], ids=["jpeg50", "smaller"])
def test_a_still_is_read(marked: list[Frame], change: Change) -> None:
    found = find_mark(changed(marked[:1], change), KEYS)
    assert (found and found.payload) == PAYLOAD


def test_a_still_as_small_as_may_be_is_read(small: Frame) -> None:
    found = find_mark([replace(small, image=as_jpeg(small.image, 75))], KEYS)
    assert (found and found.payload) == PAYLOAD


def test_the_key_of_a_clip_confirms_it_without_the_institutions_secret(copied: list[Frame]) -> None:
    found = read(found_in(copied, KEYS.clip_key(CLIP)))
    assert found.start is not None
    assert found.start.seconds == 0


def test_the_key_of_another_clip_does_not_confirm_this_one(small: Frame) -> None:
    found = find_mark([small], KEYS.clip_key(CLIP + 1))
    assert found is not None  # its institution's pilots are there
    assert (found.payload, found.key, found.start) == (None, None, None)


def test_a_second_mark_of_another_institution_wipes_out_the_first(marked: list[Frame]) -> None:
    twice = marked_by(OTHERS, marked[:FEW], clip=9)
    found = found_in(twice, OTHERS)
    assert found is not None
    assert found.payload == Payload(OTHERS.institution, 9)
    first = find_untouched(twice[::2], KEYS)
    assert first is None or first.start is None


@pytest.mark.parametrize("others", [OTHERS, OTHERS.clip_key(CLIP)], ids=["institution", "clip"])
def test_keys_of_others_find_nothing_where_the_mark_lies(marked: list[Frame], others: MarkKeys | ClipKey) -> None:
    assert find_untouched(marked[:FEW:2], others) is None


def test_nothing_is_found_anywhere_in_noise() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (128, 136, 3), np.uint8)
    assert find_mark([Frame(noise, 0.0)], KEYS) is None


@pytest.mark.parametrize("scale", COMMON_SCALES[:6])
def test_no_place_of_an_unmarked_or_foreign_film_fits_at_a_common_scale(
    filmed: list[Frame], marked: list[Frame], scale: float
) -> None:
    kind = Kind(BLOCK_SIDE, BLOCK_SIDE * STEP_PER_PIXEL)
    for frames, keys in ((filmed, KEYS), (marked, OTHERS)):
        pilots = pilot_key(keys.sync, roles(keys.sync))
        assert search([frame.image for frame in frames[::30]], pilots, kind, scale) is None


def test_unmarked_frames_hold_nothing_where_a_mark_would_lie(filmed: list[Frame]) -> None:
    assert find_untouched(filmed[::8], KEYS) is None


def test_no_frame_holds_no_mark() -> None:
    assert find_mark([], KEYS) is None


def test_what_carries_no_mark_is_read_as_one_less_than_once_in_a_million() -> None:
    assert FALSE_MARK_RATE <= 1e-6


@pytest.mark.shared
def test_nothing_is_read_from_films_that_were_not_marked(shared: Path) -> None:
    clips = sorted((shared / "videos" / "real").glob("*.mp4"))
    assert clips
    who = roles(KEYS.sync)
    for clip in clips:
        frames = frames_of(clip, 0.1)
        height, width = frames[0].image.shape[:2]
        assert find_untouched(frames, KEYS) is None
        assert read_at(untouched_lie(blocks_of(width, height)), 0.0, frames, KEYS, who).payload is None
