from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from unmask.signals.pulse_reading import PulseReading, read_pulse

Draw = Callable[..., tuple[np.ndarray, np.ndarray]]


def grid_colors(picture: np.ndarray, rows: int = 4, columns: int = 8) -> np.ndarray:
    """Mean RGB of the cells of a grid over a picture, row by row."""
    bands = np.array_split(picture.astype(np.float64), rows, axis=0)
    return np.array([part.mean(axis=(0, 1)) for band in bands for part in np.array_split(band, columns, axis=1)])


def frames_of(file: Path) -> Iterator[tuple[float, np.ndarray]]:
    with av.open(str(file)) as container:
        for frame in container.decode(video=0):
            yield float(frame.time or 0.0), frame.to_ndarray(format="rgb24")


def read_boxes(file: Path, boxes: list[tuple[int, int, int, int]]) -> PulseReading:
    """Read the pulse from 4 × 4 cells in each box (left, top, right, bottom); the whole picture without a box."""
    times, colors = [], []
    for seconds, picture in islice(frames_of(file), 300):
        height, width = picture.shape[:2]
        parts = [picture[top:bottom, left:right] for left, top, right, bottom in boxes or [(0, 0, width, height)]]
        times.append(seconds)
        colors.append(np.concatenate([grid_colors(part, 4, 4 if boxes else 8) for part in parts]))
    return read_pulse(np.array(times), np.stack(colors, axis=1))


@pytest.mark.parametrize("rate_bpm", [46.0, 63.0, 88.0, 120.0, 175.0])
def test_a_drawn_pulse_is_measured_within_one_beat(skin: Draw, rate_bpm: float) -> None:
    times, colors = skin(rate_bpm, shine=0.001)
    reading = read_pulse(times, colors)
    assert reading.measurable, reading.because
    assert reading.heart_rate_bpm == pytest.approx(rate_bpm, abs=1)
    assert reading.p_value <= 0.01
    assert reading.quality > 0.5
    assert np.nanmedian(reading.cell_snr_db) > 0
    assert reading.brightness_ratio == pytest.approx(3.0, abs=1.0)


def test_uneven_frames_and_gaps_are_no_obstacle(skin: Draw) -> None:
    rng = np.random.default_rng(4)
    times, colors = skin(96.0, times=np.cumsum(rng.choice([1 / 60, 1 / 30, 1 / 20], 360)))
    colors[rng.random(colors.shape[:2]) < 0.1] = np.nan
    colors[5] = np.nan
    reading = read_pulse(times, colors)
    assert reading.heart_rate_bpm == pytest.approx(96, abs=1)
    assert np.isnan(reading.cell_waves[5]).all()
    assert np.isnan(reading.cell_snr_db[5])


def test_a_grid_over_a_picture_is_read_like_a_list_of_cells(skin: Draw) -> None:
    times, colors = skin(70.0)
    flat, grid = read_pulse(times, colors), read_pulse(times, colors.reshape(4, 8, -1, 3))
    assert grid.heart_rate_bpm == flat.heart_rate_bpm
    assert len(grid.cell_snr_db) == 32


def test_equal_input_and_seed_give_an_equal_reading(skin: Draw) -> None:
    times, colors = skin(70.0, noise=2.0)
    first, second = read_pulse(times, colors, seed=3), read_pulse(times, colors, seed=3)
    assert (first.p_value, first.heart_rate_bpm) == (second.p_value, second.heart_rate_bpm)


@pytest.mark.parametrize("shine", [0.0, 0.003, 0.02])
def test_skin_without_blood_gets_no_rate(skin: Draw, shine: float) -> None:
    measured = [read_pulse(*skin(None, shine=shine, seed=seed)).measurable for seed in range(15)]
    assert sum(measured) <= 1


def test_what_only_some_cells_show_by_chance_is_no_pulse(skin: Draw) -> None:
    times, colors = skin(None, noise=0.3)
    own_rates = np.random.default_rng(0).uniform(0.8, 3.0, len(colors))
    beats = np.sin(2 * np.pi * own_rates[:, None] * times)
    reading = read_pulse(times, colors * (1 - 0.006 * beats[..., None] * np.array([0.33, 0.77, 0.53])))
    assert not reading.measurable


def test_a_flicker_that_the_wall_shows_too_is_no_pulse(skin: Draw) -> None:
    times, colors = skin(66.0)
    beat = np.sin(2 * np.pi * 66 / 60 * times)[:, None] * np.array([0.33, 0.77, 0.53])
    noise = np.random.default_rng(0).normal(0, 0.1, (4, len(times), 3))
    wall = np.array([150.0, 150.0, 160.0]) + noise
    steady, flickering = read_pulse(times, colors, wall), read_pulse(times, colors, wall * (1 - 0.006 * beat))
    assert steady.measurable
    assert steady.background_carried is not None
    assert steady.background_carried < 0.2
    assert flickering.background_carried == pytest.approx(1.0, abs=0.3)
    assert not flickering.measurable
    assert "background" in flickering.because[0]


def test_a_tinted_flicker_of_brightness_is_no_pulse(skin: Draw) -> None:
    times, colors = skin(None, noise=0.1)
    flicker = np.sin(2 * np.pi * 1.5 * times)[:, None] * np.array([0.0085, 0.0115, 0.0115])
    reading = read_pulse(times, colors * (1 + flicker))
    assert not reading.measurable
    assert reading.brightness_ratio > 6


def test_a_swing_that_blood_cannot_make_is_called_motion(skin: Draw) -> None:
    reading = read_pulse(*skin(80.0, pulse=0.08))
    assert reading.reason == "too-much-motion"
    assert reading.heart_rate_bpm is None
    assert reading.strongest_bpm == pytest.approx(80, abs=1)


@pytest.mark.parametrize(
    ("seconds", "rate_hz", "gain", "reason"),
    [(5.0, 30.0, 1.0, "too-short"), (10.0, 8.0, 1.0, "frame-rate-too-low"), (10.0, 30.0, 0.05, "too-dark")],
)
def test_too_little_to_see_has_its_reason(skin: Draw, seconds: float, rate_hz: float, gain: float, reason: str) -> None:
    times, colors = skin(72.0, seconds=seconds, rate_hz=rate_hz)
    reading = read_pulse(times, gain * colors)
    assert (reading.measurable, reading.reason) == (False, reason)
    assert reading.because
    assert reading.heart_rate_bpm is None


@pytest.mark.parametrize("frames", [0, 1, 2, 200])
def test_nothing_seen_is_no_error(frames: int) -> None:
    reading = read_pulse(np.arange(frames) / 30, np.full((4, frames, 3), np.nan))
    assert reading.reason == "too-short"


def test_still_pictures_have_no_pulse() -> None:
    reading = read_pulse(np.arange(300) / 30, np.full((8, 300, 3), 120.0))
    assert reading.reason == "not-measurable"


def test_the_longest_piece_is_read_and_its_steadiest_half_minute(skin: Draw) -> None:
    times, colors = skin(72.0, seconds=70)
    colors[:, 300:360] = np.nan
    rough = np.random.default_rng(0).normal(0, 3.0, 900)
    colors[:, 360:1260] += rough[:, None]
    reading = read_pulse(times, colors)
    assert reading.end - reading.start == pytest.approx(30, abs=0.1)
    assert reading.start > 38
    assert reading.heart_rate_bpm == pytest.approx(72, abs=1)
    assert len(reading.windows) == 5


@pytest.mark.shared
def test_faces_with_a_known_pulse_are_measured(shared: Path) -> None:
    face = read_boxes(shared / "pulse/face.mp4", [(100, 95, 390, 175), (75, 290, 175, 400), (290, 290, 390, 400)])
    face2 = read_boxes(shared / "pulse/face2.mp4", [(120, 100, 460, 240), (95, 430, 215, 600), (345, 430, 470, 600)])
    assert face.measurable
    assert face.heart_rate_bpm == pytest.approx(53, abs=2)
    assert face2.measurable
    assert face2.heart_rate_bpm == pytest.approx(54, abs=3)


@pytest.mark.shared
def test_patches_without_a_pulse_get_no_rate(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The statistics must do it alone, so the gate on darkness, which one patch would meet, is opened.
    monkeypatch.setattr("unmask.signals.pulse_reading.LEAST_GREEN", 0.0)
    files = sorted((shared / "pulse").glob("no-pulse_*.avi"))
    assert len(files) == 6
    for file in files:
        reading = read_boxes(file, [])
        assert reading.reason in {"not-measurable", "too-much-motion"}, file.name
        assert reading.p_line > 0.05, file.name
