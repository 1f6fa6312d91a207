import numpy as np
import pytest

from unmask.faces.build import CROPS_A_TRACK, CROPS_IN_ALL, CropBudget, CropSample, TrackBuilder
from unmask.faces.landmarks import box_of
from unmask.faces.pose import mean_face
from unmask.types import Face, Frame

WALL = np.full((120, 160, 3), 130, np.uint8)


def frame(seconds: float) -> Frame:
    return Frame(WALL, seconds)


def face(x: float = 80.0, y: float = 60.0) -> Face:
    landmarks = (mean_face() * 0.5 + (x, y, 0)).astype(np.float32)
    return Face(box_of(landmarks), landmarks, 0.9, np.zeros(3, np.float32))


def test_the_sharpest_picture_of_each_second_is_kept() -> None:
    sample = CropSample()
    for seconds, sharpness in ((0.0, 5.0), (0.4, 9.0), (0.8, 7.0), (1.1, 2.0), (1.9, 1.0)):
        sample.offer(frame(seconds), face(), sharpness)
    assert [(crop.seconds, crop.sharpness) for crop in sample.crops] == [(0.4, 9.0), (1.1, 2.0)]


def test_crops_of_a_long_film_stay_bounded_and_spread_over_it() -> None:
    sample = CropSample()
    for second in range(600):
        sample.offer(frame(float(second)), face(), float(second % 7))
    assert CROPS_A_TRACK / 4 <= len(sample.crops) <= CROPS_A_TRACK
    times = [crop.seconds for crop in sample.crops]
    assert times == sorted(times)
    assert times[0] < 60
    assert times[-1] > 540


def test_crops_of_many_people_stay_bounded_together() -> None:
    budget = CropBudget()
    samples = [budget.open_sample() for _ in range(30)]
    for second in range(40):
        for sample in samples:
            if sample.offer(frame(float(second)), face(), 1.0):
                budget.make_room()
    assert sum(len(sample.crops) for sample in samples) <= CROPS_IN_ALL
    assert min(len(sample.crops) for sample in samples) >= 1


def test_more_people_than_crops_keep_one_each() -> None:
    budget = CropBudget()
    samples = [budget.open_sample() for _ in range(CROPS_IN_ALL + 3)]
    for sample in samples:
        sample.offer(frame(0.0), face(), 1.0)
        budget.make_room()
    assert {len(sample.crops) for sample in samples} == {1}


def test_packed_points_come_back_to_a_sixteenth_of_a_pixel() -> None:
    builder = TrackBuilder(CropBudget())
    seen = [face(80.0 + 0.37 * k, 60.0 - 0.21 * k) for k in range(6)]
    for k, one in enumerate(seen):
        builder.add(frame(k / 25), one)
    unpacked = builder.build(None).landmarks_of()
    assert np.abs(unpacked - np.stack([one.landmarks for one in seen])).max() <= 1 / 16


def test_the_opening_of_closed_eyes_is_nothing_and_of_open_ones_something() -> None:
    builder = TrackBuilder(CropBudget())
    closed = face()
    closed.landmarks[[145, 374]] = closed.landmarks[[159, 386]]
    builder.add(frame(0.0), face())
    builder.add(frame(0.04), closed)
    opened, shut = builder.build(None).eyes
    assert opened.min() > 0.1
    assert shut == pytest.approx([0.0, 0.0])
