"""Originals by tone, light and size: the measures follow what was drawn, and the counts what was said."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.benchmark.told import told
from unmask.benchmark.bins import GLASSES, LIGHTS, SIZES, TONES, appearance_of, binned, ita_degrees, lab_of
from unmask.benchmark.clips import ClipRow
from unmask.benchmark.clips_bins import BinRow, bin_rows
from unmask.benchmark.clips_section import clips_origin, clips_suite
from unmask.report.as_json import json_line
from unmask.types import Track


def repainted(track: Track, color: tuple[float, float, float]) -> Track:
    """The same face with skin of one colour."""
    colors = np.empty_like(track.colors)
    colors[:] = np.array(color, np.float32)
    return replace(track, colors=colors)


@pytest.mark.parametrize(
    ("color", "tone"),
    [
        ((240.0, 214.0, 200.0), "very light (> 55°)"),
        ((198.0, 150.0, 120.0), "intermediate (28–41°)"),
        ((140.0, 95.0, 70.0), "brown (−30–10°)"),
        ((75.0, 48.0, 38.0), "dark (< −30°)"),
    ],
)
def test_the_tone_is_that_of_the_skin_in_the_picture(
    whole_pulse: Track, color: tuple[float, float, float], tone: str
) -> None:
    assert binned(TONES, appearance_of(repainted(whole_pulse, color))) == tone


def test_darker_light_gives_a_darker_bin_of_light(whole_pulse: Track) -> None:
    seen = [appearance_of(repainted(whole_pulse, (level, 0.8 * level, 0.7 * level))) for level in (60.0, 150.0, 240.0)]
    assert [binned(LIGHTS, one) for one in seen] == ["dim (< 40)", "middling (40–60)", "bright (> 60)"]


def test_one_frame_without_a_cell_changes_nothing_and_a_face_never_seen_has_no_tone(whole_pulse: Track) -> None:
    holed = whole_pulse.colors.copy()
    holed[3] = np.nan
    assert appearance_of(replace(whole_pulse, colors=holed)).keys() == appearance_of(whole_pulse).keys()
    unseen = appearance_of(replace(whole_pulse, colors=np.full_like(holed, np.nan)))
    assert set(unseen) == {SIZES.measure}
    assert unseen[SIZES.measure] == pytest.approx(whole_pulse.face_width)


def test_skin_under_blue_light_has_no_tone() -> None:
    assert ita_degrees(lab_of(np.array([90, 110, 200], np.float32))) is None


def test_an_edge_belongs_to_the_bin_above_it() -> None:
    assert [SIZES.bin_of(width) for width in (99.9, 100.0, 180.0)] == ["< 100 pixels", "100–180 pixels", "> 180 pixels"]
    assert TONES.bin_of(-30.0) == "brown (−30–10°)"


def originals() -> list[ClipRow]:
    """Four originals, one accused, and a fake that must not count."""
    faces = [(60.0, 90.0), (35.0, 150.0), (35.0, 120.0), (None, None)]
    glasses = [{GLASSES.measure: 1.0}, {GLASSES.measure: 0.0}, {}, {}]
    rows = []
    for index, (tone, width) in enumerate(faces):
        seen = {} if tone is None or width is None else {TONES.measure: tone, SIZES.measure: width}
        seen |= glasses[index]
        word = "manipulated" if index == 1 else "no-sign"
        fakes = {"seam": None if index == 3 else 0.2 * index, "verdict": 0.1 * index}
        rows.append(ClipRow(f"p{index}_0_real.mp4", word, fakes, {}, appearance=seen))  # type: ignore[arg-type]
    fake = ClipRow("p0_0_fake.mp4", "manipulated", {"seam": 0.9}, {}, appearance={TONES.measure: 60.0})
    return told([*rows, fake])


def bins_of(rows: list[ClipRow]) -> dict[tuple[str, str], BinRow]:
    return {(row.what, row.bin): row for row in bin_rows(rows)}


def test_originals_are_counted_in_their_bins_and_fakes_in_none() -> None:
    found = bins_of(originals())
    light, middling = found[TONES.what, "very light (> 55°)"], found[TONES.what, "intermediate (28–41°)"]
    assert (light.originals, light.manipulated) == (1, 0)
    assert (middling.originals, middling.manipulated) == (2, 1)
    assert middling.medians == {"seam": pytest.approx(0.3), "verdict": pytest.approx(0.15)}
    assert light.largest_rate == pytest.approx(0.95)


def test_a_film_without_a_face_is_not_measured_and_a_bin_without_a_film_is_shown() -> None:
    found = bins_of(originals())
    faceless, dark = found[TONES.what, "not measured"], found[TONES.what, "dark (< −30°)"]
    assert (faceless.originals, faceless.answered["seam"]) == (1, 0)
    assert "seam" not in faceless.medians
    assert (dark.originals, dark.largest_rate, dict(dark.medians)) == (0, None, {})


def test_glasses_are_counted_where_somebody_noted_them() -> None:
    found = bins_of(originals())
    counts = {name: row.originals for (what, name), row in found.items() if what == GLASSES.what}
    assert counts == {"without": 1, "with": 1, "not measured": 2}
    assert found[GLASSES.what, "without"].manipulated == 1


def test_the_section_prints_them_and_json_has_them(tmp_path: Path) -> None:
    result = clips_suite(tmp_path, originals(), clips_origin(tmp_path, []))
    text = "\n".join(result.section.lines)
    assert "| intermediate (28–41°) | 2     | 1           |" in text
    plain = [json.loads(json_line(row)) for row in result.rows]
    assert next(row for row in plain if row["kind"] == "bin")["medians"] == {}
    assert plain[0]["appearance"] == {"ita_degrees": 60.0, "face_width_pixels": 90.0, "glasses": 1.0}


def test_films_of_which_nobody_tells_are_in_no_bin() -> None:
    assert bin_rows([ClipRow("x.mp4", "no-sign", {"seam": 0.2}, {})]) == ()
