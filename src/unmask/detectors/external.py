"""External: a network that the user brought is asked about each aligned view of a face.

Its answers are read as log-odds. Films of the user's own, if there were any, told how these are to be calibrated and
what they are worth on people left out; a model that has not shown its worth is shown and has no voice.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from unmask.models.calibration import Calibration, worth
from unmask.models.card import ModelCard
from unmask.models.running import OpenModel, Sitting
from unmask.signals.likelihood import probability
from unmask.signals.linear import MOST_ODDS
from unmask.types import Card, Crop, Evidence, Seconds, Segment, Trace, Track

VIEW = "one view of a face 64 pixels wide or more, turned by at most 40°"
CARD = Card(
    name="external",
    question="Does a model that you brought take this face for a forged one?",
    needs="model",
    kinds=("video", "image"),
    requires=f"an ONNX model, added with 'unmask models add', and {VIEW}",
    answers="what your model answers in the median over the views; it counts once the model has shown on films of yours, on five people or more, left out one by one, that the lower bound of its AUC is above 0.70",
    paper="Calibrated after Platt, Probabilistic Outputs for Support Vector Machines, 1999.",
    failures=(
        "unmask knows nothing of what your model learned; most of them fail on forgeries and cameras they never saw.",
        "Films that the model was trained on make it look better than it is; calibrate it on others.",
    ),
    cap=1.35,
)
"""Stands for every model that a user adds; each has a card of its own, made of this one."""

LEAST_FACE_PIXELS = 64.0
MOST_TURNED_DEGREES = 40.0
LEAST_DRAWN = 3

Views = Float64[np.ndarray, " views"]
"""Log-odds of a forgery, one a view; NaN where the model answered with something else."""


def card_of(said: ModelCard, calibration: Calibration | None) -> Card:
    """The card of one model, from what its user says of it and what films told."""
    return replace(
        CARD,
        name=said.name,
        question=said.question,
        needs="track",
        requires=VIEW,
        answers=f"what the model answers in the median over the views. {worth(calibration)}",
        paper=f"{said.source} ({said.licence}).",
        weights=(said.name,),
        cap=CARD.cap if calibration is not None and calibration.counts else 0.0,
        own=True,
        sees=said.sees,
    )


def examine(sitting: Sitting) -> Evidence:
    """Evidence from what a model of the user's own answers about one face."""
    track, model = sitting.track, sitting.model
    name = model.card.name
    if track.face_width < LEAST_FACE_PIXELS:
        because = f"The face is {track.face_width:.0f} pixels wide; the model is asked from {LEAST_FACE_PIXELS:.0f}."
        return Evidence.abstain(name, "face-too-small", because)
    crops = frontal(track)
    if not crops:
        because = f"No view of the face is turned by {MOST_TURNED_DEGREES:.0f}° or less; the model is asked about such."
        return Evidence.abstain(name, "not-measurable", because)
    asked = answers(crops, model)
    kept = np.isfinite(asked)
    if not kept.any():
        because = f"The model answered {len(asked)} views with something that is no {model.card.output.kind}."
        return Evidence.abstain(name, "not-measurable", because)
    times = np.array([crop.seconds for crop in crops])[kept]
    return _told(track, model, times, asked[kept])


def frontal(track: Track) -> tuple[Crop, ...]:
    """The crops in which a face looks near enough into the camera."""
    return tuple(crop for crop in track.crops if _turn_at(track, crop) <= MOST_TURNED_DEGREES)


def answers(crops: tuple[Crop, ...], model: OpenModel) -> Views:
    """What the model says of each crop."""
    return np.array([model.log_odds(crop.image) for crop in crops], np.float64)


def _turn_at(track: Track, crop: Crop) -> float:
    row = int(np.abs(track.times - crop.seconds).argmin())
    return float(np.abs(track.pose[row, :2]).max())


def _told(track: Track, model: OpenModel, times: Seconds, asked: Views) -> Evidence:
    calibration, middle = model.calibration, float(np.median(asked))
    fake, interval = _read(middle, calibration)
    return Evidence(
        model.card.name,
        fake,
        (_median(asked, middle), worth(calibration)),
        interval=interval,
        segments=_segments(track, times, asked, calibration),
        traces=_traces(times, asked),
        measured={
            "log_odds": middle,
            "lowest_log_odds": float(asked.min()),
            "highest_log_odds": float(asked.max()),
            "views": float(len(asked)),
        },
        counts=calibration is not None and calibration.counts,
    )


def _read(log_odds: float, calibration: Calibration | None) -> tuple[float, tuple[float, float]]:
    """Probability of forgery and its interval, which is without bounds where no film told of the model."""
    if calibration is not None:
        return calibration.line.fake(np.array([log_odds]))
    fake = probability(float(np.clip(log_odds, -MOST_ODDS, MOST_ODDS)))
    return fake, (probability(-MOST_ODDS), probability(MOST_ODDS))


def _median(asked: Views, middle: float) -> str:
    if len(asked) == 1:
        return f"The model answers {middle:.3g} in log-odds, from 1 view."
    return f"The model answers {middle:.3g} in log-odds, the median of {len(asked)} views; they run from {asked.min():.3g} to {asked.max():.3g}."


def _segments(track: Track, times: Seconds, asked: Views, calibration: Calibration | None) -> tuple[Segment, ...]:
    """A stretch for each view, to half way between it and the next."""
    if track.duration_seconds <= 0:
        return ()
    edges = np.concatenate([[track.start], (times[1:] + times[:-1]) / 2, [track.end]])
    return tuple(
        Segment(float(start), float(end), _read(float(one), calibration)[0])
        for start, end, one in zip(edges[:-1], edges[1:], asked, strict=True)
        if start < end
    )


def _traces(times: Seconds, asked: Views) -> tuple[Trace, ...]:
    if len(times) < LEAST_DRAWN:
        return ()
    return (Trace("What the model answers of each view", times, asked, "s", "log-odds"),)
