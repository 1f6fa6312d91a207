"""The mark found in a picture that was cropped, scaled, trimmed or changed in contrast.

The phasors of the picture's differences are correlated with those of the pilots over all places of the field at once
(one Fourier transform), for one size of block after another. What is found is then made finer, step by step.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import cv2
import numpy as np
from jaxtyping import Complex64, Float32, Float64
from scipy import fft

from unmask.provenance.keys import ClipKey
from unmask.provenance.watermark.geometry import Kind, Lie, lie_within, untouched_lie
from unmask.provenance.watermark.lattice import Phasors, Quarters, haar, luma_of, phasors_of, turned
from unmask.provenance.watermark.layout import (
    FIELD,
    GROUP_SECONDS,
    Roles,
    blocks_if_any,
    clip_dither,
    group_of,
    pilot_dither,
)
from unmask.types import Frame, RgbImage

SURE_UNTOUCHED = 6.5
"""Standard deviations above chance from which the mark is found at one place that is looked at first."""
SURE = 8.0
"""The same for a search over some ten million places: a false find has a chance below 10⁻⁷."""
SURE_START = 6.0
COMMON_CANDIDATES = 24
"""So many candidates come first that their scale is a common one."""
COMMON_SCALES = (1.0, 0.5, 2 / 3, 0.75, 10 / 9, 20 / 19, 1.25, 0.8, 0.9, 1.5, 2.0, 1 / 3, 4 / 3, 0.6, 0.4)
SMALLEST_SCALE, LARGEST_SCALE, SCALE_STEP = 0.3, 2.2, 1.005
SMALLEST_PERIOD = 4.0
LEAST_SEEN = 4
"""Fewer rows or columns of blocks are not searched."""
LARGEST_CROP = 0.8
"""Share of each side that is left of a picture cropped most."""
PLACES_IN_BLOCK = 8
WINDOW = 24
"""Blocks across and down that are looked at."""
REACH, BAR_BLOCKS = 64, 8
"""Blocks across and down in which they are looked for, and how many of these allow for bars at the edges."""
SURE_ENOUGH_TO_REFINE = 6.0
SEARCH_FRAMES, REFINE_FRAMES, GAIN_FRAMES = 3, 4, 12
GAINS = np.concatenate([[1.0], np.arange(0.8, 1.25, 0.005)])
FINEST = 6
STRETCH = 0.003
"""Scale is first tried this much larger and smaller."""
SHORT_FILM_GROUPS, LONGEST_FILM_GROUPS = 600, 24_000
"""Groups of a marked film of three minutes, and of two hours, in which a trimmed one is looked for."""
STARTS_IN_GROUP = 8

PilotKey = Complex64[np.ndarray, "3 field field"]


def pilot_key(sync: bytes, who: Roles) -> PilotKey:
    """Conjugate phasors of the pilots' lattices, zero elsewhere."""
    return (np.conj(turned(pilot_dither(sync))) * who.pilot).astype(np.complex64)


def find_lie(images: Sequence[RgbImage], pilots: PilotKey) -> tuple[Lie, float] | None:
    """Where the marked blocks lie, and by how many standard deviations the pilots are above chance.

    Args:
        images: Some pictures of the film, of one size, best from different moments.
        pilots: What to look for.

    Returns:
        None when no mark is found.
    """
    at_once = lie_untouched(images, pilots)
    if at_once is not None:
        return at_once
    height, width = images[0].shape[:2]
    at_once = lie_scaled(images, pilots)
    if at_once is not None:
        return at_once
    chosen = spread(images, SEARCH_FRAMES)
    for kind, scale in candidates(width, height):
        found = search(chosen, pilots, kind, scale)
        if found is not None:
            lie, sure = with_best_gain(refined(found, spread(images, REFINE_FRAMES), pilots), images, pilots)
            if sure >= SURE:
                return lie, sure
    return None


def lie_scaled(images: Sequence[RgbImage], pilots: PilotKey) -> tuple[Lie, float] | None:
    """The same for a picture that was scaled as a whole, by a common factor.

    All of the picture and many frames are compared at one place, so that a mark is found that a search would miss.
    """
    size = images[0].shape[1], images[0].shape[0]
    chosen = spread(images, GAIN_FRAMES)
    for kind, scale in islice(candidates(*size), COMMON_CANDIDATES):
        lie = lie_within(size, kind, (kind.side * scale, kind.side * scale), (0.0, 0.0))
        if scale != 1 and lie is not None and coherence(lie, chosen, pilots) >= SURE_UNTOUCHED:
            return with_best_gain(refined(lie, spread(images, REFINE_FRAMES), pilots), images, pilots)
    return None


def lie_untouched(images: Sequence[RgbImage], pilots: PilotKey) -> tuple[Lie, float] | None:
    """The same for a picture that was neither cropped nor scaled."""
    height, width = images[0].shape[:2]
    blocks = blocks_if_any(width, height)
    if blocks is None:
        return None
    lie, sure = with_best_gain(untouched_lie(blocks), images, pilots)
    return (lie, sure) if sure >= SURE_UNTOUCHED else None


def candidates(width: int, height: int) -> Iterator[tuple[Kind, float]]:
    """Kinds of blocks and the scale they may have in a picture of this size, the likeliest first."""
    sweep = np.exp(np.arange(np.log(SMALLEST_SCALE), np.log(LARGEST_SCALE), np.log(SCALE_STEP)))
    for scale in (*COMMON_SCALES, *sorted(sweep.tolist(), key=lambda one: abs(np.log(one)))):
        whole = [(width / scale / left, height / scale / left) for left in (1.0, LARGEST_CROP)]
        marked = [blocks_if_any(round(wide), round(high)) for wide, high in whole]
        kinds = dict.fromkeys(Kind(blocks.side, blocks.step) for blocks in marked if blocks is not None)
        yield from ((kind, scale) for kind in kinds if kind.side * scale >= SMALLEST_PERIOD)


def search(images: Sequence[RgbImage], pilots: PilotKey, kind: Kind, scale: float) -> Lie | None:
    """The best place for blocks of one size, None when it is no better than chance.

    Only the middle of the picture is looked at, so that a scale that is a little wrong does no harm, and only places
    in the field that a crop or a bar at the edge can lead to.
    """
    period = kind.side * scale
    size = images[0].shape[1], images[0].shape[0]
    seen_blocks = [min(int(length / period) - 1, WINDOW) for length in size]
    if min(seen_blocks) < LEAST_SEEN:
        return None
    first = [int((length / period - count) / 2) for length, count in zip(size, seen_blocks, strict=True)]
    low = [min(max(0, one - BAR_BLOCKS), FIELD - REACH) for one in first]
    target = np.conj(fft.fft2(pilots[:, low[1] : low[1] + REACH, low[0] : low[0] + REACH].conj()))
    corner = first[0] * period, first[1] * period
    edges = [max(0, int(edge - period)) for edge in corner]
    ends = [int(edge + (count + 3) * period) for edge, count in zip(corner, seen_blocks, strict=True)]
    means = [smoothed(image[edges[1] : ends[1], edges[0] : ends[0]], period / 2) for image in images]
    inside = corner[0] - edges[0], corner[1] - edges[1]
    seen = seen_at_places(means, inside, period, seen_blocks, kind)
    sure, which, row, column = best_shift(seen, target)
    if sure < SURE_ENOUGH_TO_REFINE:
        return None
    down, right = (place * period / PLACES_IN_BLOCK for place in divmod(which, PLACES_IN_BLOCK))
    place = row + low[1], column + low[0]
    return lie_within(size, kind, (period, period), (corner[0] + right, corner[1] + down), place=place)


def seen_at_places(
    means: Sequence[Float32[np.ndarray, "height width"]],
    corner: tuple[float, float],
    period: float,
    counts: Sequence[int],
    kind: Kind,
) -> Complex64[np.ndarray, "places 3 rows columns"]:
    """Mean phasors over some pictures, of blocks that begin at a corner and at places to the right of and below it.

    Quarters of all places lie on one fine grid, an eighth of a block apart, so they are sampled once.
    """
    fine, half = PLACES_IN_BLOCK, PLACES_IN_BLOCK // 2
    columns, rows = counts
    x, y = (
        edge + period / 4 + period / fine * np.arange((count + 1) * fine)
        for edge, count in zip(corner, counts, strict=True)
    )
    total = np.zeros((3, rows * fine, columns * fine), np.complex64)
    for mean in means:
        grid = sampled(mean, x, y)
        left, right = slice(0, columns * fine), slice(half, columns * fine + half)
        upper, lower = slice(0, rows * fine), slice(half, rows * fine + half)
        quarters = grid[upper, left], grid[upper, right], grid[lower, left], grid[lower, right]
        total += phasors_of(haar(quarters, kind.side), kind.step)
    places = (total / len(means)).reshape(3, rows, fine, columns, fine)
    return np.ascontiguousarray(places.transpose(2, 4, 0, 1, 3)).reshape(fine * fine, 3, rows, columns)


def smoothed(image: RgbImage, quarter: float) -> Float32[np.ndarray, "height width"]:
    """Mean luma around each pixel's middle, over about a quarter of a block: an odd number of pixels."""
    size = 2 * round((quarter - 1) / 2) + 1
    return cv2.blur(luma_of(image), (size, size))


def sampled(
    means: Float32[np.ndarray, "height width"], x: Float64[np.ndarray, " across"], y: Float64[np.ndarray, " down"]
) -> Quarters:
    """Means of quarters whose middles lie at these places, in pixels from the picture's edges."""
    grid_x, grid_y = np.meshgrid((x - 0.5).astype(np.float32), (y - 0.5).astype(np.float32))
    return cv2.remap(means, grid_x, grid_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def best_shift(
    seen: Complex64[np.ndarray, "places 3 rows columns"], target: Complex64[np.ndarray, "3 reach reach"]
) -> tuple[float, int, int, int]:
    """How sure the best match is, which of the places it is at, and its row and column in the field.

    Args:
        seen: Phasors as they are for several places of the blocks' corners.
        target: Conjugate Fourier transform of what is looked for.
    """
    places, _, rows, columns = seen.shape
    padded = np.zeros((places, *target.shape), np.complex64)
    padded[..., :rows, :columns] = seen
    match = np.conj(fft.ifft2((fft.fft2(padded) * target).sum(axis=1))).real
    # The transform turns the field round, so a shift by one row is found one row before the end.
    share = float((np.abs(target) ** 2).mean() / target[0].size)  # of the differences that are pilots
    chance = np.sqrt((np.abs(seen) ** 2).sum(axis=(1, 2, 3)) * share / 2)  # half of a phasor is real
    sure = match / np.maximum(chance, 1e-6)[:, None, None]
    which, row, column = np.unravel_index(int(np.argmax(sure)), sure.shape)
    side = target.shape[1]
    return float(sure[which, row, column]), int(which), int(-row % side), int(-column % side)


def coherence(lie: Lie, images: Sequence[RgbImage], pilots: PilotKey) -> float:
    """How far the pilots are above chance, in standard deviations."""
    seen = np.mean([lie.phasors(image) for image in images], axis=0)
    return _above_chance(seen.astype(np.complex64), pilots[(slice(None), *lie.window)])


def _above_chance(seen: Phasors, key: Phasors) -> float:
    energy = float((np.abs(seen[np.abs(key) > 0]) ** 2).sum())
    return float((seen * key).real.sum() / np.sqrt(max(energy / 2, 1e-6)))


def with_best_gain(lie: Lie, images: Sequence[RgbImage], pilots: PilotKey) -> tuple[Lie, float]:
    """The lie with the contrast at which the pilots agree most, and how sure they are."""
    key = pilots[(slice(None), *lie.window)]
    chosen = spread(images, GAIN_FRAMES)
    differences = [lie.differences(image) * np.float32(lie.gain) for image in chosen]
    agreed = []
    for gain in GAINS:
        seen = np.mean([phasors_of(one, lie.step * gain) for one in differences], axis=0)
        agreed.append(_above_chance(seen.astype(np.complex64), key))
    best = int(np.argmax(agreed))
    return replace(lie, gain=float(GAINS[best])), agreed[best]


def refined(lie: Lie, images: Sequence[RgbImage], pilots: PilotKey) -> Lie:
    """The lie moved and scaled in ever smaller steps while the pilots agree more."""
    size = images[0].shape[1], images[0].shape[0]
    agreed = coherence(lie, images, pilots)
    for fineness in range(FINEST):
        stretch, shift = STRETCH / 2**fineness, lie.across / 6 / 2**fineness
        for scale, way in (
            ((stretch, stretch), (0.0, 0.0)),
            ((0.0, 0.0), (shift, 0.0)),
            ((0.0, 0.0), (0.0, shift)),
            ((stretch, 0.0), (0.0, 0.0)),
            ((0.0, stretch), (0.0, 0.0)),
        ):
            for sign in (1, -1):
                moved = _moved(lie, size, (1 + sign * scale[0], 1 + sign * scale[1]), (sign * way[0], sign * way[1]))
                now = coherence(moved, images, pilots) if moved else 0.0
                if moved and now > agreed:
                    lie, agreed = moved, now
                    break
    return lie


def _moved(lie: Lie, size: tuple[int, int], scale: tuple[float, float], way: tuple[float, float]) -> Lie | None:
    """The lie scaled about its middle, then moved by pixels."""
    column, row = lie.columns // 2, lie.rows // 2
    corner = lie.left + column * lie.across + way[0], lie.top + row * lie.down + way[1]
    period = lie.across * scale[0], lie.down * scale[1]
    place = lie.row + row, lie.column + column
    return lie_within(size, Kind(lie.side, lie.step), period, corner, place=place, gain=lie.gain)


def spread(images: Sequence[RgbImage], count: int) -> list[RgbImage]:
    """Some of the pictures, evenly spread."""
    places = np.unique(np.linspace(0, len(images) - 1, min(count, len(images))).round().astype(int))
    return [images[place] for place in places]


@dataclass(frozen=True, slots=True)
class Start:
    """When in the marked film the examined one begins.

    Attributes:
        seconds: Time in the marked film of the examined film's time zero.
        sure: Standard deviations above chance.
    """

    seconds: float
    sure: float


def find_start(lie: Lie, frames: Sequence[Frame], key: ClipKey, who: Roles) -> Start | None:
    """When in the marked film the examined one begins, None when its clip's own part of the mark is not there.

    Args:
        lie: Where the blocks are.
        frames: Frames of several stretches of the film.
        key: Key of the clip.
        who: Which differences are the clip's.
    """
    times = np.array([frame.seconds for frame in frames])
    own = who.of_clip[(slice(None), *lie.window)] > 0
    seen = np.stack([_of_clip(lie.phasors(frame.image), own) for frame in frames])
    runs = 1 + int((np.diff(times) > 2 * GROUP_SECONDS).sum())
    scale = np.sqrt(runs) * len(times) / runs  # frames of one run are hardly independent
    agreement = _agreement(seen, lie, key, range(group_of(times[-1]) + 1))
    at_zero = float(sum(agreement[index, group_of(second)] for index, second in enumerate(times)) / scale)
    if at_zero >= SURE_START:
        return Start(0.0, at_zero)
    for groups in (SHORT_FILM_GROUPS, LONGEST_FILM_GROUPS):
        found = _best_start(_agreement(seen, lie, key, range(groups)), times, scale)
        if found is not None and found.sure >= SURE_START:
            return found
    return None


def _of_clip(phasors: Phasors, own: np.ndarray) -> Complex64[np.ndarray, " blocks"]:
    """The clip's phasor of each block, row by row."""
    return (phasors * own).sum(axis=0).reshape(-1)


def _agreement(
    seen: Complex64[np.ndarray, "frames blocks"], lie: Lie, key: ClipKey, groups: range
) -> Float64[np.ndarray, "frames groups"]:
    """How far each frame agrees with each group of the marked film, in standard deviations."""
    chance = np.sqrt(np.maximum((np.abs(seen) ** 2).sum(axis=1) / 2, 1e-6))
    columns = []
    for group in groups:
        expected = np.conj(turned(clip_dither(key, group)[lie.window])).reshape(-1)
        columns.append((seen @ expected).real / chance)
    return np.stack(columns, axis=1).astype(np.float64)


def _best_start(
    agreement: Float64[np.ndarray, "frames groups"], times: Float64[np.ndarray, " frames"], scale: float
) -> Start | None:
    """The start at which all frames together agree best."""
    last = agreement.shape[1] - 1 - group_of(float(times[-1]))
    if last < 0:
        return None
    starts = np.arange(0, (last + 1) * STARTS_IN_GROUP) * (GROUP_SECONDS / STARTS_IN_GROUP)
    groups = np.floor((times[:, None] + starts[None]) / GROUP_SECONDS + 1e-6).astype(int)
    groups = np.minimum(groups, agreement.shape[1] - 1)
    total = np.take_along_axis(agreement, groups, axis=1).sum(axis=0) / scale
    best = int(np.argmax(total))
    ties = np.flatnonzero(total > total[best] - 0.02 * abs(total[best]))
    near = ties[np.abs(ties - best) < STARTS_IN_GROUP]
    return Start(float(starts[int(np.median(near))]), float(total[best]))
