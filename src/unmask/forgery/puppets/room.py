"""What stands behind a puppet: a wall with a few things on it, out of focus."""

from functools import lru_cache

import cv2
import numpy as np

from unmask.types import RgbImage

WALLS = ((168, 164, 156), (132, 142, 150), (186, 176, 158), (112, 122, 118), (150, 132, 124), (92, 100, 112))
THINGS = 7
BLUR_SHARE = 0.018
"""How far the room is out of focus, as a share of the picture's height."""


@lru_cache(maxsize=8)
def room(seed: int, width: int, height: int) -> RgbImage:
    """A room of a seed: gamma-coded RGB, 0–255. It is lit by the light it was drawn with, whatever lights the puppet."""
    chance = np.random.default_rng((seed, 9))
    wall = np.array(WALLS[int(chance.integers(len(WALLS)))], np.float32)
    left, right = (float(end) for end in chance.uniform(0.85, 1.12, 2))
    fall = np.outer(np.linspace(1.05, 0.9, height), np.linspace(left, right, width))[..., None]
    picture = (wall * fall).astype(np.float32)
    for _ in range(THINGS):
        low = chance.uniform(-0.1, 0.9, 2)
        high = low + chance.uniform(0.08, 0.4, 2)
        color = np.clip(wall * chance.uniform(0.55, 1.2) + chance.normal(0, 14, 3), 20, 235)
        rows, columns = (
            slice(max(0, int(low[k] * size)), int(high[k] * size)) for k, size in ((1, height), (0, width))
        )
        picture[rows, columns] += (color - picture[rows, columns]) * 0.8
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), max(1.0, BLUR_SHARE * height)), np.float32)
    grain = np.asarray(cv2.GaussianBlur(chance.normal(0, 3, picture.shape), (0, 0), 1.0), np.float32)
    done = np.clip(np.rint(soft + grain), 0, 255).astype(np.uint8)
    done.flags.writeable = False
    return done
