"""The nouns that flow through unmask, each array named once by meaning, shape and dtype.

    media → frames → faces → tracks → signals → evidence → verdict → report

Arrays carry their shape in a jaxtyping alias, which the tests check at run time. Times are presentation
seconds, boxes are ``left, top, right, bottom`` in pixels, images are RGB, angles are degrees.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int16, UInt8

RgbImage = UInt8[np.ndarray, "height width 3"]
"""Gamma-coded RGB, 0–255."""
MonoAudio = Float32[np.ndarray, " samples"]
"""Sound of one channel, −1 to 1."""
Seconds = Float64[np.ndarray, " frames"]
"""Presentation times, rising."""
ColorTrace = Float64[np.ndarray, "*cells frames 3"]
"""Mean RGB (0–255) of skin cells over time; NaN where a cell was not seen."""
Waveform = Float64[np.ndarray, "*cells frames"]
"""One value a frame for each cell, evenly sampled unless said otherwise."""
Landmarks = Float32[np.ndarray, "468 3"]
"""FaceMesh points: x and y in pixels, z in pixels towards the camera being negative."""
Mesh = Int16[np.ndarray, "frames 468 3"]
"""Landmarks over time as offsets from the box centre, in 1/MESH_STEPS pixels (half the memory of float32)."""
Boxes = Float32[np.ndarray, "frames 4"]
"""left, top, right, bottom in pixels."""
PoseTrack = Float32[np.ndarray, "frames 3"]
"""Yaw, pitch, roll in degrees; zero looks into the camera; positive yaw turns to the image's right."""
CellColors = Float32[np.ndarray, "frames cells 3"]
"""Mean RGB (0–255) of each cell in each frame; NaN where the cell was not seen."""
PerFrame = Float32[np.ndarray, " frames"]
"""One number a frame."""
Flags = Bool[np.ndarray, " frames"]
"""One truth a frame."""

MESH_STEPS = 16

MediaKind = Literal["video", "image", "audio"]
Word = Literal["manipulated", "no-sign", "cannot-tell"]
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
]
"""Why a detector abstained."""


@dataclass(frozen=True, slots=True)
class VideoStream:
    """What the file says of its picture, and what a look at its packets shows.

    Attributes:
        width: Displayed width in pixels, rotation applied.
        height: Displayed height in pixels, rotation applied.
        rotation_degrees: Clockwise turn that players apply: 0, 90, 180 or 270.
        frame_rate: Mean frames a second, or None when the stream does not tell.
        variable_frame_rate: Whether the gaps between frames differ by more than a tenth.
        frames: Number of packets seen (the frames, but for broken ones).
        bit_rate: Bits a second of this stream, measured from its packets.
        color_transfer: Transfer curve as named by the stream (``bt709``, ``smpte2084``, …).
        hdr: Whether the transfer curve is PQ or HLG; colours are then not comparable with SDR clips.
        encoder: Encoder tag of the stream, None when absent.
        keyframe_seconds: Presentation times of the key frames.
        packet_bytes: Size of each packet in decoding order; shows an earlier encoding's rhythm.
    """

    codec: str
    profile: str | None
    width: int
    height: int
    rotation_degrees: int
    pixel_format: str
    bit_depth: int
    frame_rate: float | None
    variable_frame_rate: bool
    frames: int
    duration_seconds: float | None
    bit_rate: float | None
    color_transfer: str | None
    color_space: str | None
    hdr: bool
    encoder: str | None
    keyframe_seconds: tuple[float, ...] = field(repr=False, default=())
    packet_bytes: tuple[int, ...] = field(repr=False, default=())

    @property
    def bits_per_pixel(self) -> float | None:
        """Coded bits a displayed pixel and frame, None when the stream does not tell."""
        if not self.bit_rate or not self.frame_rate:
            return None
        return self.bit_rate / self.frame_rate / (self.width * self.height)


@dataclass(frozen=True, slots=True)
class AudioStream:
    """What the file says of its sound."""

    codec: str
    sample_rate_hz: int
    channels: int
    duration_seconds: float | None
    bit_rate: float | None


@dataclass(frozen=True, slots=True)
class Media:
    """Facts of a file, read without decoding a picture.

    Attributes:
        file: The name under which the user gave it.
        sha256: Hex digest of its bytes.
        container: Demuxer's short name (``mov,mp4,…`` reads ``mp4``; ``matroska``; ``png``).
        tags: Container tags such as ``encoder``, ``major_brand``, ``creation_time``.
        boxes: Top-level MP4 boxes in file order (``ftyp``, ``moov``, ``mdat``); empty elsewhere.
        edit_list: Whether an MP4 edit list shifts or cuts the film.
        sandbox: Level under which it was read: ``bubblewrap``, ``landlock`` or ``limits``.
        warnings: Sentences about oddities met, such as a truncated end.
    """

    file: str
    sha256: str
    bytes: int
    kind: MediaKind
    container: str
    duration_seconds: float | None
    video: VideoStream | None
    audio: AudioStream | None
    tags: Mapping[str, str] = field(default_factory=dict)
    boxes: tuple[str, ...] = ()
    edit_list: bool = False
    sandbox: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture with its presentation time."""

    image: RgbImage
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face in one frame.

    Attributes:
        box: left, top, right, bottom in pixels around the landmarks.
        score: Presence of a face, 0–1.
        pose: Yaw, pitch, roll in degrees.
    """

    box: Float32[np.ndarray, "4"]
    landmarks: Landmarks
    score: float
    pose: Float32[np.ndarray, "3"]


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """An aligned picture of a face: eyes level, same size of face in each crop, surround visible.

    Attributes:
        image: RGB, CROP_SIDE pixels square.
        landmarks: The face's points in this crop's pixels.
        sharpness: Variance of the Laplacian of the inner face, higher is sharper.
        scale: Crop pixels a source pixel; above 1 the crop was enlarged.
        picture: Corners of the source picture in this crop's pixels, clockwise from the top left; beyond them is black.
    """

    image: RgbImage
    seconds: float
    landmarks: Landmarks
    sharpness: float
    scale: float
    picture: Float32[np.ndarray, "4 2"]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One person through time, built in one pass over the frames.

    Rows are the frames in which the face was seen; a short loss is a gap in ``times``.

    Attributes:
        id: 1 for the person seen longest and largest, then counting up.
        colors: Mean RGB of each cell of ``cells``.
        cells: Names of the cells, see ``unmask.faces.skin``.
        sharpness: Variance of the Laplacian of the inner face.
        clipped: Share (0–1) of inner-face pixels at the ends of the range.
        scores: Presence of a face, 0–1.
        eyes: Opening of the left and the right eye, lid distance ÷ eye width.
        lips: Opening of the lips, inner-lip distance ÷ mouth width.
        crops: Bounded sample, the sharpest of each stretch of time.
        bits_per_pixel: Coded bits a pixel of the film the face was seen in, None for stills.
    """

    id: int
    times: Seconds
    boxes: Boxes
    mesh: Mesh
    pose: PoseTrack
    colors: CellColors
    cells: tuple[str, ...]
    sharpness: PerFrame
    clipped: PerFrame
    scores: PerFrame
    eyes: Float32[np.ndarray, "frames 2"]
    lips: PerFrame
    crops: tuple[Crop, ...]
    bits_per_pixel: float | None = None

    @property
    def start(self) -> float:
        """First time at which the face was seen, in seconds."""
        return float(self.times[0])

    @property
    def end(self) -> float:
        """Last time at which the face was seen, in seconds."""
        return float(self.times[-1])

    @property
    def duration_seconds(self) -> float:
        """Time from the first to the last sight."""
        return self.end - self.start

    @property
    def frame_rate(self) -> float:
        """Frames a second while the face was in view; 0 for a still."""
        if len(self.times) < 2:
            return 0.0
        return float(1.0 / np.median(np.diff(self.times)))

    @property
    def face_width(self) -> float:
        """Median width of the face in pixels."""
        return float(np.median(self.boxes[:, 2] - self.boxes[:, 0]))

    def landmarks_of(self, points: Sequence[int] | slice = slice(None)) -> Float32[np.ndarray, "frames points 3"]:
        """Some points of all frames in pixels, all 468 when none are named; unpacked from ``mesh`` on each call."""
        chosen = points if isinstance(points, slice) else list(points)
        centers = (self.boxes[:, None, :2] + self.boxes[:, None, 2:]) / 2
        unpacked = self.mesh[:, chosen].astype(np.float32) / MESH_STEPS
        unpacked[..., :2] += centers
        return unpacked

    def color_of(self, cells: tuple[str, ...]) -> ColorTrace:
        """Mean RGB of the named cells, shape ``len(cells) frames 3``."""
        columns = [self.cells.index(cell) for cell in cells]
        return np.moveaxis(self.colors[:, columns].astype(np.float64), 0, 1)


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


@dataclass(frozen=True, slots=True)
class Card:
    """What a detector says of itself; feeds the command line, the API, the page, the benchmark and the docs.

    Attributes:
        name: One lower-case word.
        question: The question it asks, in a sentence.
        needs: ``track`` when it looks at one person, ``media`` when it looks at the file.
        kinds: Kinds of media it can look at.
        requires: The least it needs to answer, in words.
        answers: What its answers mean, in words.
        weights: Names of the weight files it uses, empty when untrained.
        paper: Where the method comes from.
        failures: Known failures, a sentence each.
        cap: Largest absolute log-odds it may add to a verdict.
    """

    name: str
    question: str
    needs: Literal["track", "media"]
    kinds: tuple[MediaKind, ...]
    requires: str
    answers: str
    paper: str
    failures: tuple[str, ...]
    cap: float
    weights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one detector found, or why it did not answer.

    Attributes:
        fake: Probability of forgery 0–1, or None when the detector abstained.
        because: Sentences with measured values and units, never empty.
        abstained: Reason code when ``fake`` is None, else None.
        interval: Where the probability may lie (95 %), None when abstained.
        measured: Named measurements, units in the names.
    """

    detector: str
    fake: float | None
    because: tuple[str, ...]
    abstained: Reason | None = None
    interval: tuple[float, float] | None = None
    segments: tuple[Segment, ...] = ()
    traces: tuple[Trace, ...] = ()
    maps: tuple[Map, ...] = ()
    measured: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def abstain(
        cls,
        detector: str,
        reason: Reason,
        *because: str,
        traces: tuple[Trace, ...] = (),
        maps: tuple[Map, ...] = (),
        measured: Mapping[str, float] | None = None,
    ) -> "Evidence":
        """Evidence without an answer: why, and what was measured all the same."""
        return cls(detector, None, because, reason, traces=traces, maps=maps, measured=measured or {})


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A track and what the detectors found in it."""

    track: Track
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Vitals:
    """Heart and breath rate of one person.

    Attributes:
        id: Number of the person, 1 for the main one.
        heart_rate_bpm: Beats a minute, None when not measurable.
        heart_rate_error_bpm: Standard error of the heart rate, None with it.
        breath_rate_bpm: Breaths a minute, None when not measurable.
        quality: 0–1, how far the heart rate may be trusted.
        measurable: Whether a heart rate was found.
        reason: Why not, as a code; None when measurable.
        because: Why not, in sentences.
        traces: The wave and its spectrum.
        maps: Strength of the beat in each part of the face.
    """

    id: int
    heart_rate_bpm: float | None
    heart_rate_error_bpm: float | None
    breath_rate_bpm: float | None
    quality: float
    measurable: bool
    reason: Reason | None
    because: tuple[str, ...]
    traces: tuple[Trace, ...] = ()
    maps: tuple[Map, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class VitalsReport:
    """The rates of everyone in a film.

    Attributes:
        incomplete: A sentence when the film broke off before its end.
    """

    media: Media
    people: tuple[Vitals, ...]
    incomplete: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for the whole file.

    Attributes:
        word: ``manipulated``, ``no-sign`` or ``cannot-tell``; never "authentic".
        probability: Probability of forgery, None when nothing could be measured.
        interval: Where the probability may lie (95 %), None with it.
        sentence: The answer in one sentence.
        unchecked: What was not checked, and why, a sentence each.
    """

    word: Word
    probability: float | None
    interval: tuple[float, float] | None
    sentence: str
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Engine:
    """What made the report: enough to repeat the run."""

    version: str
    weights: Mapping[str, str]
    detectors: tuple[str, ...]
    settings: Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything found in one file.

    Attributes:
        people: Persons seen, the main one first.
        evidence: What the detectors that look at the file found.
        seen_until: Last presentation time that was looked at, in seconds; None for a sound file.
        incomplete: A sentence when the film broke off before its end; what came before was examined.
        crowd: Faces seen but not followed, because more people were in view than are followed at once.
    """

    media: Media
    people: tuple[Person, ...]
    evidence: tuple[Evidence, ...]
    verdict: Verdict
    engine: Engine
    seen_until: float | None = None
    incomplete: str | None = None
    crowd: int = 0
    provenance: Mapping[str, str] = field(default_factory=dict)
