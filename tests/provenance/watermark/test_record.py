"""What was measured of a film takes bounded room, however long it is."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.provenance.watermark.films import KEYS, found_in
from unmask.provenance.watermark.expect import LEAST_ROOM, expected_agreement, fit
from unmask.provenance.watermark.measure import Stretch, expected_mark, stretches
from unmask.provenance.watermark.record import Record, joined, record_of
from unmask.types import Frame

ROWS, COLUMNS = 4, 5


def stretch(number: int) -> Stretch:
    """A stretch in which every measurement is its number."""
    start = 0.32 * number
    return Stretch(start, start + 0.28, *(np.full((ROWS, COLUMNS), number, np.float32) for _ in range(6)))


def numbers(count: int) -> Iterator[Stretch]:
    return (stretch(number) for number in range(count))


def kept(record: Record | None) -> Record:
    assert record is not None
    return record


def test_a_short_film_is_kept_in_full() -> None:
    record = kept(record_of(numbers(10), most_cells=10 * ROWS * COLUMNS))
    assert record.agreement[:, 0, 0].tolist() == list(range(10))
    assert (record.start[0], record.end[-1]) == (0.0, pytest.approx(0.32 * 9 + 0.28))


@pytest.mark.parametrize("count", [11, 16, 37, 1000])
def test_a_longer_film_is_joined_within_the_bound(count: int) -> None:
    most = 10 * ROWS * COLUMNS
    record = kept(record_of(numbers(count), most_cells=most))
    assert record.agreement.size <= most + ROWS * COLUMNS  # the last stretch may be a part of one
    assert (record.start[0], record.end[-1]) == (0.0, pytest.approx(0.32 * (count - 1) + 0.28))
    assert (record.start[1:] > record.end[:-1]).all()
    middle = (record.start[0] + record.end[0]) / 2
    assert 0.32 * record.agreement[0, 0, 0] + 0.14 == pytest.approx(middle, rel=0.02)


def test_joined_stretches_are_their_mean() -> None:
    one = joined([stretch(2), stretch(3), stretch(4)])
    assert (one.start, one.end) == (stretch(2).start, stretch(4).end)
    assert (one.texture == 3).all()


def test_a_film_without_frames_has_no_record() -> None:
    assert record_of(iter(())) is None


def test_blocks_without_room_for_a_mark_are_not_expected_to_have_one(marked: list[Frame]) -> None:
    record, expected = measured(marked)
    assert (expected[record.room < LEAST_ROOM] == 0).all()
    assert np.median(expected[record.room >= LEAST_ROOM]) > 0.5


def test_what_is_expected_fits_an_honest_copy(copied: list[Frame]) -> None:
    record, expected = measured(copied)
    told = expected > 0.1
    assert np.median(record.agreement[told] / expected[told]) == pytest.approx(1, abs=0.15)
    still, busy = record.motion < np.median(record.motion), record.motion > np.percentile(record.motion, 90)
    assert expected[still].mean() > expected[busy].mean() + 0.1


def test_a_polynomial_is_fitted_to_what_was_measured(copied: list[Frame]) -> None:
    record, _ = measured(copied)
    by_itself = fit([record])
    assert by_itself.ndim == 1
    assert np.isfinite(by_itself).all()
    others = fit([record, record])
    assert np.allclose(by_itself, others)


def measured(frames: list[Frame]) -> tuple[Record, np.ndarray]:
    found = found_in(frames)
    assert found is not None
    assert found.key is not None
    mark = expected_mark(found.lie, found.who, found.key, KEYS.payload_secret, 0.0)
    record = kept(record_of(stretches(iter(frames), mark)))
    return record, expected_agreement(record)
