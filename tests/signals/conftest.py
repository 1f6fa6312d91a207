"""Skin drawn from the dichromatic model: tone × light × blood, plus shine, plus the camera's noise."""

from collections.abc import Callable

import numpy as np
import pytest

TONE = np.array([180.0, 120.0, 90.0])
BLOOD = np.array([0.33, 0.77, 0.53])


def draw_skin(
    rate_bpm: float | None = 72.0,
    *,
    seconds: float = 10.0,
    rate_hz: float = 30.0,
    cells: int = 32,
    pulse: float = 0.006,
    light: float = 0.0,
    light_hz: float = 1.7,
    shine: float = 0.0,
    noise: float = 0.3,
    seed: int = 0,
    times: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Times, and colours ``cells frames 3`` with a pulse of the given rate (None for none).

    ``light`` is a flicker of the light at ``light_hz``, ``shine`` a slow random specular motion, each a share of the tone;
    ``noise`` is the standard deviation of each cell's mean in levels.
    """
    rng = np.random.default_rng(seed)
    at = np.arange(round(seconds * rate_hz)) / rate_hz if times is None else times
    phase = 2 * np.pi * (rate_bpm or 0.0) / 60 * at
    beat = np.zeros_like(at) if rate_bpm is None else np.sin(phase) + 0.3 * np.sin(2 * phase + 0.5)
    strength = pulse * rng.uniform(0.7, 1.3, (cells, 1, 1))
    gain = 1 + light * np.sin(2 * np.pi * light_hz * at)[:, None]
    walk = np.cumsum(rng.normal(size=(cells, len(at))), axis=1)
    glare = shine * (walk - walk.mean(axis=1, keepdims=True)) / walk.std(axis=1, keepdims=True)
    skin = TONE * gain * (1 - strength * beat[:, None] * BLOOD) + 255 * glare[..., None] * gain
    return at, skin + rng.normal(0, noise, skin.shape)


@pytest.fixture(scope="session")
def skin() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    return draw_skin
