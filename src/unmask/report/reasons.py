"""Which sentences answer "why" first."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from unmask.report.wording import is_clear
from unmask.types import Evidence, Person, Report, Word
from unmask.verdict.competence import CONTEXT

MOST_REASONS = 6


@dataclass(frozen=True, slots=True)
class Grounds:
    """One sentence of one detector.

    Attributes:
        person: Number of the person it was found in, None when it is about the whole file.
        rank: 0 for the first thing the detector says.
    """

    sentence: str
    evidence: Evidence
    person: int | None
    rank: int

    @property
    def points_to_manipulation(self) -> bool:
        """Whether the detector leans towards a forgery."""
        return self.evidence.fake is not None and self.evidence.fake >= 0.5


def all_evidence(report: Report) -> Iterator[tuple[int | None, Evidence]]:
    """Every detector's finding with the person it is about, None for the whole file."""
    for person in report.people:
        for evidence in person.evidence:
            yield person.track.id, evidence
    for evidence in report.evidence:
        yield None, evidence


def of_file(report: Report) -> tuple[Evidence, ...]:
    """Findings about the whole file, without those that only repeat what stands with its origin."""
    return tuple(it for it in report.evidence if not _repeats(it))


def of_person(person: Person) -> tuple[Evidence, ...]:
    """Findings about one person, without those that nobody asked for."""
    return tuple(it for it in person.evidence if not _repeats(it))


def _repeats(evidence: Evidence) -> bool:
    return evidence.abstained in CONTEXT and evidence.abstained != "context-only"


def strongest(report: Report, most: int = MOST_REASONS) -> tuple[Grounds, ...]:
    """The sentences that carry the verdict, strongest first.

    Each detector's first sentence comes before any detector's second. Among these, clear findings that lean the
    verdict's way come first, then clear ones that lean the other way, then the undecided, each group by its
    strength. Where all abstained, their reasons stand. What has no voice is no ground either, unless there is nothing else.
    """
    found = [
        Grounds(sentence, evidence, person, rank)
        for person, evidence in all_evidence(report)
        if not _repeats(evidence)
        for rank, sentence in enumerate(evidence.because)
    ]
    answered = [grounds for grounds in found if grounds.evidence.fake is not None and grounds.evidence.counts]
    abstained = [grounds for grounds in found if grounds.evidence.abstained not in CONTEXT and grounds.evidence.counts]
    word = report.verdict.word
    ordered = sorted(
        answered or abstained or found, key=lambda it: (it.rank, _group(it, word), -log_odds_strength(it.evidence))
    )
    return tuple(ordered[:most])


def log_odds_strength(evidence: Evidence) -> float:
    """How far a finding is from "undecided", in absolute log-odds; 0 for an abstention."""
    if evidence.fake is None or not math.isfinite(evidence.fake):
        return 0.0
    fake = min(max(evidence.fake, 1e-6), 1 - 1e-6)
    return abs(math.log(fake / (1 - fake)))


def _group(grounds: Grounds, word: Word) -> int:
    if grounds.evidence.fake is None or not is_clear(grounds.evidence.fake):
        return 2
    agrees = word == "cannot-tell" or grounds.points_to_manipulation == (word == "manipulated")
    return 0 if agrees else 1
