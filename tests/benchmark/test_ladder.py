"""The ladder on drawn rooms: both of a pair on every rung, kept from run to run, and figures that follow the answers."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.benchmark.told import told
from tests.datasets.drawn import room, swapped, write_film
from unmask.benchmark import ladder as ladder_module
from unmask.benchmark.attacks import Coding
from unmask.benchmark.clips import ClipRow
from unmask.benchmark.ladder import Ladder, Step, climb, ladder_of, put_on
from unmask.benchmark.ladder_figures import LadderRow, ladder_rows
from unmask.benchmark.ladder_section import ladder_origin, ladder_suite
from unmask.benchmark.rungs import AS_IT_IS, QUICK, RUNGS, Rung
from unmask.benchmark.truth import films_in
from unmask.errors import UsageError
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.report.as_json import json_line
from unmask.settings import Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "films"
    for index, name in enumerate(("anna_0", "ben_0", "carl_0")):
        write_film(place / f"{name}_real.mp4", room(index))
        write_film(place / f"{name}_fake.mp4", swapped(room(index)))
    write_film(place / "dora_0_real.mp4", room(9))
    return place


def quick(folder: Path, work: Path) -> Ladder:
    return ladder_of(films_in(folder, ()), folder, work, only=["file"], quick=True)


def test_both_of_a_pair_go_through_every_rung_and_a_lone_film_through_none(folder: Path, tmp_path: Path) -> None:
    whole = ladder_of(films_in(folder, ()), folder, tmp_path / "work", only=None, quick=False)
    assert {film.pair for film in whole.films} == {"anna_0", "ben_0", "carl_0"}
    assert len(whole.steps) == 6 * len(RUNGS)


def test_quick_takes_two_pairs_and_three_rungs(folder: Path, tmp_path: Path) -> None:
    taken = quick(folder, tmp_path / "work")
    assert {film.pair for film in taken.films} == {"anna_0", "ben_0"}
    assert taken.rungs == QUICK


def test_an_interrupted_run_goes_on_where_it_was(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = quick(folder, tmp_path / "work")
    running = climb(taken, Settings())
    first = [next(running) for _ in range(5)]
    running.close()
    done: list[str] = []
    fresh = ladder_module.checked

    def counted(step: Step, settings: Settings, only: Sequence[str] | None) -> ClipRow:
        done.append(step.film.name)
        return fresh(step, settings, only)

    monkeypatch.setattr(ladder_module, "checked", counted)
    second = list(climb(taken, Settings()))
    assert len(done) == len(taken.steps) - 5
    assert second[:5] == first
    assert all(one.row.error is None and one.row.person in {"anna", "ben"} for one in second)


def test_another_detector_is_measured_anew(folder: Path, tmp_path: Path) -> None:
    taken = replace(quick(folder, tmp_path / "work"), rungs=(AS_IT_IS,))
    list(climb(taken, Settings()))
    other = list(climb(replace(taken, only=("credentials",)), Settings()))
    assert all("file" not in one.row.fakes and "credentials" in one.row.fakes for one in other)


def test_a_folder_without_a_pair_is_refused(tmp_path: Path) -> None:
    write_film(tmp_path / "x.mp4", room(0))
    with pytest.raises(UsageError, match="has its pair"):
        quick(tmp_path, tmp_path / "work")


def test_an_unknown_detector_is_refused_before_the_first_film(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean 'pulse'"):
        ladder_of(films_in(folder, ()), folder, tmp_path / "work", only=["puls"], quick=True)


@pytest.mark.parametrize("rung", RUNGS, ids=lambda rung: rung.name)
def test_a_rung_leaves_a_film_that_lasts_as_long(rung: Rung, tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", room(1))
    left = probe(put_on(rung, film, tmp_path / "left.mp4", Settings(), cut=False), Settings())
    assert left.video is not None
    assert left.video.frames == (5 if rung.every == 2 else 10)
    assert left.duration_seconds == pytest.approx(0.4, abs=0.05)


def test_a_film_that_stays_as_it_is_is_the_same_file_and_a_long_one_is_cut(tmp_path: Path) -> None:
    short, long = write_film(tmp_path / "short.mp4", room(1)), tmp_path / "long.mp4"
    write_video(long, [room(2)] * 55, 5.0, preset="ultrafast")
    assert put_on(AS_IT_IS, short, tmp_path / "left.mp4", Settings(), cut=False) == short
    cut = probe(put_on(AS_IT_IS, long, tmp_path / "left.mp4", Settings(), cut=True), Settings())
    assert cut.duration_seconds == pytest.approx(10.0, abs=0.3)


def test_a_pair_of_which_one_film_is_too_long_is_coded_anew_as_a_whole(tmp_path: Path) -> None:
    place = tmp_path / "films"
    write_film(place / "anna_0_fake.mp4", room(1))
    write_film(place / "ben_0_fake.mp4", room(3))
    write_film(place / "ben_0_real.mp4", room(4))
    write_video(place / "anna_0_real.mp4", [room(2)] * 55, 5.0, preset="ultrafast")
    taken = replace(quick(place, tmp_path / "work"), rungs=(AS_IT_IS,))
    sizes = {one.row.file: one.row.facts["size_bytes"] for one in climb(taken, Settings())}
    untouched = {name for name, size in sizes.items() if size == (place / name).stat().st_size}
    assert untouched == {"ben_0_fake.mp4", "ben_0_real.mp4"}


def test_a_film_that_begins_late_is_coded_from_zero(tmp_path: Path) -> None:
    film = tmp_path / "late.mp4"
    write_video(film, [room(1)] * 6, 25.0, times=[0.5 + index / 25 for index in range(6)], preset="ultrafast")
    left = put_on(RUNGS[1], film, tmp_path / "left.mp4", Settings(), cut=False)
    with open_frames(left, probe(left, Settings()), Settings()) as frames:
        assert next(iter(frames)).seconds == 0.0


def test_a_visible_label_is_painted_over_before_a_film_is_coded(tmp_path: Path) -> None:
    film, box = write_film(tmp_path / "film.mp4", room(1)), (16, 16, 48, 32)
    pictures = []
    for blank in (None, box):
        left = put_on(RUNGS[1], film, tmp_path / "left.mp4", Settings(), cut=False, blank=blank)
        with open_frames(left, probe(left, Settings()), Settings()) as frames:
            pictures.append(next(iter(frames)).image[20:28, 20:44].astype(float))
    whole, painted = pictures
    assert whole.std() > painted.std()
    assert abs(painted.mean() - 128) < 3


def answers(*, coded: bool) -> list[ClipRow]:
    """Seven people's pairs; a detector that is right until films are coded hard, and one that then abstains."""
    rng, rows = np.random.default_rng(1), []
    for person in "abcdefg":
        for side, made in (("fake", True), ("real", False)):
            said = rng.uniform(0.85, 0.95) if made else rng.uniform(0.05, 0.1)
            fakes = {"frail": rng.uniform() if coded else said, "shy": None if coded else said, "verdict": said}
            codes = {"shy": "too-compressed"} if coded else {}
            word = "manipulated" if made or (coded and person == "a") else "no-sign"
            rows.append(ClipRow(f"{person}_0_{side}.mp4", word, fakes, codes))  # type: ignore[arg-type]
    return told(rows)


def test_figures_tell_who_answered_who_was_right_and_who_was_accused() -> None:
    plain = {row.detector: row for row in ladder_rows("as it is", answers(coded=False), 0)}
    hard = {row.detector: row for row in ladder_rows("H.264 CRF 40", answers(coded=True), 0)}
    assert (plain["frail"].share, plain["frail"].area, plain["frail"].risk) == (1.0, 1.0, 0.0)
    assert 0.1 < (hard["frail"].risk or 0.0) < 0.9
    assert (hard["shy"].answered, hard["shy"].abstained, hard["shy"].share) == (0, {"too-compressed": 14}, None)
    assert (hard["shy"].coverage, plain["shy"].coverage) == (0.0, 1.0)
    assert (plain["verdict"].false_alarms, hard["verdict"].false_alarms, hard["verdict"].originals) == (0, 1, 7)
    assert (plain["frail"].false_alarms, plain["frail"].originals) == (0, 7)


def test_files_that_tell_the_fakes_rank_nothing() -> None:
    sizes = {"fake": 2e6, "real": 1e6}
    rows = [replace(row, facts={"size_bytes": sizes[row.side or ""]}) for row in answers(coded=False)]
    leaking: list[LadderRow] = list(ladder_rows("as it is", rows, 0))
    assert all(row.leak and row.share is row.area is row.risk is None for row in leaking)
    assert leaking[0].false_alarms == 0


def test_the_table_has_a_row_a_rung_and_detector_and_names_no_film(folder: Path, tmp_path: Path) -> None:
    none = Rung("H.267 CRF 1", Coding("libx267", 1))
    taken = replace(quick(folder, tmp_path / "work"), rungs=(AS_IT_IS, none))
    climbed = list(climb(taken, Settings()))
    result = ladder_suite(folder, taken, climbed, ladder_origin(folder, taken))
    text = "\n".join(result.section.lines)
    assert "| H.267 CRF 1 | not measured: no encoder libx267 |" in text
    assert "anna" not in text
    assert "Never answered, on any rung: file, verdict." in text
    plain = [json.loads(json_line(row)) for row in result.rows]
    kinds = [row["kind"] for row in plain]
    assert list(dict.fromkeys(kinds)) == ["clip", "ladder", "missing-encoder", "origin"]
    assert next(row for row in plain if row["kind"] == "ladder")["rung"] == "as it is"
