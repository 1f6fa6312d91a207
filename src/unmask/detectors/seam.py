"""Seam: does the inner face fit its own surround in detail, colour by colour?

A pasted or generated face comes from another picture or a small network: softer or sharper, cleaner or noisier, above all
in its colours, than the hair, ears and neck around it. Both are compared on aligned crops, so that they went through the
same scaling. A logistic regression weighs the contrasts, as the median over the track has them.
"""

import numpy as np
from jaxtyping import Float64

from unmask.faces.bands import CHANNEL_WORDS, CHANNELS
from unmask.faces.competence import Gate, frontal_crops
from unmask.signals.coding import coding_refusal
from unmask.signals.detail import BANDS, REGIONS, detail_contrast_names, detail_contrasts
from unmask.signals.linear import LinearModel, linear_model
from unmask.types import Card, Evidence, Seconds, Segment, Trace, Track

CARD = Card(
    name="seam",
    question="Does the inner face fit its surround in sharpness, noise and colour?",
    needs="track",
    kinds=("video", "image"),
    requires="one sharp view of a face 64 pixels wide or more, turned by at most 40°, with hair, neck or background around it; of a film, coded no more strongly than by H.264 at CRF 35 or so",
    answers="detail that differs from the surround's as it does in face swaps speaks for a generated inner face",
    paper="Li et al., Face X-ray, CVPR 2020; Mahdian and Saic, Image and Vision Computing 27, 2009.",
    failures=(
        "It learned from swaps by one program (an autoencoder, drawn live) of seven people; pastes by other means may differ the other way.",
        "A shallow depth of field, make-up, a beauty filter or a face in front of a busy wall look like a misfit.",
        "Stills it has not learned from; it was fitted to films alone.",
        "How strongly a still was coded, or a film in a fast check, it cannot tell, and so does not refuse.",
    ),
    weights=("seam", "coding"),
    cap=0.0,
    sees=("redrawn-face",),
)

WEIGHT = "seam"
GATE = Gate(least_face_pixels=64.0)
MOST_TURNED_DEGREES = 40.0
TOLD = 2

Rows = Float64[np.ndarray, "views contrasts"]


def examine(track: Track) -> Evidence:
    """Evidence from the fit of one face into its surround."""
    refused = GATE.refusal(track, "a seam is looked for") or coding_refusal(track, "a seam is looked for")
    if refused is not None:
        return Evidence.abstain(CARD.name, refused.reason, refused.because)
    times, rows = contrasts(track)
    if not len(rows):
        because = "No view of the face is frontal and large enough to compare it with its surround."
        return Evidence.abstain(CARD.name, "not-measurable", because)
    model, middle = linear_model(WEIGHT), np.median(rows, axis=0)
    fake, interval = model.fake(middle)
    return Evidence(
        CARD.name,
        fake,
        _sentences(middle, model, len(rows)),
        interval=interval,
        segments=(Segment(track.start, track.end, fake),),
        traces=_traces(times, rows, model),
        measured={"weighted_sum": model.total(middle), "views": float(len(rows))},
        counts=CARD.cap > 0,
    )


def contrasts(track: Track) -> tuple[Seconds, Rows]:
    """When the face is seen well enough to compare it with its surround, and how much detail it shows against it."""
    measured = [(crop.seconds, detail_contrasts(crop)) for crop in frontal_crops(track, MOST_TURNED_DEGREES)]
    kept = [(seconds, row) for seconds, row in measured if row is not None]
    rows = np.array([row for _, row in kept]).reshape(-1, len(detail_contrast_names()))
    return np.array([seconds for seconds, _ in kept], np.float64), rows


def _sentences(middle: Float64[np.ndarray, " contrasts"], model: LinearModel, views: int) -> tuple[str, ...]:
    """What speaks loudest for the answer, as ratios a reader can check."""
    told = [_contrast(number, float(middle[number]), model.middle[number]) for number in model.loudest(middle, TOLD)]
    return (*told, f"Face and surround were compared in {views} {'view' if views == 1 else 'views'}.")


def _contrast(number: int, value: float, usual: float) -> str:
    rest, region = divmod(number, len(REGIONS))
    channel, band = divmod(rest, len(BANDS))
    what = f"The {BANDS[band]} detail in the {CHANNEL_WORDS[CHANNELS[channel]]} of the {REGIONS[region]}"
    return f"{what} is {np.exp(value):.2f} times that of the surround; {np.exp(usual):.2f} is usual."


def _traces(times: Seconds, rows: Rows, model: LinearModel) -> tuple[Trace, ...]:
    if len(times) < 3:
        return ()
    totals = np.array([model.total(row) for row in rows])
    return (Trace("Weighted difference of detail between face and surround", times, totals, "s"),)
