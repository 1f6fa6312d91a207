"""How loud sound is along its time, to be drawn beside a film: nothing is concluded from it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64

from unmask.media.sound import Sound

STEP_SECONDS = 0.05
"""Shorter than a syllable, which lasts 0.1 to 0.3 s, and longer than a period of the lowest voice."""
FLOOR_DBFS = -80.0
"""What is softer reads so: below it lies the noise of rooms and of coders."""

Powers = Float64[np.ndarray, " samples"]
Levels = Float64[np.ndarray, " steps"]


@dataclass(frozen=True, slots=True, eq=False)
class Loudness:
    """Loudness of sound, one value a step from time zero on.

    Attributes:
        step_seconds: Length of a step.
        dbfs: Root mean square over all channels in dB, where 0 is a constant full scale (a sine of full scale reads −3),
            never below ``FLOOR_DBFS``; NaN where all samples of the step are exactly zero, as decoding leaves a gap, or
            not finite.
    """

    step_seconds: float
    dbfs: Levels


def loudness(blocks: Iterable[Sound]) -> Loudness | None:
    """Loudness of a sound that comes in blocks of one kind; of each only what fills no step is kept.

    Returns:
        None when there are no samples. A last step that is not full is measured by what it has.
    """
    levels = np.concatenate([np.empty(0), *_Meter().read(blocks)])
    return Loudness(STEP_SECONDS, levels) if len(levels) else None


@dataclass(slots=True)
class _Meter:
    """What does not fill a step yet.

    Attributes:
        steps: How many were measured.
        powers: Mean square over the channels of each sample since then.
    """

    steps: int = 0
    powers: Powers = field(default_factory=lambda: np.empty(0))

    def read(self, blocks: Iterable[Sound]) -> Iterator[Levels]:
        """Levels of the steps that each block completes, and of the rest."""
        samples_a_step = 1.0
        for block in blocks:
            samples_a_step = STEP_SECONDS * block.rate_hz
            heard = np.square(block.samples, dtype=np.float64).mean(axis=0)
            self.powers = np.concatenate([self.powers, heard])
            yield self._completed(samples_a_step)
        if len(self.powers):
            yield _levels(self.powers.mean(keepdims=True))

    def _completed(self, samples_a_step: float) -> Levels:
        """Levels of all steps that are full; a rate of 11 025 Hz gives steps that differ by a sample."""
        begun = round(self.steps * samples_a_step)
        steps = int((begun + len(self.powers)) / samples_a_step)
        edges = np.rint(np.arange(self.steps, steps + 1) * samples_a_step).astype(np.int64) - begun
        edges = edges[edges <= len(self.powers)]
        whole, self.powers = np.split(self.powers, edges[-1:])
        self.steps += len(edges) - 1
        if len(edges) == 1:
            return np.empty(0)
        return _levels(np.add.reduceat(whole, edges[:-1]) / np.diff(edges))


def _levels(powers: Powers) -> Levels:
    levels = np.full(len(powers), np.nan)
    heard = (powers > 0) & np.isfinite(powers)
    levels[heard] = np.maximum(10 * np.log10(powers[heard]), FLOOR_DBFS)
    return levels
