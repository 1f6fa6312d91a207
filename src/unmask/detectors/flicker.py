"""Flicker: does this face change from frame to frame as its own surround does?

A face that is drawn anew for each frame has its own noise, sharpness and colour in each. Lens, sensor and coder act on
face and surround alike, so the two are compared in the same frames. A logistic regression weighs the contrasts.
"""

import numpy as np
from jaxtyping import Float64

from unmask.faces.bands import CHANNEL_WORDS, CHANNELS
from unmask.faces.competence import Gate
from unmask.signals.change import BANDS, LAGS, REGIONS, change_contrasts
from unmask.signals.coding import coding_refusal
from unmask.signals.linear import LinearModel, linear_model
from unmask.types import Card, Evidence, Seconds, Segment, Trace, Track

CARD = Card(
    name="flicker",
    question="Does this face change from frame to frame as its own surround does?",
    needs="track",
    kinds=("video",),
    requires="2 s of one face at 15 frames a second or more, 64 pixels wide or more, with hair, neck or background around it, coded no more strongly than by H.264 at CRF 35 or so",
    answers="a face that changes otherwise than its surround speaks for one drawn anew in each frame, as face swaps are",
    paper="Amerini et al., Deepfake Video Detection through Optical Flow Based CNN, ICCV Workshops 2019.",
    failures=(
        "It learned from swaps by one program (an autoencoder, drawn live) of seven people; of other programs it knows nothing.",
        "A beauty filter, a moving background or a hand before the face change otherwise, too.",
        "A face that was not drawn anew, such as a still laid over a film, may change as its surround does.",
    ),
    weights=("flicker", "coding"),
    cap=0.0,
    sees=("redrawn-face",),
)

WEIGHT = "flicker"
GATE = Gate(least_seconds=2.0, least_frame_rate=15.0, least_face_pixels=64.0)
LEAST_MEASUREMENTS = 5
WINDOW_SECONDS = 2.0
TOLD = 2


def examine(track: Track) -> Evidence:
    """Evidence from how one face changes against its surround."""
    refused = GATE.refusal(track, "flicker is judged") or coding_refusal(track, "flicker is judged")
    if refused is not None:
        return Evidence.abstain(CARD.name, refused.reason, refused.because)
    if track.changes is None:
        because = (
            "What changes between frames was not measured, as a still has nothing of it and a fast check leaves it out."
        )
        return Evidence.abstain(CARD.name, "not-measurable", because)
    model, changes = linear_model(WEIGHT), track.changes
    contrasts, times = change_contrasts(changes), changes.times
    if len(contrasts) < LEAST_MEASUREMENTS:
        because = (
            f"Change could be measured at {len(contrasts)} moments, {LEAST_MEASUREMENTS} are needed; the face moves too much, "
            "or too little around it is in the picture."
        )
        return Evidence.abstain(CARD.name, "not-measurable", because)
    middle = np.median(contrasts, axis=0)
    fake, interval = model.fake(middle)
    return Evidence(
        CARD.name,
        fake,
        _sentences(middle, model, len(contrasts)),
        interval=interval,
        segments=_segments(track, times, contrasts, model),
        traces=_traces(times, contrasts, model),
        measured={"weighted_sum": model.total(middle), "moments": float(len(contrasts))},
        counts=CARD.cap > 0,
    )


def _sentences(middle: Float64[np.ndarray, " contrasts"], model: LinearModel, moments: int) -> tuple[str, ...]:
    """What speaks loudest for the answer, as ratios a reader can check."""
    told = [_contrast(number, float(middle[number]), model.middle[number]) for number in model.loudest(middle, TOLD)]
    return (*told, f"Face and surround were compared at {moments} moments.")


def _contrast(number: int, value: float, usual: float) -> str:
    rest, region = divmod(number, len(REGIONS))
    rest, band = divmod(rest, len(BANDS))
    lag, channel = divmod(rest, len(CHANNELS))
    what = f"the {BANDS[band]} detail in the {CHANNEL_WORDS[CHANNELS[channel]]} of the {REGIONS[region]}"
    ratios = f"{np.exp(value):.2f} times as much as that of the surround; {np.exp(usual):.2f} is usual"
    return f"Within {LAGS[lag]}, {what} changes {ratios}."


def _segments(track: Track, times: Seconds, contrasts: np.ndarray, model: LinearModel) -> tuple[Segment, ...]:
    """Stretches of WINDOW_SECONDS with enough measurements."""
    segments = []
    for start in np.arange(track.start, track.end, WINDOW_SECONDS):
        end = min(float(start) + WINDOW_SECONDS, track.end)
        inside = (times >= start) & (times < end)
        if inside.sum() >= LEAST_MEASUREMENTS:
            segments.append(Segment(float(start), end, model.fake(np.median(contrasts[inside], axis=0))[0]))
    return tuple(segments)


def _traces(times: Seconds, contrasts: np.ndarray, model: LinearModel) -> tuple[Trace, ...]:
    totals = np.array([model.total(row) for row in contrasts])
    return (Trace("Weighted difference of change between face and surround", times, totals, "s"),)
