"""How strongly a film was coded, as its picture shows it, whatever the file says of itself.

A coder spares bits on what changes from frame to frame: the finest noise goes first, then coarser detail, and more of it
around a face than in it. So the spread of change over passed time, size of detail and place tells how coarsely it was
quantised. A ridge regression reads it in steps of x264's CRF. What was coded strongly once, and finely afterwards, still
reads as strongly coded; so does what never had any noise, such as a drawing.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
from jaxtyping import Float64
from pydantic import TypeAdapter

from unmask.faces.competence import Refusal
from unmask.types import Changes, Track
from unmask.weights import weight_path

WEIGHT = "coding"
VERSION = "1"
"""Of the measurement; another one makes numbers that were kept worthless."""
LEAST_LEVEL = 0.01
"""Added before taking logarithms, so that a still picture has one."""
LEAST_MEASUREMENTS = 5
MOMENTS = (0.15, 0.5, 0.85)
"""Quantiles over the moments: a coder repeats what it can, and its pictures differ in how much it lets them differ."""
MOST_CRF = 35.0
"""Strongest coding at which a redrawn face is looked for. The swaps were learned from up to CRF 36; of films coded at 40, 45 of
48 read as stronger than this, and of those coded at 28 or less none (docs/decisions/0026)."""

Numbers = Float64[np.ndarray, " numbers"]


@dataclass(frozen=True, slots=True)
class CodingScale:
    """A regression from the spread of change to the strength of the coding.

    Attributes:
        middle: Mean of each number in training.
        scale: Its spread.
        weights: Steps of CRF a spread.
        bias: CRF where all numbers are at their mean.
        error: Root mean square error on people left out, in steps of CRF.
    """

    middle: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    error: float

    def crf(self, numbers: Numbers) -> float:
        """The CRF at which x264 codes as strongly."""
        parts = (numbers - np.array(self.middle)) / np.array(self.scale) * np.array(self.weights)
        return float(parts.sum()) + self.bias

    def as_json(self) -> str:
        """The scale as its file holds it."""
        return json.dumps(asdict(self), indent=1) + "\n"


@cache
def coding_scale() -> CodingScale:
    """The scale that comes with the package.

    Raises:
        MissingComponent: It is missing or altered.
    """
    return TypeAdapter(CodingScale).validate_json(weight_path(WEIGHT).read_bytes())


def spread_of_change(changes: Changes) -> Numbers | None:
    """How change in brightness is spread over passed time, size of detail and place, in quiet and in busy moments.

    Each moment's logarithms are taken about their mean, so that contrast, light and motion cancel.

    Args:
        changes: As a track holds them.

    Returns:
        A number for each of MOMENTS, lag, band and region, the region fastest; None where too little was measured.
    """
    if len(changes.times) < LEAST_MEASUREMENTS:
        return None
    logs = np.log(changes.sizes[:, :, 0].astype(np.float64) + LEAST_LEVEL)
    spread = logs - logs.mean(axis=(1, 2, 3), keepdims=True)
    return np.asarray(np.quantile(spread, MOMENTS, axis=0).reshape(-1), np.float64)


def coded_at(track: Track) -> float | None:
    """The CRF at which x264 would have coded a film as strongly; None where what changes in it was not measured."""
    numbers = None if track.changes is None else spread_of_change(track.changes)
    return None if numbers is None else coding_scale().crf(numbers)


def coding_refusal(track: Track, judged: str) -> Refusal | None:
    """That a film was coded too strongly to be judged; None where it was not, or where nobody can tell.

    Args:
        track: One person through time.
        judged: What is judged, as in ``flicker is judged``.
    """
    found = coded_at(track)
    if found is None or found <= MOST_CRF:
        return None
    because = (
        f"From frame to frame the face keeps as little fine detail as in films coded by H.264 at CRF {found:.0f}; "
        f"{judged} up to {MOST_CRF:.0f}, so give the original file."
    )
    return Refusal("too-compressed", because)
