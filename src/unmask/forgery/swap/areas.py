"""Custom areas of a face, as polygons in a JSON file: always drawn over, or never (glasses, a microphone, hair).

    {"version": 1, "areas": [{"do": "exclude", "points": [[0.2, 0.1], [0.8, 0.1], [0.5, 0.3]]}]}

Points are shares of the mean face's box, x to the right and y down: an area drawn once follows the face through the
film, whatever its size and turn.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import cv2
import numpy as np
from jaxtyping import Float32
from pydantic import BaseModel, ConfigDict, Field

from unmask.faces.pose import mean_face, similarity
from unmask.forgery.swap.polygon_file import read_polygons
from unmask.types import Landmarks, Mask

Share = Annotated[float, Field(ge=-1.0, le=2.0, allow_inf_nan=False)]
LARGEST_BYTES = 1_000_000


class Area(BaseModel):
    """One polygon."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["include", "exclude"]
    points: tuple[tuple[Share, Share], ...] = Field(min_length=3, max_length=1000)


class Areas(BaseModel):
    """All polygons of a film; later ones win where they overlap."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    areas: tuple[Area, ...] = Field(default=(), max_length=100)

    def applied(self, mask: Mask, landmarks: Landmarks) -> Mask:
        """A mask with these areas drawn in, where they lie on this face.

        Args:
            mask: Of the face, 0–1.
            landmarks: Its points in the mask's pixels.
        """
        if not self.areas:
            return mask
        changed = mask.copy()
        for area in self.areas:
            places = _onto_face(np.array(area.points, np.float32), landmarks)
            cv2.fillPoly(changed, [np.rint(places * 16).astype(np.int32)], float(area.do == "include"), shift=4)
        return changed


NO_AREAS = Areas()


def read_areas(path: Path) -> Areas:
    """Areas from a file.

    Raises:
        UsageError: It cannot be read, or holds something else.
    """
    return read_polygons(
        path,
        Areas,
        largest_bytes=LARGEST_BYTES,
        too_large="too large for areas of a face; draw fewer points",
        wrong="holds no areas",
    )


def _onto_face(points: Float32[np.ndarray, "corners 2"], landmarks: Landmarks) -> Float32[np.ndarray, "corners 2"]:
    """Shares of the mean face's box as places on a face, turned and leaning as it is."""
    low, high, depth = _box()
    flat = low + points * (high - low)
    solid = np.column_stack([flat, depth(flat)])
    scale, rotation, shift = similarity(mean_face(), landmarks)
    return (scale * solid @ rotation.T + shift)[:, :2].astype(np.float32)


@cache
def _box() -> tuple[Float32[np.ndarray, "2"], Float32[np.ndarray, "2"], "_Depth"]:
    face = mean_face()
    return face[:, :2].min(axis=0), face[:, :2].max(axis=0), _Depth(face)


class _Depth:
    """How far the mean face's skin lies towards the camera, at the point nearest to a place."""

    def __init__(self, face: Landmarks) -> None:
        self._face = face

    def __call__(self, flat: Float32[np.ndarray, "corners 2"]) -> Float32[np.ndarray, " corners"]:
        apart = np.square(flat[:, None] - self._face[None, :, :2]).sum(axis=2)
        return self._face[apart.argmin(axis=1), 2]
