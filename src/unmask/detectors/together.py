"""Together: what do the trained detectors of redrawn faces say, taken as one?

Each of them weighs other traces of the same kind of forgery, a face that a network drew anew, and each errs on other
people. Their log-odds are added, and the sum is calibrated on what they say of people they had not seen: three that share
part of their errors are less than three times as sure.
"""

import numpy as np

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
        "Its members were fitted to films; of a still only two of them answer.",
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
    heard = sorted((one for one in evidence if one.detector in family.members and one.fake is not None), key=_name)
    if len(heard) < LEAST_MEMBERS:
        answered = f"only {heard[0].detector}" if heard else "none"
        because = f"Of {', '.join(family.members)} {answered} answered; {LEAST_MEMBERS} are needed."
        return Evidence.abstain(CARD.name, "not-measurable", because)
    line = family.lines[Joined.key(one.detector for one in heard)]
    total = np.array([sum(log_odds(one.fake or 0.0) for one in heard)])
    fake, _ = line.fake(total)
    return Evidence(
        CARD.name,
        fake,
        (_sentence(fake, heard),),
        interval=_interval(fake, heard, line),
        measured={"log_odds_added": float(total[0]), "members": float(len(heard))},
        counts=CARD.cap > 0,
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
