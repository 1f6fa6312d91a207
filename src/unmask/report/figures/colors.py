"""Colours that colour-blind readers tell apart, and the ink that reads on them.

Reference:
    Harrower and Brewer, The Cartographic Journal 2003 (diverging blue and orange);
    Nuñez, Anderton and Renslow, PLOS ONE 2018 (cividis).
"""

import itertools
import math
from typing import Final

Rgb = tuple[int, int, int]
Stops = tuple[tuple[float, str], ...]

_DIVERGING: Final[Stops] = (
    (0.0, "#2b6ca3"),
    (0.35, "#a6c5dd"),
    (0.5, "#e6e2d9"),
    (0.65, "#f3c08a"),
    (1.0, "#b04a0c"),
)
_SEQUENTIAL: Final[Stops] = (
    (0.0, "#00224e"),
    (0.25, "#3b496c"),
    (0.5, "#7c7b78"),
    (0.75, "#bcae6c"),
    (1.0, "#fee838"),
)
DARK_INK, LIGHT_INK = "#000000", "#ffffff"  # pure, so that one of them reaches 4.5 : 1 on any colour


def diverging(fake: float) -> str:
    """The colour of a probability: blue for no sign, grey for undecided, orange for a sign of manipulation."""
    return _between(_DIVERGING, fake)


def sequential(share: float) -> str:
    """The colour of a value between the darkest (0) and the brightest (1)."""
    return _between(_SEQUENTIAL, share)


def ink_on(background: str) -> str:
    """Black or white, whichever reads better on the colour.

    >>> ink_on("#00224e"), ink_on("#fee838")
    ('#ffffff', '#000000')
    """
    return max((DARK_INK, LIGHT_INK), key=lambda ink: contrast(ink, background))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21, as WCAG 2 defines it.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return round((light + 0.05) / (dark + 0.05), 6)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _channels(color: str) -> Rgb:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _between(stops: Stops, share: float) -> str:
    place = min(max(share, 0.0), 1.0) if math.isfinite(share) else 0.5
    for (low, start), (high, end) in itertools.pairwise(stops):
        if place <= high:
            part = (place - low) / (high - low)
            mixed = (round(a + (b - a) * part) for a, b in zip(_channels(start), _channels(end), strict=True))
            return "#" + "".join(f"{channel:02x}" for channel in mixed)
    return stops[-1][1]
