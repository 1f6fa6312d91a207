"""Texture: was this face drawn whole by a network that makes pictures larger?

Whoever draws a face from numbers makes it larger step by step, and each step leaves its traces in the finest detail:
patterns that repeat, a spectrum that falls otherwise, colours that go together otherwise. They are looked for in the face
in the picture's own pixels. A logistic regression weighs them, as the median over a few views has them.
"""

import numpy as np
from jaxtyping import Float64

from unmask.faces.competence import Gate, frontal_crops
from unmask.signals.appearance import chosen_evenly
from unmask.signals.linear import LinearModel, linear_model
from unmask.signals.texture import is_grey, texture_names, texture_of
from unmask.types import Card, Evidence, Seconds, Segment, Trace, Track

CARD = Card(
    name="texture",
    question="Was this face drawn whole by a network that makes pictures larger?",
    needs="track",
    kinds=("video", "image"),
    requires="one view in colour of a face 64 pixels wide or more, turned by at most 40°; what is scaled after it was drawn loses the traces",
    answers="finest detail with the traces of a network's upsampling speaks for a face of nobody, drawn whole",
    paper="Zhang, Karaman, Chang: Detecting and Simulating Artifacts in GAN Fake Images, WIFS 2019; Durall, Keuper, Keuper, CVPR 2020.",
    failures=(
        "It learned from faces drawn anew by networks that nobody trained; of large generators, diffusion above all, it knows nothing.",
        "It tells sources apart better than it should: filmed people of one source rank above those of another.",
        "A filmed face that was shrunk and enlarged looks more like a drawn one, and scaling a drawn one down blurs its traces.",
        "Face swaps it is not made for: their faces are warped after they were drawn, which blurs the traces.",
    ),
    weights=("texture",),
    cap=0.0,
    sees=("synthetic-face",),
)

WEIGHT = "texture"
GATE = Gate(least_face_pixels=64.0)
MOST_TURNED_DEGREES = 40.0
MOST_VIEWS = 8
"""Looked at of a track, chosen evenly; each costs about 20 ms."""
TOLD = 2

Rows = Float64[np.ndarray, "views numbers"]


def examine(track: Track) -> Evidence:
    """Evidence from the texture of one face."""
    refused = GATE.refusal(track, "texture is judged")
    if refused is not None:
        return Evidence.abstain(CARD.name, refused.reason, refused.because)
    if _is_grey(track):
        because = "The picture is grey; texture is judged in colour, as it was learned from pictures in colour alone."
        return Evidence.abstain(CARD.name, "not-measurable", because)
    times, rows = textures(track)
    if not len(rows):
        because = "No view of the face is frontal and large enough in the picture's own pixels to judge its texture."
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


def textures(track: Track) -> tuple[Seconds, Rows]:
    """When the face is looked at, and what its texture is like."""
    chosen = [crop for crop in frontal_crops(track, MOST_TURNED_DEGREES) if crop.native is not None]
    measured = [
        (crop.seconds, texture_of(crop.native)) for crop in chosen_evenly(chosen, MOST_VIEWS) if crop.native is not None
    ]
    kept = [(seconds, row) for seconds, row in measured if row is not None]
    rows = np.array([row for _, row in kept]).reshape(-1, len(texture_names()))
    return np.array([seconds for seconds, _ in kept], np.float64), rows


def _is_grey(track: Track) -> bool:
    """Whether most views have no colour."""
    seen = [is_grey(crop.native) for crop in track.crops if crop.native is not None]
    return bool(seen) and float(np.mean(seen)) > 0.5


def _sentences(middle: Float64[np.ndarray, " numbers"], model: LinearModel, views: int) -> tuple[str, ...]:
    """What speaks loudest for the answer, against what is usual."""
    told = [_told(number, float(middle[number]), model) for number in model.loudest(middle, TOLD)]
    return (*told, f"The finest detail of the face was looked at in {views} {'view' if views == 1 else 'views'}.")


def _told(number: int, value: float, model: LinearModel) -> str:
    name = texture_names()[number]
    far = (value - model.middle[number]) / model.scale[number]
    side = "above" if far > 0 else "below"
    return f"{name[0].upper()}{name[1:]} lies {abs(far):.1f} spreads {side} what is usual."


def _traces(times: Seconds, rows: Rows, model: LinearModel) -> tuple[Trace, ...]:
    if len(times) < 3:
        return ()
    totals = np.array([model.total(row) for row in rows])
    return (Trace("Weighted traces of upsampling in the face", times, totals, "s"),)
