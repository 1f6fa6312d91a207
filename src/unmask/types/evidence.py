"""What a detector says of itself, and what it found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from unmask.types.media import MediaKind

Reason = Literal[
    "no-face",
    "face-too-small",
    "too-short",
    "too-dark",
    "too-bright",
    "too-compressed",
    "too-much-motion",
    "frame-rate-too-low",
    "not-measurable",
    "no-speech",
    "no-video",
    "context-only",
    "out-of-scope",
    "no-credentials",
    "no-key",
    "no-mark",
    "undecidable",
    "no-reference",
    "not-installed",
    "another-person",
]
"""Why a detector abstained."""

Forgery = Literal[
    "redrawn-face",
    "pasted-face",
    "synthetic-face",
    "synthetic-film",
    "moved-lips",
    "made-voice",
    "altered-file",
    "another-person",
]
"""Kinds of forgery: a face drawn anew by a network, or laid over another; a face of nobody, or a whole film of nothing that
was filmed; lips moved to other words; a made voice; a file altered after it was signed or marked; another person than the
one of the clips that were given.
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time and the probability of forgery in it."""

    start: float
    end: float
    fake: float


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A curve for the reader of the report, over seconds or over another axis.

    Attributes:
        name: What it shows, in words.
        x: Positions on the axis.
        y: Values; NaN leaves a gap.
        x_unit: ``s`` for time, ``bpm`` for a spectrum.
        y_unit: Unit of the values, empty when there is none.
        mark: Position on the axis to point at, such as the heart rate.
    """

    name: str
    x: Float64[np.ndarray, " points"]
    y: Float64[np.ndarray, " points"]
    x_unit: str = "s"
    y_unit: str = ""
    mark: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """A small picture of numbers, one a cell of the rectified face.

    Attributes:
        name: What it shows, in words.
        values: Rows from below the eyes to above the mouth, columns from the image's left to its right, ear to ear;
            NaN where not seen.
        low: Value drawn darkest.
        high: Value drawn brightest.
    """

    name: str
    values: Float64[np.ndarray, "rows columns"]
    low: float
    high: float
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """A picture of a face, and where in it a detector believes that something was made.

    Attributes:
        name: What it shows, in words.
        seconds: Presentation time of the picture.
        picture: Gamma-coded RGB, 0–255.
        made: Probability (0–1) that each of the squares into which the picture is cut was made.
    """

    name: str
    seconds: float
    picture: UInt8[np.ndarray, "side side 3"]
    made: Float32[np.ndarray, "rows columns"]


@dataclass(frozen=True, slots=True)
class Card:
    """What a detector says of itself; feeds the command line, the API, the page, the benchmark and the docs.

    Attributes:
        name: One lower-case word.
        question: The question it asks, in a sentence.
        needs: ``track`` when it looks at one person, ``reference`` when it holds them against clips of someone,
            ``model`` when it looks at them through a model that the user brought, ``evidence`` when it weighs what others
            found in them, ``media`` when it looks at the file,
            ``provenance`` when it looks at where the file comes from.
        kinds: Kinds of media it can look at.
        requires: The least it needs to answer, in words.
        answers: What its answers mean, in words.
        weights: Names of the weight files it uses, empty when untrained.
        paper: Where the method comes from.
        failures: Known failures, a sentence each.
        cap: Largest log-odds of forgery it may add to a verdict; without a floor it may take away as much.
        floor: Largest log-odds it may take away: the lack of one kind of trace is no sign against another forgery.
        own: Whether it is a model that the user brought.
        sees: Kinds of forgery of which an answer of it may be a sign; empty when it votes on none, or when nobody knows.
    """

    name: str
    question: str
    needs: Literal["track", "reference", "model", "evidence", "media", "provenance"]
    kinds: tuple[MediaKind, ...]
    requires: str
    answers: str
    paper: str
    failures: tuple[str, ...]
    cap: float
    weights: tuple[str, ...] = ()
    floor: float | None = None
    own: bool = False
    sees: tuple[Forgery, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one detector found, or why it did not answer.

    Attributes:
        fake: Probability of forgery 0–1, or None when the detector abstained.
        because: Sentences with measured values and units, never empty.
        abstained: Reason code when ``fake`` is None, else None.
        interval: Where the probability may lie (95 %), None when abstained.
        measured: Named measurements, units in the names.
        counts: Whether the answer has a voice in the verdict; False for a detector that is shown until it has earned one.
        sought: Kinds of forgery that it looked for all the same when it abstained, such as an alteration of a file that is
            as it was signed.
    """

    detector: str
    fake: float | None
    because: tuple[str, ...]
    abstained: Reason | None = None
    interval: tuple[float, float] | None = None
    segments: tuple[Segment, ...] = ()
    traces: tuple[Trace, ...] = ()
    maps: tuple[Map, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    measured: Mapping[str, float] = field(default_factory=dict)
    counts: bool = True
    sought: tuple[Forgery, ...] = ()

    @classmethod
    def abstain(
        cls,
        detector: str,
        reason: Reason,
        *because: str,
        traces: tuple[Trace, ...] = (),
        maps: tuple[Map, ...] = (),
        measured: Mapping[str, float] | None = None,
        sought: tuple[Forgery, ...] = (),
    ) -> "Evidence":
        """Evidence without an answer: why, and what was measured and looked for all the same."""
        known = measured or {}
        return cls(detector, None, because, reason, traces=traces, maps=maps, measured=known, sought=sought)
