"""Figures of the suite ``watermark`` beside their targets and the peer's, made of rows. Pure functions."""

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from unmask.benchmark.attacks import ATTACKS, SURE
from unmask.benchmark.statistics import Interval, Rows, cluster_interval, exact_interval, ranking
from unmask.benchmark.watermark_beside import PAYLOAD_BITS, PeerRow
from unmask.benchmark.watermark_faces import KINDS
from unmask.benchmark.watermark_judge import Judgement
from unmask.benchmark.watermark_measure import ALTERED_CRFS, HONEST, HONEST_CRFS, FilmRow
from unmask.benchmark.watermark_sound import CODINGS, SoundRow
from unmask.benchmark.watermark_stills import JPEG_QUALITIES, PeerStillRow, StillRow
from unmask.signals.exceedance import upper_bound

LEAST_PSNR_DB, LEAST_SSIM = 42.0, 0.98
MOST_EXTRA_PERCENT = 20.0
LEAST_OVERLAP = 0.6
LEAST_AREA = {23: 0.99, 28: 0.95}
READ_STILLS = {50: SURE}
"""Shares of stills whose payload is to be read after JPEG of a quality."""
NOT_MEASURED = "not measured"

Seen = FilmRow | StillRow | PeerRow | PeerStillRow


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        name: What was measured.
        value: None where nothing could be measured.
        unit: Its unit; ``%`` for shares, then the value is in percent.
        at_least: Target, None where there is none of this kind.
        at_most: Target, likewise.
        interval: Where it may lie (95 %).
        peer: The peer's, in words.
        detail: What it is made of.
        digits: Decimal places that are shown.
    """

    name: str
    value: float | None
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    interval: Interval | None = None
    peer: str = NOT_MEASURED
    detail: str = ""
    digits: int = 2

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target."""
        if self.at_least is None and self.at_most is None:
            return None
        if self.value is None:
            return False
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


@dataclass(frozen=True, slots=True)
class Found:
    """How well one kind of alteration is found at one quality.

    Attributes:
        kind: How the face was altered.
        crf: Quality at which x264 coded the film afterwards.
        films: Films with a face.
        called: Films called altered.
        undecidable: Films of which the reader said that it cannot be told.
        overlap: Mean intersection over union of the regions; a film without any counts 0.
        overlap_interval: Where it may lie (95 %), films drawn anew.
        median_overlap: Its median.
        area: Area under the ROC curve of what is left of the mark in the main face, or mouth, altered against honest.
        area_interval: Where it may lie, films drawn anew with both their versions.
        ranked: Films that gave a figure for both.
        peer: Films in which the peer's mark still reads to the last bit, and films it was tried on; None if not measured.
    """

    kind: str
    crf: int
    films: int
    called: int
    undecidable: int
    overlap: float | None = None
    overlap_interval: Interval | None = None
    median_overlap: float | None = None
    area: float | None = None
    area_interval: Interval | None = None
    ranked: int = 0
    peer: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the mark in the sound survives and tells after one coding.

    Attributes:
        coding: In words.
        utterances: How many were marked.
        read: Of how many the payload was read.
        called: How many honest ones are called altered.
        found: How many altered ones are.
        area: Area under the ROC curve of a second's integrity, altered against honest.
        area_interval: Where it may lie (95 %), utterances drawn anew.
        seconds: Seconds of either kind.
    """

    coding: str
    utterances: int
    read: int
    called: int
    found: int
    area: float | None
    area_interval: Interval | None
    seconds: int


@dataclass(frozen=True, slots=True)
class Honest:
    """What is said of marked films that were coded anew and not altered.

    Attributes:
        what: How they were coded.
        files: Films or stills.
        called: How many are called altered.
        largest_rate: The largest rate that this leaves possible (95 %); None without any.
        undecidable: Of how many the reader said that it cannot be told.
        blind: Mean share (0–1) of blocks and stretches of which nothing can be said; None where it was not counted.
    """

    what: str
    files: int
    called: int
    largest_rate: float | None
    undecidable: int
    blind: float | None = None


def looks(
    films: Sequence[FilmRow], peers: Sequence[PeerRow], stills: Sequence[StillRow], others: Sequence[PeerStillRow]
) -> list[Figure]:
    """How much is seen of the mark, and what it costs in bits."""
    figures = []
    groups: tuple[tuple[str, Sequence[Seen], Sequence[Seen]], ...] = (
        ("films", films, peers),
        ("stills", stills, others),
    )
    for what, rows, their in ((what, rows, their) for what, rows, their in groups if rows):
        figures += [
            _mean(
                f"luma PSNR, {what}", "dB", [row.psnr_db for row in rows], [row.psnr_db for row in their], LEAST_PSNR_DB
            ),
            _mean(f"RGB PSNR, {what}", "dB", [row.rgb_psnr_db for row in rows], [row.rgb_psnr_db for row in their]),
            _mean(f"SSIM, {what}", "", [row.ssim for row in rows], [row.ssim for row in their], LEAST_SSIM, digits=4),
        ]
        coding = "x264 CRF 23" if what == "films" else f"JPEG {JPEG_QUALITIES[0]}"
        figures += _extra(f"{what}, {coding}", rows, their, target=what == "films")
    return figures


def _mean(
    name: str, unit: str, values: list[float], their: list[float], at_least: float | None = None, *, digits: int = 1
) -> Figure:
    return Figure(
        name,
        float(np.mean(values)),
        unit,
        at_least,
        interval=_mean_interval(values),
        peer=f"{np.mean(their):.{digits}f}" if their else NOT_MEASURED,
        detail=f"mean of {len(values)}, lowest {min(values):.{digits}f}",
        digits=digits,
    )


def _extra(what: str, rows: Sequence[Seen], their: Sequence[Seen], *, target: bool) -> list[Figure]:
    """Bits that the mark costs: mean, median and worst."""
    ours, others = ([100 * (row.marked_bytes / row.plain_bytes - 1) for row in some] for some in (rows, their))
    named: dict[str, Callable[[list[float]], float]] = {
        "mean": statistics.fmean,
        "median": statistics.median,
        "worst": max,
    }
    return [
        Figure(
            f"extra bits, {name}, {what}",
            of(ours),
            "%",
            at_most=MOST_EXTRA_PERCENT if target and name == "mean" else None,
            interval=_mean_interval(ours) if name == "mean" else None,
            peer=f"{of(others):.1f} %" if others else NOT_MEASURED,
            detail=f"of {len(ours)}",
            digits=1,
        )
        for name, of in named.items()
    ]


def survivals(
    films: Sequence[FilmRow], peers: Sequence[PeerRow], stills: Sequence[StillRow], others: Sequence[PeerStillRow]
) -> list[Figure]:
    """Share of payloads that are read after each attack."""
    figures = []
    for attack in ATTACKS if films else ():
        size = float(np.mean([row.coded_bytes[attack.name] / row.coded_bytes[ATTACKS[0].name] for row in films]))
        read = [row.reads[attack.name] for row in films]
        right = [row.right_bits[attack.name] for row in peers]
        figures.append(_share(attack.name, read, right, attack.least_read, f"{size:.2f} × the size at CRF 23"))
    for quality in JPEG_QUALITIES if stills else ():
        name = f"JPEG {quality}"
        read, right = [row.reads[name] for row in stills], [row.right_bits[name] for row in others]
        figures.append(_share(f"{name}, stills", read, right, READ_STILLS.get(quality), ""))
    return figures


def _share(name: str, read: Sequence[str], right: list[int], at_least: float | None, detail: str) -> Figure:
    counts = Counter(read)
    share = counts["read"] / len(read)
    missed = [f"{counts[word]} {word}" for word in ("not-found", "unreadable", "wrong") if counts[word]]
    low, high = exact_interval(float(counts["read"]), len(read))
    exact = sum(bits == PAYLOAD_BITS for bits in right)
    peer = f"{exact} of {len(right)}; bits {100 * np.mean(right) / PAYLOAD_BITS:.0f} %" if right else NOT_MEASURED
    return Figure(
        name,
        100 * share,
        "%",
        None if at_least is None else 100 * at_least,
        interval=(100 * low, 100 * high),
        peer=peer,
        detail="; ".join([f"{counts['read']} of {len(read)}", *missed, *([detail] if detail else [])]),
        digits=1,
    )


def findings(judged: Sequence[Judgement], peers: Sequence[PeerRow], seed: int) -> list[Found]:
    """How well each kind of alteration is found at each quality."""
    pairs = [(kind, crf) for crf in ALTERED_CRFS for kind in KINDS]
    return [one for kind, crf in pairs if (one := _found(kind, crf, judged, peers, seed)) is not None]


def _found(kind: str, crf: int, judged: Sequence[Judgement], peers: Sequence[PeerRow], seed: int) -> Found | None:
    made = [one for one in judged if (one.kind, one.crf) == (kind, crf)]
    if not made:
        return None
    overlaps = np.array([one.overlap or 0.0 for one in made])
    names = [one.film for one in made]
    tried = [row.right_altered[kind] for row in peers if kind in row.right_altered and crf == ALTERED_CRFS[0]]
    alive = _alive(made, judged, mouth=kind == "mouth")
    return Found(
        kind,
        crf,
        len(made),
        sum(one.state == "altered" for one in made),
        sum(one.state == "undecidable" for one in made),
        float(overlaps.mean()),
        cluster_interval(names, lambda rows: float(overlaps[rows].mean()), seed),
        float(np.median(overlaps)),
        *_area(alive, seed),
        len(alive),
        (sum(bits == PAYLOAD_BITS for bits in tried), len(tried)) if tried else None,
    )


def _alive(made: Sequence[Judgement], judged: Sequence[Judgement], *, mouth: bool) -> dict[str, tuple[float, float]]:
    """What is left of the mark in the altered and in the honest version of each film that tells of both."""
    honest = {(one.film, one.crf): one for one in judged if one.kind == HONEST}
    found = {}
    for one in made:
        other = honest.get((one.film, one.crf))
        if other is None:
            continue
        pair = (one.mouth_alive, other.mouth_alive) if mouth else (one.face_alive, other.face_alive)
        if pair[0] is not None and pair[1] is not None:
            found[one.film] = pair[0], pair[1]
    return found


def _area(alive: dict[str, tuple[float, float]], seed: int) -> tuple[float | None, Interval | None]:
    if not alive:
        return None, None
    gone, left = (-np.array([pair[side] for pair in alive.values()]) for side in (0, 1))
    interval = cluster_interval(list(alive), lambda rows: ranking(gone[rows], left[rows]), seed)
    return ranking(gone, left), interval


def honesty(judged: Sequence[Judgement], stills: Sequence[StillRow]) -> list[Honest]:
    """What is said of marked films and stills that were coded anew and not altered."""
    told = []
    for crf in HONEST_CRFS:
        some = [one for one in judged if one.name == f"{HONEST}-{crf}"]
        if some:
            blind = float(np.mean([one.undecidable for one in some]))
            told.append(_honest(f"films, x264 CRF {crf}", [one.state for one in some], blind))
    for quality in JPEG_QUALITIES if stills else ():
        states = [row.states.get(f"JPEG {quality}", "undecidable") for row in stills]
        told.append(_honest(f"stills, JPEG {quality}", states, None))
    return told


def _honest(what: str, states: Sequence[str], blind: float | None) -> Honest:
    counts = Counter(states)
    rate = upper_bound(counts["altered"], len(states)) if states else None
    return Honest(what, len(states), counts["altered"], rate, counts["undecidable"] + counts["absent"], blind)


def share_bound(seen: int, of: int) -> str:
    """A count and the largest rate that it leaves possible (95 %).

    >>> share_bound(0, 300)
    '0 of 300 (at most 0.99 %)'
    """
    return f"{seen} of {of}" + (f" (at most {100 * upper_bound(seen, of):.2g} %)" if of else "")


def _mean_interval(values: Sequence[float]) -> Interval | None:
    array = np.array(values)
    return cluster_interval([str(index) for index in range(len(array))], lambda rows: float(array[rows].mean()), 0)


def hearings(rows: Sequence[SoundRow], seed: int) -> list[Heard]:
    """What the mark in the sound survives and tells."""
    return [_heard(coding.name, rows, seed) for coding in CODINGS if rows]


def _heard(name: str, rows: Sequence[SoundRow], seed: int) -> Heard:
    gone = np.array([-one for row in rows for one in row.altered[name]])
    left = np.array([-one for row in rows for one in row.honest[name]])
    spoken, honest = (
        np.array([row.utterance for row in rows for _ in getattr(row, side)[name]]) for side in ("altered", "honest")
    )
    both = sorted(set(spoken) & set(honest))

    def area(drawn: Rows) -> float:
        chosen = [both[index] for index in drawn]
        pairs = [(gone[spoken == one], left[honest == one]) for one in chosen]
        return ranking(*(np.concatenate([pair[side] for pair in pairs]) for side in (0, 1)))

    return Heard(
        name,
        len(rows),
        sum(row.reads[name] == "read" for row in rows),
        sum(row.states[name] == "altered" for row in rows),
        sum(row.altered_states[name] == "altered" for row in rows),
        area(np.arange(len(both))) if both else None,
        cluster_interval(both, area, seed) if both else None,
        len(gone),
    )
