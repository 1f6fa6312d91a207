import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.puppet import Puppet, Stage, picture_of
from unmask.enrolment import Enrolment, Examined, examine
from unmask.errors import BrokenMedia, OutputError, UsageError
from unmask.examine import Progress
from unmask.media.encode import write_video
from unmask.media.image import write_image
from unmask.settings import Settings
from unmask.signals.exceedance import upper_bound
from unmask.verdict.profile import read_profile, write_profile

ODDS = np.random.default_rng(3).normal(0.5, 1.0, 40).tolist()
MADE = "2026-01-02T03:04:05+00:00"
Films = Callable[[int], list[Path]]


class Examiner:
    """Stands for the whole program: a file tells its own odds, and whoever asks is counted."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, path: Path, on_progress: Progress | None) -> Examined:
        self.asked.append(path.name)
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["kind"] == "broken":
            raise BrokenMedia(f"'{path.name}' is damaged beyond use; get it anew.")
        if on_progress is not None:
            on_progress(1.0, 1.0)
        looks = None if told["looks"] is None else tuple(told["looks"])
        return Examined(told["kind"], told["odds"], "Cannot tell: no face was seen.", looks)


@pytest.fixture
def films(tmp_path: Path) -> Films:
    """Files that stand for so many films."""

    def of(number: int) -> list[Path]:
        return [film(tmp_path / f"{place}.mp4", odds=ODDS[place]) for place in range(number)]

    return of


def film(path: Path, kind: str = "video", odds: float | None = 0.0, looks: tuple[float, ...] | None = None) -> Path:
    path.write_text(json.dumps({"kind": kind, "odds": odds, "looks": looks, "name": path.name}), encoding="utf-8")
    return path


def begun(tmp_path: Path, examiner: Examiner | None = None, settings: Settings | None = None) -> Enrolment:
    return Enrolment.begun(tmp_path / "work", settings or Settings(), examiner or Examiner())


def enrolled(tmp_path: Path, paths: list[Path], examiner: Examiner | None = None) -> Enrolment:
    found = begun(tmp_path, examiner)
    for path in paths:
        found.take(path, path.name)
    return found


def test_the_clips_become_a_profile(tmp_path: Path, films: Films) -> None:
    profile = enrolled(tmp_path, films(40)).profile("newsroom", MADE)
    (kind, population), *others = profile.populations.items()
    assert (kind, others, population.clips) == ("video", [], 40)
    assert list(population.odds) == sorted(ODDS)
    assert population.threshold is not None
    assert population.threshold.at_most == upper_bound(population.threshold.above, 40) <= 0.15
    assert "seam" in profile.detectors
    assert "mean_face" in profile.weights
    assert read_profile(write_profile(profile, tmp_path / "own.json").path).profile == profile


def test_a_broken_film_is_a_row_that_says_why_and_loses_nothing_else(tmp_path: Path, films: Films) -> None:
    paths = films(20)
    found = enrolled(tmp_path, [*paths[:7], film(tmp_path / "torn.mp4", "broken"), *paths[7:]])
    (torn,) = (row for row in found.rows if row.error)
    assert (torn.file, torn.error, torn.odds) == ("torn.mp4", "broken", None)
    assert "damaged beyond use" in (torn.left_out or "")
    assert found.profile("newsroom", MADE).populations["video"].clips == 20


def test_what_is_not_there_or_empty_is_a_row_as_well(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    found = enrolled(tmp_path, [tmp_path / "absent.mp4", tmp_path / "empty.mp4"])
    assert [row.error for row in found.rows] == ["unreadable", "not-media"]


@pytest.mark.parametrize("rate", [0.15, 0.5])
def test_three_clips_are_refused_with_what_so_many_would_bound(tmp_path: Path, films: Films, rate: float) -> None:
    found = enrolled(tmp_path, films(3))
    with pytest.raises(UsageError) as caught:
        found.profile("newsroom", MADE, rate)
    told = str(caught.value)
    assert "3 films and 0 pictures could be judged" in told
    assert "take 20 of one kind or more" in told
    for clips in (20, 30, 60, 100, 200):
        assert f"{clips}" in told
        assert f"{100 * upper_bound(0, clips):.1f} %" in told
    assert "--false-alarms" in told


def test_a_rate_that_the_clips_cannot_give_is_refused_with_how_many_could(tmp_path: Path, films: Films) -> None:
    found = enrolled(tmp_path, films(40))
    with pytest.raises(UsageError, match=r"40 films .* 5 % false alarms at most take 59 of one kind"):
        found.profile("newsroom", MADE, 0.05)
    assert found.profile("newsroom", MADE, 0.1).populations["video"].threshold is not None


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, float("nan")])
def test_a_rate_that_makes_no_sense_is_refused(tmp_path: Path, films: Films, rate: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        enrolled(tmp_path, films(20)).profile("newsroom", MADE, rate)


def test_the_same_bytes_count_once(tmp_path: Path, films: Films) -> None:
    paths, examiner = films(20), Examiner()
    (tmp_path / "copy.mp4").write_bytes(paths[4].read_bytes())
    found = enrolled(tmp_path, [*paths, tmp_path / "copy.mp4"], examiner)
    assert "'4.mp4', byte for byte" in (found.rows[-1].left_out or "")
    assert "copy.mp4" not in examiner.asked
    assert found.profile("newsroom", MADE).populations["video"].clips == 20


def test_the_same_looks_count_once_and_only_among_their_own_kind(tmp_path: Path) -> None:
    seen, near, other = (1.0, 0.0), (0.999, 0.04), (0.0, 1.0)
    paths = [
        film(tmp_path / "a.mp4", looks=seen),
        film(tmp_path / "b.mp4", looks=near),
        film(tmp_path / "c.mp4", looks=other),
        film(tmp_path / "d.png", "image", looks=seen),
        film(tmp_path / "e.mp4"),
    ]
    rows = enrolled(tmp_path, paths).rows
    assert [row.left_out is None for row in rows] == [True, False, True, True, True]
    assert "looks like 'a.mp4'" in (rows[1].left_out or "")


def test_what_could_not_be_judged_and_sounds_are_left_out_with_a_reason(tmp_path: Path, films: Films) -> None:
    paths = [film(tmp_path / "empty room.mp4", odds=None), film(tmp_path / "call.wav", "audio", 3.0), *films(20)]
    found = enrolled(tmp_path, paths)
    assert [row.left_out for row in found.rows[:2]] == [
        "Cannot tell: no face was seen.",
        "It is a sound file; films and stills are enrolled.",
    ]
    assert not any(row.error for row in found.rows)
    assert found.profile("newsroom", MADE).populations["video"].clips == 20


def test_films_and_stills_have_thresholds_of_their_own(tmp_path: Path, films: Films) -> None:
    stills = [film(tmp_path / f"{place}.png", "image", ODDS[place] + 2.0) for place in range(20)]
    few = [film(tmp_path / f"{place}.jpg", "image", 5.0) for place in range(3)]
    profile = enrolled(tmp_path, [*films(20), *stills]).profile("newsroom", MADE)
    of_films, of_stills = (profile.populations[kind].threshold for kind in ("video", "image"))
    assert of_films is not None
    assert of_stills is not None
    assert of_stills.odds == pytest.approx(of_films.odds + 2.0)
    lacking = enrolled(tmp_path, [*films(20), *few]).profile("newsroom", MADE).populations["image"]
    assert (lacking.clips, lacking.threshold) == (3, None)


def test_a_broken_run_goes_on_where_it_was(tmp_path: Path, films: Films) -> None:
    paths, first, second = films(20), Examiner(), Examiner()
    enrolled(tmp_path, paths[:12], first)
    whole = enrolled(tmp_path, paths, second)
    assert (len(first.asked), len(second.asked)) == (12, 8)
    assert whole.profile("newsroom", MADE) == enrolled(tmp_path, paths).profile("newsroom", MADE)


def test_what_another_engine_found_is_not_taken_over(tmp_path: Path, films: Films) -> None:
    paths, again = films(3), Examiner()
    enrolled(tmp_path, paths)
    other = begun(tmp_path, again, Settings(max_people=1))
    other.take(paths[0], "0.mp4")
    newer = begun(tmp_path, again)
    newer.engine = replace(newer.engine, version="9.9.9")
    newer.take(paths[0], "0.mp4")
    assert again.asked == ["0.mp4", "0.mp4"]


@pytest.mark.parametrize("content", ["", "{", "null", '{"kind": "video", "odds": NaN, "sentence": "", "looks": null}'])
def test_a_torn_or_tampered_note_is_made_anew(tmp_path: Path, films: Films, content: str) -> None:
    paths, again = films(1), Examiner()
    enrolled(tmp_path, paths)
    (note,) = (tmp_path / "work").iterdir()
    note.write_text(content, encoding="utf-8")
    assert enrolled(tmp_path, paths, again).rows[0].odds == ODDS[0]
    assert again.asked == ["0.mp4"]


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "work").touch()
    with pytest.raises(OutputError, match="'work' cannot be made"):
        begun(tmp_path)


def test_examining_a_drawn_film_and_still_gives_odds_and_looks(tmp_path: Path) -> None:
    picture = picture_of(Stage())
    write_image(tmp_path / "still.png", picture)
    write_video(tmp_path / "film.mp4", [picture] * 12, 25.0, preset="veryfast")
    film_found, still = (examine(tmp_path / name, None, Settings()) for name in ("film.mp4", "still.png"))
    assert (film_found.kind, still.kind) == ("video", "image")
    assert still.odds is not None
    assert film_found.looks is not None
    assert still.looks is not None
    assert np.dot(film_found.looks, still.looks) > 0.99


def test_a_profile_in_the_settings_plays_no_part_in_an_enrolment(tmp_path: Path) -> None:
    write_image(tmp_path / "still.png", picture_of(Stage(puppets=(Puppet(tone=2),))))
    found = Enrolment.begun(tmp_path / "work", Settings(profile=tmp_path / "absent.json"))
    assert found.take(tmp_path / "still.png", "still.png").odds is not None
