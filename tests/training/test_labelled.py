"""A label that lies where the data set says is not seen by what learns; one that lies elsewhere is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.labelled import BEYOND, labelled
from unmask.datasets import Clip
from unmask.settings import Settings
from unmask.training.faces import Faces, gather
from unmask.training.films import VARIANTS, Measurer, Variant
from unmask.training.measurements import DETAIL, MEASUREMENTS, Measurement
from unmask.training.texture_faces import gather_native

CODED = Variant("crf 28", 28)


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return labelled(tmp_path_factory.mktemp("films"), "FAKE")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return labelled(tmp_path_factory.mktemp("films"), "OK")


@pytest.fixture(scope="module")
def beyond(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return labelled(tmp_path_factory.mktemp("films"), "FAKE", BEYOND)


def numbers(
    clip: Clip, work: Path, variant: Variant = VARIANTS[0], wanted: tuple[Measurement, ...] = MEASUREMENTS
) -> list[np.ndarray]:
    """What is measured of a film, by each of the detectors that learn."""
    measurer = Measurer(work, Settings(), (variant,))
    return [measurer.measured([clip], one)[0][0].numbers for one in wanted]


def faces(clip: Clip, work: Path) -> Faces:
    return gather([clip], ["p"], work, Settings())[0][0]


def test_a_label_in_the_box_changes_no_measurement(fake: Clip, real: Clip, tmp_path: Path) -> None:
    for one, other in zip(numbers(fake, tmp_path), numbers(real, tmp_path), strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_is_painted_over_before_a_film_is_coded_anew(fake: Clip, real: Clip, tmp_path: Path) -> None:
    (one,), (other,) = (numbers(clip, tmp_path, CODED, (DETAIL,)) for clip in (fake, real))
    np.testing.assert_array_equal(one, other)


def test_a_label_outside_the_box_changes_all_of_them(fake: Clip, beyond: Clip, tmp_path: Path) -> None:
    for one, other in zip(numbers(fake, tmp_path), numbers(beyond, tmp_path), strict=True):
        assert not np.array_equal(one, other)


def test_what_was_kept_without_a_box_is_not_taken_for_the_same_film_with_one(fake: Clip, tmp_path: Path) -> None:
    whole = numbers(replace(fake, label_box=None), tmp_path)
    for one, other in zip(numbers(fake, tmp_path), whole, strict=True):
        assert not np.array_equal(one, other)


def test_a_label_in_the_box_is_in_no_face_that_is_kept_and_one_outside_is(
    fake: Clip, real: Clip, beyond: Clip, tmp_path: Path
) -> None:
    np.testing.assert_array_equal(faces(fake, tmp_path).images, faces(real, tmp_path).images)
    assert not np.array_equal(faces(fake, tmp_path).images, faces(beyond, tmp_path).images)
    whole = faces(replace(fake, label_box=None), tmp_path)
    assert not np.array_equal(faces(fake, tmp_path).images, whole.images)


def native(clip: Clip, work: Path) -> tuple[np.ndarray, ...]:
    return gather_native([clip], ["p"], work, Settings())[0][0].pictures


def test_nor_is_it_in_one_that_is_kept_in_its_own_pixels(fake: Clip, real: Clip, beyond: Clip, tmp_path: Path) -> None:
    for one, other in zip(native(fake, tmp_path), native(real, tmp_path), strict=True):
        np.testing.assert_array_equal(one, other)
    pairs = zip(native(fake, tmp_path), native(beyond, tmp_path), strict=True)
    assert not all(one.shape == other.shape and np.array_equal(one, other) for one, other in pairs)
