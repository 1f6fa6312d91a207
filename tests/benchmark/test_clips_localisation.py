"""Localisation of a folder as tables: who finds where and when films were forged."""

from pathlib import Path

import pytest

from unmask.benchmark.clips import ClipRow
from unmask.benchmark.clips_localisation import NO_MASKS, joined_segments, place_rows, stretch_rows
from unmask.benchmark.clips_section import clips_origin, clips_suite


def film(name: str, side: str, *, iou: float | None = None, segments: list[list[float]] | None = None) -> ClipRow:
    """A film of 6 s, forged from its second to its fourth second where it is a fake."""
    blend = {"mask_iou": iou, "pointing_hit": 1.0, "inner_face_iou": 0.3, "inner_face_hit": 0.8}
    return ClipRow(
        f"{name}_{side}.mp4",
        "cannot-tell",
        {"blend": 0.5, "verdict": 0.5},
        {},
        side=side,  # type: ignore[arg-type]
        group=name,
        pair=name,
        places={} if iou is None else {"blend": blend},  # type: ignore[dict-item]
        segments={"blend": segments} if segments else {},
        made_seconds=[[2.0, 4.0]] if side == "fake" else [],
    )


def thirds(*fakes: float) -> list[list[float]]:
    return [[2.0 * index, 2.0 * index + 2, fake] for index, fake in enumerate(fakes)]


FOUND = [
    film("anna", "fake", iou=0.6, segments=thirds(0.1, 0.9, 0.2)),
    film("anna", "real", segments=thirds(0.2, 0.1, 0.3)),
    film("ben", "fake", iou=0.2, segments=thirds(0.2, 0.8, 0.1)),
    film("ben", "real", segments=thirds(0.1, 0.2, 0.1)),
    film("carl", "fake"),
]


def test_places_are_means_over_the_fakes_in_which_a_detector_pointed() -> None:
    (one,) = place_rows(FOUND, 0)
    assert (one.detector, one.films, one.of, one.people) == ("blend", 2, 3, 2)
    assert one.mask_iou == pytest.approx(0.4)
    assert one.mask_iou_interval == (0.2, 0.6)
    assert [one.pointing_hit, one.inner_face_iou, one.inner_face_hit] == pytest.approx([1.0, 0.3, 0.8])


def test_who_names_the_forged_stretch_is_right_and_who_names_the_rest_is_not() -> None:
    (right,) = stretch_rows(FOUND, 0)
    assert (right.films, right.stretches, right.average_precision, right.interval) == (4, 2, 1.0, (1.0, 1.0))
    elsewhere = [film(name, "fake", segments=thirds(0.9, 0.1, 0.9)) for name in ("anna", "ben")]
    assert stretch_rows(elsewhere, 0)[0].average_precision < 0.5


def test_windows_over_a_film_forged_from_end_to_end_are_one_stretch() -> None:
    (one,) = joined_segments(thirds(0.9, 0.7, 0.8))
    assert [one.start, one.end, one.fake] == pytest.approx([0.0, 6.0, 0.8])


def test_a_folder_with_masks_has_both_tables_and_their_rows(tmp_path: Path) -> None:
    result = clips_suite(tmp_path, FOUND, clips_origin(tmp_path, []))
    text = "\n".join(result.section.lines)
    assert "| where " in text
    assert "| when " in text
    assert NO_MASKS not in text
    kinds = [row["kind"] for row in result.rows]
    assert (kinds.count("place"), kinds.count("stretch")) == (1, 1)


def test_without_masks_one_line_says_so(tmp_path: Path) -> None:
    row = ClipRow("x.mp4", "cannot-tell", {"blend": 0.2, "verdict": 0.5}, {}, side="real", made_seconds=[])
    result = clips_suite(tmp_path, [row], clips_origin(tmp_path, []))
    assert NO_MASKS in result.section.lines
    assert not {"place", "stretch"} & {row["kind"] for row in result.rows}


def test_masks_that_could_not_be_read_are_counted(tmp_path: Path) -> None:
    row = ClipRow("x.mp4", "cannot-tell", {"verdict": 0.5}, {}, side="fake", masks_unread="It is damaged.")
    lines = clips_suite(tmp_path, [row], clips_origin(tmp_path, [])).section.lines
    assert any(line.startswith("Masks that could not be read: 1") for line in lines)
