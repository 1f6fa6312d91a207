"""The suite ``clips``: `unmask check` on every film of a folder, its false alarms and, for pairs, its ranking."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import numpy as np

from unmask.benchmark.statistics import (
    Fakes,
    Interval,
    Originals,
    Rows,
    cluster_interval,
    exact_interval,
    paired_share,
    ranking,
)
from unmask.errors import InputError
from unmask.examine import Progress, check
from unmask.settings import Settings
from unmask.types import Media, Report, Word
from unmask.verdict.conformal import upper_bound
from unmask.verdict.fuse import MANIPULATED_FROM

VERDICT = "verdict"
FAKE, REAL = "fake", "real"
PAIRED = re.compile(rf"(?P<pair>.+)_(?P<side>{FAKE}|{REAL})")
NUMBER = re.compile(r"_\d+$")
MOSTLY = 0.95


@dataclass(frozen=True, slots=True)
class ClipRow:
    """What `check` said of one film.

    Attributes:
        file: Path below the folder.
        verdict: The word, None when the film could not be analysed.
        fakes: Probability of forgery (0–1) by each detector and by the ``verdict``; None where it abstained.
        abstained: Reason code of each detector that abstained.
        main_tracked: Share (0–1) of the film's frames in which the main person was followed.
        anyone_tracked: Share of frames in which anyone was.
        error: Why the film was not analysed.
        facts: Plain numbers of the file by name and unit, of which no detector should live; see ``facts_of``.
    """

    file: str
    verdict: Word | None
    fakes: Mapping[str, float | None]
    abstained: Mapping[str, str]
    main_tracked: float = 0.0
    anyone_tracked: float = 0.0
    error: str | None = None
    facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def pair(self) -> str | None:
        """What a fake and its original have in common, None for a film named neither ``_fake`` nor ``_real``."""
        named = PAIRED.fullmatch(_stem(self.file))
        return named["pair"] if named else None

    @property
    def side(self) -> str | None:
        """``fake`` or ``real``, None likewise."""
        named = PAIRED.fullmatch(_stem(self.file))
        return named["side"] if named else None

    @property
    def person(self) -> str:
        """Whose film it is: the person of its pair; a film without a pair's name stands for itself."""
        return self.file if self.pair is None else person_of(self.pair)


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well one detector ranks fakes above originals.

    Attributes:
        detector: Its name, or ``verdict``.
        answered: Pairs in which it answered for both.
        pairs: Pairs in all.
        people: Persons among the answered pairs (the pair's name without its number).
        share: Share of pairs in which the fake ranks above its own original, ties half; None without a pair.
        exact: Where the share may lie (95 %), pairs taken for independent.
        by_person: Where it may lie, whole persons drawn anew.
        area: Area under the ROC curve of the same films, every fake against every original.
        area_by_person: Where the area may lie, whole persons drawn anew.
    """

    detector: str
    answered: int
    pairs: int
    people: int
    share: float | None = None
    exact: Interval | None = None
    by_person: Interval | None = None
    area: float | None = None
    area_by_person: Interval | None = None


@dataclass(frozen=True, slots=True)
class Alarms:
    """Verdicts on one kind of film.

    Attributes:
        of: ``fake``, ``real``, or ``film`` when the names do not tell.
        words: Count of each verdict; films not analysed are under ``not-analysed``.
        films: Films in all.
        largest_rate: Largest rate of ``manipulated`` that the count leaves possible (95 %), None when none was analysed.
    """

    of: str
    words: Mapping[str, int]
    films: int
    largest_rate: float | None


def clip_row(film: Path, name: str, settings: Settings, on_progress: Progress | None = None) -> ClipRow:
    """Check one film; one that cannot be analysed gives a row with the error."""
    try:
        report = check(film, threshold=MANIPULATED_FROM, settings=settings, name=name, on_progress=on_progress)
    except InputError as error:
        return ClipRow(name, None, {}, {}, error=str(error))
    return row_of(report, name)


def row_of(report: Report, name: str) -> ClipRow:
    """The row of a report; of several people the most suspect speaks for a detector, as in the verdict."""
    fakes: dict[str, float | None] = {}
    abstained: dict[str, str] = {}
    for one in (*report.evidence, *(one for person in report.people for one in person.evidence)):
        fakes[one.detector] = max(
            (fake for fake in (fakes.get(one.detector), one.fake) if fake is not None), default=None
        )
        if one.abstained is not None:
            abstained.setdefault(one.detector, one.abstained)
    fakes[VERDICT] = report.verdict.probability
    times = [person.track.times for person in report.people]
    frames = report.media.video.frames if report.media.video else 0
    anyone = len(np.unique(np.concatenate(times))) if times else 0
    return ClipRow(
        name,
        report.verdict.word,
        fakes,
        {detector: code for detector, code in abstained.items() if fakes[detector] is None},
        _share(len(times[0]) if times else 0, frames),
        _share(anyone, frames),
        facts=facts_of(report.media),
    )


def facts_of(media: Media) -> dict[str, float]:
    """What a file shows before any picture is decoded; what it does not tell is left out."""
    video = media.video
    seconds = (video.duration_seconds if video else None) or media.duration_seconds
    whole_rate = 8 * media.bytes / seconds if seconds else None
    told = {
        "size_bytes": media.bytes,
        "bit_rate": (video.bit_rate if video else None) or whole_rate,
        "width": video.width if video else None,
        "height": video.height if video else None,
        "frame_rate": video.frame_rate if video else None,
        "duration_seconds": seconds,
        "frames": video.frames if video else None,
        "bits_per_pixel": video.bits_per_pixel if video else None,
    }
    return {name: float(fact) for name, fact in told.items() if fact}


def rankings(rows: Sequence[ClipRow], seed: int) -> tuple[Ranking, ...]:
    """The paired figure and the area of every detector and of the verdict; empty when no film has its pair."""
    pairs = paired(rows)
    named = detectors_in([row for both in pairs.values() for row in both])
    return tuple(_ranking(name, pairs, seed) for name in named)


def detectors_in(rows: Sequence[ClipRow]) -> list[str]:
    """Every detector that was asked, by name, and the verdict last."""
    return sorted({name for row in rows for name in row.fakes}, key=lambda name: (name == VERDICT, name))


def paired(rows: Sequence[ClipRow]) -> dict[str, tuple[ClipRow, ClipRow]]:
    """Fake and original of each pair that is complete, by the pair's name."""
    sides: dict[str, dict[str, ClipRow]] = {}
    for row in rows:
        if row.pair is not None and row.side is not None:
            sides.setdefault(row.pair, {})[row.side] = row
    return {pair: (both[FAKE], both[REAL]) for pair, both in sorted(sides.items()) if len(both) == 2}


def answered_pairs(detector: str, pairs: Mapping[str, tuple[ClipRow, ClipRow]]) -> dict[str, tuple[float, float]]:
    """Probability of forgery (0–1) of fake and original where the detector answered for both, by the pair's name."""
    return {
        pair: (made, filmed)
        for pair, (fake, real) in pairs.items()
        if (made := fake.fakes.get(detector)) is not None and (filmed := real.fakes.get(detector)) is not None
    }


def alarms(rows: Sequence[ClipRow]) -> tuple[Alarms, ...]:
    """Verdicts, counted apart for fakes, originals and films whose names do not tell."""
    kinds = sorted({row.side or "film" for row in rows})
    return tuple(_alarms(kind, [row for row in rows if (row.side or "film") == kind]) for kind in kinds)


def _alarms(kind: str, rows: Sequence[ClipRow]) -> Alarms:
    words: dict[str, int] = dict(Counter(row.verdict or "not-analysed" for row in rows))
    analysed = len(rows) - words.get("not-analysed", 0)
    bound = upper_bound(words.get("manipulated", 0), analysed) if analysed else None
    return Alarms(kind, words, len(rows), bound)


def _ranking(detector: str, pairs: Mapping[str, tuple[ClipRow, ClipRow]], seed: int) -> Ranking:
    answered = answered_pairs(detector, pairs)
    people = [person_of(pair) for pair in answered]
    if not answered:
        return Ranking(detector, 0, len(pairs), 0)
    fakes, originals = (np.array([both[side] for both in answered.values()]) for side in (0, 1))
    share = paired_share(fakes, originals)
    return Ranking(
        detector,
        len(answered),
        len(pairs),
        len(set(people)),
        share,
        exact_interval(share * len(answered), len(answered)),
        cluster_interval(people, _of_rows(paired_share, fakes, originals), seed),
        ranking(fakes, originals),
        cluster_interval(people, _of_rows(ranking, fakes, originals), seed),
    )


def _of_rows(
    figure: Callable[[Fakes, Originals], float], fakes: Fakes, originals: Originals
) -> Callable[[Rows], float]:
    return lambda rows: figure(fakes[rows], originals[rows])


def person_of(pair: str) -> str:
    """The person of a pair: its name without the number at its end.

    >>> person_of("folder/anna_2")
    'folder/anna'
    """
    return NUMBER.sub("", pair)


def _stem(file: str) -> str:
    return str(PurePath(file).with_suffix(""))


def _share(part: int, whole: int) -> float:
    return min(1.0, part / whole) if whole else 0.0
