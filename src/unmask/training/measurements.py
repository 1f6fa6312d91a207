"""What the linear detectors are fitted to: a few numbers of each film, measured as the detector itself measures."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from unmask.detectors import consistency, flicker, seam
from unmask.signals import appearance, change, coding, detail
from unmask.types import Track
from unmask.weights import weight_card

Numbers = Float64[np.ndarray, " numbers"]
NETWORK_DIGITS = 6
"""Of the network's SHA-256, in the version of what it measured."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Numbers of a track.

    Attributes:
        name: Of the detector that looks at them, or of what is read from them.
        version: Of the way they are measured; what was kept under another one is not used.
        measure: Medians over the track, None where too little could be measured.
    """

    name: str
    version: Callable[[], str]
    measure: Callable[[Track], Numbers | None]


def median_change(track: Track) -> Numbers | None:
    """What ``flicker`` looks at."""
    changes = track.changes
    if changes is None or len(changes.times) < flicker.LEAST_MEASUREMENTS:
        return None
    return _median(change.change_contrasts(changes))


def median_detail(track: Track) -> Numbers | None:
    """What ``seam`` looks at."""
    return _median(seam.contrasts(track)[1])


def median_appearance(track: Track) -> Numbers | None:
    """What ``consistency`` looks at."""
    return _median(consistency.contrasts(track)[1])


def median_spread(track: Track) -> Numbers | None:
    """What tells how strongly a film was coded."""
    return None if track.changes is None else coding.spread_of_change(track.changes)


def _median(rows: Float64[np.ndarray, "rows numbers"]) -> Numbers | None:
    return np.asarray(np.median(rows, axis=0), np.float64) if len(rows) else None


def _appearance_version() -> str:
    return f"{appearance.VERSION}-{weight_card(appearance.NETWORK).sha256[:NETWORK_DIGITS]}"


CHANGE = Measurement("flicker", lambda: change.VERSION, median_change)
DETAIL = Measurement("seam", lambda: detail.VERSION, median_detail)
APPEARANCE = Measurement("consistency", _appearance_version, median_appearance)
CODING = Measurement("coding", lambda: coding.VERSION, median_spread)
MEASUREMENTS = (CHANGE, DETAIL, APPEARANCE, CODING)
