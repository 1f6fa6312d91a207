"""What a face looked like, and into which bin that falls: skin tone as filmed, light, size. Pure functions, no files."""

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64

from unmask.types import Track

SKIN_CELLS = ("forehead", "left-cheek", "right-cheek")

SkinColor = Float32[np.ndarray, "3"]
"""Gamma-coded RGB, 0–255."""
Lab = Float64[np.ndarray, "3"]
"""CIELAB under D65: L* of 0–100, a*, b*."""


@dataclass(frozen=True, slots=True)
class Bins:
    """How a measure is cut into bins.

    Attributes:
        what: What is measured, in words.
        measure: Its name, with the unit.
        edges: Where one bin ends and the next begins, rising; an edge belongs to the bin above it.
        names: Of the bins, from low to high, one more than there are edges.
    """

    what: str
    measure: str
    edges: tuple[float, ...]
    names: tuple[str, ...]

    def bin_of(self, value: float) -> str:
        """The bin of a value.

        >>> TONES.bin_of(35.0)
        'intermediate (28–41°)'
        """
        return self.names[int(np.searchsorted(self.edges, value, side="right"))]


TONES = Bins(
    "skin tone as filmed (ITA)",
    "ita_degrees",
    (-30.0, 10.0, 28.0, 41.0, 55.0),
    (
        *("dark (< −30°)", "brown (−30–10°)", "tan (10–28°)"),
        *("intermediate (28–41°)", "light (41–55°)", "very light (> 55°)"),
    ),
)
"""Bins of Chardon, Cretois and Hourseau, Skin colour typology and suntanning pathways, Int. J. Cosmetic Science 1991."""
LIGHTS = Bins(
    "light on the skin (L*)", "skin_lightness", (40.0, 60.0), ("dim (< 40)", "middling (40–60)", "bright (> 60)")
)
SIZES = Bins(
    "width of the face", "face_width_pixels", (100.0, 180.0), ("< 100 pixels", "100–180 pixels", "> 180 pixels")
)
GLASSES = Bins("glasses, as the table says", "glasses", (0.5,), ("without", "with"))
"""No detector sees them: 1 stands for glasses and 0 for none, where the data set's table says so."""
ALL_BINS = (TONES, LIGHTS, SIZES, GLASSES)


def appearance_of(track: Track) -> dict[str, float]:
    """Tone and lightness of the skin, and the width of the face; what cannot be measured is left out.

    The tone is that of the picture: the light and the camera's white balance are in it as much as the person.
    """
    found = {SIZES.measure: track.face_width}
    color = skin_color(track)
    if color is None:
        return found
    lab = lab_of(color)
    tone = ita_degrees(lab)
    return {**found, LIGHTS.measure: float(lab[0]), **({} if tone is None else {TONES.measure: tone})}


def skin_color(track: Track) -> SkinColor | None:
    """Median colour of forehead and cheeks over all frames in which they were seen; None where they never were."""
    if not set(SKIN_CELLS) <= set(track.cells):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a cell that was never seen has no median
        color = np.nanmedian(track.color_of(SKIN_CELLS).reshape(-1, 3), axis=0)
    return color.astype(np.float32) if np.isfinite(color).all() else None


def lab_of(color: SkinColor) -> Lab:
    """A colour in CIELAB.

    >>> lab_of(np.array([255, 255, 255], np.float32)).round().tolist()
    [100.0, 0.0, 0.0]
    """
    return np.asarray(cv2.cvtColor(color[None, None] / np.float32(255), cv2.COLOR_RGB2LAB)[0, 0], np.float64)


def ita_degrees(lab: Lab) -> float | None:
    """Individual typology angle: atan((L* − 50) ÷ b*) in degrees, from −90 for dark skin to 90 for light.

    >>> ita_degrees(np.array([65.0, 12.0, 15.0]))
    45.0

    Returns:
        The angle; None where b* is not above zero, as under blue light: skin has no tone there.

    Reference:
        Chardon, Cretois and Hourseau, Int. J. Cosmetic Science 13, 1991.
    """
    lightness, _, yellow = lab
    return math.degrees(math.atan((lightness - 50.0) / yellow)) if yellow > 0 else None


def binned(bins: Bins, appearance: Mapping[str, float]) -> str | None:
    """The bin of what was seen, None where it could not be measured.

    >>> binned(SIZES, {"face_width_pixels": 100.0})
    '100–180 pixels'
    """
    value = appearance.get(bins.measure)
    return None if value is None else bins.bin_of(value)
