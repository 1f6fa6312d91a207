"""The suite ``ladder`` as rows and as a section: figures by rung and detector, without the films' names."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from unmask.benchmark.clips_section import named
from unmask.benchmark.ladder import MOST_SECONDS, Climbed, Ladder, missing_encoder
from unmask.benchmark.ladder_figures import LadderRow, ladder_rows
from unmask.benchmark.origin import Origin, origin_of
from unmask.benchmark.rungs import GENTLE, NEARLY_LOSSLESS
from unmask.benchmark.sections import Section, table
from unmask.benchmark.suite import SuiteResult, interval_text, joined
from unmask.verdict.fuse import MANIPULATED_FROM

HEAD = (
    *("rung", "detector", "answered", "abstained", "pairs", "fake above its original", "95 %", "AUC", "95 %"),
    *("false alarms", "at most (95 %)", "wrong of the answered"),
)
LEAK = "leak"
READING = (
    f"Fakes and originals go through the same, at most {MOST_SECONDS:.0f} s of each. Where a pair is to stay as it is and one of its films is longer, both go "
    f"through H.264 CRF {NEARLY_LOSSLESS.crf}; a change of pictures is followed by H.264 CRF {GENTLE.crf}. Pairs are those in which the "
    "detector answered for both films; 0.50 is chance, and intervals draw whole people anew (bootstrap). False alarms are originals "
    f"called *manipulated*; of a detector, those with a probability of {MANIPULATED_FROM:g} or more. An answer is wrong on the other "
    "side of one half."
)
LEAKS = (
    f"Where it reads *{LEAK}*, size, bit rate or length of the files on that rung, or their backgrounds, alone tell fakes from "
    "originals, and nothing is ranked."
)
UNSEEN = "On {} rungs there were too few people to see whether files or backgrounds alone tell the fakes."


def ladder_origin(folder: Path, ladder: Ladder, seed: int = 0) -> Origin:
    """The origin of figures about a ladder, to be taken before they are measured."""
    return origin_of(f"unmask bench ladder {named(folder)}", [film.path for film in ladder.films], seed)


def ladder_suite(
    folder: Path, ladder: Ladder, climbed: Sequence[Climbed], origin: Origin, note: str | None = None
) -> SuiteResult:
    """Every rung as one result.

    Args:
        folder: The folder, of whose path the last two names are shown.
        ladder: What was to be measured.
        climbed: From ``climb``.
        origin: From ``ladder_origin``; its seed is that of the bootstrap.
        note: A sentence for the section.
    """
    by_rung = {rung.name: [one.row for one in climbed if one.rung == rung.name] for rung in ladder.rungs}
    figures = [one for rung, rows in by_rung.items() for one in ladder_rows(rung, rows, origin.seed or 0)]
    missing = {rung.name: encoder for rung in ladder.rungs if (encoder := missing_encoder(rung)) is not None}
    section = Section(f"ladder {named(folder)}", tuple(_lines(ladder, figures, missing)), origin, note, _look(ladder))
    plain = [
        *({"kind": "clip", "rung": one.rung, **asdict(one.row)} for one in climbed),
        *({"kind": "ladder", **asdict(one)} for one in figures),
        *({"kind": "missing-encoder", "rung": rung, "encoder": encoder} for rung, encoder in missing.items()),
        {"kind": "origin", **asdict(origin)},
    ]
    return SuiteResult(tuple(plain), section)


def _lines(ladder: Ladder, figures: Sequence[LadderRow], missing: dict[str, str]) -> list[str]:
    silent = _silent(figures)
    told = [one for one in figures if one.detector not in silent]
    cells = [
        row
        for rung in ladder.rungs
        for row in (
            [(rung.name, f"not measured: no encoder {missing[rung.name]}", *("–",) * (len(HEAD) - 2))]
            if rung.name in missing
            else [_cells(one) for one in told if one.rung == rung.name]
        )
    ]
    blind = len({one.rung for one in figures if one.leak is None})
    return [
        *table(HEAD, cells),
        "",
        READING,
        *(["", LEAKS] if any(one.leak for one in figures) else []),
        *(["", UNSEEN.format(blind)] if blind else []),
        *(["", f"Never answered, on any rung: {joined(silent)}."] if silent else []),
    ]


def _silent(figures: Sequence[LadderRow]) -> list[str]:
    """Detectors without a single answer."""
    names = dict.fromkeys(one.detector for one in figures)
    return [name for name in names if not any(one.answered for one in figures if one.detector == name)]


def _cells(one: LadderRow) -> tuple[str, ...]:
    why = joined([f"{count} {reason}" for reason, count in sorted(one.abstained.items())], "–")
    return (
        one.rung,
        one.detector,
        f"{one.answered} of {one.films}",
        why,
        f"{one.answered_pairs} of {one.pairs}",
        _figure(one.share, one),
        interval_text(one.share_by_person),
        _figure(one.area, one),
        interval_text(one.area_by_person),
        f"{one.false_alarms} of {one.originals}",
        "–" if one.largest_rate is None else f"{100 * one.largest_rate:.1f} %",
        _figure(one.risk, one),
    )


def _figure(value: float | None, one: LadderRow) -> str:
    if value is None:
        return LEAK if one.leak else "–"
    return f"{value:.2f}"


def _look(ladder: Ladder) -> str:
    pairs = len({film.pair for film in ladder.films})
    return f"{pairs} pairs on {len(ladder.rungs)} rungs"
