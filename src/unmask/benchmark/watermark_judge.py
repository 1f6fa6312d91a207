"""What the mark tells of alteration, film by film: each judged by what was learnt from the others.

The package's polynomial of what is to be expected was fitted to films; a film must not be judged by what was learnt
from itself. So it is fitted anew without it, in the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from unmask.benchmark.watermark_kept import Version
from unmask.benchmark.watermark_measure import HONEST
from unmask.provenance.watermark.answer import answer_of
from unmask.provenance.watermark.expect import expected_agreement_by, fit, fitted
from unmask.provenance.watermark.locate import Gone
from unmask.provenance.watermark.record import Record
from unmask.types import MarkState

LEAST_FILMS = 3
"""Fewer films cannot be judged by each other; the package's own polynomial is used."""
HALF = 0.5

Coefficients = Float64[np.ndarray, " terms"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reader says of one version of a film.

    Attributes:
        film: Name of the film.
        kind: ``honest``, or how its face was altered.
        crf: Quality at which x264 coded it.
        state: The reader's word.
        quality: How well the mark survived in the better part of the film, 0–1; None when it was not read.
        undecidable: Share (0–1) of blocks and stretches of which nothing can be said.
        overlap: Blocks and stretches both altered and called so, over those that are either; None for honest ones.
        face_alive: How much of the mark is alive in the main face, 1 as expected, 0 gone; None where it cannot be told.
        mouth_alive: The same for the mouth.
        face_state: The word on the main face, None when none was followed.
    """

    film: str
    kind: str
    crf: int
    state: MarkState
    quality: float | None = None
    undecidable: float = 1.0
    overlap: float | None = None
    face_alive: float | None = None
    mouth_alive: float | None = None
    face_state: MarkState | None = None

    @property
    def name(self) -> str:
        """Such as ``honest-23``."""
        return f"{self.kind}-{self.crf}"


def leave_one_out(plain: Mapping[str, Sequence[Record]]) -> dict[str, Coefficients]:
    """For each film, the polynomial fitted to all the others; the package's own when there are too few.

    Args:
        plain: Records of each film's honest versions.
    """
    if len(plain) < LEAST_FILMS:
        return dict.fromkeys(plain, fitted())
    return {film: fit([it for other, some in plain.items() if other != film for it in some]) for film in plain}


def judgement(film: str, version: Version, coefficients: Coefficients) -> Judgement:
    """What a reader says who expects what a polynomial tells."""
    record, lie = version.record, version.lie
    missed = None if version.truth is None and version.kind == HONEST else 0.0
    if record is None or lie is None:
        return Judgement(film, version.kind, version.crf, "undecidable", overlap=missed)
    expected = expected_agreement_by(record, coefficients)
    answer = answer_of(record, expected, lie, version.people, timed=version.timed)
    main = answer.faces[0] if answer.faces else None
    return Judgement(
        film,
        version.kind,
        version.crf,
        answer.state,
        record.quality,
        answer.judged.undecidable,
        None if version.truth is None else overlap_of(answer.gone, version.truth > HALF),
        main.alive if main else None,
        main.mouth_alive if main else None,
        main.state if main else None,
    )


def overlap_of(called: Gone, true: Gone) -> float:
    """Intersection over union of what is called altered and what was; 1 when both are empty.

    >>> overlap_of(np.array([[[True, True, False]]]), np.array([[[False, True, True]]]))
    0.3333333333333333
    """
    either = int((called | true).sum())
    return int((called & true).sum()) / either if either else 1.0
