"""How a lamp and a room light a figure."""

import numpy as np
from jaxtyping import Float32

from unmask.forgery.puppets.mesh import Points
from unmask.forgery.puppets.nuisance import Light
from unmask.forgery.puppets.part import Share

WRAP_RGB = np.array([0.38, 0.26, 0.2], np.float32)
"""How far light creeps around the terminator, as it does within skin, red farthest."""
SHINE_POWER = 14.0
WARM_RGB, COOL_RGB = np.array([1.0, 0.78, 0.52], np.float32), np.array([0.88, 0.96, 1.12], np.float32)
"""A lamp of 2700 K, and one of 10000 K."""


def light_on(normals: Points, shade: Share, gloss: Share, light: Light) -> Float32[np.ndarray, "points 4"]:
    """Red, green and blue light that each point sends on, 1 being full, and the white shine on top of it."""
    toward = lamp_direction(light)
    facing = normals @ toward
    diffuse = np.clip((facing[:, None] + WRAP_RGB) / (1 + WRAP_RGB), 0, None)
    sky = (0.8 - 0.2 * normals[:, 1])[:, None] * light.ambient
    body = (sky + diffuse * diffuse**0.2 * lamp_color(light.kelvin) * light.strength) * shade[:, None]
    half = toward + np.array([0, 0, -1], np.float32)
    shine = np.clip(normals @ (half / np.linalg.norm(half)), 0, 1) ** SHINE_POWER * gloss * light.strength * shade
    return np.column_stack([body, shine]).astype(np.float32)


def lamp_direction(light: Light) -> Float32[np.ndarray, "3"]:
    """Unit vector from the face to the lamp."""
    azimuth, elevation = np.radians([light.azimuth_degrees, light.elevation_degrees])
    level = np.cos(elevation)
    toward = [np.sin(azimuth) * level, -np.sin(elevation), -np.cos(azimuth) * level]
    return np.array(toward, np.float32)


def lamp_color(kelvin: float) -> Float32[np.ndarray, "3"]:
    """Colour of a lamp, white at 6500 K; between 2700 and 10000 K it changes with the inverse of the temperature."""
    inverse = 1e6 / np.clip(kelvin, 2700, 10000)
    colors = np.stack([COOL_RGB, np.ones(3, np.float32), WARM_RGB])
    return np.array([np.interp(inverse, (100, 154, 370), colors[:, k]) for k in range(3)], np.float32)
