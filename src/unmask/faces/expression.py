"""How a face moves: its turns and the places of brows, lids, lips and cheeks, the head's own motion taken out."""

import numpy as np
from jaxtyping import Float32, Float64

from unmask.faces.pose import RIGID, mean_face, similarity
from unmask.types import Seconds, Track

Expression = Float64[np.ndarray, "signals frames"]
"""One row a signal of ``SIGNALS``: degrees, openings as shares, millimetres of the mean face."""

SIGNALS = (
    "yaw",
    "pitch",
    "roll",
    "eye opening",
    "lip opening",
    "mouth width",
    "mouth corners' height",
    "upper lip's height",
    "chin's drop",
    "inner brows' height",
    "outer brows' height",
    "brows' distance",
    "nose's width",
    "cheeks' distance from the nose",
)
LEAST_RATE_HZ = 15.0
"""Gestures are slower than this; of a faster film not every frame is needed."""
MOUTH, UPPER_LIP, NOSE_BASE, NOSE_TIP, CHIN = (61, 291), 0, 2, 4, 152
INNER_BROWS, OUTER_BROWS, BETWEEN_BROWS, WINGS, CHEEKS = (107, 336), (70, 300), (55, 285), (49, 279), (50, 280)
PLACES = tuple(
    dict.fromkeys(
        (*MOUTH, UPPER_LIP, NOSE_BASE, NOSE_TIP, CHIN, *INNER_BROWS, *OUTER_BROWS, *BETWEEN_BROWS, *WINGS, *CHEEKS)
    )
)


def expression_of(track: Track) -> tuple[Seconds, Expression]:
    """The signals of a face over time, 15 a second or more where the film has as many.

    Returns:
        Presentation times of the frames looked at, and the signals there.
    """
    step = max(1, int(track.frame_rate / LEAST_RATE_HZ))
    places = _in_head(track.landmarks_of((*RIGID, *PLACES))[::step])
    at = {point: places[:, column] for column, point in enumerate(PLACES)}
    signals = [
        *track.pose[::step].T,
        track.eyes[::step].mean(axis=1),
        track.lips[::step],
        _between(at, MOUTH),
        _height(at, MOUTH),
        at[NOSE_BASE][:, 1] - at[UPPER_LIP][:, 1],
        at[CHIN][:, 1],
        _height(at, INNER_BROWS),
        _height(at, OUTER_BROWS),
        _between(at, BETWEEN_BROWS),
        _between(at, WINGS),
        (_between(at, (CHEEKS[0], NOSE_TIP)) + _between(at, (CHEEKS[1], NOSE_TIP))) / 2,
    ]
    return track.times[::step], np.array(signals, np.float64)


def _in_head(points: Float32[np.ndarray, "frames points 3"]) -> Float64[np.ndarray, "frames places 3"]:
    """The places in millimetres of the mean face, however the head is turned: RIGID points first, then PLACES."""
    rigid = len(RIGID)
    onto = mean_face()[list(RIGID)]
    placed = np.empty((len(points), points.shape[1] - rigid, 3))
    for frame, seen in enumerate(points):
        scale, rotation, shift = similarity(onto, seen[:rigid])
        placed[frame] = (seen[rigid:] - shift) @ rotation / scale
    return placed


def _between(at: dict[int, np.ndarray], pair: tuple[int, int]) -> Float64[np.ndarray, " frames"]:
    return np.linalg.norm(at[pair[0]] - at[pair[1]], axis=1)


def _height(at: dict[int, np.ndarray], pair: tuple[int, int]) -> Float64[np.ndarray, " frames"]:
    return -(at[pair[0]][:, 1] + at[pair[1]][:, 1]) / 2
