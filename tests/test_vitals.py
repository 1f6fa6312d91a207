from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.conftest import WriteStage
from tests.puppet import Puppet, Stage, picture_of
from unmask import VitalsReport, read_vitals
from unmask.media.encode import write_video


@pytest.fixture(scope="module")
def report(puppet_clip: Path) -> VitalsReport:
    return read_vitals(puppet_clip)


def test_the_drawn_rate_is_read_with_its_error(report: VitalsReport) -> None:
    (person,) = report.people
    assert person.measurable
    assert person.reason is None
    assert person.heart_rate_bpm == pytest.approx(72.0, abs=1.0)
    assert person.heart_rate_error_bpm is not None
    assert 0 < person.heart_rate_error_bpm < 3
    assert person.quality > 0.5


def test_the_wave_the_spectrum_and_the_map_come_with_it(report: VitalsReport) -> None:
    person = report.people[0]
    assert len(person.traces) >= 2
    assert any(trace.mark is not None and abs(trace.mark - 72) < 1 for trace in person.traces)
    assert person.maps[0].values.shape == (4, 8)


def test_a_puppet_without_a_pulse_gets_no_rate(tmp_path: Path, write_stage: WriteStage) -> None:
    calm = Stage(puppets=(Puppet(heart_rate_bpm=None, face_width=100.0),), width=240, height=240, seconds=10.5)
    (person,) = read_vitals(write_stage(tmp_path / "calm.mp4", calm)).people
    assert (person.measurable, person.heart_rate_bpm, person.breath_rate_bpm) == (False, None, None)
    assert person.reason == "not-measurable"
    assert person.because


def test_a_short_film_says_that_it_is_too_short(short_clip: Path) -> None:
    (person,) = read_vitals(short_clip).people
    assert (person.measurable, person.reason, person.quality) == (False, "too-short", 0.0)


def test_a_still_has_no_pulse_and_says_why(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "still.png"), picture_of(Stage())[..., ::-1])
    (person,) = read_vitals(tmp_path / "still.png").people
    assert (person.measurable, person.reason) == (False, "no-video")


@pytest.mark.parametrize("color", [(190, 140, 120), (0, 0, 0)])
def test_a_wall_taken_for_skin_gets_no_rate(tmp_path: Path, color: tuple[int, int, int]) -> None:
    generator = np.random.default_rng(0)
    noisy = (np.clip(color + generator.normal(0, 3, (72, 96, 3)), 0, 255).astype(np.uint8) for _ in range(260))
    write_video(tmp_path / "wall.mp4", noisy, 25.0, preset="veryfast")
    (person,) = read_vitals(tmp_path / "wall.mp4", skin="whole").people
    assert (person.measurable, person.heart_rate_bpm) == (False, None)
    assert person.reason


def test_progress_is_told(short_clip: Path) -> None:
    told: list[float] = []
    read_vitals(short_clip, on_progress=lambda seconds, _: told.append(seconds))
    assert told == sorted(told)
    assert len(told) == 30
