"""How much a head moves, how much its landmarks tremble, and whether the motion could pass for a pulse."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex128, Float32, Float64

from unmask.signals.color import resample_evenly
from unmask.signals.filters import PULSE_BAND, Band
from unmask.signals.spectrum import power_spectrum
from unmask.types import Seconds

Points = Float32[np.ndarray, "frames points dimensions"] | Float64[np.ndarray, "frames points dimensions"]
"""Landmarks over time; only x and y, in pixels, are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Motion of one head, in face widths so that a near and a far face compare.

    Attributes:
        speed: Median speed of the head in face widths a second.
        peak_speed: Speed that is passed in a twentieth of the frames, likewise.
        jitter: Standard deviation of the trembling of a landmark within the face, in face widths: what white noise
            would need to have for the same second difference. True faces change their shape smoothly.
        cardiac_share: Share (0–1) of the head's motion, slow drift left out, that lies in the band of the pulse.
        speeds: Speed between each frame and the one before, face widths a second; the first is 0.
        height: Vertical position of the head in face widths, up being positive, mean zero.
        size: Size of the face relative to its mean, less one.
    """

    speed: float
    peak_speed: float
    jitter: float
    cardiac_share: float
    speeds: Float64[np.ndarray, " frames"]
    height: Float64[np.ndarray, " frames"]
    size: Float64[np.ndarray, " frames"]


STILL = Motion(0.0, 0.0, 0.0, 0.0, np.zeros(0), np.zeros(0), np.zeros(0))
"""A face seen too briefly (under 3 frames) to move."""


def motion_energy(points: Points, times: Seconds, face_width: float, band: Band = PULSE_BAND) -> Motion:
    """Split the motion of landmarks into that of the head and the trembling within the face.

    The head's part is the shift, turn and growth that bring the mean shape closest to each frame's (least squares in
    the picture plane); the rest belongs to the face.

    Args:
        points: Landmarks in pixels, shape ``frames points 2`` or more dimensions.
        times: Presentation times in seconds, rising.
        face_width: Width of the face in pixels, above 0.
        band: Band of the pulse in Hz.

    >>> times = np.arange(60) / 30
    >>> face = np.array([[0.0, 0.0], [100.0, 0.0], [50.0, 120.0]])
    >>> walk = face + np.array([30.0, 0.0]) * times[:, None, None]
    >>> motion = motion_energy(walk, times, 100.0)
    >>> round(motion.speed, 3), round(motion.jitter, 6)
    (0.3, 0.0)
    """
    if len(times) < 3:
        return STILL
    plane = np.asarray(points[..., 0] + 1j * points[..., 1], dtype=np.complex128) / face_width
    middle = plane.mean(axis=1)
    scale, residual = _fit_shape(plane - middle[:, None])
    steps = np.diff(times)
    speeds = np.concatenate([[0.0], np.abs(np.diff(middle)) / np.maximum(steps, 1e-6)])
    height = -(middle.imag - middle.imag.mean())
    return Motion(
        speed=float(np.median(speeds[1:])),
        peak_speed=float(np.quantile(speeds[1:], 0.95)),
        jitter=_jitter(residual),
        cardiac_share=_band_share(np.stack([middle.real, middle.imag, scale]), times, band),
        speeds=speeds,
        height=height,
        size=scale / scale.mean() - 1.0,
    )


def _fit_shape(
    shape: Complex128[np.ndarray, "frames points"],
) -> tuple[Float64[np.ndarray, " frames"], Complex128[np.ndarray, "frames points"]]:
    """Size of each frame's shape relative to the mean shape, and what turn and growth leave over, unturned."""
    reference = shape.mean(axis=0)
    turn = shape @ reference.conj() / np.vdot(reference, reference).real
    safe = np.where(np.abs(turn) > 1e-9, turn, 1.0)
    return np.abs(turn), shape / safe[:, None] - reference


def _jitter(residual: Complex128[np.ndarray, "frames points"]) -> float:
    bend = residual[2:] - 2.0 * residual[1:-1] + residual[:-2]
    # White noise of variance v on both axes has second differences of variance 2 · 6 v; a blink touches few frames.
    return float(np.sqrt(np.median((np.abs(bend) ** 2).mean(axis=1)) / 12.0))


def _band_share(traces: Float64[np.ndarray, "traces frames"], times: Seconds, band: Band) -> float:
    rate_hz = float(1.0 / np.median(np.diff(times)))
    _, even = resample_evenly(times, traces, rate_hz, max_gap_seconds=np.inf, axis=-1)
    frequencies, power = power_spectrum(even, rate_hz)
    # Below a third of a hertz lies posture, not trembling; it would make every share vanish.
    moving = power[:, frequencies >= 0.3].sum()
    inside = power[:, (frequencies >= band[0]) & (frequencies <= band[1])].sum()
    # A millionth of a face width is rounding, not motion.
    return float(inside / moving) if moving > 1e-12 else 0.0
