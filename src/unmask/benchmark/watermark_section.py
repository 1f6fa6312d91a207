"""The suite ``watermark`` as a section: every figure beside its target and the peer's, and what was not reached."""

from collections.abc import Sequence

from unmask.benchmark.sections import table
from unmask.benchmark.suite import interval_text
from unmask.benchmark.watermark_cost import CostRow
from unmask.benchmark.watermark_figures import LEAST_AREA, LEAST_OVERLAP, NOT_MEASURED, Figure, Found, Heard, Honest
from unmask.benchmark.watermark_judge import Judgement
from unmask.benchmark.watermark_measure import HONEST
from unmask.provenance.watermark.locate import LEAST_QUALITY

KIND_WORDS = {
    "pasted": "another's face pasted in",
    "blurred": "face blurred",
    "resynthesised": "face drawn anew from 64 px (stand-in)",
    "mouth": "mouth drawn anew from 64 px (stand-in)",
}
MET = {None: "–", True: "yes", False: "NO"}


def figure_lines(figures: Sequence[Figure], peer: str) -> list[str]:
    """Figures as a table."""
    rows = [
        (
            one.name,
            _value(one),
            _interval(one),
            _target(one.at_least, one.at_most, one.unit),
            MET[one.met],
            one.peer,
            one.detail,
        )
        for one in figures
    ]
    return table(("what", "measured", "95 %", "target", "met", peer, "on what"), rows)


def found_lines(found: Sequence[Found], peer: str) -> list[str]:
    """How well alterations are found, as a table."""
    head = (
        *("what was done", "then x264", "called altered", "cannot tell", "region IoU", "95 %", "median", "target"),
        *("AUC", "95 %", "of", "target", "met", f"{peer} still reads"),
    )
    return table(head, [_found_row(one) for one in found])


def _found_row(one: Found) -> tuple[str, ...]:
    overlap, area = overlap_target(one.crf), LEAST_AREA.get(one.crf)
    return (
        KIND_WORDS[one.kind],
        f"CRF {one.crf}",
        f"{one.called} of {one.films}",
        str(one.undecidable),
        _number(one.overlap),
        interval_text(one.overlap_interval),
        _number(one.median_overlap),
        _target(overlap, None, ""),
        _number(one.area, 3),
        interval_text(one.area_interval, 3),
        str(one.ranked),
        _target(area, None, ""),
        MET[found_met(one)],
        "–" if one.peer is None else f"{one.peer[0]} of {one.peer[1]}",
    )


def overlap_target(crf: int) -> float | None:
    """Target of the region's overlap; only the better coding has one."""
    return LEAST_OVERLAP if crf == min(LEAST_AREA) else None


def found_met(one: Found) -> bool:
    """Whether both targets are met."""
    overlap, area = overlap_target(one.crf), LEAST_AREA.get(one.crf)
    return (overlap is None or (one.overlap or 0.0) >= overlap) and (area is None or (one.area or 0.0) >= area)


def honest_lines(told: Sequence[Honest]) -> list[str]:
    """What is said of what was not altered, as a table."""
    head = ("marked, coded anew, not altered", "files", "called altered", "rate at most", "cannot tell", "blind blocks")
    rows = [
        (
            one.what,
            str(one.files),
            str(one.called),
            "–" if one.largest_rate is None else f"{100 * one.largest_rate:.1f} %",
            f"{one.undecidable} ({100 * one.undecidable / one.files:.0f} %)",
            "–" if one.blind is None else f"{100 * one.blind:.1f} %",
        )
        for one in told
    ]
    return table(head, rows)


def cost_lines(costs: Sequence[CostRow], peer: str, *, measured: bool) -> list[str]:
    """What marking and reading cost, as a table."""
    rows = [
        (
            one.name,
            f"{one.cpu_ms:.1f} CPU ms",
            _target(None, one.at_most, "ms"),
            "–" if one.at_most is None else MET[one.cpu_ms <= one.at_most],
            f"{one.peer_ms:.1f}" if one.peer_ms is not None else "–" if measured else NOT_MEASURED,
            one.detail,
        )
        for one in costs
    ]
    return table(("cost", "measured", "target", "met", peer, "on what"), rows)


def heard_lines(heard: Sequence[Heard]) -> list[str]:
    """What the mark in the sound survives and tells, as a table."""
    head = (
        "sound after",
        "payload read",
        "honest called altered",
        "altered called so",
        "AUC of a second",
        "95 %",
        "of",
    )
    rows = [
        (
            one.coding,
            f"{one.read} of {one.utterances}",
            f"{one.called} of {one.utterances}",
            f"{one.found} of {one.utterances}",
            _number(one.area, 3),
            interval_text(one.area_interval, 3),
            f"{one.seconds}",
        )
        for one in heard
    ]
    return table(head, rows)


def missed_lines(
    figures: Sequence[Figure],
    found: Sequence[Found],
    honest: Sequence[Honest],
    costs: Sequence[CostRow],
    judged: Sequence[Judgement],
) -> list[str]:
    """What was not reached, and why as far as the figures tell."""
    told = [
        f"{one.name}: {_value(one)}, target {_target(one.at_least, one.at_most, one.unit)} ({one.detail})"
        for one in figures
        if one.met is False
    ]
    told += [_missed_find(one, judged) for one in found if not found_met(one)]
    told += [
        f"{one.what}: {one.called} of {one.files} honest ones called altered, target 0"
        for one in honest
        if one.called and one.what.endswith(("CRF 23", "CRF 28"))
    ]
    told += [
        f"{one.name}: {one.cpu_ms:.1f} CPU ms, target ≤ {one.at_most:g} ({one.detail})"
        for one in costs
        if one.at_most is not None and one.cpu_ms > one.at_most
    ]
    return ["Not reached:", "", *(f"- {one}." for one in told)] if told else ["All targets are met."]


def _missed_find(one: Found, judged: Sequence[Judgement]) -> str:
    made = [it for it in judged if (it.kind, it.crf) == (one.kind, one.crf)]
    weak = sum(it.quality is not None and it.quality < LEAST_QUALITY for it in made)
    unread = sum(it.quality is None for it in made)
    honest = [it.quality for it in judged if it.name == f"{HONEST}-{one.crf}" and it.quality is not None]
    usual = f"; honest films of CRF {one.crf} keep {min(honest):.2f}–{max(honest):.2f} of the mark" if honest else ""
    return (
        f"{KIND_WORDS[one.kind]}, CRF {one.crf}: region IoU {_number(one.overlap)}, AUC {_number(one.area, 3)}; in {weak} of "
        f"{len(made)} films too little of the mark was left to judge regions (less than {LEAST_QUALITY:g} of it), in "
        f"{unread} it was not read{usual}"
    )


def peer_name(version: str | None) -> str:
    """What to call the peer."""
    return "dwtDctSvd" if version is None else f"dwtDctSvd {version}"


def refused_line(refused: Sequence[str]) -> list[str]:
    """How many files could not be measured; why, with their names, is in the rows."""
    return [f"Files that could not be measured: {len(refused)}.", ""] if refused else []


def _value(one: Figure) -> str:
    return "–" if one.value is None else f"{one.value:.{one.digits}f} {one.unit}".strip()


def _interval(one: Figure) -> str:
    return interval_text(one.interval, one.digits)


def _target(at_least: float | None, at_most: float | None, unit: str) -> str:
    if at_least == 100 and unit == "%":
        return "100 %"
    if at_least is not None:
        return f"≥ {at_least:g} {unit}".strip()
    return "–" if at_most is None else f"≤ {at_most:g} {unit}".strip()


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
