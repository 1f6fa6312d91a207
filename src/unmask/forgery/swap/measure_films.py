"""A swapped film measured beside the film before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float64, Int64

from unmask.errors import UsageError
from unmask.forgery.followed import Followed, follow_person
from unmask.forgery.lab import Lab
from unmask.forgery.mask_film import mask_place
from unmask.forgery.paste.masks import face_hull
from unmask.forgery.swap.measure import (
    expression_error,
    jitter_ratio,
    landmark_error,
    pose_error,
    poses_of,
    seam_ratio,
)
from unmask.forgery.swap.measure_model import Likeness, likeness_of
from unmask.forgery.swap.measure_truth import Pair, TruthFigures, compared_with_truth, true_scene, truth_figures
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.swapping import open_model
from unmask.media.probe import probe
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import PerFrame, RgbImage

MOST_PICTURES = 48
"""Frames of a film of which the pictures are compared, spread over it."""
SAME_TIME_SECONDS = 0.004


@dataclass(frozen=True, slots=True, eq=False)
class FilmFigures:
    """A swapped film beside the film before it, one number a frame in which a face is seen in both.

    Attributes:
        times: Seconds.
        seen: Share (0–1) of frames with a face before, in which one is seen after.
        pose_degrees: Turn of the swapped head away from the original one, as FaceMesh sees both.
        landmark_percent: Mean distance of their points, in percent of the face's size.
        eyes: Difference of the opening of the eyes.
        mouth: Difference of the opening of the mouth.
        jitter: Trembling ÷ the original's.
        seam: Edges along the rim of the mask ÷ the original's, mean of some frames.
        likeness: Whom the swapped film's face looks like.
        truth: Against the true swap, for puppets of this lab.
    """

    times: Float64[np.ndarray, " frames"]
    seen: float
    pose_degrees: PerFrame
    landmark_percent: PerFrame
    eyes: PerFrame
    mouth: PerFrame
    jitter: float
    seam: float
    likeness: Likeness
    truth: TruthFigures | None = None


def measure_films(lab: Lab, name: str, film: Path, swapped: Path, settings: Settings) -> FilmFigures:
    """Measure a swapped film beside the film it was made from.

    Args:
        lab: The lab.
        name: Of the model that drew it.
        film: The film before.
        swapped: The film after; its masks are taken from the file that ``--masks`` wrote beside it, if it is there.
        settings: Limits, and the least sandbox.

    Raises:
        UsageError: There is no such model, or the films do not belong together.
        InputError: A film cannot be decoded.
        MissingComponent: Part of the extra is not installed.
    """
    checkpoint, descent = open_model(lab, name)
    before, after = (follow_person(path, settings) for path in (film, swapped))
    one, other = _in_both(before, after)
    ours, theirs = after.landmarks[other], before.landmarks[one]
    common = replace(before, times=before.times[one], landmarks=theirs, boxes=before.boxes[one])
    rows = np.unique(np.linspace(0, len(one) - 1, min(MOST_PICTURES, len(one))).round().astype(np.int64))
    scene, drawing = true_scene(lab, descent, before.media.sha256), (SwapModel.of(checkpoint), descent.face_type)
    seams, compared = [], []
    for row, pair in zip(rows, _pictures(common, after.path, rows, settings), strict=True):
        seams.append(seam_ratio(pair.after, pair.before, pair.mask, theirs[row]))
        if scene is not None:
            compared.append(compared_with_truth(scene, pair, float(common.times[row]), theirs[row], drawing))
    expression = expression_error(ours, theirs).astype(np.float32)
    return FilmFigures(
        times=common.times,
        seen=len(one) / len(before.times),
        pose_degrees=pose_error(poses_of(ours), poses_of(theirs)),
        landmark_percent=landmark_error(ours, theirs),
        eyes=expression[:, 0],
        mouth=expression[:, 1],
        jitter=jitter_ratio(ours, theirs, common.runs()),
        seam=_mean_of_numbers(seams),
        likeness=likeness_of(lab, descent, after.embedding()),
        truth=truth_figures(compared, (ours[rows], theirs[rows])) if compared else None,
    )


def _mean_of_numbers(values: Sequence[float]) -> float:
    """Mean of those that are numbers; not a number when none is."""
    found = [value for value in values if np.isfinite(value)]
    return float(np.mean(found)) if found else float("nan")


def _in_both(before: Followed, after: Followed) -> tuple[Int64[np.ndarray, " frames"], Int64[np.ndarray, " frames"]]:
    """Rows of the frames in which a face is seen in both films."""
    nearest = np.abs(before.times[:, None] - after.times[None, :])
    near: Bool[np.ndarray, " frames"] = nearest.min(axis=1) <= SAME_TIME_SECONDS
    if before.media.video is None or after.media.video is None or not near.any():
        raise UsageError(f"{shown(after.path)} shows no face at the times of {shown(before.path)}; name its own film.")
    if (before.media.video.width, before.media.video.height) != (after.media.video.width, after.media.video.height):
        raise UsageError(
            f"{shown(after.path)} has another size than {shown(before.path)}; name the film it was made from."
        )
    return np.flatnonzero(near).astype(np.int64), nearest.argmin(axis=1)[near].astype(np.int64)


def _pictures(
    common: Followed, after: Path, chosen: Int64[np.ndarray, " chosen"], settings: Settings
) -> Iterator[Pair]:
    """The chosen frames of both films, with the mask that lies beside the second, or the hull of the face."""
    place = mask_place(after)
    files = [common.path, after, *([place] if place.is_file() else [])]
    frames = [_frames_at(path, common.times[chosen], settings) for path in files]
    for row, pictures in zip(chosen, zip(*frames, strict=True), strict=True):
        mask = (
            pictures[2][..., 0].astype(np.float32) / 255
            if len(pictures) > 2
            else face_hull(common.landmarks[row], pictures[0].shape[:2])
        )
        yield Pair(pictures[0], pictures[1], mask)


def _frames_at(path: Path, times: Float64[np.ndarray, " chosen"], settings: Settings) -> Iterator[RgbImage]:
    """The pictures of a film at some of its times, in order."""
    due = iter(times)
    wanted = next(due, None)
    with open_frames(path, probe(path, settings), settings, exact=True) as film:
        for frame in film:
            if wanted is None:
                return
            if abs(frame.seconds - wanted) <= SAME_TIME_SECONDS:
                yield frame.image
                wanted = next(due, None)
