import numpy as np
import pytest
from scipy.fft import rfft

from unmask.signals.coherence import agreement_of, cell_agreement
from unmask.signals.surrogates import Surrogate, null_p_value, p_value, phase_randomised, shifted, smooth_noise


def shared_pulse(cells: int = 16, frames: int = 300, noise: float = 1.0, seed: int = 0) -> np.ndarray:
    beat = np.sin(2 * np.pi * 1.2 * np.arange(frames) / 30)
    return beat + np.random.default_rng(seed).normal(0, noise, (cells, frames))


@pytest.mark.parametrize("frames", [300, 301])
def test_surrogates_keep_the_spectrum_and_lose_the_agreement(frames: int) -> None:
    cells = shared_pulse(frames=frames)
    drawn = phase_randomised(cells, np.random.default_rng(1), 20)
    np.testing.assert_allclose(np.abs(rfft(drawn)), np.broadcast_to(np.abs(rfft(cells)), (20, 16, frames // 2 + 1)))
    assert cell_agreement(cells, 30.0) > 0.7
    assert abs(agreement_of(drawn, 30.0).mean()) < 0.1


def test_shifts_keep_the_values_and_lose_the_agreement() -> None:
    cells = shared_pulse(noise=0.5)
    drawn = shifted(cells, np.random.default_rng(1), 20)
    np.testing.assert_allclose(np.sort(drawn[3, 2]), np.sort(cells[2]))
    assert agreement_of(drawn, 30.0).mean() < 0.3 < cell_agreement(cells, 30.0)


@pytest.mark.parametrize("surrogate", [phase_randomised, shifted])
def test_a_shared_pulse_rejects_the_null(surrogate: Surrogate) -> None:
    p = null_p_value(
        lambda stack: agreement_of(stack, 30.0), shared_pulse(), np.random.default_rng(0), 200, surrogate=surrogate
    )
    assert p == pytest.approx(1 / 201)


def test_p_values_of_separate_cells_are_uniform() -> None:
    rng = np.random.default_rng(7)
    drawn = [
        null_p_value(lambda stack: agreement_of(stack, 30.0), rng.normal(size=(8, 200)), rng, draws=99)
        for _ in range(200)
    ]
    for level in (0.1, 0.25, 0.5, 0.75):
        assert np.mean(np.array(drawn) <= level) == pytest.approx(level, abs=3 * np.sqrt(level * (1 - level) / 200))


def test_smooth_noise_has_the_floor_but_not_the_line() -> None:
    rng = np.random.default_rng(0)
    wave = 3 * np.sin(2 * np.pi * 1.2 * np.arange(900) / 30) + rng.normal(size=900)
    drawn = np.abs(rfft(smooth_noise(wave, 30.0, rng, 200))) ** 2
    own = np.abs(rfft(wave)) ** 2
    line = round(1.2 * 900 / 30)
    assert drawn.mean(axis=0)[line] < 0.05 * own[line]
    assert drawn.mean(axis=0)[100:400].mean() == pytest.approx(own[100:400].mean(), rel=0.2)


def test_a_p_value_is_never_zero_nor_above_one() -> None:
    assert p_value(9.0, np.zeros(99)) == pytest.approx(0.01)
    assert p_value(-9.0, np.zeros(99)) == pytest.approx(1.0)
