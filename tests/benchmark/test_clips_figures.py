"""What the suite ``clips`` says of drawn detectors: null tests first, rankings only where the files are silent."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.benchmark.told import told
from unmask.benchmark import statistics
from unmask.benchmark.clips import ClipRow, facts_of, rankings
from unmask.benchmark.clips_detection import Detection, detections, risks
from unmask.benchmark.clips_nulls import facts_null, nulls_of
from unmask.benchmark.clips_section import clips_origin, clips_suite
from unmask.benchmark.suite import SuiteResult
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.report.as_json import json_line
from unmask.settings import Settings

PEOPLE = 9
DETECTORS = ("perfect", "reversed", "constant", "random", "verdict")


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intervals from fewer draws, so that the tests are quick."""
    monkeypatch.setattr(statistics, "BOOTSTRAP_DRAWS", 100)


def folder_of(
    *,
    leak: float = 0.0,
    people: int = PEOPLE,
    abstaining: bool = False,
    verdict: str = "cannot-tell",
    facts: bool = True,
) -> list[ClipRow]:
    """Two pairs of each person; fakes are larger by this share of the size, and sizes differ widely between pairs."""
    rng, rows = np.random.default_rng(0), []
    for pair in range(2 * people):
        size, abstains = rng.uniform(1e5, 1e7), abstaining and pair % 2 == 0
        for side, made in (("fake", True), ("real", False)):
            said = {"perfect": 0.9 if made else 0.1, "reversed": 0.1 if made else 0.9, "constant": 0.5}
            answers = {**said, "random": rng.uniform(0.2, 0.8), "verdict": said["perfect"]}
            larger = size * (1 + (leak if made else 0.0) + rng.normal(0, 0.01))
            known = {"size_bytes": larger, "frames": 300.0 + pair, "width": 640.0} if facts else {}
            rows.append(
                ClipRow(
                    f"person{pair // 2}_{pair % 2}_{side}.mp4",
                    verdict,  # type: ignore[arg-type]
                    {name: None if abstains else answers[name] for name in DETECTORS},
                    dict.fromkeys(DETECTORS, "too-short") if abstains else {},
                    1.0,
                    1.0,
                    facts=known,
                )
            )
    return told(rows)


def suite(folder: Path, rows: list[ClipRow]) -> SuiteResult:
    return clips_suite(folder, rows, clips_origin(folder, []))


def figures(rows: list[ClipRow]) -> dict[str, Detection]:
    return {one.detector: one for one in detections(rows, 0)}


def test_null_tests_come_first_and_read_one_half_where_files_are_silent(tmp_path: Path) -> None:
    rows = folder_of()
    nulls = nulls_of(rows, 0)
    assert nulls.facts is not None
    assert not nulls.leak
    assert (nulls.facts.films, nulls.facts.pairs, nulls.facts.people) == (36, 18, 9)
    assert all(abs(one.mean - 0.5) < 0.02 for one in nulls.swapped)
    lines = suite(tmp_path, rows).section.lines
    assert lines[0] == "Null tests, which must read 0.50:"
    assert not any(line.startswith("LEAK") for line in lines)
    assert any(line.startswith("| perfect ") and "1.00 (1.00–1.00)" in line for line in lines)
    assert any(line.startswith("Backgrounds alone were not measured") for line in lines)
    assert not any(one == other == "" for one, other in pairwise(lines))


def test_a_leak_by_file_size_is_named_and_hides_the_rankings_but_not_the_verdicts(tmp_path: Path) -> None:
    result = suite(tmp_path, folder_of(leak=0.1))
    text = "\n".join(result.section.lines)
    assert result.section.lines[0].startswith("LEAK: ")
    assert "size in bytes" in result.section.lines[0]
    assert "are not published" in text
    assert "| fakes     | 18 " in text
    for hidden in ("fake above its original | exact", "EER", "Cllr", "area under the curve", "true labels"):
        assert hidden not in text
    assert result.section.look == "0 of 18 fakes manipulated, 0 of 18 originals manipulated; leak by file facts"
    plain = [json.loads(json_line(row)) for row in result.rows]
    assert {"clip", "null", "verdicts", "bin", "origin"} == {row["kind"] for row in plain}
    assert [row["leak"] for row in plain if row.get("null") == "file-facts"] == [True]
    assert all(row["observed"] is None for row in plain if row.get("null") == "swapped-labels")


def test_a_leak_in_films_without_pairs_is_noticed() -> None:
    rng = np.random.default_rng(1)
    rows = [
        ClipRow(f"{name}_{side}.mp4", "no-sign", {}, {}, facts={"size_bytes": size * rng.uniform(0.9, 1.1)})
        for side, size, names in (("fake", 3e6, "abcdefgh"), ("real", 1e6, "ijklmnop"))
        for name in names
    ]
    found = facts_null(told(rows), 0)
    assert found is not None
    assert (found.pairs, found.share) == (0, None)
    assert found.leak


def test_a_share_below_one_half_is_no_leak() -> None:
    """Half of the people's fakes are larger and half smaller, so that the others always teach the contrary."""
    rows = [
        ClipRow(
            f"{name}_0_{side}.mp4",
            "no-sign",
            {},
            {},
            facts={"size_bytes": 1e6 if side == "real" else 1e6 * (1.1 if k % 2 else 0.9)},
        )
        for k, name in enumerate("abcdefgh")
        for side in ("fake", "real")
    ]
    found = facts_null(told(rows), 0)
    assert found is not None
    assert found.share_by_person is not None
    assert found.share_of_coins is not None
    assert found.share_by_person[1] < 0.5
    assert found.share_of_coins[0] <= (found.share or 0.0)
    assert not found.leak


@pytest.mark.parametrize("rows", [folder_of(people=3, leak=0.1), folder_of(facts=False)])
def test_facts_of_few_people_or_none_are_said_to_be_unmeasured(tmp_path: Path, rows: list[ClipRow]) -> None:
    result = suite(tmp_path, rows)
    assert any("File facts alone were not measured" in line for line in result.section.lines)
    assert {"kind": "null", "null": "file-facts", "leak": None} in result.rows


def test_perfect_reversed_and_constant_detectors_are_told_apart() -> None:
    found = figures(folder_of())
    value = {name: {figure: one.value for figure, one in detected.figures.items()} for name, detected in found.items()}
    assert (value["perfect"]["equal_error_rate"], value["reversed"]["equal_error_rate"]) == (0.0, 1.0)
    assert (value["constant"]["equal_error_rate"], value["constant"]["average_precision"]) == (0.5, 0.5)
    assert value["constant"]["cllr_bits"] == pytest.approx(1.0)
    assert value["constant"]["calibration_error"] == 0.0
    assert (value["reversed"]["cllr_bits"] or 0) > 1 > (value["perfect"]["cllr_bits"] or 2)
    assert value["perfect"]["caught_at_1_percent"] is None
    interval = found["random"].figures["equal_error_rate"].by_person
    assert interval is not None
    assert interval[0] < 0.5 < interval[1]


def test_figures_are_those_of_the_days_when_names_alone_told_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Computed once by the rule that this suite had before it read data sets."""
    monkeypatch.setattr(statistics, "BOOTSTRAP_DRAWS", 2000)
    rows = folder_of()
    ranked = next(one for one in rankings(rows, 5) if one.detector == "random")
    assert ranked.share == 0.5
    assert ranked.by_person == pytest.approx((5 / 18, 13 / 18))
    assert ranked.area == pytest.approx(25 / 54)
    assert ranked.area_by_person == pytest.approx((0.31473765, 0.59259259))
    nulls = nulls_of(rows, 5)
    swapped = next(one for one in nulls.swapped if one.detector == "random")
    assert swapped.mean == pytest.approx(0.4988611111)
    assert swapped.p_by_pair == 1.0
    halves = next(one for one in nulls.halves if one.detector == "random")
    assert halves.distance == pytest.approx(0.15613125)
    assert halves.range == pytest.approx((0.1125, 0.85))
    assert nulls.facts is not None
    assert nulls.facts.share_by_person == pytest.approx((1 / 9, 13 / 18))
    assert nulls.facts.area_by_person == pytest.approx((0.43518519, 0.55246914))


def test_the_verdict_comes_last() -> None:
    assert list(figures(folder_of()))[-1] == "verdict"


def test_one_percent_is_measured_from_a_hundred_originals(tmp_path: Path) -> None:
    rows = folder_of(people=50)
    caught = figures(rows)["perfect"].figures
    assert caught["caught_at_1_percent"].value == 1.0
    assert caught["caught_at_0.1_percent"].value is None
    assert "not measurable" in "\n".join(suite(tmp_path, folder_of(people=5)).section.lines)


def test_a_detector_that_abstains_half_of_the_time_covers_half() -> None:
    rows = folder_of(abstaining=True)
    perfect = figures(rows)["perfect"]
    assert (perfect.answered_fakes, perfect.fakes) == (9, 18)
    assert perfect.figures["coverage_real"].value == 0.5
    assert perfect.figures["equal_error_rate"].value == 0.0
    by_word, by_probability = risks(rows, 0)
    assert by_probability.answered == 18
    assert by_probability.risk.value == 0.0
    assert by_probability.coverage.value == 0.5
    assert 0 < (by_probability.area.value or 0) < 0.5
    assert (by_word.answered, by_word.risk.value, by_word.area.value) == (0, None, 0.5)


def test_a_word_that_accuses_everyone_is_wrong_in_half() -> None:
    by_word, _ = risks(folder_of(verdict="manipulated"), 0)
    assert (by_word.answered, by_word.risk.value, by_word.coverage.value) == (36, 0.5, 0.0)


def test_films_that_were_not_analysed_count_against_coverage() -> None:
    broken = [ClipRow(f"broken{k}_0_fake.mp4", None, {}, {}, error="It is damaged.") for k in range(18)]
    perfect = figures(told([*folder_of(), *broken]))["perfect"]
    assert perfect.figures["coverage_fake"].value == 0.5


def test_films_of_one_person_are_no_independent_witnesses() -> None:
    rng = np.random.default_rng(2)
    said = {(name, side): rng.uniform(0.2, 0.8) for name in "abcdef" for side in ("fake", "real")}

    def width(parting: str) -> float:
        rows = [
            ClipRow(f"{name}{parting}{k}_{side}.mp4", "cannot-tell", {"seam": answer}, {})
            for (name, side), answer in said.items()
            for k in range(8)
        ]
        low, high = figures(told(rows))["seam"].figures["brier"].by_person or (0.0, 0.0)
        return high - low

    assert width("_") > 1.5 * width("-") > 0


def test_one_person_gives_no_interval() -> None:
    one = folder_of(people=1)
    assert all(figure.by_person is None for detected in detections(one, 0) for figure in detected.figures.values())


def test_a_folder_whose_names_tell_nothing_has_no_null_and_says_so(tmp_path: Path) -> None:
    result = suite(tmp_path, [ClipRow("x.mp4", "no-sign", {"seam": 0.2}, {})])
    assert {row["kind"] for row in result.rows} == {"clip", "verdicts", "origin"}
    assert any(
        "null tests, rankings and figures of detection were not measured" in line for line in result.section.lines
    )


def test_new_rows_are_json(tmp_path: Path) -> None:
    plain = [json.loads(json_line(row)) for row in suite(tmp_path, folder_of(abstaining=True)).rows]
    kinds = list(dict.fromkeys(row["kind"] for row in plain))
    assert kinds == ["clip", "null", "verdicts", "bin", "ranking", "detection", "risk", "origin"]
    found = next(row for row in plain if row["kind"] == "detection" and row["detector"] == "perfect")
    assert found["figures"]["equal_error_rate"]["value"] == 0.0
    assert plain[0]["facts"]["width"] == 640.0


def test_facts_are_those_of_the_file(tmp_path: Path) -> None:
    film = tmp_path / "grey.mp4"
    write_video(film, [np.full((96, 128, 3), 90 + k, np.uint8) for k in range(12)], 25.0)
    facts = facts_of(probe(film, Settings()))
    assert facts["size_bytes"] == film.stat().st_size
    assert (facts["width"], facts["height"], facts["frames"]) == (128.0, 96.0, 12.0)
    assert facts["frame_rate"] == pytest.approx(25.0)
    assert facts["bits_per_pixel"] == pytest.approx(facts["bit_rate"] / 25 / (128 * 96), rel=0.01)
