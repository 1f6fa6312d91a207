"""How the motions of a face run together: the manner of one person, and how far a film departs from it.

Reference:
    Agarwal, Farid, Gu, He, Nagano, Li: Protecting World Leaders Against Deep Fakes, CVPR Workshops 2019 (correlations
    of facial motions over 10 s); Ledoit, Wolf, Journal of Multivariate Analysis 88, 2004 (shrinkage); Vovk,
    Cross-conformal predictors, Annals of Mathematics and Artificial Intelligence 74, 2015 (what is as far).
"""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, eq=False)
class AsFar:
    """How much of what is known lies as far from the rest as what is seen.

    Attributes:
        windows: For each window that is seen, how many of the known ones do.
        clips: How many of the known clips do, each by its middle window.
        known_windows: All known windows.
        known_clips: All known clips.
    """

    windows: Int64[np.ndarray, " seen"]
    clips: int
    known_windows: int
    known_clips: int

    @property
    def middle(self) -> int:
        """Count of the middle one of the windows that are seen, the lower of two."""
        return int(np.sort(self.windows)[(len(self.windows) - 1) // 2])

    @property
    def p_value(self) -> float:
        """Chance of a film of the person to lie as far: the larger one of that by windows and that by clips.

        Windows of one clip share a mood; if moods differ much, windows alone would make most new films of the person suspect.
        By clips alone, p holds whatever they share (conformal), but is never below ``1 / (1 + known_clips)``.
        """
        return max((1 + self.middle) / (1 + self.known_windows), (1 + self.clips) / (1 + self.known_clips))


def as_far(known: Gestures, clips: Int64[np.ndarray, " windows"], seen: Float64[np.ndarray, "seen pairs"]) -> AsFar:
    """What of a person's known windows lies as far from their other clips as the windows of a film do.

    Each clip in turn is held against the others, and the film against the same others, so that both are measured by one
    rule.

    Args:
        known: Correlations of the person's own windows.
        clips: Which clip each of these belongs to; one clip alone shows no scatter, so that all of it counts as far.
        seen: Correlations in the film that is asked about, one window at least.
    """
    windows, far, names = np.zeros(len(seen), np.int64), 0, np.unique(clips)
    for clip in names:
        own, others = known[clips == clip], known[clips != clip]
        usual, asked = (
            (departures(one, others) for one in (own, seen)) if len(others) else (np.ones(len(own)), 0 * windows)
        )
        windows += (usual[None, :] >= asked[:, None]).sum(axis=1)
        far += int(np.median(usual) >= np.median(asked))
    return AsFar(windows, far, len(known), len(names))


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
