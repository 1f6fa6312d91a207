"""Whose face lies in what was altered."""

from dataclasses import replace

import numpy as np
import pytest

from tests.verdict.people import track
from unmask.provenance.touching import covered, touched_faces
from unmask.types import Region

# The face lies at 0, 0 and is 100 × 140 pixels, from 0 to 9 s.
FACE = track()


def region(*box: float, start: float = 0.0, end: float = 9.0) -> Region:
    left, top, right, bottom = box
    return Region(start, end, (left, top, right, bottom))


def test_a_region_covers_the_share_that_it_has_of_the_box() -> None:
    assert covered(region(0.0, 0.0, 100.0, 140.0), FACE) == pytest.approx(1.0)
    assert covered(region(50.0, 0.0, 900.0, 140.0), FACE) == pytest.approx(0.5)
    assert covered(region(100.0, 0.0, 200.0, 140.0), FACE) == 0.0


def test_only_common_time_counts() -> None:
    assert covered(region(0.0, 0.0, 100.0, 140.0, start=20.0, end=30.0), FACE) == 0.0
    moving = replace(FACE, boxes=FACE.boxes + np.array([[0], [0], [500], [500]], np.float32))
    assert covered(region(0.0, 0.0, 100.0, 140.0), moving) == pytest.approx(0.5)
    assert covered(region(0.0, 0.0, 100.0, 140.0, start=0.0, end=3.0), moving) == pytest.approx(1.0)


def test_a_mouth_is_enough_and_a_caption_below_is_not() -> None:
    mouth, caption = region(30.0, 90.0, 70.0, 125.0), region(0.0, 132.0, 640.0, 180.0)
    assert touched_faces([mouth], [FACE]) == (1,)
    assert touched_faces([caption], [FACE]) == ()


def test_each_person_is_told_once_in_the_order_of_the_tracks() -> None:
    other = replace(track(2), boxes=FACE.boxes + np.float32(300))
    both = [region(0.0, 0.0, 100.0, 140.0), region(10.0, 10.0, 90.0, 90.0), region(300.0, 300.0, 400.0, 400.0)]
    assert touched_faces(both, [FACE, other]) == (1, 2)
    assert touched_faces([], [FACE]) == ()
