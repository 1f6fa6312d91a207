"""Blend: was another face, or a part of one, laid over this picture, and where?

A small network looks at single pictures of the face and its surround for a rim, or for a texture, colour or sharpness
that begins at one. It learned from pastes and self-blends made for the purpose, each beside its own original.
"""

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from unmask.faces.competence import Gate, frontal_crops
from unmask.networks.inference import onnx_network
from unmask.signals.appearance import chosen_evenly
from unmask.signals.linear import LinearModel, linear_model
from unmask.types import Card, Crop, Evidence, Overlay, Segment, Trace, Track

CARD = Card(
    name="blend",
    question="Was another face, or a part of one, laid over this picture, and where?",
    needs="track",
    kinds=("video", "image"),
    requires="one view of a face 64 pixels wide or more, turned by at most 45°",
    answers="a rim or a texture that begins at one speaks for a pasted face; their absence says little",
    paper="Li et al., Face X-ray, CVPR 2020; Shiohara and Yamasaki, Self-Blended Images, CVPR 2022.",
    failures=(
        "It learned from pastes and self-blends made for the purpose; faces that a network draws and blends well pass.",
        "A mask, heavy make-up, a filter of the camera's or a hand before the face may look like one.",
        "Small faces and heavy compression hide the rim; a soft paste of the inner face alone may pass, too.",
        "Drawn people, such as the lab's puppets, look laid over to it.",
    ),
    weights=("blend", "blend_answers"),
    cap=0.0,
    sees=("pasted-face",),
)

GATE = Gate(least_face_pixels=64.0)
MOST_TURNED_DEGREES = 45.0
MOST_VIEWS = 16
WINDOW_SECONDS = 2.0
SIDE = 224
"""Of the picture that the network takes, from the middle of a crop."""
SUSPECT = 0.5

Places = Float32[np.ndarray, "views rows columns"]
ViewPicture = UInt8[np.ndarray, "224 224 3"]
"""Gamma-coded RGB, 0–255."""


def examine(track: Track) -> Evidence:
    """Evidence from single views of one face."""
    refusal = GATE.refusal(track, "a blend is looked for")
    if refusal is not None:
        return Evidence.abstain(CARD.name, refusal.reason, refusal.because)
    views = chosen_evenly(frontal_crops(track, MOST_TURNED_DEGREES), MOST_VIEWS)
    if not views:
        because = f"No view of the face is turned by less than {MOST_TURNED_DEGREES:.0f}°."
        return Evidence.abstain(CARD.name, "not-measurable", because)
    totals, places = looked_at(views)
    model = linear_model("blend_answers")
    middle = np.array([np.median(totals)])
    fake, interval = model.fake(middle)
    likely = int(np.argsort(totals)[len(totals) // 2])
    times = np.array([view.seconds for view in views])
    return Evidence(
        CARD.name,
        fake,
        _sentences(totals, places[likely], model),
        interval=interval,
        segments=_segments(track, times, totals, model),
        traces=_traces(times, totals),
        overlays=(_overlay(views[likely], places[likely]),),
        measured={"views": float(len(views)), "suspect_percent": 100 * float((places[likely] > SUSPECT).mean())},
        counts=CARD.cap > 0,
    )


def looked_at(views: tuple[Crop, ...]) -> tuple[Float64[np.ndarray, " views"], Places]:
    """The network's total for each view, above zero for a blend, and the probability of each square."""
    network = onnx_network("blend")
    answers = [network({"pictures": _input(view)}) for view in views]
    totals = np.array([float(total[0]) for total, _ in answers])
    return totals, np.stack([1 / (1 + np.exp(-squares[0])) for _, squares in answers]).astype(np.float32)


def picture_of(view: Crop) -> ViewPicture:
    """What the network sees of a view: its middle."""
    edge = (view.image.shape[0] - SIDE) // 2
    return view.image[edge : edge + SIDE, edge : edge + SIDE]


def _input(view: Crop) -> Float32[np.ndarray, "1 3 224 224"]:
    return np.ascontiguousarray(np.moveaxis(picture_of(view).astype(np.float32) / 255, -1, 0)[None])


def _sentences(
    totals: Float64[np.ndarray, " views"], squares: Float32[np.ndarray, "rows columns"], model: LinearModel
) -> tuple[str, ...]:
    suspect = sum(model.fake(np.array([total]))[0] > SUSPECT for total in totals)
    share = 100 * float((squares > SUSPECT).mean())
    where = f"In the view in the middle {share:.0f} % of the picture may belong to it{_word(squares)}."
    if share < 1:
        where = "In the view in the middle no part of the picture stands out."
    return (f"In {suspect} of {len(totals)} views a face seems to be laid over the picture.", where)


def _word(squares: Float32[np.ndarray, "rows columns"]) -> str:
    """Where most of what stands out lies."""
    rows = np.nonzero(squares > SUSPECT)[0]
    if not len(rows):
        return ""
    middle, height = float(rows.mean()) / len(squares), float(rows.max() - rows.min() + 1) / len(squares)
    if height > 0.4:
        return ", over most of the face"
    return ", about the eyes" if middle < 0.45 else ", about the mouth" if middle > 0.58 else ", about the nose"


def _overlay(view: Crop, squares: Float32[np.ndarray, "rows columns"]) -> Overlay:
    return Overlay("Where something may have been laid over", view.seconds, picture_of(view), squares)


def _segments(
    track: Track, times: Float64[np.ndarray, " views"], totals: Float64[np.ndarray, " views"], model: LinearModel
) -> tuple[Segment, ...]:
    """Stretches of WINDOW_SECONDS with a view in them; a still is one."""
    segments = []
    for start in np.arange(track.start, max(track.end, track.start + 1e-6), WINDOW_SECONDS):
        end = min(float(start) + WINDOW_SECONDS, track.end)
        inside = (times >= start) & (times <= end)
        if inside.any():
            segments.append(Segment(float(start), end, model.fake(np.array([np.median(totals[inside])]))[0]))
    return tuple(segments)


def _traces(times: Float64[np.ndarray, " views"], totals: Float64[np.ndarray, " views"]) -> tuple[Trace, ...]:
    if len(times) < 3:
        return ()
    return (Trace("Total of the network in each view, larger for a blend", times, totals, "s"),)
