"""Eyes, the inside of the mouth, and ears of a shape."""

import numpy as np
from jaxtyping import Float32, Float64

from unmask.faces.skin import FEATURES
from unmask.forgery.puppets.mesh import Points
from unmask.forgery.puppets.part import (
    EAR_SHEET,
    EYE_PIXELS_PER_MM,
    EYE_SHEET,
    LOWER_TEETH_SHEET,
    MOUTH_SHEET,
    UPPER_TEETH_SHEET,
    Part,
    Sheet,
    Stuff,
    grid_triangles,
)

EYE_RADII = np.array([18.0, 14.0, 12.0])
"""Half axes of the ball behind the lids, for an eye 28 mm wide."""
EYE_BEHIND_LIDS_MM, BLINK_SINKS_MM, GAZE_MM = 1.0, 3.0, 6.0
EAR_HALF_HEIGHT, EAR_HALF_WIDTH = 31.0, 18.0
EAR_REACHES = np.array([0.0, 0.3, 0.5, 0.66, 0.8, 0.92, 1.0, 0.97])
EAR_HEIGHTS = np.array([-3.0, -3.2, -1.0, 2.2, 1.4, 3.4, 1.5, -5.0])
"""Relief of an ear from its middle to its rim and behind it, in mm."""


def eyes(shape: Points) -> list[Part]:
    """The balls of both eyes."""
    return [_eye(shape[list(ring)]) for ring in FEATURES[:2]]


def mouth(shape: Points) -> list[Part]:
    """The dark behind the lips, and two rows of teeth."""
    line = float(shape[[13, 14], 1].mean())
    lips = float(shape[[13, 14], 2].mean())
    dark = _arch((line - 12, line + 22), lips + 20, 28.0, 6.0)
    upper = _arch((line - 9, line + 2.2), lips + 6.5, 23.0, 13.0)
    lower = _arch((line + 2.6, line + 11), lips + 8, 22.0, 13.0)
    return [
        _inside(dark, MOUTH_SHEET, np.clip((dark[:, 1] - line + 1) / 6, 0, 1), shade=0.55, gloss=0.0),
        _inside(upper, UPPER_TEETH_SHEET, np.zeros(len(upper)), shade=0.86, gloss=0.1),
        _inside(lower, LOWER_TEETH_SHEET, np.ones(len(lower)), shade=0.66, gloss=0.08),
    ]


def ears(shape: Points) -> list[Part]:
    """Both ears, behind the ends of the cheekbones."""
    return [_ear(shape[[234, 127]].mean(axis=0), side=-1), _ear(shape[[454, 356]].mean(axis=0), side=1)]


def _eye(ring: Points) -> Part:
    corners = ring[[0, 8]]
    corners = corners[np.argsort(corners[:, 0])]
    along = corners[1] - corners[0]
    size = float(np.linalg.norm(along)) / 28.0
    tilt = float(along[2] / along[0])
    lids = float(ring[[4, 12], 2].mean())
    middle = np.array([corners[:, 0].mean(), ring[:, 1].mean(), lids + EYE_BEHIND_LIDS_MM])
    across, down = _disc(np.linspace(0, 1, 7)[1:], 24)
    x, y = across * 16.6 * size, down * 11.0 * size
    depth = EYE_RADII[2] * size * (1 - np.sqrt(1 - np.square(across * 16.6 / 18) - np.square(down * 11.0 / 14) * 0.9))
    points = np.column_stack([middle[0] + x, middle[1] + y + x * along[1] / along[0], middle[2] + depth + x * tilt])
    pixels = np.array([EYE_SHEET.left + EYE_SHEET.width / 2, EYE_SHEET.top + EYE_SHEET.height / 2])
    return Part(
        points=points.astype(np.float32),
        triangles=_disc_triangles(6, 24),
        places=(pixels + np.column_stack([x, y]) / size * EYE_PIXELS_PER_MM).astype(np.float32),
        shade=np.clip(0.9 + 0.5 * (down * 11.0) / 7 - 0.55 * across**2, 0.3, 1.0).astype(np.float32),
        gloss=np.full(len(points), 0.04, np.float32),
        stuff=Stuff.EYE,
        sinks=BLINK_SINKS_MM,
        looks=-GAZE_MM * EYE_PIXELS_PER_MM,
    )


def _disc(reaches: Float64[np.ndarray, " rings"], sectors: int) -> tuple[np.ndarray, np.ndarray]:
    """A middle point, then rings around it: x and y."""
    angles = np.arange(sectors) * 2 * np.pi / sectors
    across = np.concatenate([[0.0], np.outer(reaches, np.cos(angles)).ravel()])
    down = np.concatenate([[0.0], np.outer(reaches, np.sin(angles)).ravel()])
    return across, down


def _disc_triangles(rings: int, sectors: int) -> np.ndarray:
    """Triangles of a disc, looking at the camera when x goes right and y down."""
    woven = []
    for k in range(sectors):
        after = (k + 1) % sectors
        woven.append((0, 1 + after, 1 + k))
        for ring in range(rings - 1):
            inner, outer = 1 + ring * sectors, 1 + (ring + 1) * sectors
            woven += [(inner + k, inner + after, outer + k), (inner + after, outer + after, outer + k)]
    return np.array(woven, np.int32)


def _arch(ends: tuple[float, float], front: float, half_width: float, depth: float) -> Points:
    """A grid bent around the front of a jaw: five rows, eleven columns."""
    x, y = np.meshgrid(np.linspace(-1, 1, 11), np.linspace(ends[0], ends[1], 5))
    return np.column_stack([x.ravel() * half_width, y.ravel(), front + depth * np.square(x.ravel())]).astype(np.float32)


def _inside(points: Points, sheet: Sheet, jaw: np.ndarray, *, shade: float, gloss: float) -> Part:
    across, down = np.meshgrid(np.linspace(0, 1, 11), np.linspace(0, 1, 5))
    return Part(
        points=points,
        triangles=grid_triangles(5, 11),
        places=sheet.at(across.ravel(), down.ravel()),
        shade=(shade * (1 - 0.6 * np.square(2 * across.ravel() - 1))).astype(np.float32),
        gloss=np.full(len(points), gloss, np.float32),
        stuff=Stuff.MOUTH,
        jaw=jaw.astype(np.float32),
    )


def _ear(root: Float32[np.ndarray, "3"], *, side: int) -> Part:
    across, down = _disc(EAR_REACHES[1:], 20)
    reach = np.concatenate([[0], np.repeat(np.arange(1, len(EAR_REACHES)), 20)])
    across = across * (1 - 0.28 * down)  # narrower at the lobe
    backward, outward = np.array([side * 0.5, -0.12, 0.86]), np.array([side * 0.86, 0.0, -0.5])
    middle = root + np.array([side * 2.0, 3.0, 6.0]) + backward * EAR_HALF_WIDTH * 0.72
    relief = EAR_HEIGHTS[reach] * np.where(down > 0.55, 0.5, 1.0)
    points = middle + np.outer(across * EAR_HALF_WIDTH, backward) + np.outer(relief, outward)
    points += np.outer(down * EAR_HALF_HEIGHT, np.array([0.0, 0.98, -0.14]))
    triangles = _disc_triangles(len(EAR_REACHES) - 1, 20)
    return Part(
        points=points.astype(np.float32),
        triangles=triangles if side > 0 else triangles[:, ::-1].copy(),
        places=EAR_SHEET.at((across + 1.3) / 2.6, (down + 1) / 2),
        shade=np.interp(reach, np.arange(8), [0.55, 0.6, 0.78, 0.95, 0.8, 1.0, 0.95, 0.6]).astype(np.float32),
        gloss=np.full(len(points), 0.06, np.float32),
        stuff=Stuff.EAR,
    )
