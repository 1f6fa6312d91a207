"""Motion: do the points of this face move as one head, smoothly?

A face laid over another frame by frame trembles: its position is estimated anew for each picture, its edge flickers,
and its inner part turns a little otherwise than the head.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

from unmask.faces.competence import Gate
from unmask.faces.pose import Points, Rotation, degrees_of, mean_face, similarity
from unmask.faces.skin import GRID, INSIDE, OUTLINE
from unmask.signals.flicker import flicker_contrast
from unmask.signals.likelihood import MonotoneMap, add_odds
from unmask.signals.motion import motion_energy
from unmask.types import Card, Evidence, Seconds, Segment, Trace, Track

CARD = Card(
    name="motion",
    question="Do the points of this face move as one head, smoothly?",
    needs="track",
    kinds=("video",),
    requires="2 s of one face at 15 frames a second or more, 64 pixels wide or more, without wild motion",
    answers="trembling, an edge that flickers or an inner face that turns by itself speak for a face laid over another",
    paper="Yang, Li, Lyu: Exposing Deep Fakes Using Inconsistent Head Poses, ICASSP 2019.",
    failures=(
        "A shaking camera, motion blur, a hand before the face or glasses make honest points tremble.",
        "Swaps whose alignment was smoothed over time move like the head.",
        "On the true swaps that it was measured on it ranks swaps below their originals; it is shown and not counted.",
    ),
    cap=0.0,
    sees=("redrawn-face", "pasted-face"),
)

GATE = Gate(least_seconds=2.0, least_frame_rate=15.0, least_face_pixels=64.0)
MOST_MOTION = 1.5
WINDOW_SECONDS = 2.0
INNER = (33, 133, 362, 263, 1, 4, 5, 6, 168, 195, 197, 61, 291, 0, 17, 70, 300, 105, 334)
JITTER = MonotoneMap(low=0.1, high=0.7, at_low=0.46, at_high=0.78)
TURN = MonotoneMap(low=0.2, high=0.8, at_low=0.48, at_high=0.68)
FLICKER = MonotoneMap(low=0.1, high=1.2, at_low=0.48, at_high=0.7)
SLACK = 1.2
POSE_STEP = 3
"""The pose of every third frame is enough for its wandering."""


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """What is looked at in a track, frame by frame, unpacked once.

    Attributes:
        width: Width of the face in pixels.
        inner: Points of the inner face in pixels.
        turns: Yaw and pitch of the inner face against the outline in degrees, every POSE_STEP frames.
        rim: Colours just inside the outline.
        skin: Colours of the skin between eyes and mouth.
    """

    times: Seconds
    width: float
    inner: Float32[np.ndarray, "frames points 3"]
    turns: Float32[np.ndarray, "poses 2"]
    rim: Float64[np.ndarray, "rim frames 3"]
    skin: Float64[np.ndarray, "skin frames 3"]


@dataclass(frozen=True, slots=True)
class _Trembling:
    """What is measured of a stretch of a track.

    Attributes:
        jitter: Trembling of the points in per cent of the face's width.
        turn: Median wandering of the inner face's pose about that of the outline, degrees.
        flicker: Flicker of the rim against that of the skin, log ratio.
    """

    jitter: float
    turn: float
    flicker: float

    def fake(self) -> tuple[float, tuple[float, float]]:
        """Probability of forgery and its interval."""
        return add_odds((JITTER(self.jitter), TURN(self.turn), FLICKER(self.flicker)), SLACK)


def examine(track: Track) -> Evidence:
    """Evidence from the motion of one person's face."""
    refusal = _refusal(track)
    if refusal is not None:
        return refusal
    series = _series(track)
    whole = _measure(series, slice(0, len(track.times)))
    fake, interval = whole.fake()
    windows = [(start, end, _measure(series, rows)) for start, end, rows in _windows(track)]
    return Evidence(
        CARD.name,
        fake,
        _sentences(whole),
        interval=interval,
        segments=tuple(Segment(start, end, window.fake()[0]) for start, end, window in windows),
        traces=_traces(windows),
        measured={
            "jitter_percent_of_face_width": whole.jitter,
            "inner_pose_wander_degrees": whole.turn,
            "rim_flicker_log_ratio": whole.flicker,
        },
        counts=CARD.cap > 0,
    )


def _refusal(track: Track) -> Evidence | None:
    refused = GATE.refusal(track, "motion is judged")
    if refused is not None:
        return Evidence.abstain(CARD.name, refused.reason, refused.because)
    speed = motion_energy(track.landmarks_of(INNER), track.times, track.face_width).speed
    if speed > MOST_MOTION:
        because = f"The head moves by {speed:.1f} face widths a second; trembling is judged up to {MOST_MOTION}."
        return Evidence.abstain(CARD.name, "too-much-motion", because)
    return None


def _series(track: Track) -> _Series:
    inner, outline = track.landmarks_of(INNER), track.landmarks_of(OUTLINE)
    pairs = zip(inner[::POSE_STEP], outline[::POSE_STEP], strict=True)
    turns = np.array([degrees_of(_turn(face, INNER) @ _turn(edge, OUTLINE).T)[:2] for face, edge in pairs])
    return _Series(track.times, track.face_width, inner, turns, track.color_of(INSIDE), track.color_of(GRID))


def _turn(seen: Points, points: tuple[int, ...]) -> Rotation:
    return similarity(mean_face()[list(points)], seen)[1]


def _measure(series: _Series, rows: slice) -> _Trembling:
    jitter = motion_energy(series.inner[rows], series.times[rows], series.width).jitter * 100
    turns = series.turns[rows.start // POSE_STEP : -(-rows.stop // POSE_STEP)]
    wander = float(np.abs(turns - np.median(turns, axis=0)).mean(axis=1).mean())
    return _Trembling(jitter, wander, flicker_contrast(series.rim[:, rows], series.skin[:, rows]))


def _windows(track: Track) -> list[tuple[float, float, slice]]:
    """Stretches of WINDOW_SECONDS of which at least half of the frames show the face."""
    full = WINDOW_SECONDS * track.frame_rate
    stretches = []
    for start in np.arange(track.start, track.end, WINDOW_SECONDS):
        end = min(float(start) + WINDOW_SECONDS, track.end)
        rows = slice(*(int(row) for row in np.searchsorted(track.times, (start, end))))
        if rows.stop - rows.start >= full / 2:
            stretches.append((float(start), end, rows))
    return stretches


def _sentences(whole: _Trembling) -> tuple[str, ...]:
    rim = f"{100 * abs(np.expm1(whole.flicker)):.0f} % {'more' if whole.flicker > 0 else 'less'}"
    told = (
        (JITTER(whole.jitter), f"The points of the face tremble by {whole.jitter:.2f} % of its width."),
        (TURN(whole.turn), f"The inner face wanders by {whole.turn:.2f}° against the outline of the head."),
        (FLICKER(whole.flicker), f"The rim of the face flickers {rim} than its skin."),
    )
    return tuple(sentence for _, sentence in sorted(told, key=lambda pair: -pair[0]))


def _traces(windows: list[tuple[float, float, _Trembling]]) -> tuple[Trace, ...]:
    if len(windows) < 3:
        return ()
    middles = np.array([(start + end) / 2 for start, end, _ in windows])
    jitter = np.array([window.jitter for _, _, window in windows])
    return (Trace("Trembling of the points", middles, jitter, "s", "% of face width"),)
