import json
from pathlib import Path
from shutil import copy

import numpy as np
import pytest

from tests.benchmark.told import named, told
from tests.training.labelled import BEYOND, BOX, labelled
from unmask.benchmark.clips import ClipRow, alarms, clip_row, paired, rankings
from unmask.benchmark.clips_nulls import nulls_of
from unmask.benchmark.clips_section import clips_origin, clips_suite
from unmask.benchmark.origin import joined_sha256
from unmask.benchmark.truth import Film, films_in
from unmask.errors import UsageError
from unmask.media.encode import write_video
from unmask.report.as_json import json_line
from unmask.settings import Settings


def row(file: str, seam: float | None, verdict: str = "cannot-tell") -> ClipRow:
    code = {} if seam is not None else {"seam": "too-short"}
    return ClipRow(file, verdict, {"seam": seam, "verdict": seam}, code, 1.0, 1.0)  # type: ignore[arg-type]


PAIRS = told(
    [
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
)


def test_pairs_are_found_by_name_and_a_lone_fake_is_none() -> None:
    assert [(fake.pair, real.pair) for fake, real in paired(PAIRS)] == [
        (pair, pair) for pair in ("anna_0", "anna_1", "ben_0", "carl_0")
    ]


def test_folders_keep_pairs_of_one_name_apart() -> None:
    assert paired(told([row("a/x_fake.mp4", 0.1), row("b/x_real.mp4", 0.1)])) == []


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
    films = named(["Anna_Bee_12_fake.mp4", "Anna_Bee_12_real.mp4", "Anna_Bee_real.mp4", "Carl_0_fake.mp4"]).films
    assert [(film.name, film.side, film.pair, film.person) for film in films] == [
        ("Anna_Bee_12_fake.mp4", "fake", "Anna_Bee_12", "Anna_Bee"),
        ("Anna_Bee_12_real.mp4", "real", "Anna_Bee_12", "Anna_Bee"),
        ("Anna_Bee_real.mp4", "real", None, "Anna_Bee"),
        ("Carl_0_fake.mp4", "fake", None, "Carl"),
    ]


def test_figures_are_those_of_the_days_when_names_alone_told_pairs() -> None:
    """Computed once by the rule that this suite had before it read data sets."""
    seam = rankings(PAIRS, 5)[0]
    assert (seam.people, seam.by_person, seam.area_by_person) == (2, (0.75, 1.0), (0.625, 1.0))
    assert seam.share == pytest.approx(2.5 / 3)
    assert seam.area == pytest.approx(7.5 / 9)


def test_every_fake_of_an_original_makes_a_pair_with_it() -> None:
    rows = [
        ClipRow(f"{kind}/1.mp4", "no-sign", {"seam": fake}, {}, side=side, pair="1", group="x")  # type: ignore[arg-type]
        for kind, side, fake in (("a", "fake", 0.9), ("b", "fake", 0.4), ("c", "real", 0.5))
    ]
    assert [(fake.file, real.file) for fake, real in paired(rows)] == [("a/1.mp4", "c/1.mp4"), ("b/1.mp4", "c/1.mp4")]
    assert rankings(rows, 0)[0].share == 0.5
    assert [one.pairs for one in nulls_of(rows, 0).swapped] == [2]


def test_films_of_no_data_set_are_all_taken_and_nothing_is_known_of_them() -> None:
    films = named(["x.mp4", "y/z.mp4"])
    assert films.layout is None
    assert films.films == tuple(
        Film(film.path, name) for film, name in zip(films.films, ("x.mp4", "y/z.mp4"), strict=True)
    )


def test_a_table_that_makes_no_sense_is_no_folder_of_unknown_films(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("path\nx.mp4\n")
    (tmp_path / "x.mp4").touch()
    with pytest.raises(UsageError, match="has no column 'label'"):
        films_in(tmp_path, [tmp_path / "x.mp4"])


def test_what_a_data_set_leaves_out_is_counted_and_told_in_the_rows(tmp_path: Path) -> None:
    films = named(["anna_0_fake.mp4", "anna_0_real.mp4", "holiday.mp4"])
    result = clips_suite(tmp_path, PAIRS, clips_origin(tmp_path, []), remarks=films.remarks)
    assert any(line.startswith("Remarks on files of the data set") for line in result.section.lines)
    assert "holiday" not in "\n".join(result.section.lines)
    (remark,) = [one["sentence"] for one in result.rows if one["kind"] == "remark"]
    assert "'holiday.mp4'" in remark


def test_a_folder_of_pictures_is_said_to_be_none(tmp_path: Path) -> None:
    seen = clip_row(Film(tmp_path, "fake/3", "fake", None, "fake/3"), Settings())
    assert (seen.verdict, seen.side, seen.person) == (None, "fake", "fake/3")
    assert "folder of pictures" in (seen.error or "")


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
    seen = clip_row(Film(film, "grey.mp4"), Settings())
    assert (seen.verdict, seen.main_tracked, seen.error) == ("cannot-tell", 0.0, None)
    assert "file" in seen.fakes
    refused = clip_row(Film(broken, "broken.mp4"), Settings())
    assert refused.verdict is None
    assert refused.error
    assert "broken.mp4" in refused.error


def test_a_seal_gives_no_fake_away_unless_it_is_asked(tmp_path: Path) -> None:
    film = tmp_path / "grey.mp4"
    write_video(film, [np.full((96, 128, 3), 90 + k, np.uint8) for k in range(12)], 25.0)
    assert {"credentials", "watermark"}.isdisjoint(clip_row(Film(film, "grey.mp4"), Settings()).fakes)
    assert "credentials" in clip_row(Film(film, "grey.mp4"), Settings(), only=["credentials"]).fakes


def test_a_label_where_the_data_set_says_changes_nothing_that_is_noted_of_a_film(tmp_path: Path) -> None:
    """Facts of the file aside: its bytes are another's."""
    seen = []
    for text, place in (("FAKE", BOX), ("OK", BOX), ("FAKE", BEYOND)):
        clip = labelled(tmp_path, text, place)
        row = clip_row(Film(clip.path, text, "fake", label_box=clip.label_box), Settings(), only=["seam", "flicker"])
        seen.append((row.fakes, row.pictures, row.appearance))
    assert seen[0] == seen[1] != seen[2]
    assert seen[0][0]["seam"] is not None


def test_glasses_that_the_table_notes_are_in_the_row_of_who_is_seen(short_clip: Path, tmp_path: Path) -> None:
    copy(short_clip, tmp_path)
    rows = []
    for noted in ("yes", "no", ""):
        (tmp_path / "labels.csv").write_text(f"path,label,glasses\n{short_clip.name},real,{noted}\n", encoding="utf-8")
        (film,) = films_in(tmp_path, ()).films
        rows.append(clip_row(film, Settings(), only=["file"]).appearance)
    assert [row.get("glasses") for row in rows] == [1.0, 0.0, None]
    assert all("face_width_pixels" in row for row in rows)


def test_hashes_name_the_set_of_files_whatever_their_order() -> None:
    assert joined_sha256(["a", "b"]) == joined_sha256(["b", "a"]) != joined_sha256(["a", "c"])
