"""Together: what do the trained detectors of redrawn faces say, taken as one?

Each of them weighs other traces of the same kind of forgery, a face that a network drew anew, and each errs on other
people. Their log-odds are added, and the sum is calibrated on what they say of people they had not seen: three that share
part of their errors are less than three times as sure.
"""

from collections.abc import Mapping

import numpy as np

from unmask.signals.exceedance import CONFIDENCE, as_suspicious, p_value, upper_bound
from unmask.signals.joining import LEAST_MEMBERS, Joined, joined
from unmask.signals.likelihood import log_odds, probability
from unmask.signals.linear import LinearModel
from unmask.types import Card, Evidence

CARD = Card(
    name="together",
    question="What do the trained detectors of redrawn faces say, taken as one?",
    needs="evidence",
    kinds=("video", "image"),
    requires="an answer of two of consistency, flicker and seam",
    answers="several traces of a face that was drawn anew speak for one; the lack of all of them a little against it",
    paper="Kittler et al., On combining classifiers, IEEE TPAMI 20, 1998.",
    failures=(
        "It knows no more than its members: swaps by one program (an autoencoder, drawn live) of seven people.",
        "Its members were fitted to films; of a still only two of them answer, however strongly it was coded.",
        "Films without any noise, such as drawn ones, read as too strongly coded.",
    ),
    weights=("together",),
    cap=2.5,
    floor=0.4,
    sees=("redrawn-face",),
)

WEIGHT = "together"


def examine(evidence: tuple[Evidence, ...]) -> Evidence:
    """Evidence from the evidence about one person."""
    family = joined(WEIGHT)
    asked = sorted((one for one in evidence if one.detector in family.members), key=_name)
    heard = [one for one in asked if one.fake is not None]
    if len(heard) < LEAST_MEMBERS:
        return _too_few(family, asked, heard)
    key = Joined.key(one.detector for one in heard)
    line = family.lines[key]
    total = np.array([sum(log_odds(one.fake or 0.0) for one in heard)])
    fake, _ = line.fake(total)
    groups = family.filmed[key]
    counts = _filmed(fake, groups)
    return Evidence(
        CARD.name,
        fake,
        (_sentence(fake, heard), *([_filmed_sentence(counts)] if fake > 0.5 and groups else [])),
        interval=_interval(fake, heard, line),
        measured={"log_odds_added": float(total[0]), "members": float(len(heard)), **counts},
        counts=CARD.cap > 0,
    )


def _too_few(family: Joined, asked: list[Evidence], heard: list[Evidence]) -> Evidence:
    coded = [one for one in asked if one.abstained == "too-compressed"]
    if coded:
        return Evidence.abstain(CARD.name, "too-compressed", coded[0].because[0])
    answered = f"only {heard[0].detector}" if heard else "none"
    because = f"Of {', '.join(family.members)} {answered} answered; {LEAST_MEMBERS} are needed."
    return Evidence.abstain(CARD.name, "not-measurable", because)


def _filmed(fake: float, groups: Mapping[str, tuple[float, ...]]) -> dict[str, float]:
    """How many filmed clips said as much, and how unusual that is in the group in which it is least unusual."""
    odds = log_odds(fake)
    clips = sum(len(group) for group in groups.values())
    alike = sum(as_suspicious(odds, group) for group in groups.values())
    return {
        "filmed_clips": float(clips),
        "filmed_as_suspicious": float(alike),
        "filmed_share_at_most": upper_bound(alike, clips),
        "filmed_p_value": max((p_value(odds, group) for group in groups.values()), default=1.0),
    }


def _filmed_sentence(counts: Mapping[str, float]) -> str:
    clips, alike = int(counts["filmed_clips"]), int(counts["filmed_as_suspicious"])
    return (
        f"Of {clips} filmed clips of people it was not taught, {alike or 'none'} looked as suspicious in the worst of "
        f"their codings: at most {100 * counts['filmed_share_at_most']:.0f} % of such clips do ({100 * CONFIDENCE:.0f} %)."
    )


def _sentence(fake: float, heard: list[Evidence]) -> str:
    told = ", ".join(f"{one.detector} {100 * (one.fake or 0.0):.0f} %" for one in heard)
    found = "departs from its surround as a redrawn one does" if fake > 0.5 else "fits its surround as filmed ones do"
    return f"Taken as one, {told} say that the face {found}."


def _name(one: Evidence) -> str:
    return one.detector


def _interval(fake: float, heard: list[Evidence], line: LinearModel) -> tuple[float, float]:
    """From the errors of the members, as if they were independent, and that of the line they are read by."""
    ends = [one.interval or (one.fake or 0.0, one.fake or 0.0) for one in heard]
    widths = [(log_odds(high) - log_odds(low)) / 2 for low, high in ends]
    rise = line.slope * line.weights[0] / line.scale[0]
    slack = float(np.hypot(rise * np.linalg.norm(widths), line.slack))
    return probability(log_odds(fake) - slack), probability(log_odds(fake) + slack)
