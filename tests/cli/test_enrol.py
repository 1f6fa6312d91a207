"""``unmask enrol`` and ``unmask check --profile`` as a user meets them."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.cli.program import rows, unmask
from unmask.engine import choose_with_models, engine_of
from unmask.enrolment import Enrolment, Examined
from unmask.examine import Progress
from unmask.settings import Settings
from unmask.verdict.profile import Kind, Population, Profile, ProfileFile, write_profile

ODDS = np.random.default_rng(5).normal(0.0, 0.5, 24).tolist()


def found_before(path: Path, on_progress: Progress | None) -> Examined:
    """What an earlier run found; drawn, since examining takes long."""
    del on_progress
    return Examined("video", ODDS[int(path.stem)], "")


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files whose odds an earlier run has kept, among them one that is no film."""
    place = tmp_path_factory.mktemp("enrol")
    (place / "films").mkdir()
    earlier = Enrolment.begun(place / "work", Settings(), found_before)
    for number in range(len(ODDS)):
        path = place / "films" / f"{number:02}.mp4"
        path.write_bytes(f"film {number}".encode())
        earlier.take(path, path.name)
    (place / "films" / "torn.mp4").write_bytes(b"no film")
    return place


def test_clips_become_a_profile_and_a_broken_one_is_a_row(films: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.json"
    done = unmask("enrol", "films", "--work", "work", "--out", out, "--name", "newsroom", cwd=films)
    assert done.returncode == 3, done.stderr
    left_out, stated = done.stdout.splitlines()
    assert left_out.startswith("Left out: films/torn.mp4: 'torn.mp4' is no video")
    assert stated.startswith("24 films: one is called manipulated above a probability of 0.")
    assert "at most 11.7\xa0% of such real films are (95\xa0%)" in stated
    told = json.loads(out.read_text(encoding="utf-8"))
    assert told["name"] == "newsroom"
    assert told["populations"]["video"]["threshold"]["odds"] == max(ODDS)
    assert len(done.stderr.splitlines()) == 26


def test_in_json_it_is_one_object_with_every_clip(films: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.json"
    (row,) = rows(unmask("enrol", "films", "--work", "work", "--out", out, "--json", "-q", cwd=films))
    assert {"file", "sha256", "name", "made", "populations", "clips", "error"} < set(row)
    assert (row["file"], row["name"], row["error"]) == (str(out), "films", None)
    assert [one["error"] for one in row["clips"]] == [None] * 24 + ["not-media"]
    assert [one["odds"] for one in row["clips"][:24]] == ODDS


def test_too_few_clips_are_refused_and_still_tell_what_was_wrong(films: Path, tmp_path: Path) -> None:
    asked = (
        "enrol",
        "films/00.mp4",
        "films/01.mp4",
        "films/torn.mp4",
        "--work",
        "work",
        "--out",
        tmp_path / "own.json",
    )
    done = unmask(*asked, "-q", cwd=films)
    assert done.returncode == 2
    assert done.stdout.startswith("Left out: films/torn.mp4")
    assert done.stderr.startswith("2 films and 0 pictures could be judged")
    assert "20 clips bound false alarms at 13.9 %, 30 at 9.5 %, 60 at 4.9 %" in done.stderr
    (row,) = rows(unmask(*asked, "-q", "--json", cwd=films))
    assert (row["file"], row["error"]["code"], len(row["clips"])) == (None, "usage", 3)
    assert not (tmp_path / "own.json").exists()


def test_a_place_that_cannot_be_written_is_said(films: Path) -> None:
    done = unmask("enrol", "films", "--work", "work", "--out", "nowhere/own.json", "-q", cwd=films)
    assert done.returncode == 3
    assert "'own.json' cannot be written" in done.stderr


def own_profile(path: Path, video: Sequence[float] = (), image: Sequence[float] = ()) -> ProfileFile:
    """A profile of this very engine, its clips drawn."""
    engine = engine_of(choose_with_models(None, Settings()).detectors, Settings())
    given: dict[Kind, Sequence[float]] = {"video": video, "image": image}
    populations = {kind: Population.of(odds, 0.15, 0.95) for kind, odds in given.items() if odds}
    profile = Profile(
        1, "newsroom", "2026", engine.version, dict(engine.weights), engine.detectors, 0.15, 0.95, populations
    )
    return write_profile(profile, path)


def test_a_verdict_by_a_profile_names_it_in_text_json_and_page(made_clip: Path, tmp_path: Path) -> None:
    own = own_profile(tmp_path / "own.json", video=[-1.0] * 59 + [0.5, 0.6, 9.0, 9.0, 9.0])
    done = unmask("check", "--profile", own.path, "--report", tmp_path / "out", "-q", made_clip)
    sentence = (
        "Judged by the profile 'newsroom': 64 films of its own, threshold 0.62, at most 13.7\xa0% false alarms (95\xa0%); "
        "3 of its 64 films look at least as suspicious."
    )
    assert "MANIPULATED" in done.stdout
    assert " ".join(sentence.split()) in " ".join(done.stdout.split())
    (html,) = (path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("made*.html"))
    assert "64 films of its own, threshold 0.62" in html
    assert f"--profile {own.path}" in html
    (row,) = rows(unmask("check", "--json", "-q", made_clip, UNMASK_PROFILE=str(own.path)))
    assert row["profile"] == {
        "name": "newsroom",
        "sha256": own.sha256,
        "clips": 64,
        "threshold": 0.6225,
        "false_alarms_at_most": pytest.approx(0.137, abs=0.001),
        "confidence": 0.95,
        "p_value": pytest.approx(4 / 65, abs=1e-4),
    }
    assert row["engine"]["settings"]["threshold"] == pytest.approx(0.6225, abs=1e-3)


def test_what_own_real_films_look_like_is_not_called_manipulated(made_clip: Path, tmp_path: Path) -> None:
    own = own_profile(tmp_path / "own.json", video=[8.5] * 40)
    (row,) = rows(unmask("check", "--json", "-q", "--profile", own.path, made_clip))
    assert (row["verdict"], row["profile"]["p_value"]) == ("cannot-tell", 1.0)


def test_a_kind_that_was_not_enrolled_is_judged_as_usual_and_that_is_said(made_clip: Path, tmp_path: Path) -> None:
    own = own_profile(tmp_path / "own.json", image=[8.5] * 40, video=[8.5] * 3)
    (row,) = rows(unmask("check", "--json", "-q", "--profile", own.path, made_clip))
    assert (row["verdict"], row["engine"]["settings"]["threshold"]) == ("manipulated", 0.8)
    assert row["profile"]["threshold"] is row["profile"]["p_value"] is None
    assert row["profile"]["clips"] == 3
    told = unmask("check", "-q", "--profile", own.path, made_clip).stdout
    assert "The profile 'newsroom' holds too few films to judge a film by (3); the usual threshold of 0.8 held." in told


def test_a_threshold_takes_the_place_of_the_settings_profile(short_clip: Path, tmp_path: Path) -> None:
    own = own_profile(tmp_path / "own.json", video=[8.5] * 40)
    (row,) = rows(unmask("check", "--json", "-q", "--threshold", "0.7", short_clip, UNMASK_PROFILE=str(own.path)))
    assert row["profile"] is None
    assert (row["engine"]["settings"]["threshold"], row["engine"]["settings"]["profile"]) == (0.7, None)


def test_a_profile_that_does_not_fit_ends_the_run_before_the_first_film(tmp_path: Path) -> None:
    own = own_profile(tmp_path / "own.json", video=[0.0] * 40)
    older = tmp_path / "older.json"
    older.write_text(own.path.read_text(encoding="utf-8").replace('"version": "', '"version": "0.0.'), encoding="utf-8")
    for arguments, told in (
        (("--profile", own.path, "--threshold", "0.9"), "are both given; leave one out."),
        (("--profile", older), "enrol again: unmask enrol FOLDER --out 'older.json'."),
    ):
        done = unmask("check", *arguments, "absent.mp4")
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr
