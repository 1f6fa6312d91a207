"""Where and when a picture differs from the fingerprint that was signed with it.

The two are brought into step in time and, where the picture was cropped, in space. In each group the brightness of one
is fitted to that of the other by gain and offset, robustly, so that what was altered does not pull the fit. What remains
is compared with what a new encoding may change: more where the picture moves or has edges. Only what holds together in
space and time is told.

Reference:
    Evangelidis and Psarakis, Parametric Image Alignment Using Enhanced Correlation Coefficient Maximization, PAMI 2008.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float32
from scipy import ndimage

from unmask.provenance.fingerprint import Cells, Fingerprint, FingerprintBuilder, Means
from unmask.types import Region

Parts = Float32[np.ndarray, "parts rows columns"]
Strange = Bool[np.ndarray, "groups rows columns"]
Move = Float32[np.ndarray, "2 3"]
"""Affine matrix from cells of the examined picture to cells of the signed one."""
Box = tuple[int, int, int, int]
"""left, top, right, bottom in cells."""

PARTS = 4
"""How many steps of time a group is cut into, to bring two films into step."""
SEARCH_SECONDS = 300.0
"""How much longer than the signed film the examined one may be looked at."""
LEAST_LEVELS, NOISE_FACTOR, MOST_SPREAD = 3.0, 3.5, 2.0
"""What a cell may change without meaning: so many levels, or so many times the spread of all, which is never held
to be more than so many levels."""
PER_MOTION, PER_EDGE, PER_EDGE_CROPPED = 0.10, 0.05, 0.60
"""Levels more for each level by which a cell differs from the same a moment earlier or later, and from its neighbours."""
DARK, BRIGHT, PER_TONE = 60.0, 190.0, 0.5
"""Where a changed contrast may cut off shades, levels more for each level by which it moved them."""
CROWD, LEAST_CELLS, LEAST_STILL_CELLS, LEAST_GROUPS = 8 / 27, 12, 5, 2
"""Share of its neighbours in space and time that must be strange too, and how large a region must be."""
POOLED, MOST_COMPARED = 6, 400
"""Grid and number of groups by which films are brought into step."""
LEAST_OVERLAP, LEAST_GAIN, LEAST_FALL_LEVELS = 0.3, 1.5, 0.15
"""Share of the shorter film in common, and how much better another moment must fit to be taken."""
ALIKE, LEAST_MOVE_CELLS, MOST_SHEAR = 0.5, 0.35, 0.03
"""A crop is believed if it leaves so much of the difference, moves a corner by so much, and shears nothing."""
MOST_REGIONS = 500
EVERYWHERE = 0.5


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a picture compares with the signed one.

    Attributes:
        regions: Where and when it differs, in pixels and seconds of the examined file.
        share: Share (0–1) of the picture and time compared that differs.
        starts_at: Time in the signed film at which the examined one begins, in seconds; 0 unless it was trimmed.
        missing_seconds: How much of the signed film the examined one does not have.
    """

    regions: tuple[Region, ...]
    share: float
    starts_at: float = 0.0
    missing_seconds: float = 0.0

    @property
    def everywhere(self) -> bool:
        """Whether so much differs that it is rather another picture, or one that was cropped."""
        return self.share >= EVERYWHERE


def builder_beside(signed: Fingerprint) -> FingerprintBuilder:
    """What takes the fingerprint of a film that is to be compared with a signed one."""
    shape = (signed.means.shape[1], signed.means.shape[2])
    if signed.group_seconds == 0:
        return FingerprintBuilder(shape, 0.0)
    most = PARTS * (len(signed.means) + int(SEARCH_SECONDS / signed.group_seconds) + 1)
    return FingerprintBuilder(shape, signed.group_seconds / PARTS, most, joins=False)


def compare(signed: Fingerprint, seen: Fingerprint) -> Comparison:
    """Where and when a picture differs from the signed one.

    Args:
        signed: As it was signed.
        seen: As ``builder_beside`` took it of the examined file.
    """
    still = signed.group_seconds == 0 or seen.group_seconds == 0
    shift = 0 if still else shift_between(signed.means, seen.means)
    first, now = in_step(signed.means, seen.means, shift, parts=1 if still else PARTS)
    if not len(now):
        return Comparison((), 1.0)
    then = signed.means[first : first + len(now)]
    move = move_between(then, now)
    strange = strange_cells(then, now) if move is None else strange_cells(*moved(then, now, move), PER_EDGE_CROPPED)
    begins = seen.begins + (first * signed.group_seconds - shift * seen.group_seconds)
    regions = tuple(_regions(strange, seen.size, begins, signed.group_seconds))
    missing = (len(signed.means) - len(now)) * signed.group_seconds
    return Comparison(regions[:MOST_REGIONS], float(strange.mean()), shift * seen.group_seconds, missing)


def shift_between(signed: Means, parts: Parts) -> int:
    """Parts of a group by which the examined film begins later than the signed one; negative when it begins earlier.

    Where the films fit about as well as they are, they are not shifted.
    """
    if len(signed) < 3 or len(parts) < 3 * PARTS:
        return 0
    then, now = _pooled(signed), _pooled(_moving(parts))
    least = max(3, int(LEAST_OVERLAP * min(len(signed), len(parts) // PARTS)))
    unshifted = _distance(then, now, 0, 1)
    best, distance = 0, min(unshifted / LEAST_GAIN, unshifted - LEAST_FALL_LEVELS)
    for shift in range(-len(now) + 1, PARTS * len(then)):
        found = _distance(then, now, shift, least)
        if found < distance:
            best, distance = shift, found
    return best


def in_step(
    signed: Means, seen: Parts, shift: int, parts: int
) -> tuple[int, Float32[np.ndarray, "common rows columns"]]:
    """The first group that both films have, and the examined film in the signed one's groups from there on."""
    starts = parts * np.arange(len(signed)) - shift
    whole = (starts >= 0) & (starts + parts <= len(seen))
    whole[-1] |= 0 <= starts[-1] < len(seen)  # the last group of a film is seldom full
    kept = np.flatnonzero(whole)
    if not len(kept):
        return 0, seen[:0]
    return int(kept[0]), np.stack([seen[starts[k] : starts[k] + parts].mean(axis=0) for k in kept])


def move_between(then: Means, now: Means) -> Move | None:
    """How the signed picture was cropped or stretched into the examined one, in cells; None when it was not.

    It is believed only when most of the picture fits far better for it, whatever happened to a part.
    """
    start = np.eye(2, 3, dtype=np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 200, 1e-6)
    before, after = then.mean(axis=0), now.mean(axis=0)
    try:
        _, found = cv2.findTransformECC(after, before, start, cv2.MOTION_AFFINE, stop)
    except cv2.error:  # it says so when it finds nothing, as in a picture of one colour
        return None
    move = np.asarray(found, np.float32)
    rows, columns = after.shape
    corners = np.array([[0, columns, 0, columns], [0, 0, rows, rows], [1, 1, 1, 1]], np.float32)
    way = np.abs(move @ corners - corners[:2]).max()
    if way < LEAST_MOVE_CELLS or max(abs(move[0, 1]), abs(move[1, 0])) > MOST_SHEAR:
        return None
    laid, seen = moved(before[None], after[None], move)
    return move if _misfit(laid[0], seen[0]) < ALIKE * _misfit(blurred(before[None])[0], seen[0]) else None


def _misfit(signed: Cells, seen: Cells) -> float:
    """Levels by which the middle one of all cells differs once brightness and contrast are fitted."""
    gain, offset = fit(signed, seen)
    return float(np.median(np.abs(seen - gain * signed - offset)))


def moved(then: Means, now: Means, move: Move) -> tuple[Means, Means]:
    """Both pictures in the cells of the examined one, blurred so that cells laid between cells can be compared.

    At and beyond the borders nothing differs.
    """
    rows, columns = now.shape[1:]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    border = cv2.warpAffine(np.ones((rows, columns), np.float32), move, (columns, rows), flags=flags)
    known = cv2.erode(border, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0.99
    laid = np.stack([cv2.warpAffine(one, move, (columns, rows), flags=flags) for one in then])
    return blurred(np.where(known, laid, now)), blurred(now)


def blurred(means: Means) -> Means:
    """The picture without detail of single cells."""
    return np.asarray(ndimage.gaussian_filter(means, (0, 1, 1)), np.float32)


def strange_cells(then: Means, now: Means, per_edge: float = PER_EDGE) -> Strange:
    """Cells that changed more than a new encoding, brightness or contrast changes them, and not alone."""
    expected = np.empty_like(now)
    for k, (signed, seen) in enumerate(zip(then, now, strict=True)):
        gain, offset = fit(signed, seen)
        expected[k] = gain * signed + offset
    size = np.abs(now - expected)
    spread = np.minimum(1.48 * np.median(size, axis=(1, 2), keepdims=True), MOST_SPREAD)
    tone = np.where((expected < DARK) | (expected > BRIGHT), np.abs(expected - then), 0)
    allowed = np.maximum(LEAST_LEVELS, NOISE_FACTOR * spread) + PER_TONE * tone
    alone = size > allowed + PER_MOTION * motion(then) + per_edge * edges(then)
    crowd = ndimage.uniform_filter(alone.astype(np.float32), 3, mode="nearest")
    return alone & (crowd >= CROWD - 1e-6)


def fit(signed: Cells, seen: Cells) -> tuple[float, float]:
    """Gain and offset that make most cells of one group alike, whatever happened to the others."""
    kept = np.ones(signed.shape, bool)
    gain, offset = 1.0, 0.0
    for _ in range(5):
        x, y = signed[kept].astype(np.float64), seen[kept].astype(np.float64)
        varies = x.var()
        slope = np.mean((x - x.mean()) * (y - y.mean())) / varies if varies > 4.0 else 1.0
        gain = float(np.clip(slope, 0.5, 2.0))
        offset = float(y.mean() - gain * x.mean())
        left = np.abs(seen - gain * signed - offset)
        kept = left <= max(2.5 * 1.48 * float(np.median(left)), 1.0)
        if not kept.any():
            break
    return gain, offset


def motion(means: Means) -> Means:
    """By how much each cell differs from itself a group earlier or later, whichever is more."""
    step = np.abs(np.diff(means, axis=0))
    still = np.zeros_like(means[:1])
    return np.maximum(np.concatenate([still, step]), np.concatenate([step, still]))


def edges(means: Means) -> Means:
    """By how much each cell differs from the most different of its four neighbours."""
    cross = ndimage.generate_binary_structure(2, 1)[None]
    higher = ndimage.maximum_filter(means, footprint=cross, mode="nearest")
    lower = ndimage.minimum_filter(means, footprint=cross, mode="nearest")
    return np.maximum(higher - means, means - lower)


def _regions(strange: Strange, size: tuple[int, int], begins: float, group_seconds: float) -> Iterator[Region]:
    """What holds together in space and time, cut where it moves away."""
    labels, _ = ndimage.label(strange, np.ones((3, 3, 3)))
    groups, rows, columns = strange.shape
    scale = np.array([size[0] / columns, size[1] / rows] * 2)
    least = LEAST_CELLS if groups > 2 else LEAST_STILL_CELLS
    for number, place in enumerate(ndimage.find_objects(labels), 1):
        inside = labels[place] == number
        if inside.sum() < least or len(inside) < min(LEAST_GROUPS, groups):
            continue
        corner = (place[2].start, place[1].start)
        for first, last, box in _stretches(inside):
            left, top, right, bottom = (np.array(box) + np.array(corner * 2)) * scale
            start, end = (begins + group_seconds * (place[0].start + k) for k in (first, last))
            yield Region(start, end, (float(left), float(top), float(right), float(bottom)))


def _stretches(inside: Strange) -> Iterator[tuple[int, int, Box]]:
    """First group, the one after the last, and box of each stretch during which a region stays in its place."""
    first, whole = 0, None
    for k, flags in enumerate(inside):
        box = _box(flags)
        if box is None:
            continue
        joined = box if whole is None else _around(whole, box)
        if whole is not None and _area(joined) > 2 * max(_area(whole), _area(box)):
            yield first, k, whole
            first, joined = k, box
        whole = joined
    if whole is not None:
        yield first, len(inside), whole


def _box(flags: Bool[np.ndarray, "rows columns"]) -> Box | None:
    rows, columns = np.flatnonzero(flags.any(axis=1)), np.flatnonzero(flags.any(axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _pooled(means: Means) -> Float32[np.ndarray, "groups spots"]:
    """A few spots a group, without its mean brightness."""
    side = (min(POOLED, means.shape[2]), min(POOLED, means.shape[1]))
    small = np.stack([cv2.resize(one, side, interpolation=cv2.INTER_AREA).ravel() for one in means])
    return small - small.mean(axis=1, keepdims=True)


def _moving(parts: Parts) -> Float32[np.ndarray, "starts rows columns"]:
    """Means over as many parts as a group has, from each part on."""
    total = np.cumsum(np.concatenate([np.zeros_like(parts[:1]), parts]), axis=0, dtype=np.float64)
    return ((total[PARTS:] - total[:-PARTS]) / PARTS).astype(np.float32)


def _distance(
    then: Float32[np.ndarray, "groups spots"], now: Float32[np.ndarray, "parts spots"], shift: int, least: int
) -> float:
    """Mean difference in levels where both films have groups; endless where they have too few in common."""
    first, last = max(0, -(-shift // PARTS)), min(len(then), (len(now) - 1 + shift) // PARTS + 1)
    if last - first < least:
        return float("inf")
    groups = np.arange(first, last, max(1, (last - first) // MOST_COMPARED))
    return float(np.abs(then[groups] - now[PARTS * groups - shift]).mean())
