import numpy as np
import pytest

from unmask.signals.motion import motion_energy

TIMES = np.arange(300) / 30
FACE = np.random.default_rng(0).uniform(-80, 80, (68, 2))


def test_a_still_face_does_not_move() -> None:
    motion = motion_energy(np.tile(FACE, (300, 1, 1)), TIMES, 160.0)
    assert motion.speed == motion.jitter == motion.cardiac_share == 0.0


def test_a_moving_turning_growing_face_does_not_tremble() -> None:
    turn = 0.3 * np.sin(TIMES)[:, None]
    shape = (FACE[:, 0] + 1j * FACE[:, 1]) * np.exp(1j * turn) * (1 + 0.1 * TIMES[:, None] / 10) + 20 * TIMES[:, None]
    motion = motion_energy(np.stack([shape.real, shape.imag], axis=-1), TIMES, 160.0)
    assert motion.jitter < 1e-9
    assert motion.speed == pytest.approx(20 / 160, rel=0.1)
    assert motion.size[-1] - motion.size[0] == pytest.approx(0.1, rel=0.1)


def test_trembling_is_given_as_its_standard_deviation() -> None:
    noise = np.random.default_rng(1).normal(0, 0.8, (300, 68, 2))
    assert motion_energy(FACE + noise, TIMES, 160.0).jitter == pytest.approx(0.8 / 160, rel=0.05)


def test_motion_is_the_same_near_and_far() -> None:
    walk = FACE + np.cumsum(np.random.default_rng(2).normal(0, 1, (300, 1, 2)), axis=0)
    near, far = motion_energy(walk, TIMES, 160.0), motion_energy(0.25 * walk, TIMES, 40.0)
    assert far.speed == pytest.approx(near.speed)
    assert far.cardiac_share == pytest.approx(near.cardiac_share)


@pytest.mark.parametrize(("hz", "share"), [(0.4, 0.0), (1.5, 1.0), (6.0, 0.0)])
def test_nodding_at_the_rate_of_a_heart_is_noticed(hz: float, share: float) -> None:
    nod = FACE + np.stack([0 * TIMES, 5 * np.sin(2 * np.pi * hz * TIMES)], axis=-1)[:, None]
    assert motion_energy(nod, TIMES, 160.0).cardiac_share == pytest.approx(share, abs=0.05)


def test_landmarks_of_a_track_are_taken_as_they_are() -> None:
    points = np.random.default_rng(0).normal(100, 20, (10, 468, 3)).astype(np.float32)
    assert motion_energy(points, TIMES[:10], 50.0).jitter > 0
    assert motion_energy(points[:2], TIMES[:2], 50.0).speed == 0.0
