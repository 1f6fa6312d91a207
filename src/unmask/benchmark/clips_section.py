"""The suite ``clips`` as rows and as a section: counts and figures, without the films' names."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from unmask.benchmark.clips import FAKE, MOSTLY, REAL, Alarms, ClipRow, Ranking, alarms, rankings
from unmask.benchmark.clips_baselines import READING, baselines
from unmask.benchmark.clips_bins import bin_lines, bin_rows
from unmask.benchmark.clips_detection import Detection, Risk, detections, risks
from unmask.benchmark.clips_localisation import localisation_lines, place_rows, stretch_rows
from unmask.benchmark.clips_nulls import FactsNull, Nulls, nulls_of
from unmask.benchmark.clips_tables import LEAKING, detection_lines, null_lines, risk_lines
from unmask.benchmark.origin import Origin, origin_of
from unmask.benchmark.sections import Section, table
from unmask.benchmark.suite import SuiteResult, interval_text, joined

WORDS = ("manipulated", "cannot-tell", "no-sign", "not-analysed")
KINDS = {"fake": "fakes", "real": "originals", "film": "films"}
UNTOLD = (
    "Nothing tells fakes from originals, as this is the folder of no data set that is known: null tests, rankings and "
    "figures of detection were not measured."
)

ONE_SIDED = "Only fakes, or only originals, are here: rankings and figures of detection need both."


def clips_origin(folder: Path, files: Sequence[Path], seed: int = 0) -> Origin:
    """The origin of figures about a folder, to be taken before they are measured."""
    return origin_of(f"unmask bench clips {named(folder)}", files, seed)


def clips_suite(
    folder: Path, rows: Sequence[ClipRow], origin: Origin, note: str | None = None, remarks: Sequence[str] = ()
) -> SuiteResult:
    """Verdicts of a folder as one result, the null tests first.

    Where the facts of the files give the fakes away, rankings and figures of detection are left out.

    Args:
        folder: The folder, of whose path the last two names are shown.
        rows: What ``clip_row`` said of each film.
        origin: From ``clips_origin``; its seed is that of the bootstrap.
        note: A sentence for the section.
        remarks: Files that the data set left out, a sentence each: counted in the section, told in the rows.
    """
    seed, sides = origin.seed or 0, {row.side for row in rows}
    told, both = sides != {None}, {FAKE, REAL} <= sides
    counted, nulls = alarms(rows), nulls_of(rows, seed) if told else None
    seen, places = bin_rows(rows), place_rows(rows, seed)
    leak = nulls is not None and nulls.leak
    ranked, plainly, detected, risked = (
        (rankings(rows, seed), baselines(rows, seed), detections(rows, seed), risks(rows, seed))
        if both and not leak
        else ((), (), (), ())
    )
    stretches = () if leak else stretch_rows(rows, seed)
    lines = [
        *(null_lines(nulls) if nulls else []),
        *_alarm_lines(counted),
        "",
        *_remark_lines(remarks),
        _tracking_line(rows),
        "",
        *_abstention_lines(rows),
        *bin_lines(seen),
        *localisation_lines(rows, places, stretches),
        *_figure_lines(ranked, plainly, detected, risked),
        *([] if both and not leak else [LEAKING if leak else ONE_SIDED if told else UNTOLD]),
    ]
    look = _look(counted, ranked) + _leak_look(nulls)
    section = Section(f"clips {named(folder)}", tuple(lines), origin, note, look=look)
    plain = [
        *({"kind": "clip", **asdict(row)} for row in rows),
        *({"kind": "remark", "sentence": remark} for remark in remarks),
        *_null_rows(nulls),
        *({"kind": "verdicts", **asdict(one)} for one in counted),
        *({"kind": "bin", **asdict(one)} for one in seen),
        *({"kind": "place", **asdict(one)} for one in places),
        *({"kind": "stretch", **asdict(one)} for one in stretches),
        *({"kind": "ranking", **asdict(one)} for one in ranked),
        *({"kind": "baseline", **asdict(one)} for one in plainly),
        *({"kind": "detection", **asdict(one)} for one in detected),
        *({"kind": "risk", **asdict(one)} for one in risked),
        {"kind": "origin", **asdict(origin)},
    ]
    return SuiteResult(tuple(plain), section)


def _null_rows(nulls: Nulls | None) -> list[dict[str, Any]]:
    if nulls is None:
        return []
    return [
        {"kind": "null", "null": "file-facts", **_alone_row(nulls.facts, leak="file facts" in nulls.leaks)},
        {"kind": "null", "null": "background", **_alone_row(nulls.background, leak="backgrounds" in nulls.leaks)},
        *({"kind": "null", "null": "swapped-labels", **asdict(one)} for one in nulls.swapped),
        *({"kind": "null", "null": "originals-against-originals", **asdict(one)} for one in nulls.halves),
    ]


def _alone_row(null: FactsNull | None, *, leak: bool) -> dict[str, Any]:
    return {"leak": leak, **asdict(null)} if null is not None else {"leak": None}


def named(folder: Path) -> str:
    """The folder's own name and that of the one around it, which say enough and name no machine.

    >>> named(Path("/somewhere/else/videos/real"))
    'videos/real'
    """
    return "/".join(folder.resolve().parts[-2:]).replace("--", "-")


def _alarm_lines(counted: Sequence[Alarms]) -> list[str]:
    head = ("what", "films", *WORDS, "rate of *manipulated* is at most (95 %)")
    rows = [
        (
            KINDS[one.of],
            str(one.films),
            *(str(one.words.get(word, 0)) for word in WORDS),
            "–" if one.of == FAKE or one.largest_rate is None else f"{100 * one.largest_rate:.1f} %",
        )
        for one in counted
    ]
    return table(head, rows)


def _remark_lines(remarks: Sequence[str]) -> list[str]:
    if not remarks:
        return []
    return [f"Remarks on files of the data set that are not among these: {len(remarks)}; `--json` tells them.", ""]


def _tracking_line(rows: Sequence[ClipRow]) -> str:
    shares = [row.main_tracked for row in rows if row.verdict is not None]
    if not shares:
        return "No film could be analysed."
    mostly = sum(share >= MOSTLY for share in shares)
    anyone = sum(row.anyone_tracked >= MOSTLY for row in rows if row.verdict is not None)
    return (
        f"The main person is tracked in at least {100 * MOSTLY:.0f} % of all frames in {mostly} of {len(shares)} films "
        f"(least {100 * min(shares):.1f} %); anyone is in {anyone}."
    )


def _abstention_lines(rows: Sequence[ClipRow]) -> list[str]:
    analysed = [row for row in rows if row.verdict is not None]
    names = sorted({name for row in analysed for name in row.fakes})
    told = []
    for name in names:
        codes = [row.abstained[name] for row in analysed if name in row.abstained]
        why = joined([f"{codes.count(code)} {code}" for code in sorted(set(codes))], "–")
        told.append((name, str(sum(row.fakes.get(name) is not None for row in analysed)), str(len(analysed)), why))
    return [*table(("detector", "answered", "of", "abstained"), told), ""] if told else []


def _figure_lines(
    ranked: Sequence[Ranking], plainly: Sequence[Ranking], detected: Sequence[Detection], risked: Sequence[Risk]
) -> list[str]:
    if not detected:
        return []
    further = [*detection_lines(detected), *risk_lines(risked)]
    return [*_ranking_lines(ranked), *_baseline_lines(plainly), *(["", *further] if further else [])]


def _ranking_lines(ranked: Sequence[Ranking]) -> list[str]:
    if not ranked:
        return ["No fake has its own original beside it: rankings were not measured."]
    told = (
        "Only pairs in which the detector answered for both films count; a tie is half a pair, 0.50 is chance. The exact "
        "interval takes pairs for independent, the others draw whole people anew (bootstrap)."
    )
    return [*_ranking_table("detector", ranked), "", told]


def _baseline_lines(plainly: Sequence[Ranking]) -> list[str]:
    return ["", *_ranking_table("baseline", plainly), "", READING] if plainly else []


def _ranking_table(what: str, ranked: Sequence[Ranking]) -> list[str]:
    head = (what, "pairs", "people", "fake above its original", "exact 95 %", "by person 95 %", "AUC", "95 %")
    rows = [
        (
            one.detector,
            f"{one.answered} of {one.pairs}",
            str(one.people),
            _figure(one.share),
            interval_text(one.exact),
            interval_text(one.by_person),
            _figure(one.area),
            interval_text(one.area_by_person),
        )
        for one in ranked
    ]
    return table(head, rows)


def _leak_look(nulls: Nulls | None) -> str:
    return f"; leak by {joined(list(nulls.leaks))}" if nulls is not None and nulls.leak else ""


def _look(counted: Sequence[Alarms], ranked: Sequence[Ranking]) -> str:
    words = [f"{one.words.get('manipulated', 0)} of {one.films} {KINDS[one.of]} manipulated" for one in counted]
    paired = [f"{one.detector} {_figure(one.share)} of {one.answered}" for one in ranked]
    return "; ".join([joined(words), *(["paired: " + joined(paired)] if paired else [])])


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
