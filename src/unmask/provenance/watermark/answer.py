"""Regions and faces together, and one word on the whole picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unmask.provenance.watermark.faces import judge_face
from unmask.provenance.watermark.geometry import Lie
from unmask.provenance.watermark.locate import LEAST_QUALITY, Gone, Judged, judge, regions_of
from unmask.provenance.watermark.record import Cells, Record
from unmask.types import FaceMark, MarkState, Region, Track

MOST_UNDECIDABLE = 0.5
"""Share of blocks and stretches that may be undecidable in a picture that is called intact."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the mark says of a film whose mark was read.

    Attributes:
        state: ``altered``, ``intact`` or ``undecidable``.
        judged: Each block and stretch.
        gone: Blocks and stretches that were made anew, alone or as part of a face.
        regions: The same as boxes and times, the largest first.
        faces: What is said of each person.
    """

    state: MarkState
    judged: Judged
    gone: Gone
    regions: tuple[Region, ...]
    faces: tuple[FaceMark, ...]


def answer_of(record: Record, expected: Cells, lie: Lie, people: Sequence[Track], *, timed: bool) -> Answer:
    """Judge a film.

    Args:
        record: What was measured.
        expected: What an untouched block should show.
        lie: Where the blocks are.
        people: The people in it, the main one first.
        timed: Whether the clip's own part of the mark was found, which changes with time.
    """
    judged = judge(record, expected)
    looked_at = [judge_face(track, record, expected, lie, judged.gone) for track in people]
    gone = np.logical_or.reduce([judged.gone, *(one.gone for one in looked_at)])
    regions, faces = regions_of(gone, record, lie), tuple(one.mark for one in looked_at)
    altered = bool(regions) or any(face.state == "altered" for face in faces)
    unsure = record.quality < LEAST_QUALITY or judged.undecidable > MOST_UNDECIDABLE or not timed
    return Answer("altered" if altered else "undecidable" if unsure else "intact", judged, gone, regions, faces)
