"""A film in miniature: what it keeps, how it is written, and what it finds."""

import base64
import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film, picture_of
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.provenance.alteration import Comparison, builder_beside, compare, shift_between
from unmask.provenance.fingerprint import (
    LARGEST_CODES_BYTES,
    STEP,
    CodedFingerprint,
    Fingerprint,
    FingerprintBuilder,
    builder_for,
    decode_fingerprint,
    encode_fingerprint,
    take_fingerprint,
)
from unmask.settings import Settings
from unmask.types import Frame, RgbImage

LIMITS = Settings()
EXAMPLE = Path(__file__).parents[2] / "examples" / "real.mp4"
FACE = (375, 90, 525, 290)
"""Where the inner face is in the first seconds of the example, in pixels."""
RATE = 23.976
STAGE = Stage(puppets=(Puppet(heart_rate_bpm=None),), seconds=4.0, frame_rate=25.0)


def grey(level: int, seconds: float, side: int = 64) -> Frame:
    return Frame(np.full((side, side, 3), level, np.uint8), seconds)


def seen(frames: Iterator[Frame] | list[Frame], builder: FingerprintBuilder | None = None) -> Fingerprint:
    builder = builder or FingerprintBuilder()
    for frame in frames:
        builder.see(frame)
    found = builder.finish()
    assert found is not None
    return found


def taken(path: Path, beside: Fingerprint | None = None) -> Fingerprint:
    media = probe(path, LIMITS)
    found = take_fingerprint(path, media, LIMITS, builder_beside(beside) if beside else builder_for(media))
    assert found is not None
    return found


def written(path: Path, frames: list[RgbImage], rate: float, crf: int) -> Path:
    write_video(path, frames, rate, crf=crf, preset="superfast")
    return path


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Intersection over union of two boxes."""
    sides = [max(0.0, min(one[k + 2], other[k + 2]) - max(one[k], other[k])) for k in (0, 1)]
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    common = sides[0] * sides[1]
    return common / (sum(areas) - common)


def test_a_group_holds_the_mean_of_the_frames_shown_in_it() -> None:
    found = seen([grey(0, 0.0), grey(100, 0.16), grey(200, 0.32), grey(200, 0.48)])
    assert found.means.shape == (2, 8, 8)
    assert found.means[:, 0, 0] == pytest.approx([50, 200])


def test_a_frame_counts_for_as_long_as_it_is_shown() -> None:
    uneven = seen([grey(0, 0.0), grey(100, 0.08), grey(50, 0.32)])
    even = seen([grey(0, 0.0), grey(0, 0.04), *(grey(100, k * 0.04) for k in range(2, 8)), grey(50, 0.32)])
    assert uneven.means[0, 0, 0] == pytest.approx(75)
    assert even.means[0] == pytest.approx(uneven.means[0])


def test_time_begins_with_the_first_frame() -> None:
    late = seen([grey(10, 7.0), grey(90, 7.32)])
    assert late.begins == 7.0
    assert late.means[:, 0, 0] == pytest.approx([10, 90])


def test_groups_are_joined_when_there_are_too_many() -> None:
    found = seen([grey(k, 0.32 * k) for k in range(8)], FingerprintBuilder(most_groups=4))
    assert found.group_seconds == pytest.approx(0.64)
    assert found.means[:, 0, 0] == pytest.approx([0.5, 2.5, 4.5, 6.5])


def test_a_jump_to_the_end_of_time_takes_no_memory() -> None:
    found = seen([grey(10, 0.0), grey(90, 7000.0)])
    assert len(found.means) <= 4096
    assert found.means[0, 0, 0] == pytest.approx(10)


def test_a_still_is_one_group() -> None:
    found = seen([grey(120, 0.0)], FingerprintBuilder(group_seconds=0.0))
    assert (found.means.shape, found.group_seconds, found.size) == ((1, 8, 8), 0.0, (64, 64))


def test_nothing_seen_is_no_fingerprint() -> None:
    assert FingerprintBuilder().finish() is None


def test_what_is_written_is_read_again_to_half_a_step() -> None:
    found = seen(film(STAGE))
    coded = encode_fingerprint(found)
    again = decode_fingerprint(CodedFingerprint.model_validate_json(coded.model_dump_json()))
    assert np.abs(again.means - found.means).max() <= STEP / 2 + 1e-3
    assert (again.group_seconds, again.size, again.begins) == (found.group_seconds, found.size, found.begins)
    assert len(coded.codes) < 8000


def test_a_long_and_restless_film_fits_by_longer_groups() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1500, 22, 40)).astype(np.float32)
    coded = encode_fingerprint(Fingerprint(noise, 0.32, 0.0, (1280, 720)))
    assert len(coded.codes) <= LARGEST_CODES_BYTES * 4 // 3 + 4
    assert coded.group_seconds == pytest.approx(1.28)
    assert len(decode_fingerprint(coded).means) == coded.groups == 375


@pytest.mark.parametrize(
    "codes",
    [
        "not base64!",
        base64.b64encode(b"not packed").decode(),
        base64.b64encode(zlib.compress(bytes(63))).decode(),
        base64.b64encode(zlib.compress(bytes(50_000_000))).decode(),
    ],
)
def test_codes_that_are_damaged_or_do_not_fit_the_grid_are_refused(codes: str) -> None:
    told = CodedFingerprint(
        width=64, height=64, rows=8, columns=8, groups=1, group_seconds=0.32, begins=0.0, codes=codes
    )
    with pytest.raises(ValueError, match="codes"):
        decode_fingerprint(told)


@pytest.fixture(scope="module")
def example() -> list[RgbImage]:
    """The first four seconds of the example."""
    with open_frames(EXAMPLE, probe(EXAMPLE, LIMITS), LIMITS, stop_seconds=4.0) as frames:
        return [frame.image for frame in frames]


@pytest.fixture(scope="module")
def signed(example: list[RgbImage]) -> Fingerprint:
    """Their fingerprint as a manifest gives it back."""
    found = seen([Frame(image, k / RATE) for k, image in enumerate(example)])
    return decode_fingerprint(encode_fingerprint(found))


def compared(signed: Fingerprint, path: Path) -> Comparison:
    return compare(signed, taken(path, signed))


@pytest.mark.parametrize("crf", [23, 28])
def test_an_honest_encoding_shows_no_region(
    tmp_path: Path, example: list[RgbImage], signed: Fingerprint, crf: int
) -> None:
    found = compared(signed, written(tmp_path / "honest.mp4", example, RATE, crf))
    assert found.regions == ()
    assert found.share < 0.001
    assert found.starts_at == 0.0


@pytest.mark.parametrize(("contrast", "brightness"), [(1.1, 8), (0.9, -8)])
def test_another_contrast_shows_no_region(
    tmp_path: Path, example: list[RgbImage], signed: Fingerprint, contrast: float, brightness: int
) -> None:
    toned = [np.clip(image * contrast + brightness, 0, 255).astype(np.uint8) for image in example[:48]]
    found = compared(signed, written(tmp_path / "toned.mp4", toned, RATE, 23))
    assert found.regions == ()
    assert found.missing_seconds == pytest.approx(2.0, abs=0.4)


def test_a_smaller_copy_shows_no_region(tmp_path: Path, example: list[RgbImage], signed: Fingerprint) -> None:
    small = [cv2.resize(image, (320, 180), interpolation=cv2.INTER_AREA) for image in example]
    assert compared(signed, written(tmp_path / "small.mp4", small, RATE, 23)).regions == ()


def test_a_copy_without_its_beginning_is_brought_into_step(
    tmp_path: Path, example: list[RgbImage], signed: Fingerprint
) -> None:
    found = compared(signed, written(tmp_path / "late.mp4", example[35:], RATE, 23))
    assert found.starts_at == pytest.approx(35 / RATE, abs=0.06)
    assert found.regions == ()


def test_a_cropped_copy_is_laid_where_it_belongs(tmp_path: Path, example: list[RgbImage], signed: Fingerprint) -> None:
    cropped = [np.ascontiguousarray(image[18:-18, 32:-32]) for image in example[:48]]
    found = compared(signed, written(tmp_path / "cropped.mp4", cropped, RATE, 23))
    assert found.regions == ()


@pytest.mark.parametrize("crf", [23, 28])
def test_a_replaced_face_is_found_in_its_place_and_time(
    tmp_path: Path, example: list[RgbImage], signed: Fingerprint, crf: int
) -> None:
    first, last = 30, 66
    left, top, right, bottom = FACE
    changed = [image.copy() for image in example]
    for k in range(first, last):
        other = cv2.flip(changed[k][top:bottom, left:right], 1)
        changed[k][top:bottom, left:right] = cv2.GaussianBlur(other, (0, 0), 4)
    found = compared(signed, written(tmp_path / "forged.mp4", changed, RATE, crf))
    largest = max(found.regions, key=lambda one: overlap(one.box, FACE))
    assert overlap(largest.box, FACE) >= 0.4
    assert largest.start == pytest.approx(first / RATE, abs=0.35)
    assert largest.end == pytest.approx(last / RATE, abs=0.35)
    assert all(one.start > first / RATE - 0.7 and one.end < last / RATE + 0.7 for one in found.regions)


def test_the_published_forgery_is_found(signed: Fingerprint) -> None:
    found = compared(signed, EXAMPLE.with_name("forged.mp4"))
    assert any(overlap(region.box, FACE) > 0.4 for region in found.regions)
    assert not found.everywhere


def test_another_film_differs_nearly_everywhere(signed: Fingerprint) -> None:
    chance = np.random.default_rng(2)
    noise = chance.integers(0, 256, (30, 23, 40, 3), np.uint8)
    other = (Frame(cv2.resize(one, (640, 360)), k / 10) for k, one in enumerate(noise))
    assert compare(signed, seen(other, builder_beside(signed))).everywhere


@pytest.fixture
def portrait() -> RgbImage:
    """A drawn face of 320 × 320 pixels."""
    return picture_of(STAGE)


def of_still(image: RgbImage, beside: Fingerprint | None = None) -> Fingerprint:
    return seen([Frame(image, 0.0)], builder_beside(beside) if beside else FingerprintBuilder(group_seconds=0.0))


def test_a_still_saved_anew_shows_no_region(portrait: RgbImage) -> None:
    signed = of_still(portrait)
    done, content = cv2.imencode(".jpg", portrait, [cv2.IMWRITE_JPEG_QUALITY, 50])
    assert done
    again = np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), np.uint8)
    assert compare(signed, of_still(again, signed)).regions == ()


def test_a_face_replaced_in_a_still_is_found(portrait: RgbImage) -> None:
    signed = of_still(portrait)
    changed = portrait.copy()
    changed[120:220, 110:210] = changed[0:100, 0:100]
    (region,) = compare(signed, of_still(changed, signed)).regions
    assert overlap(region.box, (110, 120, 210, 220)) > 0.5
    assert (region.start, region.end) == (0.0, 0.0)


def test_films_without_motion_are_not_shifted() -> None:
    still = seen([grey(100, k / 25) for k in range(100)])
    parts = seen([grey(100, k / 25) for k in range(100)], builder_beside(still))
    assert shift_between(still.means, parts.means) == 0
    assert compare(still, parts).regions == ()
