from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.puppet import Puppet, Stage, picture_of
from unmask import check
from unmask.errors import NotMedia, Unreadable, UsageError
from unmask.examine import FACE_WEIGHTS
from unmask.settings import Settings
from unmask.types import Report
from unmask.version import __version__
from unmask.weights import weight_card


@pytest.fixture(scope="module")
def report(puppet_clip: Path) -> Report:
    return check(puppet_clip, settings=Settings())


def test_a_film_of_a_puppet_becomes_a_report_of_one_person(report: Report) -> None:
    (person,) = report.people
    assert len(person.track.times) == 360
    assert {one.detector for one in person.evidence} == {"consistency", "flicker", "motion", "pulse", "seam"}
    assert [one.detector for one in report.evidence] == ["file", "credentials", "watermark"]


def test_the_pulse_survives_the_encoder(report: Report) -> None:
    (pulse,) = (one for one in report.people[0].evidence if one.detector == "pulse")
    assert pulse.measured["heart_rate_bpm"] == pytest.approx(72.0, abs=1.0)


def test_a_filmed_puppet_is_not_called_manipulated(report: Report) -> None:
    assert report.verdict.word != "manipulated"
    assert report.incomplete is None


def test_the_track_knows_how_finely_the_film_was_coded(report: Report) -> None:
    assert report.media.video is not None
    assert report.people[0].track.bits_per_pixel == report.media.video.bits_per_pixel


def test_the_engine_names_all_that_made_the_report(report: Report) -> None:
    assert report.engine.version == __version__
    assert set(FACE_WEIGHTS) <= set(report.engine.weights)
    assert report.engine.weights["mean_face"] == weight_card("mean_face").sha256
    assert report.engine.detectors == (
        *("consistency", "credentials", "file", "flicker", "motion", "pulse", "seam", "watermark"),
    )
    assert {"consistency", "flicker", "imagenet_contrasts", "seam"} <= set(report.engine.weights)
    assert report.engine.settings["max_people"] == 8


def test_progress_rises_to_the_end_of_the_film(short_clip: Path) -> None:
    told: list[tuple[float, float | None]] = []
    check(short_clip, only=["file"], settings=Settings(), on_progress=lambda *now: told.append(now))
    seconds = [now for now, _ in told]
    assert seconds == sorted(seconds)
    assert seconds[-1] == pytest.approx(1.2, abs=0.1)
    assert told[0][1] == pytest.approx(1.2, abs=0.1)


def test_a_name_given_is_the_name_shown(short_clip: Path) -> None:
    assert check(short_clip, only=["file"], name="upload 7").media.file == "upload 7"


def test_a_lower_threshold_calls_more_manipulated(made_clip: Path) -> None:
    words = [check(made_clip, threshold=threshold).verdict.word for threshold in (0.8, 0.9999)]
    assert words == ["manipulated", "cannot-tell"]


def test_a_still_is_asked_only_what_a_still_can_answer(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "still.png"), picture_of(Stage())[..., ::-1])
    found = check(tmp_path / "still.png")
    assert {one.detector for one in found.people[0].evidence} == {"consistency", "seam"}
    assert found.people[0].track.bits_per_pixel is None


def test_no_more_people_are_followed_than_the_settings_say(tmp_path: Path) -> None:
    pair = (Puppet(x=0.27, face_width=110.0), Puppet(x=0.73, face_width=110.0, tone=2))
    image = picture_of(Stage(puppets=pair, width=480))
    cv2.imwrite(str(tmp_path / "pair.png"), np.ascontiguousarray(image[..., ::-1]))
    found = check(tmp_path / "pair.png", settings=Settings(max_people=1))
    assert (len(found.people), found.crowd) == (1, 1)


def test_an_unknown_detector_ends_the_check_before_the_file_is_read() -> None:
    with pytest.raises(UsageError, match="Did you mean 'seam'"):
        check("/nonexistent.mp4", only=["seem"])


def test_what_cannot_be_read_is_an_error_of_its_kind(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no film")
    with pytest.raises(NotMedia):
        check(tmp_path / "text.mp4")
    with pytest.raises(Unreadable):
        check(tmp_path / "absent.mp4")
