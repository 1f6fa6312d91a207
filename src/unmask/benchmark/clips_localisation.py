"""Localisation in the suite ``clips``: do detectors find where and when a film was forged?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from unmask.benchmark.clips import REAL, ClipRow
from unmask.benchmark.clips_places import SUSPECT, Stretches
from unmask.benchmark.localisation import segment_average_precision
from unmask.benchmark.sections import table
from unmask.benchmark.statistics import Interval, Rows, cluster_interval
from unmask.benchmark.suite import interval_text
from unmask.types import Segment

NO_MASKS = "No film comes with masks of what was made: where and when detectors see it was not measured."
PLACES = (
    "IoU: what a detector suspects against what was made, in the squares into which it cuts its view; pointed: whether its most "
    "suspect square was made. *Inner face* is one who names the inner face of every view without looking: a detector is to be "
    "better than that. Intervals draw whole people anew."
)
STRETCHES = (
    "Average precision of stretches of time that overlap a forged one by half or more, originals among the films; neighbouring "
    "stretches on the same side of one half are taken for one. Where films are forged from end to end, this ranks films and no times."
)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """How well a detector finds what was made in the picture.

    Attributes:
        detector: Its name.
        films: Fakes with masks in which it pointed somewhere.
        of: Fakes with masks.
        people: Persons among the films.
        mask_iou: Mean intersection over union, 0–1.
        mask_iou_interval: Where it may lie (95 %), whole persons drawn anew.
        pointing_hit: Mean of the pointing game, 0–1.
        pointing_hit_interval: Likewise.
        inner_face_iou: ``mask_iou`` of one who always names the inner face.
        inner_face_hit: ``pointing_hit`` of the same.
    """

    detector: str
    films: int
    of: int
    people: int
    mask_iou: float
    mask_iou_interval: Interval | None
    pointing_hit: float
    pointing_hit_interval: Interval | None
    inner_face_iou: float
    inner_face_hit: float


@dataclass(frozen=True, slots=True)
class StretchRow:
    """How well a detector finds when something was made.

    Attributes:
        detector: Its name.
        films: Films of which it judged stretches and of which the truth is known.
        stretches: Forged stretches in them.
        average_precision: 0–1.
        interval: Where it may lie (95 %), whole persons drawn anew.
    """

    detector: str
    films: int
    stretches: int
    average_precision: float
    interval: Interval | None


def place_rows(rows: Sequence[ClipRow], seed: int) -> tuple[PlaceRow, ...]:
    """A row for each detector that points somewhere; empty where no film has masks."""
    names = sorted({name for row in rows for name in row.places})
    return tuple(_place(name, rows, seed) for name in names)


def stretch_rows(rows: Sequence[ClipRow], seed: int) -> tuple[StretchRow, ...]:
    """A row for each detector that judges stretches of time; empty where no film has masks."""
    if not any(row.made_seconds for row in rows):
        return ()
    known = [row for row in rows if row.made_seconds is not None and row.verdict is not None]
    named = ((name, [row for row in known if name in row.segments]) for name in _judging(known))
    return tuple(_stretch(name, judged, seed) for name, judged in named if any(row.made_seconds for row in judged))


def localisation_lines(
    rows: Sequence[ClipRow], places: Sequence[PlaceRow], stretches: Sequence[StretchRow]
) -> list[str]:
    """Both tables, or the sentence that there is nothing to compare with."""
    unread = sum(row.masks_unread is not None for row in rows)
    broken = [f"Masks that could not be read: {unread}; `--json` says why.", ""] if unread else []
    if not any(row.made_seconds for row in rows):
        return [*broken, NO_MASKS, ""]
    return [*broken, *_place_table(places), *_stretch_table(stretches)]


def joined_segments(told: Stretches) -> list[Segment]:
    """Segments as one, where they follow each other on the same side of one half: with their mean.

    >>> [(one.start, one.end) for one in joined_segments([[0.0, 2.0, 0.9], [2.0, 4.0, 0.7], [4.0, 6.0, 0.2]])]
    [(0.0, 4.0), (4.0, 6.0)]
    """
    runs = [list(run) for _, run in groupby(sorted(told), key=lambda one: one[2] >= SUSPECT)]
    return [
        Segment(min(one[0] for one in run), max(one[1] for one in run), float(np.mean([one[2] for one in run])))
        for run in runs
    ]


def _judging(rows: Sequence[ClipRow]) -> list[str]:
    return sorted({name for row in rows for name in row.segments})


def _place(name: str, rows: Sequence[ClipRow], seed: int) -> PlaceRow:
    pointed = [row for row in rows if name in row.places]
    people = [row.person for row in pointed]
    of = {key: np.array([row.places[name][key] for row in pointed]) for key in pointed[0].places[name]}
    intervals = {key: cluster_interval(people, _mean_of(of[key]), seed) for key in ("mask_iou", "pointing_hit")}
    return PlaceRow(
        name,
        len(pointed),
        sum(row.side != REAL and row.made_seconds is not None for row in rows),
        len(set(people)),
        float(of["mask_iou"].mean()),
        intervals["mask_iou"],
        float(of["pointing_hit"].mean()),
        intervals["pointing_hit"],
        float(of["inner_face_iou"].mean()),
        float(of["inner_face_hit"].mean()),
    )


def _mean_of(values: np.ndarray) -> Callable[[Rows], float]:
    return lambda rows: float(values[rows].mean())


def _stretch(name: str, judged: Sequence[ClipRow], seed: int) -> StretchRow:
    found = [joined_segments(row.segments[name]) for row in judged]
    forged = [[(begin, end) for begin, end in row.made_seconds or []] for row in judged]

    def precision(rows: Rows) -> float:
        chosen = rows.tolist()
        there = any(forged[row] for row in chosen)
        return (
            segment_average_precision([found[row] for row in chosen], [forged[row] for row in chosen]) if there else 0.0
        )

    interval = cluster_interval([row.person for row in judged], precision, seed)
    whole = precision(np.arange(len(judged)))
    return StretchRow(name, len(judged), sum(map(len, forged)), whole, interval)


def _place_table(places: Sequence[PlaceRow]) -> list[str]:
    head = ("where", "films", "people", "IoU", "95 %", "inner face", "pointed", "95 %", "inner face")
    cells = [
        (
            one.detector,
            f"{one.films} of {one.of}",
            str(one.people),
            f"{one.mask_iou:.2f}",
            interval_text(one.mask_iou_interval),
            f"{one.inner_face_iou:.2f}",
            f"{one.pointing_hit:.2f}",
            interval_text(one.pointing_hit_interval),
            f"{one.inner_face_hit:.2f}",
        )
        for one in places
    ]
    return [*table(head, cells), "", PLACES, ""] if places else ["No detector points at a place in these films.", ""]


def _stretch_table(stretches: Sequence[StretchRow]) -> list[str]:
    head = ("when", "films", "forged stretches", "AP at IoU 0.5", "95 %")
    cells = [
        (
            one.detector,
            str(one.films),
            str(one.stretches),
            f"{one.average_precision:.2f}",
            interval_text(one.interval),
        )
        for one in stretches
    ]
    return [*table(head, cells), "", STRETCHES, ""] if stretches else []
