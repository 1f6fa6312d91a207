import numpy as np
import pytest

from unmask.benchmark.localisation import mask_iou, pointing_hit, segment_average_precision, time_iou
from unmask.types import Segment


def square(low: int, high: int, side: int = 10) -> np.ndarray:
    """A square of a smaller one's pixels."""
    forged = np.zeros((side, side), dtype=bool)
    forged[low:high, low:high] = True
    return forged


def test_a_perfect_map_covers_the_mask_and_an_inverted_one_nothing_of_it() -> None:
    forged = square(2, 6)
    assert mask_iou(forged.astype(np.float64), forged, 0.5) == 1.0
    assert mask_iou(1.0 - forged, forged, 0.5) == 0.0


def test_the_threshold_decides_how_much_is_found() -> None:
    suspicion = np.where(square(2, 6), 0.9, 0.4)
    assert mask_iou(suspicion, square(2, 6), 0.3) == 16 / 100


def test_nothing_made_and_nothing_found_agree_and_a_false_find_does_not() -> None:
    nothing = np.zeros((4, 4), dtype=bool)
    assert mask_iou(np.zeros((4, 4)), nothing, 0.5) == 1.0
    assert mask_iou(np.ones((4, 4)), nothing, 0.5) == 0.0


def test_what_was_not_seen_is_not_found() -> None:
    forged = square(0, 10)
    half = np.ones((10, 10))
    half[:, 5:] = np.nan
    assert mask_iou(half, forged, 0.5) == 0.5


def test_the_finger_hits_inside_misses_outside_and_is_forgiven_near_the_edge() -> None:
    suspicion = np.zeros((10, 10))
    suspicion[4, 6] = 1.0
    assert pointing_hit(suspicion, square(2, 7)) == 1.0
    assert pointing_hit(suspicion, square(2, 6)) == 0.0
    assert pointing_hit(suspicion, square(2, 6), tolerance_pixels=1) == 1.0


def test_a_flat_map_hits_as_often_as_a_blind_finger() -> None:
    assert pointing_hit(np.full((10, 10), 0.3), square(0, 5)) == 0.25


def test_pointing_needs_something_seen_and_something_made() -> None:
    with pytest.raises(ValueError, match="something was seen"):
        pointing_hit(np.full((4, 4), np.nan), np.ones((4, 4), dtype=bool))
    with pytest.raises(ValueError, match="something that was made"):
        pointing_hit(np.ones((4, 4)), np.zeros((4, 4), dtype=bool))


def test_stretches_apart_share_no_time() -> None:
    assert time_iou((0.0, 1.0), (2.0, 3.0)) == time_iou((1.0, 1.0), (1.0, 1.0)) == 0.0


def test_segments_that_fit_are_right_and_a_second_find_of_one_stretch_is_not() -> None:
    once, twice = [Segment(0.0, 2.0, 0.9)], [Segment(0.0, 2.0, 0.9), Segment(0.1, 2.0, 0.8)]
    truth = [(0.0, 2.0), (5.0, 6.0)]
    assert segment_average_precision([once], [truth]) == 0.5
    assert segment_average_precision([[*twice, Segment(5.0, 6.0, 0.7)]], [truth]) == pytest.approx((1 + 2 / 3) / 2)


def test_a_surer_false_find_in_another_film_costs() -> None:
    right, wrong = Segment(0.0, 2.0, 0.5), Segment(0.0, 2.0, 0.9)
    assert segment_average_precision([[right], [wrong]], [[(0.0, 2.0)], []]) == 0.5


def test_the_overlap_wanted_decides() -> None:
    found, truth = [[Segment(0.0, 1.0, 0.9)]], [[(0.0, 1.6)]]
    assert segment_average_precision(found, truth) == 1.0
    assert segment_average_precision(found, truth, least_iou=0.75) == 0.0


def test_no_segment_finds_nothing_and_no_truth_is_an_error() -> None:
    assert segment_average_precision([[]], [[(0.0, 1.0)]]) == 0.0
    with pytest.raises(ValueError, match="at least one stretch"):
        segment_average_precision([[]], [[]])
