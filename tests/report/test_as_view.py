"""What the page draws over a film and beside it."""

import json
from dataclasses import replace
from typing import Any

import numpy as np

from tests.report.conftest import FRAME_RATE
from unmask.report.as_view import as_view
from unmask.signals.loudness import Loudness
from unmask.types import Person, Report


def read_back(report: Report, sound: Loudness | None = None) -> Any:
    return json.loads(json.dumps(as_view(report, sound), allow_nan=False))


def speaking(report: Report, frame_rate: float = FRAME_RATE) -> Report:
    """The report, its first person's mouth opening and closing twice a second, one value lost."""
    person = report.people[0]
    times = np.arange(len(person.track.times)) / frame_rate
    lips = (0.2 + 0.2 * np.sin(2 * np.pi * 2 * times)).astype(np.float32)
    lips[3] = np.nan
    track = replace(person.track, times=times, lips=lips)
    return replace(report, people=(Person(track, person.evidence), *report.people[1:]))


def test_a_mouth_is_told_with_every_frame_of_an_ordinary_film(report: Report) -> None:
    told = speaking(report)
    mouth = read_back(told)["people"][0]["mouth"]
    assert len(mouth["times"]) == len(mouth["opening"]) == len(told.people[0].track.times)
    assert mouth["opening"][3] is None
    others = [value for value in mouth["opening"] if value is not None]
    assert (min(others), max(others)) == (0.0, 0.4)
    assert mouth["times"][10] == 0.4


def test_a_fast_film_is_told_thirty_times_a_second(report: Report) -> None:
    times = read_back(speaking(report, 120.0))["people"][0]["mouth"]["times"]
    np.testing.assert_allclose(np.diff(times), 1 / 30, atol=0.001)


def test_boxes_stay_ten_a_second(report: Report) -> None:
    person = read_back(report)["people"][0]
    assert np.diff(person["times"]).min() >= 0.1
    assert len(person["boxes"]) == len(person["times"])


def test_a_face_of_one_moment_has_no_mouth_through_time(report: Report) -> None:
    first = report.people[0].track
    still = replace(
        first,
        **{
            name: getattr(first, name)[:1]
            for name in ("times", "boxes", "mesh", "pose", "colors", "sharpness", "clipped", "scores", "eyes", "lips")
        },
    )
    assert read_back(replace(report, people=(Person(still, ()),)))["people"][0]["mouth"] is None


def test_loudness_is_told_in_steps_and_a_gap_as_null(report: Report) -> None:
    told = read_back(report, Loudness(0.05, np.array([-80.0, -23.456, np.nan])))["sound"]
    assert told == {"step_seconds": 0.05, "level_dbfs": [-80.0, -23.5, None]}


def test_without_sound_there_is_no_lane(report: Report) -> None:
    assert read_back(report)["sound"] is None


def test_the_report_within_is_no_longer_for_it(report: Report) -> None:
    told = read_back(report, Loudness(0.05, np.zeros(1000)))["report"]
    assert "sound" not in told
    assert "mouth" not in told["faces"][0]
