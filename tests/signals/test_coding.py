from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter

from tests.puppet import Stage, film
from unmask.examine import follow_people
from unmask.faces.competence import Refusal
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.settings import Settings
from unmask.signals.coding import (
    LEAST_MEASUREMENTS,
    MOMENTS,
    MOST_CRF,
    CodingScale,
    coded_at,
    coding_refusal,
    coding_scale,
    spread_of_change,
)
from unmask.types import Changes, Track

SCALE = CodingScale((1.0, 0.0), (2.0, 1.0), (3.0, -1.0), bias=30.0, error=2.0)


def drawn(rows: int = 20, seed: int = 1) -> Changes:
    sizes = np.random.default_rng(seed).uniform(0.5, 4.0, (rows, 3, 3, 4, 4)).astype(np.float32)
    return Changes(np.arange(rows, dtype=np.float64), sizes)


def times_as_much(changes: Changes, factor: float) -> Changes:
    return replace(changes, sizes=changes.sizes * np.float32(factor))


def coded(folder: Path, crf: int) -> Track:
    place = folder / f"{crf}.mp4"
    stage = Stage(seconds=2.4)
    write_video(place, (frame.image for frame in film(stage)), stage.frame_rate, crf=crf, preset="veryfast")
    return follow_people(place, probe(place, Settings()), Settings(), changes=True).following.tracks[0]


@pytest.fixture(scope="module")
def fine_and_coarse(tmp_path_factory: pytest.TempPathFactory) -> tuple[Track, Track]:
    """One puppet, its film coded well and hardly at all."""
    folder = tmp_path_factory.mktemp("coded")
    return coded(folder, 12), coded(folder, 38)


def test_the_reading_is_the_weighted_sum_of_the_numbers() -> None:
    assert SCALE.crf(np.array([3.0, 1.0])) == pytest.approx(32.0)


def test_a_scale_is_read_back_as_it_was_written() -> None:
    assert TypeAdapter(CodingScale).validate_json(SCALE.as_json()) == SCALE


def test_contrast_light_and_motion_cancel() -> None:
    one, other = spread_of_change(drawn()), spread_of_change(times_as_much(drawn(), 3.0))
    assert one is not None
    assert other is not None
    assert len(one) == len(MOMENTS) * 3 * 4 * 4
    np.testing.assert_allclose(one, other, atol=0.03)


def test_too_few_moments_tell_nothing() -> None:
    assert spread_of_change(drawn(LEAST_MEASUREMENTS - 1)) is None
    assert spread_of_change(drawn(LEAST_MEASUREMENTS)) is not None


def test_a_film_coded_more_strongly_reads_so_whatever_the_file_says(fine_and_coarse: tuple[Track, Track]) -> None:
    fine, coarse = fine_and_coarse
    low, high = coded_at(fine), coded_at(replace(coarse, bits_per_pixel=fine.bits_per_pixel))
    assert low is not None
    assert high is not None
    assert low + 5 < high


def test_a_film_coded_too_strongly_is_refused_with_what_was_read_and_the_way_out(
    fine_and_coarse: tuple[Track, Track],
) -> None:
    fine, coarse = fine_and_coarse
    read = coded_at(coarse)
    assert read is not None
    assert read > MOST_CRF
    assert coding_refusal(fine, "it is judged") is None
    assert coding_refusal(coarse, "it is judged") == Refusal(
        "too-compressed",
        f"From frame to frame the face keeps as little fine detail as in films coded by H.264 at CRF {read:.0f}; "
        f"it is judged up to {MOST_CRF:.0f}, so give the original file.",
    )


def test_where_no_change_was_measured_nobody_can_tell_and_nothing_is_refused(whole_pulse: Track) -> None:
    for track in (replace(whole_pulse, changes=None), replace(whole_pulse, changes=drawn(2))):
        assert coded_at(track) is None
        assert coding_refusal(track, "it is judged") is None


def test_the_scale_that_comes_with_the_package_reads_every_number() -> None:
    scale = coding_scale()
    assert len(scale.weights) == len(scale.middle) == len(scale.scale) == len(MOMENTS) * 3 * 4 * 4
    assert 0 < scale.error < 5
