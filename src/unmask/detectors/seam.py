"""Seam: does the inner face fit its own surround in sharpness, noise and colour?

A pasted or generated face comes from another picture or a small network: softer or sharper, cleaner or noisier, lit
otherwise than the hair, ears and neck around it. The measures are taken on aligned crops, so that both sides went
through the same scaling, and the median over the track is judged.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from unmask.faces.masks import feature_mask, inner_mask, surround_mask
from unmask.faces.skin import GRID, OUTSIDE
from unmask.signals.likelihood import MonotoneMap, add_odds
from unmask.signals.texture import nearest_color_distance, noise_contrast, sharpness_contrast, split_detail
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
    sees=("redrawn-face", "pasted-face"),
)

LEAST_FACE_PIXELS = 64.0
MOST_TURNED_DEGREES = 40.0
SOFTER = MonotoneMap(low=0.0, high=0.6, at_low=0.46, at_high=0.78)
SHARPER = MonotoneMap(low=0.3, high=0.9, at_low=0.46, at_high=0.78)
NOISE = MonotoneMap(low=0.4, high=1.5, at_low=0.47, at_high=0.7)
COLOR = MonotoneMap(low=5.0, high=14.0, at_low=0.46, at_high=0.8)
SLACK = 1.2
"""Half width of the interval in log-odds: the three measures share their errors, so it is not narrower than one."""


@dataclass(frozen=True, slots=True)
class _Misfit:
    """One measure: its name and value, the probability it speaks for, and a sentence."""

    name: str
    value: float
    chance: float
    sentence: str


def examine(track: Track) -> Evidence:
    """Evidence from the fit of one face into its surround."""
    if track.face_width < LEAST_FACE_PIXELS:
        because = f"The face is {track.face_width:.0f} pixels wide; a seam is looked for from {LEAST_FACE_PIXELS:.0f}."
        return Evidence.abstain(CARD.name, "face-too-small", because)
    frontal = [crop for crop in track.crops if _turn_at(track, crop) <= MOST_TURNED_DEGREES]
    measured = np.array([_measure(crop) for crop in frontal]).reshape(-1, 2)
    kept = np.isfinite(measured).all(axis=1)
    if not kept.any():
        because = "No view of the face is frontal and large enough to compare it with its surround."
        return Evidence.abstain(CARD.name, "not-measurable", because)
    sharpness, noise = (float(value) for value in np.median(measured[kept], axis=0))
    misfits = [_sharpness_misfit(sharpness), _noise_misfit(noise), *_color_misfit(_color_distance(track))]
    fake, interval = add_odds([misfit.chance for misfit in misfits], SLACK)
    times = np.array([crop.seconds for crop, keep in zip(frontal, kept, strict=True) if keep])
    return Evidence(
        CARD.name,
        fake,
        tuple(misfit.sentence for misfit in sorted(misfits, key=lambda misfit: -misfit.chance)),
        interval=interval,
        segments=(Segment(track.start, track.end, fake),),
        traces=_traces(times, measured[kept]),
        measured={misfit.name: misfit.value for misfit in misfits},
    )


def _turn_at(track: Track, crop: Crop) -> float:
    row = int(np.abs(track.times - crop.seconds).argmin())
    return float(np.abs(track.pose[row, :2]).max())


def _measure(crop: Crop) -> tuple[float, float]:
    inner, around, features = inner_mask(crop), surround_mask(crop), feature_mask(crop)
    detail = split_detail(crop.image)
    return sharpness_contrast(detail, inner, around), noise_contrast(detail, inner & ~features, around)


def _color_distance(track: Track) -> float:
    """From the face's colour to the nearest colour just around it, where a filmed face has some skin of its own."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a cell that was never seen has no median
        face = np.nanmedian(np.nanmean(track.color_of(GRID), axis=0), axis=0)
        around = np.nanmedian(track.color_of((*OUTSIDE, "neck")), axis=1)
    return nearest_color_distance(face.astype(np.float32), around.astype(np.float32))


def _sharpness_misfit(value: float) -> _Misfit:
    """Filmed faces are more often a little sharper than their surround than softer, so the two sides differ."""
    chance = SOFTER(-value) if value < 0 else SHARPER(value)
    word = "softer" if value < 0 else "sharper"
    sentence = f"The inner face is {100 * abs(np.expm1(value)):.0f} % {word} than its surround."
    return _Misfit("sharpness_log_ratio", value, chance, sentence)


def _noise_misfit(value: float) -> _Misfit:
    word = "cleaner" if value < 0 else "noisier"
    sentence = f"Its smooth skin is {100 * abs(np.expm1(value)):.0f} % {word} than smooth parts of the surround."
    return _Misfit("noise_log_ratio", value, NOISE(abs(value)), sentence)


def _color_misfit(value: float) -> list[_Misfit]:
    if not np.isfinite(value):
        return []
    sentence = f"The nearest colour around the face lies {value:.1f} from the face's own in the a, b plane of CIELAB."
    return [_Misfit("color_distance_ab", value, COLOR(value), sentence)]


def _traces(times: np.ndarray, measured: np.ndarray) -> tuple[Trace, ...]:
    if len(times) < 3:
        return ()
    return (Trace("Sharpness of the inner face against its surround", times, measured[:, 0], "s", "log ratio"),)
