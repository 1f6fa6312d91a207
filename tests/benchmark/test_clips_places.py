"""Where a detector points, held against a film of masks."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film
from unmask.benchmark.clips import clip_row
from unmask.benchmark.clips_places import Made, Masks, fit_of, in_crop, read_masks
from unmask.benchmark.truth import Film
from unmask.faces.align import crop_face
from unmask.faces.track import follow
from unmask.media.encode import write_video
from unmask.settings import Settings
from unmask.types import Frame, Overlay, RgbImage, Track

SIDE, SQUARES = 224, 14


@cache
def seen() -> tuple[tuple[Frame, ...], Track]:
    """A drawn head, and its track."""
    frames = tuple(film(Stage(puppets=(Puppet(roll_degrees=12.0),), seconds=0.5)))
    return frames, follow(frames).tracks[0]


def mouth_mask() -> Made:
    """The lower half of the face, in the whole picture."""
    frames, track = seen()
    left, top, right, bottom = track.boxes[0].astype(int).tolist()
    mask = np.zeros(frames[0].image.shape[:2], bool)
    mask[(top + bottom) // 2 : bottom, left:right] = True
    return mask


def as_picture(mask: Made) -> RgbImage:
    return np.repeat(mask[..., None], 3, axis=2).astype(np.uint8) * 255


def overlay(made: np.ndarray) -> Overlay:
    """What a detector would say of the first view, square by square."""
    crop = seen()[1].crops[0]
    edge = (len(crop.image) - SIDE) // 2
    picture = crop.image[edge : edge + SIDE, edge : edge + SIDE]
    return Overlay("Drawn", crop.seconds, picture, made.astype(np.float32))


def squares_of(mask: Made) -> np.ndarray:
    edge = (256 - SIDE) // 2
    inside = mask[edge : edge + SIDE, edge : edge + SIDE].reshape(SQUARES, SIDE // SQUARES, SQUARES, SIDE // SQUARES)
    return inside.mean(axis=(1, 3)) >= 0.5


def masks() -> Masks:
    return Masks({seen()[1].crops[0].seconds: mouth_mask()}, [[0.0, 0.5]])


def test_a_mask_is_turned_and_scaled_as_the_face_was() -> None:
    frames, track = seen()
    crop = track.crops[0]
    index = int(np.abs(track.times - crop.seconds).argmin())
    alike = crop_face(as_picture(mouth_mask()), track.landmarks_of()[index], crop.seconds, 0.0).image[..., 0] > 127
    turned = in_crop(mouth_mask(), crop)
    assert (alike & turned).sum() / (alike | turned).sum() > 0.97
    assert 0.05 < turned.mean() < 0.6
    assert frames


def test_who_suspects_what_was_made_is_right_and_who_suspects_the_rest_is_not() -> None:
    forged = squares_of(in_crop(mouth_mask(), seen()[1].crops[0]))
    right, wrong = (fit_of(overlay(made), seen()[1], masks()) for made in (forged, ~forged))
    assert right is not None
    assert wrong is not None
    assert (right["mask_iou"], right["pointing_hit"]) == (1.0, 1.0)
    assert (wrong["mask_iou"], wrong["pointing_hit"]) == (0.0, 0.0)
    assert right["inner_face_iou"] == wrong["inner_face_iou"]
    assert 0.1 < right["inner_face_iou"] < 0.9


def test_a_picture_that_is_no_view_of_the_track_and_a_face_that_nobody_made_are_not_judged() -> None:
    _, track = seen()
    said = overlay(np.ones((SQUARES, SQUARES)))
    foreign = replace(said, picture=255 - said.picture)
    assert fit_of(foreign, track, masks()) is None
    assert fit_of(said, track, Masks({said.seconds: np.zeros_like(mouth_mask())}, [])) is None
    assert fit_of(said, track, Masks({}, [])) is None


def write_masks(path: Path, made: list[bool]) -> Path:
    dark = np.zeros_like(mouth_mask())
    write_video(path, [as_picture(mouth_mask() if one else dark) for one in made], 30.0, crf=10, preset="ultrafast")
    return path


def test_a_film_of_masks_tells_where_at_a_time_and_when(tmp_path: Path) -> None:
    mask = write_masks(tmp_path / "a.mask.mp4", [False, False, True, True, True, False])
    told = read_masks(Film(tmp_path / "a.mp4", "a", mask=mask), [0.1, 7.0], Settings())
    assert set(told.pictures) == {0.1}
    assert (told.pictures[0.1] == mouth_mask()).mean() > 0.99
    np.testing.assert_allclose(told.stretches, [[2 / 30, 5 / 30]], atol=1e-3)


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / "fake.mp4"
    write_video(path, [frame.image for frame in seen()[0]], 30.0, crf=18, preset="ultrafast")
    return path


def test_a_film_with_masks_is_noted_with_what_each_detector_found(fake: Path, tmp_path: Path) -> None:
    mask = write_masks(tmp_path / "fake.mask.mp4", [True] * len(seen()[0]))
    row = clip_row(Film(fake, "fake", "fake", mask=mask), Settings(), only=["blend"])
    assert set(row.places["blend"]) == {"mask_iou", "pointing_hit", "inner_face_iou", "inner_face_hit"}
    np.testing.assert_allclose(row.made_seconds or [], [[0.0, 0.5]], atol=1e-3)
    assert all(0 <= fake <= 1 for _, _, fake in row.segments["blend"])


def test_masks_that_cannot_be_read_lose_nothing_else(fake: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mask.mp4"
    broken.write_bytes(b"no film")
    row = clip_row(Film(fake, "fake", "fake", mask=broken), Settings(), only=["blend"])
    assert "broken.mask.mp4" in (row.masks_unread or "")
    assert (row.places, row.made_seconds) == ({}, None)
    assert row.fakes["blend"] is not None
