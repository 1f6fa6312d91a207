import json
from pathlib import Path

import numpy as np
import pytest

from unmask.benchmark.clips import ClipRow, alarms, clip_row, paired, person_of, rankings
from unmask.benchmark.clips_section import clips_origin, clips_suite
from unmask.benchmark.origin import joined_sha256
from unmask.media.encode import write_video
from unmask.report.as_json import json_line
from unmask.settings import Settings


def row(file: str, seam: float | None, verdict: str = "cannot-tell") -> ClipRow:
    code = {} if seam is not None else {"seam": "too-short"}
    return ClipRow(file, verdict, {"seam": seam, "verdict": seam}, code, 1.0, 1.0)  # type: ignore[arg-type]


PAIRS = [
    row("anna_0_fake.mp4", 0.6),
    row("anna_0_real.mp4", 0.5),
    row("anna_1_fake.mp4", 0.4),
    row("anna_1_real.mp4", 0.4),
    row("ben_0_fake.mp4", None),
    row("ben_0_real.mp4", 0.9),
    row("carl_0_fake.mp4", 0.7, "manipulated"),
    row("carl_0_real.mp4", 0.2),
    row("dora_0_fake.mp4", 0.9),
]


def test_pairs_are_found_by_name_and_a_lone_fake_is_none() -> None:
    assert set(paired(PAIRS)) == {"anna_0", "anna_1", "ben_0", "carl_0"}


def test_folders_keep_pairs_of_one_name_apart() -> None:
    assert set(paired([row("a/x_fake.mp4", 0.1), row("b/x_real.mp4", 0.1)])) == set()


def test_a_pair_counts_only_when_both_were_answered() -> None:
    seam = next(one for one in rankings(PAIRS, 0) if one.detector == "seam")
    assert (seam.answered, seam.pairs, seam.people) == (3, 4, 2)
    assert seam.share == pytest.approx(2.5 / 3)
    assert seam.area == pytest.approx(7.5 / 9)


def test_the_verdict_is_ranked_last() -> None:
    assert [one.detector for one in rankings(PAIRS, 0)] == ["seam", "verdict"]


def test_without_a_pair_there_is_no_ranking() -> None:
    assert rankings([row("x.mp4", 0.9), row("y.mp4", 0.1)], 0) == ()


def test_rankings_are_the_same_for_the_same_seed() -> None:
    assert rankings(PAIRS, 5) == rankings(PAIRS, 5)


def test_verdicts_are_counted_apart_for_fakes_and_originals() -> None:
    fakes, originals = alarms(PAIRS)
    assert (fakes.of, fakes.films, fakes.words["manipulated"]) == ("fake", 5, 1)
    assert (originals.of, originals.films, originals.words.get("manipulated", 0)) == ("real", 4, 0)
    assert originals.largest_rate == pytest.approx(1 - 0.05 ** (1 / 4))


def test_films_not_analysed_do_not_make_the_bound_smaller() -> None:
    broken = [ClipRow(f"{k}.mp4", None, {}, {}, error="It is damaged.") for k in range(50)]
    films = alarms([row("x.mp4", 0.2), *broken])[0]
    assert films.words == {"cannot-tell": 1, "not-analysed": 50}
    assert films.largest_rate == pytest.approx(0.95)
    assert alarms(broken)[0].largest_rate is None


def test_the_person_is_the_pair_without_its_number() -> None:
    assert person_of("Anna_Bee_12") == "Anna_Bee"
    assert person_of("Anna_Bee") == "Anna_Bee"


def test_the_section_tells_no_names_of_films_but_all_figures(tmp_path: Path) -> None:
    file = tmp_path / "anna_0_fake.mp4"
    file.write_bytes(b"x")
    result = clips_suite(tmp_path, PAIRS, clips_origin(tmp_path, [file]))
    text = "\n".join(result.section.lines)
    assert "anna" not in text
    assert "3 of 4" in text
    assert result.section.look is not None
    assert "1 of 5 fakes manipulated, 0 of 4 originals manipulated" in result.section.look


def test_rows_are_json(tmp_path: Path) -> None:
    file = tmp_path / "x.mp4"
    file.write_bytes(b"x")
    result = clips_suite(tmp_path, [row("x.mp4", 0.2)], clips_origin(tmp_path, [file]))
    kinds = [json.loads(json_line(one))["kind"] for one in result.rows]
    assert kinds == ["clip", "verdicts", "origin"]


def test_all_films_broken_is_said(tmp_path: Path) -> None:
    broken = ClipRow("x.mp4", None, {}, {}, error="It is damaged.")
    result = clips_suite(tmp_path, [broken], clips_origin(tmp_path, []))
    assert "No film could be analysed." in result.section.lines


def test_a_drawn_film_without_a_face_is_checked_and_a_broken_one_refused(tmp_path: Path) -> None:
    film, broken = tmp_path / "grey.mp4", tmp_path / "broken.mp4"
    write_video(film, [np.full((96, 128, 3), 90 + k, np.uint8) for k in range(12)], 25.0)
    broken.write_bytes(b"no film at all")
    seen = clip_row(film, "grey.mp4", Settings())
    assert (seen.verdict, seen.main_tracked, seen.error) == ("cannot-tell", 0.0, None)
    refused = clip_row(broken, "broken.mp4", Settings())
    assert refused.verdict is None
    assert refused.error
    assert "broken.mp4" in refused.error


def test_hashes_name_the_set_of_files_whatever_their_order() -> None:
    assert joined_sha256(["a", "b"]) == joined_sha256(["b", "a"]) != joined_sha256(["a", "c"])
