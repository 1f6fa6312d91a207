import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from unmask.report.figures.bar import probability_bar, small_bar
from unmask.report.figures.colors import contrast, diverging, ink_on, sequential
from unmask.report.figures.curve import curve
from unmask.report.figures.heatmap import heat_map
from unmask.report.figures.ticks import ticks, time_ticks
from unmask.report.figures.timeline import presence, timeline
from unmask.signals.loudness import Loudness
from unmask.types import Evidence, Map, Report, Segment, Trace

SVG = "{http://www.w3.org/2000/svg}"
NAN = float("nan")


def parsed(svg: str) -> ET.Element:
    """The figure as XML; checks what every figure promises."""
    root = ET.fromstring(svg)  # noqa: S314 — our own output
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert root[0].tag == f"{SVG}title"
    assert root[1].tag == f"{SVG}desc"
    assert root[1].text
    assert not re.search(r"\bnan\b|\binf\b|None", svg.replace("&quot;", ""))
    return root


def labels(root: ET.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def boxes_of_text(root: ET.Element) -> list[tuple[float, float, float, float, str]]:
    """left, top, right, bottom of each label, a little generous."""
    boxes = []
    for text in root.iter(f"{SVG}text"):
        size, words = float(text.get("font-size", "12")), text.text or ""
        width, x, y = len(words) * size * 0.55, float(text.get("x", "0")), float(text.get("y", "0"))
        left = {"start": x, "middle": x - width / 2, "end": x - width}[text.get("text-anchor", "start")]
        boxes.append((left, y - size * 0.8, left + width, y + size * 0.2, words))
    return boxes


def assert_clear(root: ET.Element) -> None:
    """No label meets another, none leaves the paper."""
    _, _, width, height = (float(part) for part in root.get("viewBox", "").split())
    found = boxes_of_text(root)
    for left, top, right, bottom, words in found:
        assert left >= -3, words
        assert top >= -3, words
        assert right <= width + 3, words
        assert bottom <= height + 3, words
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (one, other)


def trace(y: np.ndarray, **names: object) -> Trace:
    return replace(Trace("A <wave>", np.linspace(0.0, 10.0, len(y)), y), **names)  # type: ignore[arg-type] # names of a Trace


def test_every_colour_carries_its_label_readably() -> None:
    for share in np.linspace(0, 1, 101).tolist():
        for color in (diverging(share), sequential(share)):
            assert contrast(ink_on(color), color) >= 4.5


def test_the_diverging_scale_is_not_red_against_green_and_differs_in_lightness() -> None:
    assert contrast(diverging(0.0), diverging(0.5)) > 3
    assert contrast(diverging(1.0), diverging(0.5)) > 3
    assert diverging(NAN) == diverging(0.5)


@pytest.mark.parametrize("probability", [0.0, 0.5, 0.91, 1.0, NAN, None])
@pytest.mark.parametrize("unsure", [None, (0.5, 0.8), (0.5, 0.99), (0.9, 0.4)])
def test_the_bar_says_its_value_and_keeps_its_labels_apart(
    probability: float | None, unsure: tuple[float, float] | None
) -> None:
    root = parsed(probability_bar(probability, (0.2, 1.0), unsure))
    assert_clear(root)
    drawn = len(list(root.iter(f"{SVG}circle")))
    assert drawn == (0 if probability is None or np.isnan(probability) else 3)


def test_the_bar_puts_the_dot_where_the_probability_is() -> None:
    places = [float(parsed(small_bar(share)).find(f"{SVG}circle").get("cx", "")) for share in (0.0, 0.25, 1.0)]  # type: ignore[union-attr] # the test fails where it is missing
    assert places[1] - places[0] == pytest.approx((places[2] - places[0]) / 4, abs=0.2)
    assert "not measured" in parsed(small_bar(NAN, (NAN, 1.0)))[1].text.lower()  # type: ignore[union-attr] # as above


def test_a_gap_in_the_curve_stays_a_gap() -> None:
    y = np.sin(np.arange(100) / 5.0)
    y[40:50] = NAN
    root = parsed(curve(trace(y)))
    assert len(list(root.iter(f"{SVG}polyline"))) == 2
    assert_clear(root)


def test_a_long_trace_stays_small_and_keeps_its_peak_and_its_gap() -> None:
    y = np.sin(np.arange(180_000) / 7.0)
    y[90_001] = 25.0
    y[50_000:53_000] = NAN
    svg = curve(replace(trace(y), x=np.arange(180_000) / 25.0))
    assert len(svg.encode()) < 60_000
    lines = list(parsed(svg).iter(f"{SVG}polyline"))
    assert len(lines) == 2
    tops = [min(float(point.split(",")[1]) for point in line.get("points", "").split()) for line in lines]
    assert tops[1] < tops[0] - 80


def test_the_mark_is_labelled_with_its_unit_and_stays_on_the_paper() -> None:
    for mark in (0.0, 7.2, 10.0):
        root = parsed(curve(trace(np.arange(50.0), x_unit="bpm", y_unit="dB", mark=mark)))
        assert any(label.endswith(" bpm") for label in labels(root))
        assert_clear(root)
    assert not any(label.endswith(" bpm") for label in labels(parsed(curve(trace(np.arange(5.0), mark=NAN)))))


@pytest.mark.parametrize(
    "y",
    [
        np.zeros(30),
        np.array([5.0]),
        np.array([]),
        np.full(9, NAN),
        np.array([1e-7, 2e-7]),
        np.array([-1e9, 1e9, np.inf]),
    ],
)
def test_odd_traces_are_drawn_or_said_to_be_empty(y: np.ndarray) -> None:
    root = parsed(curve(trace(y)))
    assert_clear(root)
    if not np.isfinite(y).any():
        assert "nothing was measured" in labels(root)


def test_the_map_prints_values_and_hatches_what_was_not_seen() -> None:
    values = np.linspace(0, 1, 32).reshape(4, 8)
    values[1, 2] = NAN
    root = parsed(heat_map(Map("Agreement", values, 0.0, 1.0, "correlation")))
    shown = labels(root)
    assert shown.count("0.26") == 1
    assert "not seen" in shown
    assert "correlation" in shown
    assert len([cell for cell in root.iter(f"{SVG}rect") if cell.find(f"{SVG}title") is not None]) == 31
    assert_clear(root)


@pytest.mark.parametrize(
    "values", [np.full((2, 2), NAN), np.array([[5.0]]), np.full((30, 40), -1234.5), np.array([[np.inf, 0.5]])]
)
def test_odd_maps_are_well_formed(values: np.ndarray) -> None:
    for low, high in ((0.0, 1.0), (2.0, 2.0), (NAN, NAN)):
        assert_clear(parsed(heat_map(Map("A & <b>", values, low, high))))


def test_the_timeline_names_all_rows_and_keeps_them_apart(report: Report, incomplete: Report) -> None:
    for film in (report, incomplete):
        root = parsed(timeline(film))
        shown = labels(root)
        assert all(f"Person {person.track.id}" in shown for person in film.people)
        assert_clear(root)
    assert "nothing seen after this" in labels(parsed(timeline(incomplete)))
    assert "95\xa0%" in labels(parsed(timeline(report)))


def test_a_loss_of_the_face_is_a_gap_in_view(report: Report) -> None:
    first, second = (presence(person.track) for person in report.people)
    assert [(round(start), round(end)) for start, end in first] == [(0, 21), (26, 62)]
    assert len(second) == 1


def heard(seconds: float) -> Loudness:
    """Sound with a gap in its middle third."""
    levels = np.tile([-60.0, -30.0, -12.0, -30.0], round(seconds * 5))
    levels[len(levels) // 3 : 2 * len(levels) // 3] = NAN
    return Loudness(0.05, levels)


def test_mouths_and_sound_stand_below_what_the_detectors_say(report: Report, incomplete: Report) -> None:
    for film in (report, incomplete):
        root = parsed(timeline(film, heard(62.0)))
        shown = labels(root)
        assert [name for name in shown if name.startswith("mouth")] == [f"mouth {it.track.id}" for it in film.people]
        assert shown.index("sound") > shown.index("mouth 2")
        assert_clear(root)
        assert len([it for it in root.iter(f"{SVG}polygon") if it.get("class") == "level"]) == 2
    assert "Sound: at most -12 dB." in (root[1].text or "")
    assert "sound" not in labels(parsed(timeline(report)))


def test_a_mouth_is_drawn_with_its_gaps_and_no_movement_is_lost(report: Report) -> None:
    track = report.people[0].track  # out of view from 21 s to 26 s
    lips = np.where(np.arange(len(track.times)) == 700, 0.9, 0.1).astype(np.float32)
    person = replace(report.people[0], track=replace(track, lips=lips))
    root = parsed(timeline(replace(report, people=(person,)), heard(62.0)))
    runs = [it.get("points", "").split() for it in root.iter(f"{SVG}polyline") if it.get("class") == "curve"]
    assert len(runs) == 2
    heights = [float(point.split(",")[1]) for run in runs for point in run]
    assert max(heights) - min(heights) == pytest.approx(32 * 0.8 / 0.9, abs=0.2)
    assert "Mouth 1: at most 0.90 of its width open." in (root[1].text or "")


def test_lanes_of_an_hour_stay_small(report: Report) -> None:
    times = np.arange(0, 3600, 0.04)
    first = report.people[0].track
    names = ("boxes", "mesh", "pose", "colors", "sharpness", "clipped", "scores", "eyes")
    same = {name: getattr(first, name)[0] for name in names}
    long: dict[str, Any] = {name: np.broadcast_to(value, (len(times), *value.shape)) for name, value in same.items()}
    lips = np.random.default_rng(0).uniform(0, 0.4, len(times)).astype(np.float32)
    person = replace(report.people[0], track=replace(first, **long, times=times, lips=lips), evidence=())
    film = replace(report, people=(person,), media=replace(report.media, duration_seconds=3600.0))
    assert len(timeline(film, heard(3600.0)).encode()) < 60_000


def test_a_recording_without_a_picture_has_a_lane_of_its_sound(sound: Report) -> None:
    root = parsed(timeline(sound, heard(20.0)))
    assert "sound" in labels(root)
    silent = parsed(timeline(sound, Loudness(0.05, np.full(400, NAN))))
    assert (silent[1].text or "").endswith("Sound: nothing to be heard.")


def test_stills_and_sounds_have_no_timeline(faceless: Report, sound: Report) -> None:
    assert timeline(faceless) == ""
    assert timeline(sound) == ""


def test_an_hour_of_fine_segments_is_merged_by_the_strongest(report: Report) -> None:
    segments = tuple(
        Segment(second * 0.5, second * 0.5 + 0.5, 0.97 if second == 3000 else 0.1) for second in range(7200)
    )
    fine = Evidence("seam", 0.4, ("Fine.",), segments=segments)
    person = replace(report.people[0], evidence=(fine,))
    svg = timeline(replace(report, people=(person,), media=replace(report.media, duration_seconds=3600.0)))
    assert len(svg.encode()) < 60_000
    tips = [cell[0].text for cell in parsed(svg).iter(f"{SVG}rect") if cell.find(f"{SVG}title") is not None]
    assert tips.count("97\xa0%") == 1


def test_ticks_are_round_and_within() -> None:
    assert ticks(0.0, 1.0) == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert ticks(3.0, 3.0) == []
    assert time_ticks(3600.0) == [0.0, 600.0, 1200.0, 1800.0, 2400.0, 3000.0, 3600.0]
