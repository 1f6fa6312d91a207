from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.models.drawn import write_card, write_network
from tests.puppet import Puppet, Stage, picture_of
from unmask import check
from unmask.engine import FACE_WEIGHTS, choose_with_models, engine_of
from unmask.errors import NotMedia, Unreadable, UsageError
from unmask.faces.identity import network_sha256
from unmask.models.folder import keep, tried
from unmask.report.as_json import as_json, json_line
from unmask.settings import Settings
from unmask.types import Report
from unmask.verdict.profile import Population, Profile, ProfileFile, write_profile
from unmask.version import __version__
from unmask.weights import weight_card

PERSONAL = {"blend", "consistency", "flicker", "identity", "motion", "pulse", "seam", "texture", "together"}
"""Detectors that look at a person in a film."""


@pytest.fixture(scope="module")
def report(puppet_clip: Path) -> Report:
    return check(puppet_clip, settings=Settings())


def test_a_film_of_a_puppet_becomes_a_report_of_one_person(report: Report) -> None:
    (person,) = report.people
    assert len(person.track.times) == 360
    assert {one.detector for one in person.evidence} == PERSONAL
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
    assert report.engine.detectors == (*sorted({*PERSONAL, "credentials", "file", "watermark"}),)
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
    assert {one.detector for one in found.people[0].evidence} == {
        "blend",
        "consistency",
        "identity",
        "seam",
        "texture",
        "together",
    }
    assert found.people[0].track.bits_per_pixel is None


def test_a_still_is_shown_to_the_models_of_the_folder_that_the_settings_name(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "still.png"), picture_of(Stage())[..., ::-1])
    with tried(write_network(tmp_path / "n.onnx"), write_card(tmp_path / "c.toml")) as candidate:
        kept = keep(candidate, tmp_path / "models", None)
    found = check(tmp_path / "still.png", settings=Settings(models=tmp_path / "models"))
    (model,) = (one for one in found.people[0].evidence if one.detector == "brightness")
    assert model.measured["views"] == 1
    assert found.engine.weights["brightness"] == kept.record.sha256
    assert found.engine.detectors[-1] == "brightness"
    left = check(tmp_path / "still.png", only=["seam"], settings=Settings(models=tmp_path / "models"))
    assert any(
        sentence.startswith("Left out by --only: ") and "brightness" in sentence for sentence in left.verdict.unchecked
    )
    assert not any("external" in sentence for sentence in left.verdict.unchecked)


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


@pytest.fixture
def own(tmp_path: Path) -> ProfileFile:
    """A profile of this engine: forty films with even odds."""
    engine = engine_of(choose_with_models(None, Settings()).detectors, Settings())
    films = {"video": Population.of([0.0] * 40, 0.15, 0.95)}
    made = Profile(1, "own", "", engine.version, dict(engine.weights), engine.detectors, 0.15, 0.95, films)  # type: ignore[arg-type] # video is a kind
    return write_profile(made, tmp_path / "own.json")


def test_a_profile_that_does_not_fit_ends_the_check_before_the_file_is_read(own: ProfileFile, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="leave --only out, or enrol again: unmask enrol FOLDER"):
        check("/nonexistent.mp4", only=["seam"], profile=own.path)
    with pytest.raises(UsageError, match="cannot be read"):
        check("/nonexistent.mp4", profile=tmp_path / "absent.json")
    with pytest.raises(UsageError, match=r"A threshold \(0.9\) and the profile 'own.json' are both given"):
        check("/nonexistent.mp4", threshold=0.9, profile=own.path)
    with pytest.raises(Unreadable):
        check("/nonexistent.mp4", profile=own.path)


def test_a_profile_of_the_settings_is_named_in_the_report_unless_a_threshold_is_given(
    own: ProfileFile, short_clip: Path
) -> None:
    settings = Settings(profile=own.path)
    by_profile, by_threshold = check(short_clip, settings=settings), check(short_clip, settings=settings, threshold=0.8)
    assert by_profile.profile is not None
    assert (by_profile.profile.name, by_profile.profile.sha256) == ("own", own.sha256)
    assert by_profile.engine.settings["threshold"] == by_profile.profile.threshold == 0.5
    assert by_profile.engine.settings["profile"] == str(own.path)
    assert by_threshold.profile is None
    assert by_threshold.engine.settings["profile"] is None


def test_without_a_reference_nobody_is_compared_and_nothing_is_missed(report: Report, tmp_path: Path) -> None:
    (identity,) = (one for one in report.people[0].evidence if one.detector == "identity")
    assert identity.abstained == "no-reference"
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((120, 160, 3), 120, np.uint8))
    for unchecked in (report.verdict.unchecked, check(tmp_path / "wall.png").verdict.unchecked):
        assert not [sentence for sentence in unchecked if sentence.startswith("identity")]
    assert "reference" not in report.engine.settings


def test_the_report_says_which_kinds_of_forgery_the_run_could_see(report: Report) -> None:
    found = {threat.kind: threat for threat in report.threats}
    answered = {one.detector for one in report.people[0].evidence if one.fake is not None}
    assert (found["pasted-face"].looked, found["pasted-face"].by) == ("counted", ("pulse",))
    assert (found["redrawn-face"].looked, found["redrawn-face"].by) == ("counted", ("together",))
    assert answered >= {"blend", "consistency", "flicker", "motion", "pulse", "seam", "together"}
    assert found["another-person"].why == "identity abstained (no-reference)"
    assert found["altered-file"].looked == found["moved-lips"].looked == "not"
    assert found["made-voice"].why == "this version has no detector for it"


def test_what_only_leaves_out_could_not_be_seen_and_a_model_sees_what_its_card_says(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "still.png"), picture_of(Stage())[..., ::-1])
    said = write_card(tmp_path / "c.toml", ('licence = "CC0-1.0"', 'licence = "CC0-1.0"\nsees = ["synthetic-face"]'))
    with tried(write_network(tmp_path / "n.onnx"), said) as candidate:
        keep(candidate, tmp_path / "models", None)
    found = check(tmp_path / "still.png", only=["brightness"], settings=Settings(models=tmp_path / "models"))
    assert [(one.kind, one.looked, one.by or one.why) for one in found.threats] == [
        (
            "redrawn-face",
            "not",
            "consistency, identity, seam and together did not run, flicker and motion can look at video only",
        ),
        ("pasted-face", "not", "blend did not run, motion and pulse can look at video only"),
        ("synthetic-face", "shown", ("brightness",)),
        ("altered-file", "not", "credentials and watermark did not run"),
        ("another-person", "not", "identity did not run"),
    ]


def test_with_a_reference_the_report_says_so_and_not_where_it_lay(short_clip: Path, tmp_path: Path) -> None:
    found = check(short_clip, only=["identity"], reference=short_clip, name="upload 7")
    (identity,) = found.people[0].evidence
    assert identity.abstained == "too-short"
    assert identity.measured["face_distance"] == pytest.approx(0.0, abs=1e-6)
    assert found.engine.settings["reference"] == "given"
    assert found.engine.weights["dlib_face_recognition_resnet_model_v1"] == network_sha256()
    assert str(short_clip.parent) not in json_line(as_json(found))
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((120, 160, 3), 120, np.uint8))
    wall = check(tmp_path / "wall.png", only=["identity"], reference=short_clip)
    assert "identity: no face was seen." in wall.verdict.unchecked
    assert "dlib_face_recognition_resnet_model_v1" not in wall.engine.weights
