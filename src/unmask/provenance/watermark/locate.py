"""Where the picture was made anew: blocks and regions in which the mark is gone although it should be there."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool
from scipy import ndimage

from unmask.provenance.watermark.geometry import Lie
from unmask.provenance.watermark.record import Cells, Record
from unmask.types import Region

NOISE = 0.12
"""Variance of a block's agreement during a stretch, whether it was altered or not."""
EXPECTED_ERROR = 0.2
"""Error of what is expected, the same for all of a busy or moving part of the picture, however large it is: where no
more is expected, the mark of an honest film may be gone."""
INFLATION = 4.0
"""Neighbouring blocks and stretches share their errors: so much less do they tell together than if they did not."""
REACH_BLOCKS, REACH_STRETCHES = 0.9, 1.0
"""Standard deviations of the bell under which blocks and stretches are looked at together."""
SUSPECT = 2.0
"""Log odds from which a block is suspected."""
LEAST_TOLD = 6.0
"""Log odds that an altered neighbourhood would show on average; below, nothing can be said of it."""
LEAST_REGION_CELLS, LEAST_REGION_ODDS = 4, 150.0
FRINGE = 0.15
"""A stretch, row or column that holds less of a region, over the fullest one, is left out of its time and box."""
LEAST_QUALITY = 0.4
"""Survival of the mark in the better part of the film below which regions are not judged: much of an honest film is
then without a mark. Faces are judged all the same, since they are looked at as a whole."""


Gone = Bool[np.ndarray, "stretches rows columns"]
"""Blocks and stretches that were made anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What is said of each block and stretch.

    Attributes:
        alive: Agreement over the expected one around each block; NaN where nothing can be said.
        altered: Probability that it was made anew, 0–1; NaN where nothing can be said.
        gone: Blocks and stretches that belong to a region that was made anew.
        undecidable: Share of blocks and stretches of which nothing can be said.
    """

    alive: Cells
    altered: Cells
    gone: Gone
    undecidable: float


def judge(record: Record, expected: Cells) -> Judged:
    """Compare the agreement with the expected one, block by block together with its neighbours.

    Args:
        record: What was measured.
        expected: What an untouched block should show.
    """
    sure = np.sqrt(np.maximum(expected * expected - np.float32(EXPECTED_ERROR**2), 0)).astype(np.float32)
    odds = sure * (sure / 2 - record.agreement) / NOISE
    told = sure * sure / NOISE
    near_odds, near_told = _around(odds), _around(told)
    blind = (near_told < LEAST_TOLD) | (record.quality < LEAST_QUALITY)
    alive = _around(expected * record.agreement) / np.maximum(_around(expected * expected), 1e-6)
    altered = 1 / (1 + np.exp(-np.clip(near_odds / INFLATION, -30, 30)))
    gone = _regions(odds, (near_odds > SUSPECT) & ~blind)
    hidden = np.where(blind, np.nan, 1.0)
    return Judged((alive * hidden).astype(np.float32), (altered * hidden).astype(np.float32), gone, float(blind.mean()))


def _around(values: Cells) -> Cells:
    """Sums under a bell of height one."""
    reach = (REACH_STRETCHES, REACH_BLOCKS, REACH_BLOCKS)
    means = ndimage.gaussian_filter(values, reach, mode="constant", truncate=2.5)
    return means * np.float32((2 * np.sqrt(np.pi)) ** 3 * np.prod(reach))


def _regions(odds: Cells, suspect: Gone) -> Gone:
    """Suspected blocks that hang together and are many enough."""
    labels, count = ndimage.label(suspect, np.ones((3, 3, 3)))
    numbers = np.arange(1, count + 1)
    together = np.atleast_1d(ndimage.sum(odds, labels, numbers))
    sizes = np.atleast_1d(ndimage.sum(np.ones_like(odds), labels, numbers))
    sure = numbers[(together >= LEAST_REGION_ODDS) & (sizes >= LEAST_REGION_CELLS)] if count else numbers
    return np.isin(labels, sure)


def regions_of(gone: Gone, record: Record, lie: Lie) -> tuple[Region, ...]:
    """Each region that was made anew as a box and a time, the largest first."""
    labels, count = ndimage.label(gone, np.ones((3, 3, 3)))
    found = []
    for number in range(1, count + 1):
        region = labels == number
        time, rows, columns = (_without_fringe(region, axis) for axis in range(3))
        box = (
            lie.left + columns.start * lie.across,
            lie.top + rows.start * lie.down,
            lie.left + columns.stop * lie.across,
            lie.top + rows.stop * lie.down,
        )
        size = int(region.sum())
        found.append((size, Region(float(record.start[time.start]), float(record.end[time.stop - 1]), box)))
    return tuple(region for _, region in sorted(found, key=lambda pair: -pair[0]))


def _without_fringe(region: Gone, axis: int) -> slice:
    """From the first to the last stretch, row or column in which much of the region lies."""
    counts = region.sum(axis=tuple(other for other in range(3) if other != axis))
    much = np.flatnonzero(counts >= FRINGE * counts.max())
    return slice(int(much[0]), int(much[-1]) + 1)
