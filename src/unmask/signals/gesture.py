"""How the motions of a face run together: the manner of one person, and how far a film departs from it.

Reference:
    Agarwal, Farid, Gu, He, Nagano, Li: Protecting World Leaders Against Deep Fakes, CVPR Workshops 2019 (correlations
    of facial motions over 10 s); Ledoit, Wolf, Journal of Multivariate Analysis 88, 2004 (shrinkage); Vovk,
    Cross-conformal predictors, Annals of Mathematics and Artificial Intelligence 74, 2015 (what is as far).
"""

import numpy as np
from jaxtyping import Float64, Int64

from unmask.signals.color import resample_evenly
from unmask.signals.filters import moving_average
from unmask.types import Seconds

WINDOW_SECONDS, STEP_SECONDS = 10.0, 2.5
OVERLAP = WINDOW_SECONDS / STEP_SECONDS
"""So many windows share their film, and tell together about as much as one."""
RATE_HZ = 16.0
SMOOTH_SAMPLES = 3
"""A fifth of a second, against the trembling of landmarks."""
MOST_CORRELATION = 0.98
"""Held below one, where Fisher's transform has no end."""
STILL = 1e-9
"""A signal that swings less does not move."""

Gestures = Float64[np.ndarray, "windows pairs"]
"""Correlation of each pair of signals in each window, Fisher-transformed."""


def gestures_of(
    times: Seconds,
    signals: Float64[np.ndarray, "signals frames"],
    *,
    window_seconds: float = WINDOW_SECONDS,
    step_seconds: float = STEP_SECONDS,
) -> tuple[Float64[np.ndarray, " windows"], Gestures]:
    """Correlations of signals in windows of a film; windows in which the face is lost for 0.5 s or more are left out.

    Args:
        times: Presentation times in seconds, rising.
        signals: Any units; scale and offset of each make no difference.
        window_seconds: Length of a window.
        step_seconds: From the start of one window to that of the next.

    Returns:
        Start of each window in seconds, and the correlations in it.

    >>> times = np.arange(0, 15.1, 0.04)
    >>> nod = np.sin(times)
    >>> starts, gestures = gestures_of(times, np.stack([nod, 3 * nod, -nod]))
    >>> starts.tolist()
    [0.0, 2.5, 5.0]
    >>> np.tanh(gestures[0]).round(2).tolist()
    [0.98, -0.98, -0.98]
    """
    even, values = resample_evenly(times, signals, RATE_HZ, axis=-1)
    length = round(window_seconds * RATE_HZ)
    firsts = range(0, len(even) - length + 1, max(1, round(step_seconds * RATE_HZ)))
    kept = [first for first in firsts if np.isfinite(values[:, first : first + length]).all()]
    pairs = len(signals) * (len(signals) - 1) // 2
    rows = [correlations(moving_average(values[:, first : first + length], SMOOTH_SAMPLES)) for first in kept]
    return even[kept], np.reshape(rows, (len(kept), pairs)).astype(np.float64)


def correlations(signals: Float64[np.ndarray, "signals samples"]) -> Float64[np.ndarray, " pairs"]:
    """Pearson's correlation of each pair of signals, Fisher-transformed; 0 for one that does not move.

    >>> correlations(np.array([[0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 0.0, 0.0], [5.0, 5.0, 5.0, 5.0]])).tolist()
    [0.0, 0.0, 0.0]
    """
    centred = signals - signals.mean(axis=1, keepdims=True)
    swing = np.linalg.norm(centred, axis=1, keepdims=True)
    even = np.where(swing > STILL, centred / np.maximum(swing, STILL), 0.0)
    upper = np.triu_indices(len(signals), 1)
    return np.arctanh(np.clip((even @ even.T)[upper], -MOST_CORRELATION, MOST_CORRELATION))


def departures(windows: Gestures, usual: Float64[np.ndarray, "others pairs"]) -> Float64[np.ndarray, " windows"]:
    """How far windows lie from the middle of others, in units of how these scatter; about 1 for more of the same.

    The covariance is that of the others, shrunk towards a round one by as much as their small number asks for.

    Args:
        windows: Correlations to be placed.
        usual: Correlations of windows that are known, one at least.

    >>> departures(np.array([[0.0, 0.0], [0.0, 9.0]]), np.array([[1.0, 0.0], [-1.0, 0.0]])).round(1).tolist()
    [0.0, 11.0]
    """
    middle = usual.mean(axis=0)
    away = windows - middle
    spread = _shrunk_covariance(usual - middle)
    return np.sqrt(np.maximum((away * np.linalg.solve(spread, away.T).T).mean(axis=1), 0.0))


def as_far(
    known: Gestures, clips: Int64[np.ndarray, " windows"], seen: Float64[np.ndarray, "seen pairs"]
) -> Int64[np.ndarray, " seen"]:
    """How many of the known windows lie as far from the other clips as each window that is seen does.

    Each clip in turn is held against the others, and the seen windows against the same others, so that both are measured
    by one rule. If a seen window is but one more of the person's, ``(1 + count) / (1 + windows)`` is a p-value
    (conformal, over clips).

    Args:
        known: Correlations of the person's own windows.
        clips: Which clip each of these belongs to; one clip alone shows no scatter, so that all of it counts as far.
        seen: Correlations in the film that is asked about.
    """
    counts = np.zeros(len(seen), np.int64)
    for clip in np.unique(clips):
        own, others = known[clips == clip], known[clips != clip]
        if len(others):
            usual, asked = departures(own, others), departures(seen, others)
            counts += (usual[None, :] >= asked[:, None]).sum(axis=1)
        else:
            counts += len(own)
    return counts


def _shrunk_covariance(away: Float64[np.ndarray, "others pairs"]) -> Float64[np.ndarray, "pairs pairs"]:
    count, pairs = away.shape
    covariance = away.T @ away / count
    round_one = np.trace(covariance) / pairs
    if round_one <= STILL:  # one window, or the same again and again: nothing is known of their scatter
        return np.eye(pairs)
    unlike = np.square(covariance).sum() - pairs * round_one**2
    noise = (np.square(np.square(away).sum(axis=1)).sum() / count - np.square(covariance).sum()) / count * OVERLAP
    share = 1.0 if unlike <= 0 else float(np.clip(noise / unlike, 0.0, 1.0))
    # Never the bare covariance: a direction in which few windows did not move is no direction that cannot be taken.
    share = max(share, 1.0 / (1.0 + count / OVERLAP))
    return (1 - share) * covariance + share * round_one * np.eye(pairs)
