from collections.abc import Callable

import numpy as np
import pytest

from unmask.signals.color import fill_gaps, missing_share, normalise, resample_evenly
from unmask.signals.pulse import pos
from unmask.signals.rate import heart_rate

Draw = Callable[..., tuple[np.ndarray, np.ndarray]]


def test_uneven_frames_keep_the_drawn_rate(skin: Draw) -> None:
    rng = np.random.default_rng(3)
    uneven = np.cumsum(rng.choice([1 / 60, 1 / 30, 1 / 15], 400))
    times, colors = skin(84.0, times=uneven, noise=0.1)
    even, resampled = resample_evenly(times, colors, 30.0)
    wave = pos(resampled.mean(axis=0), 30.0)
    assert np.allclose(np.diff(even), 1 / 30)
    assert abs(heart_rate(wave, 30.0).rate_bpm - 84) < 1.0
    # Taken for even, the same frames tell another rate.
    assert abs(heart_rate(pos(colors.mean(axis=0), 30.0), 30.0).rate_bpm - 84) > 3.0


def test_short_gaps_are_bridged_and_long_ones_stay_open() -> None:
    times = np.arange(100) / 10
    values = np.tile(times, (2, 1))
    values[0, 20:24] = np.nan
    values[1, 50:70] = np.nan
    _, even = resample_evenly(times, values, 10.0, axis=-1)
    np.testing.assert_allclose(even[0], times)
    assert np.isnan(even[1, 50:70]).all()
    assert np.isfinite(even[1, :50]).all()
    assert np.isfinite(even[1, 70:]).all()


def test_frames_missing_from_the_times_are_a_gap_too() -> None:
    times = np.r_[0.0:1.0:0.1, 3.0:4.0:0.1]
    even, values = resample_evenly(times, np.ones((len(times), 3)), 10.0)
    assert np.isnan(values[(even > 1.0) & (even < 2.9)]).all()


def test_an_unseen_cell_stays_unseen() -> None:
    values = np.ones((2, 30, 3))
    values[1] = np.nan
    _, even = resample_evenly(np.arange(30) / 30, values, 30.0)
    assert np.isfinite(even[0]).all()
    assert np.isnan(even[1]).all()
    assert missing_share(even).tolist() == [0.0, 1.0]


def test_nothing_resamples_to_nothing() -> None:
    even, values = resample_evenly(np.zeros(0), np.zeros((4, 0, 3)), 30.0)
    assert len(even) == 0
    assert values.shape == (4, 0, 3)


def test_filling_leaves_whole_rows_alone() -> None:
    values = np.array([[1.0, 2.0, 3.0], [np.nan, np.nan, np.nan], [np.nan, 5.0, np.nan]])
    assert fill_gaps(values)[0].tolist() == [1.0, 2.0, 3.0]
    assert np.isnan(fill_gaps(values)[1]).all()
    assert fill_gaps(values)[2].tolist() == [5.0, 5.0, 5.0]
    assert np.isnan(values[2, 0])


@pytest.mark.parametrize("rate_hz", [None, 30.0])
def test_normalised_colours_forget_the_exposure(skin: Draw, rate_hz: float | None) -> None:
    _, colors = skin(cells=2)
    np.testing.assert_allclose(normalise(3 * colors, rate_hz), normalise(colors, rate_hz), atol=1e-12)
