"""Null tests and figures of detection as Markdown, for the section of the suite ``clips``."""

from collections.abc import Sequence

from unmask.benchmark.clips import FAKE, REAL
from unmask.benchmark.clips_detection import LARGEST_RISK, Detection, Figure, Risk
from unmask.benchmark.clips_nulls import LEAST_PEOPLE, FactsNull, HalvesNull, Nulls, SwapNull
from unmask.benchmark.sections import table
from unmask.benchmark.statistics import Interval
from unmask.benchmark.suite import interval_text

FACT_NAMES = {
    "size_bytes": "size in bytes",
    "bit_rate": "bit rate",
    "width": "width",
    "height": "height",
    "frame_rate": "frame rate",
    "duration_seconds": "duration",
    "frames": "number of frames",
    "bits_per_pixel": "bits per pixel",
    "brightness": "brightness",
    "contrast": "contrast",
    "fine_detail": "fine detail",
    "middling_detail": "middling detail",
    "coarse_detail": "coarse detail",
    "red_difference": "redness",
    "blue_difference": "blueness",
    "color_spread": "spread of colour",
}
LEAKING = (
    "The facts of the files, or what lies behind the faces, give the fakes away, so rankings and figures of detection are not "
    "published."
)
FOUND = (
    "Intervals (95 %) draw whole people anew. Of the films that were answered: AP is the average precision, of which a "
    "guess reads the share of fakes; EER the equal error rate, 0.50 by chance. A rate of false alarms (FPR) of 1 % "
    "is not measurable with fewer than 100 originals, one of 0.1 % with fewer than 1000."
)
BELIEVED = (
    "ECE is the expected calibration error over bins of equal mass, large by chance where films are few. One who always "
    "says one half reads Brier 0.25, Cllr 1.00 and log loss 0.69; more is worse than that. For Cllr and log loss "
    "probabilities are clipped to 1e-7 … 1 - 1e-7."
)
RISK = (
    "Risk and coverage: *cannot-tell* is no answer of the word; a probability answers on its side of one half. The "
    "coverage is that of the surest answers, as a share of all films, the threshold chosen on these very films. Under "
    "the curve an abstention is half wrong; a coin has 0.50."
)
FACTS = (
    "The regression sees no film of the person it is asked about; its intervals (95 %) draw whole people anew, and one that "
    "lies above 0.50 is a leak. One below is none: with nothing to learn, few people teach the contrary of what holds for "
    "the next; coins that swap the labels of a person's pairs show how far that goes (95 % of draws). Single facts are there to be "
    "read, not to be tested: below 0.50, fakes have less of it. Codec, sound and tags are not among them."
)
BEHIND = (
    "The background is what lies beyond 1.3 times the outline of the face in one view of each film, where no mask of a swap "
    "reaches: brightness, colour and detail there, with the same regression. What it orders comes from coding or another source. "
    "It is a leak where the interval of the pairs lies above 0.50 and coins do not go as far; without pairs, where that of the "
    "AUC does."
)


def null_lines(nulls: Nulls) -> list[str]:
    """The null tests, a leak first of all."""
    return [
        *_leak_lines(nulls),
        "Null tests, which must read 0.50:",
        "",
        *(_facts_lines("file facts alone", nulls.facts) if nulls.facts else [_unmeasured("File facts")]),
        "",
        *(_behind_lines(nulls.background) if nulls.background else [_unmeasured("Backgrounds")]),
        "",
        *_swap_lines(nulls.swapped, hidden=nulls.leak),
        *_halves_lines(nulls.halves),
    ]


def detection_lines(detected: Sequence[Detection]) -> list[str]:
    """Answers, rankings and errors of every detector, then how far its probabilities may be believed."""
    if not detected:
        return []
    head = ("detector", "fakes answered", "originals answered", "AP", "EER", "TPR at 1 % FPR", "TPR at 0.1 % FPR")
    found = [
        (
            one.detector,
            _answered(one.answered_fakes, one.fakes, one.figures[f"coverage_{FAKE}"]),
            _answered(one.answered_originals, one.originals, one.figures[f"coverage_{REAL}"]),
            figure_text(one.figures["average_precision"]),
            figure_text(one.figures["equal_error_rate"]),
            figure_text(one.figures["caught_at_1_percent"], _too_few(one)),
            figure_text(one.figures["caught_at_0.1_percent"], _too_few(one)),
        )
        for one in detected
    ]
    believed = ("calibration_error", "brier", "cllr_bits", "log_loss")
    sure = [
        (
            one.detector,
            str(one.answered_fakes + one.answered_originals),
            str(one.bins),
            *(figure_text(one.figures[name]) for name in believed),
        )
        for one in detected
        if one.answered_fakes + one.answered_originals
    ]
    return [
        *table(head, found),
        "",
        FOUND,
        "",
        *table(("detector", "films", "bins", "ECE", "Brier", "Cllr (bits)", "log loss (nats)"), sure),
        "",
        BELIEVED,
        "",
    ]


def risk_lines(measured: Sequence[Risk]) -> list[str]:
    """Risk and coverage of the verdict."""
    if not measured:
        return []
    most = f"{100 * LARGEST_RISK:.0f} %"
    head = ("verdict", "answered", "wrong among these", f"coverage with at most {most} wrong", "area under the curve")
    rows = [
        (
            f"by its {one.by}",
            f"{one.answered} of {one.films}",
            figure_text(one.risk),
            figure_text(one.coverage),
            figure_text(one.area),
        )
        for one in measured
    ]
    return [
        *table(head, rows),
        "",
        RISK,
    ]


def figure_text(figure: Figure, without: str = "–") -> str:
    """A figure and where it may lie, in one cell.

    >>> figure_text(Figure(0.5, (0.25, 0.75)))
    '0.50 (0.25–0.75)'
    """
    if figure.value is None:
        return without
    return _with_interval(f"{figure.value:.2f}", figure.by_person)


def _with_interval(text: str, interval: Interval | None) -> str:
    return text if interval is None else f"{text} ({interval_text(interval)})"


def _answered(answered: int, of: int, coverage: Figure) -> str:
    return _with_interval(f"{answered} of {of}", coverage.by_person if answered else None)


def _too_few(one: Detection) -> str:
    return "not measurable" if one.answered_originals else "–"


def _leak_lines(nulls: Nulls) -> list[str]:
    names = {"file facts": "the facts of the files", "backgrounds": "the backgrounds"}
    return [line for name, null in nulls.leaks.items() for line in (_leak_line(names[name], null), "")]


def _leak_line(what: str, facts: FactsNull) -> str:
    worst = max(facts.alone, key=lambda one: max(abs(one.area - 0.5), abs((one.share or 0.5) - 0.5)))
    shares = f"in {_share(facts.share)} of the pairs ({interval_text(facts.share_by_person)}), "
    return (
        f"LEAK: {what} alone tell fakes from originals, {shares if facts.pairs else ''}"
        f"AUC {facts.area:.2f} ({interval_text(facts.area_by_person)}); "
        f"of single facts, {FACT_NAMES.get(worst.fact, worst.fact)} orders most."
    )


def _facts_lines(what: str, facts: FactsNull) -> list[str]:
    return [*_facts_table(what, facts), "", FACTS]


def _behind_lines(background: FactsNull) -> list[str]:
    return [*_facts_table("background alone", background), "", BEHIND]


def _facts_table(what: str, facts: FactsNull) -> list[str]:
    head = (what, "pairs", "films", "people", "fake above its original", "with coins", "AUC")
    counts = (str(facts.pairs), str(facts.films), str(facts.people))
    learnt = (
        "regression on all of them",
        *counts,
        _with_interval(_share(facts.share), facts.share_by_person),
        interval_text(facts.share_of_coins),
        _with_interval(f"{facts.area:.2f}", facts.area_by_person),
    )
    alone = [
        (f"{FACT_NAMES.get(one.fact, one.fact)}, nothing learnt", *counts, _share(one.share), "–", f"{one.area:.2f}")
        for one in facts.alone
    ]
    return table(head, [learnt, *alone])


def _unmeasured(what: str) -> str:
    return (
        f"{what} alone were not measured, which takes fakes and originals of {LEAST_PEOPLE} people or more: a leak "
        "would go unseen."
    )


def _swap_lines(swapped: Sequence[SwapNull], *, hidden: bool) -> list[str]:
    if not swapped:
        return ["Swapped labels were not measured: no detector answered for a pair.", ""]
    head = ("labels swapped in pairs", "pairs", "people", "mean share", "95 % of draws")
    rows = [
        (one.detector, str(one.pairs), str(one.people), f"{one.mean:.2f}", interval_text(one.range)) for one in swapped
    ]
    if hidden:
        return [*table(head, rows), ""]
    seen = [(_share(one.observed), _p(one.p_by_pair), _p(one.p_by_person)) for one in swapped]
    told = (
        "p is how often coins alone go as far from 0.50 as the true labels do (two-sided), a coin for every pair or one "
        "for all pairs of a person."
    )
    wide = (*head, "true labels", "p, coin a pair", "p, coin a person")
    return [*table(wide, [(*row, *more) for row, more in zip(rows, seen, strict=True)]), "", told, ""]


def _halves_lines(halves: Sequence[HalvesNull]) -> list[str]:
    if not halves:
        return ["Originals against originals were not measured: no detector answered for originals of two people.", ""]
    head = ("originals against originals", "originals", "people", "mean distance of AUC from 0.50", "95 % of AUCs")
    rows = [
        (one.detector, str(one.originals), str(one.people), f"{one.distance:.2f}", interval_text(one.range))
        for one in halves
    ]
    told = (
        "The originals are parted by person at random, many times: an AUC of fakes within that range is no more than what "
        "other people alone can do."
    )
    return [*table(head, rows), "", told, ""]


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.2f}"


def _p(value: float | None) -> str:
    if value is None:
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
