"""The suite ``clips``: `unmask check` on every film of a folder, its false alarms and, for pairs, its ranking."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from unmask.benchmark.bins import GLASSES, appearance_of
from unmask.benchmark.clips_places import Stretches, located, segments_of
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
from unmask.benchmark.truth import Film
from unmask.benchmark.views import pictures_of
from unmask.datasets import Label
from unmask.engine import choose_with_models
from unmask.errors import InputError
from unmask.examine import Progress, check
from unmask.settings import Settings
from unmask.signals.exceedance import upper_bound
from unmask.types import Media, Report, Word
from unmask.verdict.fuse import MANIPULATED_FROM

VERDICT = "verdict"
FAKE: Label = "fake"
REAL: Label = "real"
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
        appearance: What the main person looks like by measure, see ``appearance_of`` and ``noted``; empty where nobody
            was seen.
        pictures: Plain numbers of the pictures of the main person by part, see ``pictures_of``; likewise.
        places: How well each detector told where something was made, see ``located``; empty without masks.
        segments: What each detector said of stretches of time: begin, end (seconds) and probability of forgery.
        made_seconds: When something was made, begin and end of each stretch; None where nobody tells.
        masks_unread: Why the data set's masks of the film could not be read.
        side: Whether it was filmed or made, None where nobody tells.
        pair: What a fake and its own original have in common, None for a film without the other.
        group: Whose film it is, by what its data set says; None where that says nothing.
    """

    file: str
    verdict: Word | None
    fakes: Mapping[str, float | None]
    abstained: Mapping[str, str]
    main_tracked: float = 0.0
    anyone_tracked: float = 0.0
    error: str | None = None
    facts: Mapping[str, float] = field(default_factory=dict)
    appearance: Mapping[str, float] = field(default_factory=dict)
    pictures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    segments: Mapping[str, Stretches] = field(default_factory=dict)
    made_seconds: Stretches | None = None
    masks_unread: str | None = None
    side: Label | None = None
    pair: str | None = None
    group: str | None = None

    @property
    def person(self) -> str:
        """Whose film it is; a film of which nobody tells stands for itself."""
        return self.file if self.group is None else self.group


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well one detector ranks fakes above originals.

    Attributes:
        detector: Its name, or ``verdict``.
        answered: Pairs in which it answered for both.
        pairs: Pairs in all.
        people: Persons among the answered pairs (films that hang together count for one).
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
        of: ``fake``, ``real``, or ``film`` when nobody tells.
        words: Count of each verdict; films not analysed are under ``not-analysed``.
        films: Films in all.
        largest_rate: Largest rate of ``manipulated`` that the count leaves possible (95 %), None when none was analysed.
    """

    of: str
    words: Mapping[str, int]
    films: int
    largest_rate: float | None


def clip_row(
    film: Film, settings: Settings, on_progress: Progress | None = None, *, only: Sequence[str] | None = None
) -> ClipRow:
    """Check one film, by the named detectors or by all that look at faces and files.

    Signatures and marks are not asked unless they are named: a corpus that is sealed gives its fakes away by them.
    One that cannot be analysed gives a row with the error.
    """
    if film.path.is_dir():
        return not_analysed(film, f"{film.name} is a folder of pictures; only films and stills are checked here.")
    try:
        report = check(
            film.path,
            only=only or _without_origin(settings),
            threshold=MANIPULATED_FROM,  # whatever profile the settings name
            settings=settings,
            name=film.name,
            blank=film.label_box,
            on_progress=on_progress,
        )
    except InputError as error:
        return not_analysed(film, str(error))
    where = located(report, film, settings)
    return replace(
        row_of(report, film), places=where.places, made_seconds=where.made_seconds, masks_unread=where.unread
    )


def _without_origin(settings: Settings) -> tuple[str, ...]:
    asked = choose_with_models(None, settings).detectors
    return tuple(one.card.name for one in asked if one.card.needs != "provenance")


def not_analysed(film: Film, error: str) -> ClipRow:
    """The row of a film that could not be analysed, and why."""
    return ClipRow(film.name, None, {}, {}, error=error, side=film.side, pair=film.pair, group=film.person)


def row_of(report: Report, film: Film) -> ClipRow:
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
        film.name,
        report.verdict.word,
        fakes,
        {detector: code for detector, code in abstained.items() if fakes[detector] is None},
        _share(len(times[0]) if times else 0, frames),
        _share(anyone, frames),
        facts=facts_of(report.media),
        appearance=appearance_of(report.people[0].track) | noted(film) if report.people else {},
        pictures=pictures_of(report.people[0].track.crops) if report.people else {},
        segments=segments_of(report),
        side=film.side,
        pair=film.pair,
        group=film.person,
    )


def noted(film: Film) -> dict[str, float]:
    """What the data set says that the person looks like, by measure; nothing where it does not."""
    return {} if film.glasses is None else {GLASSES.measure: float(film.glasses)}


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
    named = detectors_in([row for both in pairs for row in both])
    return tuple(_ranking(name, pairs, seed) for name in named)


def detectors_in(rows: Sequence[ClipRow]) -> list[str]:
    """Every detector that was asked, by name, and the verdict last."""
    return sorted({name for row in rows for name in row.fakes}, key=lambda name: (name == VERDICT, name))


def paired(rows: Sequence[ClipRow]) -> list[tuple[ClipRow, ClipRow]]:
    """Each fake with its own original, in the order of their pairs; an original may have several fakes."""
    ordered = sorted((row for row in rows if row.pair is not None), key=lambda row: (row.pair or "", row.file))
    originals: dict[str | None, ClipRow] = {}
    for row in ordered:
        if row.side == REAL:
            originals.setdefault(row.pair, row)
    return [(row, originals[row.pair]) for row in ordered if row.side == FAKE and row.pair in originals]


@dataclass(frozen=True, slots=True)
class AnsweredPair:
    """Probabilities of forgery (0–1) of a fake and of its original, and whose films they are."""

    person: str
    fake: float
    original: float


def answered_pairs(detector: str, pairs: Sequence[tuple[ClipRow, ClipRow]]) -> list[AnsweredPair]:
    """The pairs in which the detector answered for both."""
    return [
        AnsweredPair(fake.person, made, filmed)
        for fake, real in pairs
        if (made := fake.fakes.get(detector)) is not None and (filmed := real.fakes.get(detector)) is not None
    ]


def alarms(rows: Sequence[ClipRow]) -> tuple[Alarms, ...]:
    """Verdicts, counted apart for fakes, originals and films of which nobody tells."""
    kinds = sorted({row.side or "film" for row in rows})
    return tuple(_alarms(kind, [row for row in rows if (row.side or "film") == kind]) for kind in kinds)


def _alarms(kind: str, rows: Sequence[ClipRow]) -> Alarms:
    words: dict[str, int] = dict(Counter(row.verdict or "not-analysed" for row in rows))
    analysed = len(rows) - words.get("not-analysed", 0)
    bound = upper_bound(words.get("manipulated", 0), analysed) if analysed else None
    return Alarms(kind, words, len(rows), bound)


def _ranking(detector: str, pairs: Sequence[tuple[ClipRow, ClipRow]], seed: int) -> Ranking:
    answered = answered_pairs(detector, pairs)
    if not answered:
        return Ranking(detector, 0, len(pairs), 0)
    people = [pair.person for pair in answered]
    fakes, originals = np.array([pair.fake for pair in answered]), np.array([pair.original for pair in answered])
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


def _share(part: int, whole: int) -> float:
    return min(1.0, part / whole) if whole else 0.0
