"""Consistency: do face and surround of the same frame look as if one process had made them?

A network that was taught on photographs of anything, and is not trained here, looks at the picture. Where its maps have
another mean or another spread in the face than around it, the two differ in texture; a logistic regression weighs 928 such
contrasts, as the median over a few views has them.
"""

import numpy as np
from jaxtyping import Float64

from unmask.faces.competence import Gate, frontal_crops
from unmask.signals.appearance import (
    CHANNELS,
    LAYERS,
    NETWORK,
    REGIONS,
    appearance_contrasts,
    chosen_evenly,
    sums_by_part,
)
from unmask.signals.coding import coding_refusal
from unmask.signals.linear import LinearModel, linear_model
from unmask.types import Card, Evidence, Seconds, Segment, Trace, Track

CARD = Card(
    name="consistency",
    question="Do face and surround of the same frame come from one process?",
    needs="track",
    kinds=("video", "image"),
    requires="one sharp view of a face 64 pixels wide or more, turned by at most 40°, with hair, neck or background around it; of a film, coded no more strongly than by H.264 at CRF 35 or so",
    answers="a face whose texture departs from its surround's as it does in face swaps speaks for a generated inner face",
    paper="Sandler et al., MobileNetV2, CVPR 2018; Huang and Belongie, ICCV 2017, for means and spreads of maps as style.",
    failures=(
        "It learned from swaps by one program (an autoencoder, drawn live) of seven people; of other programs it knows nothing.",
        "It tells sources apart better than it should: filmed people of one source rank above those of another.",
        "Make-up, a beauty filter, glasses or a surround out of focus differ from the face, too.",
        "Its reasons are maps of a network and not quantities that a reader can check.",
        "Stills it has not learned from; it was fitted to films alone.",
        "How strongly a still was coded, or a film in a fast check, it cannot tell, and so does not refuse.",
    ),
    weights=("consistency", NETWORK, "coding"),
    cap=0.0,
    sees=("redrawn-face",),
)

WEIGHT = "consistency"
GATE = Gate(least_face_pixels=64.0)
MOST_TURNED_DEGREES = 40.0
NUMBERS = 4 * sum(CHANNELS)

Rows = Float64[np.ndarray, "views contrasts"]


def examine(track: Track) -> Evidence:
    """Evidence from how one face looks against its surround."""
    refused = GATE.refusal(track, "consistency is judged") or coding_refusal(track, "consistency is judged")
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
    """When the face is looked at, and how it looks against its surround."""
    chosen = chosen_evenly(frontal_crops(track, MOST_TURNED_DEGREES))
    measured = [(crop.seconds, appearance_contrasts(crop)) for crop in chosen]
    kept = [(seconds, row) for seconds, row in measured if row is not None]
    rows = np.array([row for _, row in kept]).reshape(-1, NUMBERS)
    return np.array([seconds for seconds, _ in kept], np.float64), rows


def _sentences(middle: Float64[np.ndarray, " contrasts"], model: LinearModel, views: int) -> tuple[str, ...]:
    """The weighted sum against the one at which the answer turns, and where most of it comes from."""
    total, turn = model.total(middle), model.turn
    sums = sums_by_part(model.parts(middle)) * (1 if total > turn else -1)
    layer, region = np.unravel_index(int(sums.argmax()), sums.shape)
    side = "more" if total > turn else "less"
    return (
        f"The weighted difference between face and surround is {total:.2f}, {side} than the {turn:.2f} from which on it speaks for a swap.",
        f"Most of that comes from the {REGIONS[region]}, in {LAYERS[layer]}.",
        f"Face and surround were compared in {views} {'view' if views == 1 else 'views'}.",
    )


def _traces(times: Seconds, rows: Rows, model: LinearModel) -> tuple[Trace, ...]:
    if len(times) < 3:
        return ()
    totals = np.array([model.total(row) for row in rows])
    return (Trace("Weighted difference of looks between face and surround", times, totals, "s"),)
