"""All that was measured of a film, in bounded memory: stretches of a long film are joined two by two."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float32, Float64

from unmask.provenance.watermark.measure import OfBlocks, Stretch

MOST_CELLS = 4_000_000
"""Blocks times stretches that are held: six minutes of 720p in full detail, an hour in stretches of three seconds."""
STILL = 0.06
"""Motion of a block, in steps of the lattice, below which it hardly moves."""
IN_TIME = ("start", "end")
BETTER_PART = 60
"""Percentile of blocks, and of stretches, by which a film's quality is told."""

Cells = Float32[np.ndarray, "stretches rows columns"]
"""One number for each block and stretch of time."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Stretches of a film, one after the other; see ``measure.Stretch`` for their meaning."""

    start: Float64[np.ndarray, " stretches"]
    end: Float64[np.ndarray, " stretches"]
    agreement: Cells
    weight: Cells
    texture: Cells
    motion: Cells
    light: Cells
    room: Cells

    @property
    def quality(self) -> float:
        """How well the mark survived in the better part of the picture and of the film, about 0 to 1.

        Most of a film is usually left alone; what was altered must not lower what is expected of the rest.
        """
        over_blocks = np.percentile(self.agreement.mean(axis=0), BETTER_PART)
        over_time = np.percentile(self.agreement.mean(axis=(1, 2)), BETTER_PART)
        return float(max(over_blocks, over_time))

    @property
    def stillness(self) -> float:
        """Share of the picture that hardly moves, 0–1: the coder spends its bits on the rest."""
        return float((self.motion.mean(axis=0) < STILL).mean())

    def part(self, stretches: slice) -> "Record":
        """Some of the stretches."""
        return Record(**{it.name: getattr(self, it.name)[stretches] for it in fields(self)})


def record_of(stretches: Iterable[Stretch], most_cells: int = MOST_CELLS) -> Record | None:
    """Everything measured, None when there was no frame.

    Args:
        stretches: In order of time.
        most_cells: Blocks times stretches above which two neighbours are joined to one.
    """
    held: list[Stretch] = []
    parts = 1
    waiting: list[Stretch] = []
    for one in stretches:
        waiting.append(one)
        if len(waiting) == parts:
            held.append(joined(waiting))
            waiting = []
        if len(held) * one.agreement.size > most_cells and len(held) > 1:
            held = [joined(held[index : index + 2]) for index in range(0, len(held), 2)]
            parts *= 2
    if waiting:
        held.append(joined(waiting))
    if not held:
        return None
    stacked = {it.name: np.array([getattr(one, it.name) for one in held]) for it in fields(Stretch)}
    return Record(**stacked)


def joined(stretches: list[Stretch]) -> Stretch:
    """Neighbouring stretches as one, their numbers averaged."""
    if len(stretches) == 1:
        return stretches[0]
    means = {it.name: _mean(stretches, it.name) for it in fields(Stretch) if it.name not in IN_TIME}
    return Stretch(stretches[0].start, stretches[-1].end, **means)


def _mean(stretches: list[Stretch], name: str) -> OfBlocks:
    """The mean of one measurement."""
    return np.stack([getattr(one, name) for one in stretches]).mean(axis=0, dtype=np.float32)
