"""Seam: does the inner face fit its own surround in sharpness, noise and colour?

A pasted or generated face comes from another picture or a small network: softer or sharper, cleaner or noisier, lit
otherwise than the hair, ears and neck around it. The measures are taken on aligned crops, so that both sides went
through the same scaling, and the median over the track is judged.
"""

import numpy as np

from unmask.faces.masks import feature_mask, inner_mask, rim_mask, surround_mask
from unmask.signals.likelihood import MonotoneMap, add_odds
from unmask.signals.texture import color_distance, noise_contrast, sharpness_contrast, split_detail
from unmask.types import Card, Crop, Evidence, Segment, Trace, Track

CARD = Card(
    name="seam",
    question="Does the inner face fit its surround in sharpness, noise and colour?",
    needs="track",
    kinds=("video", "image"),
    requires="one sharp view of a face 64 pixels wide or more, turned by at most 40°",
    answers="a misfit speaks for a pasted or generated inner face; a fit speaks a little against one",
    paper="Li et al., Face X-ray, CVPR 2020; Mahdian and Saic, Image and Vision Computing 27, 2009.",
    failures=(
        "A shallow depth of field, make-up, a beauty filter or a face in front of a busy wall look like a misfit.",
        "Good swaps, above all after heavy compression, fit.",
    ),
    cap=1.2,
)

LEAST_FACE_PIXELS = 64.0
MOST_TURNED_DEGREES = 40.0
SOFTER = MonotoneMap(low=0.0, high=0.6, at_low=0.46, at_high=0.78)
SHARPER = MonotoneMap(low=0.3, high=0.9, at_low=0.46, at_high=0.78)
NOISE = MonotoneMap(low=0.4, high=1.5, at_low=0.47, at_high=0.7)
COLOR = MonotoneMap(low=4.0, high=14.0, at_low=0.47, at_high=0.75)
SLACK = 1.2
"""Half width of the interval in log-odds: the three measures share their errors, so it is not narrower than one."""


def examine(track: Track) -> Evidence:
    """Evidence from the fit of one face into its surround."""
    if track.face_width < LEAST_FACE_PIXELS:
        because = f"The face is {track.face_width:.0f} pixels wide; a seam is looked for from {LEAST_FACE_PIXELS:.0f}."
        return Evidence.abstain(CARD.name, "face-too-small", because)
    frontal = [crop for crop in track.crops if _turn_at(track, crop) <= MOST_TURNED_DEGREES]
    measured = np.array([_measure(crop) for crop in frontal]).reshape(-1, 3)
    kept = np.isfinite(measured).all(axis=1)
    if not kept.any():
        because = "No view of the face is frontal and large enough to compare it with its surround."
        return Evidence.abstain(CARD.name, "not-measurable", because)
    sharpness, noise, color = (float(value) for value in np.median(measured[kept], axis=0))
    chances = (_misfit(sharpness), NOISE(abs(noise)), COLOR(color))
    fake, interval = add_odds(chances, SLACK)
    times = np.array([crop.seconds for crop, keep in zip(frontal, kept, strict=True) if keep])
    return Evidence(
        CARD.name,
        fake,
        _sentences(sharpness, noise, color, chances),
        interval=interval,
        segments=(Segment(track.start, track.end, fake),),
        traces=_traces(times, measured[kept]),
        measured={"sharpness_log_ratio": sharpness, "noise_log_ratio": noise, "color_distance_ab": color},
    )


def _turn_at(track: Track, crop: Crop) -> float:
    row = int(np.abs(track.times - crop.seconds).argmin())
    return float(np.abs(track.pose[row, :2]).max())


def _measure(crop: Crop) -> tuple[float, float, float]:
    inner, around, features = inner_mask(crop), surround_mask(crop), feature_mask(crop)
    detail = split_detail(crop.image)
    return (
        sharpness_contrast(detail, inner, around),
        noise_contrast(detail, inner & ~features, around),
        color_distance(crop.image, inner & ~features, rim_mask(crop) & ~features),
    )


def _misfit(sharpness: float) -> float:
    """Filmed faces are more often a little sharper than their surround than softer, so the two sides differ."""
    return SOFTER(-sharpness) if sharpness < 0 else SHARPER(sharpness)


def _sentences(sharpness: float, noise: float, color: float, chances: tuple[float, ...]) -> tuple[str, ...]:
    softer = "softer" if sharpness < 0 else "sharper"
    noisier = "cleaner" if noise < 0 else "noisier"
    told = (
        f"The inner face is {abs(np.expm1(sharpness)):.0%} {softer} than its surround.",
        f"Its smooth skin is {abs(np.expm1(noise)):.0%} {noisier} than smooth parts of the surround.",
        f"The colour of its middle and its rim differ by {color:.1f} in the a, b plane of CIELAB.",
    )
    return tuple(told[k] for k in np.argsort([-chance for chance in chances], kind="stable"))


def _traces(times: np.ndarray, measured: np.ndarray) -> tuple[Trace, ...]:
    if len(times) < 3:
        return ()
    return (
        Trace("Sharpness of the inner face against its surround", times, measured[:, 0], "s", "log ratio"),
        Trace("Colour difference between middle and rim", times, measured[:, 2], "s", "CIELAB a, b"),
    )
