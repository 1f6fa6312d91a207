from dataclasses import replace

import numpy as np
import pytest

from tests.actor import HER, acted
from tests.faces.test_pose import face_at, turned
from unmask.faces.expression import LEAST_RATE_HZ, SIGNALS, expression_of
from unmask.types import MESH_STEPS, Track


def signal(track: Track, name: str) -> np.ndarray:
    return expression_of(track)[1][SIGNALS.index(name)]


def test_a_face_that_only_turns_has_no_expression() -> None:
    still = acted(0 * HER, seconds=1.0, take=1)
    angles = np.linspace(-25.0, 25.0, len(still.times))
    faces = [face_at(turned(angle, angle / 2, angle / 3), 1.5, (0.0, 0.0, 0.0)) for angle in angles]
    turning = replace(still, mesh=np.rint(np.array(faces) * MESH_STEPS).astype(np.int16))
    places = expression_of(turning)[1][5:]
    assert len(places) == len(SIGNALS) - 5
    assert np.ptp(places, axis=1).max() < 0.2  # millimetres


def test_a_smile_is_seen_in_the_mouth_and_nowhere_else() -> None:
    smiling = acted(np.array([[0.0], [1.0], [0.0], [0.0]]), seconds=4.0)
    assert np.ptp(signal(smiling, "mouth width")) > 3.0
    assert np.corrcoef(signal(smiling, "mouth width"), signal(smiling, "mouth corners' height"))[0, 1] > 0.9
    assert np.ptp(signal(smiling, "nose's width")) < 0.3


def test_size_in_the_picture_does_not_matter() -> None:
    near = acted(HER, seconds=2.0)
    far = replace(near, mesh=np.rint(near.mesh / 2).astype(np.int16))
    for name in ("mouth width", "inner brows' height", "chin's drop"):
        assert signal(far, name) == pytest.approx(signal(near, name), abs=0.25)


def test_of_a_fast_film_not_every_frame_is_looked_at() -> None:
    for rate in (15.0, 25.0, 60.0):
        times, signals = expression_of(acted(HER, seconds=2.0, frame_rate=rate))
        assert signals.shape == (len(SIGNALS), len(times))
        assert LEAST_RATE_HZ - 0.5 <= 1 / np.median(np.diff(times)) < 2 * LEAST_RATE_HZ
