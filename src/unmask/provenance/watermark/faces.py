"""Faces and mouths in which the mark is gone although it should be there, looked at as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from jaxtyping import Float32, Float64
from scipy import ndimage

from unmask.faces.skin import OUTLINE
from unmask.provenance.watermark.geometry import Lie
from unmask.provenance.watermark.locate import INFLATION, LEAST_QUALITY, NOISE, Gone
from unmask.provenance.watermark.record import Cells, Record
from unmask.types import FaceMark, Flags, MarkState, Track

MOSTLY_GONE, ALMOST_GONE = 0.35, 0.2
"""Survival below which a face was made anew, in a film of enough quality and in another."""
MOSTLY_ALIVE = 0.5
FACE_WINDOW = 3
"""Stretches that are looked at together when a time within a face's track is judged."""
MOUTH = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
MOUTH_REACH = 1.6
"""The mouth and what moves with it, over the outline of the lips."""
SUBPIXELS = 4
HALF_COVERED = 0.5
MOST_OF_IT = 0.5
"""Share of a face or mouth that a region covers in which it was made anew."""


@dataclass(frozen=True, slots=True)
class Survival:
    """How much of the mark is alive in a part of the picture.

    Attributes:
        alive: 1 where the mark is as strong as expected, 0 where it is gone.
        error: Standard error.
    """

    alive: float
    error: float

    def state(self, quality: float) -> MarkState:
        """Whether it is gone, alive, or either, in a film of a quality (see ``Record.quality``)."""
        gone = MOSTLY_GONE if quality >= LEAST_QUALITY else ALMOST_GONE
        if self.alive + 2 * self.error < gone:
            return "altered"
        return "intact" if self.alive - 2 * self.error > 0 and self.alive > MOSTLY_ALIVE else "undecidable"


def survival(record: Record, expected: Cells, share: Cells) -> Survival:
    """How much of the mark is alive where ``share`` (0–1) is covered."""
    told = float((expected * expected * share).sum())
    if told <= 0:
        return Survival(0.0, float("inf"))
    alive = float((expected * record.agreement * share).sum()) / told
    return Survival(alive, float(np.sqrt(NOISE * INFLATION / told)))


@dataclass(frozen=True, slots=True, eq=False)
class JudgedFace:
    """What the mark says of one person, and which blocks and stretches of the face were made anew."""

    mark: FaceMark
    gone: Gone


def judge_face(track: Track, record: Record, expected: Cells, lie: Lie, gone: Gone) -> JudgedFace:
    """Judge one person's face as a whole, and the mouth in it, all through the film and from moment to moment.

    Args:
        track: The person.
        record: What was measured.
        expected: What an untouched block should show.
        lie: Where the blocks are.
        gone: Regions that were made anew whoever is in them; a face or mouth that lies in one was so too.
    """
    face, lips = (
        covered(track, record, lie, points, reach) for points, reach in ((OUTLINE, 1.0), (MOUTH, MOUTH_REACH))
    )
    whole, mouth = survival(record, expected, face), survival(record, expected, lips)
    in_time = _moments(record, expected, face)
    states = whole.state(record.quality), mouth.state(record.quality)
    own = (face > HALF_COVERED) & (in_time[:, None, None] | (states[0] == "altered" and not in_time.any()))
    if states[1] == "altered" and not own.any():
        own = lips > HALF_COVERED
    altered = np.asarray(own.any(axis=(1, 2))) | _within(face, gone) | _within(lips, gone)
    state: MarkState = "altered" if altered.any() or "altered" in states else states[0]
    told, mouth_told = np.isfinite(whole.error), np.isfinite(mouth.error)
    mark = FaceMark(
        track.id,
        state,
        whole.alive if told else None,
        whole.error if told else None,
        _stretches(altered, record),
        mouth.alive if mouth_told else None,
        mouth.error if mouth_told else None,
    )
    return JudgedFace(mark, own)


def _within(share: Cells, gone: Gone) -> Flags:
    """Stretches in which most of a part of the face lies in what was made anew."""
    held = (share * gone).sum(axis=(1, 2))
    return np.asarray((held > 0) & (held >= MOST_OF_IT * share.sum(axis=(1, 2))))


def _moments(record: Record, expected: Cells, face: Cells) -> Flags:
    """Stretches in which the face was made anew; one without a neighbour may be chance, unless there is no other."""
    reach = FACE_WINDOW // 2
    near = [slice(max(0, index - reach), index + reach + 1) for index in range(len(record.start))]
    found = [survival(record.part(one), expected[one], face[one]).state(record.quality) == "altered" for one in near]
    lasting = any(pair == (True, True) for pair in pairwise(found)) or found == [True]
    return np.array(found) & lasting


def _stretches(in_time: Flags, record: Record) -> tuple[tuple[float, float], ...]:
    """Runs of altered stretches as times."""
    labels, _ = ndimage.label(in_time)
    runs = ndimage.find_objects(labels)
    return tuple((float(record.start[run.start]), float(record.end[run.stop - 1])) for (run,) in runs)


def covered(track: Track, record: Record, lie: Lie, points: Sequence[int], reach: float) -> Cells:
    """Share of each block that a part of the face covers during each stretch.

    Args:
        track: The person.
        record: Tells the stretches.
        lie: Tells the blocks.
        points: Landmarks around the part.
        reach: Size of the part over that of its outline.
    """
    outline = track.landmarks_of(points)[..., :2]
    middle = outline.mean(axis=1, keepdims=True)
    placed = (middle + (outline - middle) * reach - (lie.left, lie.top)) / (lie.across, lie.down)
    shares = [
        _drawn(placed[(track.times >= start - 1e-6) & (track.times <= end + 1e-6)], lie)
        for start, end in zip(record.start, record.end, strict=True)
    ]
    return np.stack(shares)


def _drawn(outlines: Float64[np.ndarray, "seen points 2"], lie: Lie) -> Float32[np.ndarray, "rows columns"]:
    """Mean share of each block that the outlines cover, given in blocks."""
    share = np.zeros((lie.rows, lie.columns), np.float32)
    for outline in outlines:
        fine = np.zeros((lie.rows * SUBPIXELS, lie.columns * SUBPIXELS), np.uint8)
        hull = cv2.convexHull(np.rint(outline * SUBPIXELS).astype(np.int32))
        cv2.fillConvexPoly(fine, hull, 1)
        share += cv2.resize(fine.astype(np.float32), (lie.columns, lie.rows), interpolation=cv2.INTER_AREA)
    return share / max(1, len(outlines))
