"""Plain numbers of pictures: what is behind a face must tell nothing, what is in it is a baseline."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.benchmark.told import told
from unmask.benchmark import statistics
from unmask.benchmark.clips import ClipRow
from unmask.benchmark.clips_baselines import SOFTER, baselines
from unmask.benchmark.clips_nulls import nulls_of, picture_null
from unmask.benchmark.clips_section import clips_origin, clips_suite
from unmask.benchmark.views import (
    BACKGROUND,
    FIRST_VIEW,
    SHARPNESS,
    SOFTNESS,
    SPECTRUM,
    pictures_of,
    radial_spectrum,
    sharpness_ratio,
    simple_statistics,
)
from unmask.faces.masks import background_mask, inner_mask, rim_mask
from unmask.report.as_json import json_line
from unmask.types import Crop, Track


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "BOOTSTRAP_DRAWS", 100)


def softened(crop: Crop, where: Callable[[Crop], np.ndarray]) -> Crop:
    """The crop, blurred where a mask says."""
    soft = cv2.GaussianBlur(crop.image, (0, 0), 3.0)
    return replace(crop, image=np.where(where(crop)[..., None], soft, crop.image))


def with_noise(crops: Sequence[Crop]) -> list[Crop]:
    rng = np.random.default_rng(0)
    noisy = [np.clip(crop.image + rng.normal(0, 8, crop.image.shape), 0, 255).astype(np.uint8) for crop in crops]
    return [replace(crop, image=image) for crop, image in zip(crops, noisy, strict=True)]


def test_no_mask_of_a_swap_reaches_the_background(whole_pulse: Track) -> None:
    crop = whole_pulse.crops[0]
    behind = background_mask(crop)
    assert behind.mean() > 0.2
    assert not (behind & (inner_mask(crop) | rim_mask(crop))).any()


def test_a_changed_face_changes_its_own_numbers_and_not_those_behind_it(whole_pulse: Track) -> None:
    before = with_noise(whole_pulse.crops)
    plain, swapped = pictures_of(before), pictures_of([softened(crop, inner_mask) for crop in before])
    for name, value in plain[BACKGROUND].items():
        assert swapped[BACKGROUND][name] == pytest.approx(value, abs=0.02)
    assert swapped[FIRST_VIEW]["fine_detail"] < plain[FIRST_VIEW]["fine_detail"] - 0.5
    assert swapped[SHARPNESS][SOFTNESS] < plain[SHARPNESS][SOFTNESS] - 0.5
    assert swapped[SPECTRUM]["band_12"] < plain[SPECTRUM]["band_12"] - 0.5


def test_a_changed_background_changes_its_own_numbers_alone(whole_pulse: Track) -> None:
    before = with_noise(whole_pulse.crops)
    plain, coded = pictures_of(before), pictures_of([softened(crop, background_mask) for crop in before])
    assert coded[BACKGROUND]["fine_detail"] < plain[BACKGROUND]["fine_detail"] - 0.5
    assert coded[FIRST_VIEW] == pytest.approx(plain[FIRST_VIEW], abs=0.02)


def test_a_single_view_is_the_first_in_time(whole_pulse: Track) -> None:
    crops = list(whole_pulse.crops)
    assert pictures_of(crops)[FIRST_VIEW] == pictures_of(crops[::-1])[FIRST_VIEW]


def test_what_cannot_be_seen_is_left_out(whole_pulse: Track) -> None:
    crop = whole_pulse.crops[0]
    outside = replace(crop, picture=np.zeros((4, 2), np.float32))
    assert pictures_of([]) == {}
    assert simple_statistics(crop.image, np.zeros(crop.image.shape[:2], dtype=bool)) == {}
    assert np.isnan(sharpness_ratio(outside))
    assert SHARPNESS not in pictures_of([outside])


def test_the_spectrum_knows_fine_from_coarse_and_not_how_strong() -> None:
    across = np.arange(96, dtype=np.float32)
    coarse, fine = (np.tile(np.sin(2 * np.pi * across / period), (96, 1)) * 50 for period in (32.0, 2.5))
    rings = [int(radial_spectrum(wave.astype(np.float32)).argmax()) for wave in (coarse, fine)]
    assert rings == [0, 9]
    noise = np.random.default_rng(0).normal(0, 9, (96, 96)).astype(np.float32)
    assert np.allclose(radial_spectrum(noise), radial_spectrum(noise * 3), atol=0.01)


def folder_of(*, behind: float = 0.0, inside: float = 0.0, people: int = 8, seed: int = 0) -> list[ClipRow]:
    """Two pairs of each person, whose fakes differ by so much from their originals behind and inside the face."""
    rng, rows = np.random.default_rng(seed), []
    for pair in range(2 * people):
        room, face = rng.normal(0, 3, 3), rng.normal(0, 3, 3)
        for side, made in (("fake", 1.0), ("real", 0.0)):
            names = ("brightness", "contrast", "fine_detail")

            def numbers(base: np.ndarray, by: float) -> dict[str, float]:
                told_by = base + rng.normal(0, 0.05, 3) + np.array([0.0, 0.0, by])
                return dict(zip(names, told_by.tolist(), strict=True))  # noqa: B023 # called at once

            seen = {
                BACKGROUND: numbers(room, made * behind),
                FIRST_VIEW: numbers(face, made * inside),
                SHARPNESS: {SOFTNESS: float(-made * inside + rng.normal(0, 0.1))},
            }
            name = f"p{pair // 2}_{pair % 2}_{side}.mp4"
            rows.append(ClipRow(name, "no-sign", {"seam": rng.uniform()}, {}, pictures=seen))
    return told(rows)


def test_alike_backgrounds_read_one_half_and_leak_nothing() -> None:
    nulls = nulls_of(folder_of(inside=1.0), 0)
    assert nulls.background is not None
    assert (nulls.background.films, nulls.background.pairs, nulls.background.people) == (32, 16, 8)
    assert nulls.leaks == {}


def test_backgrounds_that_tell_nothing_seldom_look_like_a_leak() -> None:
    found = [picture_null(BACKGROUND, folder_of(seed=seed), 0) for seed in range(25)]
    assert sum(null.leak_beyond_coins for null in found if null is not None) <= 1


def test_backgrounds_that_tell_fakes_are_a_leak_and_hide_all_rankings(tmp_path: Path) -> None:
    result = clips_suite(tmp_path, folder_of(behind=1.0), clips_origin(tmp_path, []))
    first = result.section.lines[0]
    assert first.startswith("LEAK: the backgrounds alone tell fakes from originals")
    assert "fine detail orders most" in first
    assert result.section.look is not None
    assert result.section.look.endswith("; leak by backgrounds")
    assert {row["kind"] for row in result.rows}.isdisjoint({"ranking", "baseline", "detection", "risk"})


def test_a_single_view_that_tells_fakes_is_a_baseline_and_no_leak(tmp_path: Path) -> None:
    rows = folder_of(inside=1.0)
    measured = {one.detector: one for one in baselines(rows, 0)}
    view, softness = measured["one view of the inner face"], measured[SOFTER]
    assert (view.share, softness.share) == (1.0, 1.0)
    assert (softness.answered, softness.pairs, softness.people) == (16, 16, 8)
    assert (softness.area or 0) > 0.95
    result = clips_suite(tmp_path, rows, clips_origin(tmp_path, []))
    assert not any(line.startswith("LEAK") for line in result.section.lines)
    assert any(line.startswith("| one view of the inner face ") for line in result.section.lines)
    kinds = [json.loads(json_line(row))["kind"] for row in result.rows]
    assert kinds.count("baseline") == 2


def test_faces_that_do_not_differ_rank_nothing() -> None:
    measured = {one.detector: one for one in baselines(folder_of(), 0)}
    assert 0.2 < (measured[SOFTER].share or 0.0) < 0.8


def test_few_people_show_no_learnt_baseline() -> None:
    assert [one.detector for one in baselines(folder_of(people=3, inside=1.0), 0)] == [SOFTER]


def test_originals_alone_are_ranked_against_nothing(tmp_path: Path) -> None:
    rows = [row for row in folder_of() if row.side == "real"]
    lines = clips_suite(tmp_path, rows, clips_origin(tmp_path, [])).section.lines
    assert lines[-1].startswith("Only fakes, or only originals, are here")
    assert not any("EER" in line for line in lines)
