"""Differences of blocks, and the smooth field that has them."""

import numpy as np
import pytest

from unmask.provenance.watermark.lattice import differences_of, drawn, phasors_of, quarters_of, quarters_with, turned

CHANCE = np.random.default_rng(5)


@pytest.mark.parametrize("side", [8, 16, 32])
def test_quarters_have_the_differences_they_were_made_with(side: int) -> None:
    wanted = CHANCE.normal(0, 12, (3, 5, 7)).astype(np.float32)
    quarters = quarters_with(wanted, side)
    assert np.allclose(differences_of(quarters, side), wanted, atol=1e-4)
    means = quarters.reshape(5, 2, 7, 2).mean(axis=(1, 3))
    assert np.abs(means).max() < 1e-5


@pytest.mark.parametrize("side", [8, 16, 32])
def test_the_smooth_field_has_nearly_the_same_differences(side: int) -> None:
    wanted = CHANCE.uniform(-20, 20, (3, 12, 15)).astype(np.float32)
    field = drawn(quarters_with(wanted, side), side)
    assert field.shape == (12 * side, 15 * side)
    error = differences_of(quarters_of(field, side), side) - wanted
    assert np.sqrt((error**2).mean()) < 0.25 * np.sqrt((wanted**2).mean())


def test_the_field_has_no_steps_at_the_edges_of_quarters() -> None:
    side = 16
    wanted = CHANCE.uniform(-20, 20, (3, 12, 15)).astype(np.float32)
    quarters = quarters_with(wanted, side)
    stepped = np.repeat(np.repeat(quarters, side // 2, axis=0), side // 2, axis=1)
    smooth = drawn(quarters, side)
    assert np.abs(np.diff(smooth, axis=1)).max() < 0.5 * np.abs(np.diff(stepped, axis=1)).max()


def test_what_lies_on_the_lattice_points_ahead_and_half_a_step_on_it_points_back() -> None:
    step = 40.0
    dither = CHANCE.random((3, 4, 6)).astype(np.float32)
    on = ((CHANCE.integers(-4, 5, (3, 4, 6)) + dither) * step).astype(np.float32)
    for shift, turn in ((0.0, 1.0), (step / 4, 1j), (step / 2, -1.0)):
        seen = phasors_of((on + np.float32(shift)).astype(np.float32), step) * np.conj(turned(dither))
        assert np.allclose(seen, turn, atol=1e-3)
