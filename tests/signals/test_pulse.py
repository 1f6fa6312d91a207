import time
from collections.abc import Callable

import numpy as np
import pytest

from unmask.signals.pulse import METHODS, Method, chrom, green, pos
from unmask.signals.rate import heart_rate

Draw = Callable[..., tuple[np.ndarray, np.ndarray]]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("rate_bpm", [48.0, 72.0, 110.0, 165.0])
def test_every_method_finds_the_drawn_rate_within_one_beat(skin: Draw, name: str, rate_bpm: float) -> None:
    _, colors = skin(rate_bpm, shine=0.002, noise=0.1, seconds=15)
    wave = METHODS[name](colors.mean(axis=0), 30.0)
    assert abs(heart_rate(wave, 30.0).rate_bpm - rate_bpm) < 1.0


@pytest.mark.parametrize("name", METHODS)
def test_waveforms_rise_with_the_blood(skin: Draw, name: str) -> None:
    times, colors = skin(60.0, noise=0.05)
    beat = np.sin(2 * np.pi * times) + 0.3 * np.sin(4 * np.pi * times + 0.5)
    assert np.corrcoef(METHODS[name](colors.mean(axis=0), 30.0), beat)[0, 1] > 0.9


@pytest.mark.parametrize("method", [chrom, pos])
def test_chrominance_cancels_a_flicker_that_green_takes_for_the_pulse(skin: Draw, method: Method) -> None:
    _, colors = skin(72.0, light=0.02, light_hz=2.0, noise=0.05, seconds=12)
    common = colors.mean(axis=0)
    assert heart_rate(green(common, 30.0), 30.0).rate_bpm == pytest.approx(120, abs=1)
    assert heart_rate(method(common, 30.0), 30.0).rate_bpm == pytest.approx(72, abs=1)


@pytest.mark.parametrize("name", METHODS)
def test_exposure_does_not_change_the_waveform(skin: Draw, name: str) -> None:
    _, colors = skin(80.0, cells=3)
    bright, dark = METHODS[name](colors, 30.0), METHODS[name](0.25 * colors, 30.0)
    np.testing.assert_allclose(dark, bright, atol=1e-8 * np.abs(bright).max())


@pytest.mark.parametrize("name", METHODS)
def test_cells_do_not_touch_each_other(skin: Draw, name: str) -> None:
    _, colors = skin(80.0, cells=6)
    stacked = METHODS[name](colors.reshape(2, 3, -1, 3), 30.0)
    assert stacked.shape == (2, 3, colors.shape[1])
    np.testing.assert_allclose(stacked[1, 2], METHODS[name](colors[5], 30.0), atol=1e-6)


@pytest.mark.parametrize("name", METHODS)
def test_unseen_and_black_cells_come_back_as_nan_and_spare_the_rest(skin: Draw, name: str) -> None:
    _, colors = skin(80.0, cells=4)
    whole = METHODS[name](colors, 30.0)
    colors[1, 7] = np.nan
    colors[2] = 0.0
    waves = METHODS[name](colors, 30.0)
    assert np.isnan(waves[[1, 2]]).all()
    np.testing.assert_allclose(waves[[0, 3]], whole[[0, 3]], atol=1e-6)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("frames", [1, 3, 4, 20])
def test_glimpses_and_still_colours_raise_nothing(name: str, frames: int) -> None:
    still = np.full((2, frames, 3), 100.0)
    assert METHODS[name](still, 30.0).shape == (2, frames)


def test_a_channel_that_goes_black_for_seconds_stays_finite(skin: Draw) -> None:
    _, colors = skin(80.0, cells=2)
    colors[0, 100:220, 2] = 0.0
    assert np.isfinite(pos(colors, 30.0)).all()
    assert np.isfinite(chrom(colors, 30.0)).all()


def test_pos_equals_its_paper_frame_by_frame(skin: Draw) -> None:
    _, colors = skin(75.0, cells=1, seconds=5)
    rgb, width = colors[0], int(np.ceil(1.6 * 30))
    added, covering = np.zeros(len(rgb)), np.zeros(len(rgb))
    for start in range(len(rgb) - width + 1):
        window = rgb[start : start + width]
        first, second = np.array([[0, 1, -1], [-2, 1, 1]]) @ (window / window.mean(axis=0)).T
        wave = first + first.std() / second.std() * second
        added[start : start + width] += wave - wave.mean()
        covering[start : start + width] += 1
    np.testing.assert_allclose(pos(rgb, 30.0), -added / covering, atol=1e-9)


def test_pos_over_a_face_is_fast() -> None:
    colors = 100 + np.random.default_rng(0).normal(size=(32, 300, 3))
    pos(colors, 30.0)
    start = time.process_time()
    pos(colors, 30.0)
    assert time.process_time() - start < 0.05
