import time

import numpy as np
import pytest

from unmask.signals.coherence import (
    agreement_of,
    carried_share,
    cell_agreement,
    cell_lag,
    cell_snr,
    living,
    peak_consistency,
)
from unmask.signals.rate import Rate, RateWindow
from unmask.signals.surrogates import null_p_value

SECONDS = np.arange(300) / 30
BEAT = np.sin(2 * np.pi * 1.2 * SECONDS)


def noise(cells: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(cells, 300))


def window(rate_bpm: float) -> RateWindow:
    return RateWindow(0.0, 10.0, Rate(rate_bpm, 1.0, 3.0, 0.2, 0.8))


def test_agreement_is_the_mean_correlation_with_the_sum_of_the_others() -> None:
    cells = np.fft.irfft(np.fft.rfft(noise(5) + BEAT)[:, :60], 300)
    taper = np.sin(np.pi * (np.arange(300) + 0.5) / 300) ** 2
    spectrum = np.fft.rfft((cells - cells.mean(axis=1, keepdims=True)) * taper)
    spectrum[:, np.r_[0:7, 41:151]] = 0
    waves = np.fft.irfft(spectrum, 300)
    waves /= np.linalg.norm(waves, axis=1, keepdims=True)
    by_hand = [np.corrcoef(waves[k], np.delete(waves, k, axis=0).sum(axis=0))[0, 1] for k in range(5)]
    assert cell_agreement(cells, 30.0) == pytest.approx(np.mean(by_hand), abs=1e-6)


def test_dead_and_unseen_cells_change_nothing() -> None:
    cells = noise(8) + BEAT
    with_dead = np.concatenate([cells, np.zeros((3, 300)), np.full((2, 300), np.nan)])
    assert cell_agreement(with_dead, 30.0) == pytest.approx(cell_agreement(cells, 30.0))
    assert len(living(with_dead)) == 8


@pytest.mark.parametrize("cells", [np.zeros((0, 300)), np.full((4, 300), np.nan), BEAT[None]])
def test_fewer_than_two_living_cells_agree_on_nothing(cells: np.ndarray) -> None:
    assert cell_agreement(cells, 30.0) == 0.0


def test_loud_cells_count_no_more_than_quiet_ones() -> None:
    cells = noise(6) + BEAT
    loud = cells * np.array([1, 100, 1, 0.01, 5, 1])[:, None]
    assert cell_agreement(loud, 30.0) == pytest.approx(cell_agreement(cells, 30.0))


def test_agreement_outside_the_band_does_not_count() -> None:
    sway = 10 * np.sin(2 * np.pi * 0.2 * SECONDS)
    assert cell_agreement(noise(16) + sway, 30.0) == pytest.approx(cell_agreement(noise(16), 30.0), abs=0.05)


def test_a_cell_with_the_pulse_has_the_higher_ratio() -> None:
    snr = cell_snr(np.stack([noise(1)[0] + 2 * BEAT, noise(1, 1)[0], np.zeros(300), np.full(300, np.nan)]), 30.0, 1.2)
    assert snr[0] > 3 > -3 > snr[1]
    assert np.isnan(snr[2:]).all()


def test_lags_are_seconds_after_the_reference() -> None:
    late = np.stack([np.sin(2 * np.pi * 1.2 * (SECONDS - lag)) for lag in (0.0, 0.1, -0.2)])
    np.testing.assert_allclose(cell_lag(late, BEAT, 30.0, 1.2), [0.0, 0.1, -0.2], atol=0.005)
    assert np.isnan(cell_lag(np.zeros((1, 300)), BEAT, 30.0, 1.2)).all()


@pytest.mark.parametrize("share", [-1.0, -0.4, 0.0, 0.3, 1.0])
def test_the_carried_share_is_that_of_the_line(share: float) -> None:
    other = share * BEAT + np.sin(2 * np.pi * 2.6 * SECONDS)
    assert carried_share(other, BEAT, 30.0, 1.2) == pytest.approx(abs(share), abs=0.02)


def test_a_drifting_heart_is_consistent_and_noise_is_not() -> None:
    drifting = [window(60.0 + 5 * k) for k in range(8)]
    jumping = [window(rate) for rate in (60.0, 150.0, 95.0, 210.0, 45.0, 130.0)]
    assert peak_consistency(drifting, 62.0) == 1.0
    assert peak_consistency(jumping, 62.0) < 0.2


def test_two_hundred_surrogates_of_a_face_are_fast() -> None:
    cells, rng = noise(32), np.random.default_rng(0)
    null_p_value(lambda stack: agreement_of(stack, 30.0), cells, rng, draws=2)
    start = time.process_time()
    null_p_value(lambda stack: agreement_of(stack, 30.0), cells, rng)
    assert time.process_time() - start < 0.3
