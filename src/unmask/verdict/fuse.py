"""Evidence of many detectors → one verdict, by adding capped log-odds.

Each detector may move the odds by no more than its card's cap and floor, so that one of them alone, carried away, does
not decide unless its card says it may, and the lack of one kind of trace does not outweigh another. With several people the most suspect decides, at odds lowered by their number, since the
worst of many looks worse by chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from unmask.signals.likelihood import log_odds, probability
from unmask.types import Card, Evidence, Media, Person, Verdict
from unmask.verdict.competence import CONTEXT, answers, stands_for_film, unchecked
from unmask.verdict.profile import Population

MANIPULATED_FROM = 0.8
NO_SIGN_UP_TO = 0.4
LEAST_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Odds:
    """Added log-odds of forgery of one person or file.

    Attributes:
        middle: Best estimate.
        low: Lower end of the 95 % interval.
        high: Upper end of the 95 % interval.
        answered: Detectors that answered.
    """

    middle: float
    low: float
    high: float
    answered: int


def add_up(evidence: Sequence[Evidence], cards: Mapping[str, Card]) -> Odds:
    """Capped log-odds of all answers, their errors added in quadrature.

    Raises:
        KeyError: Evidence comes from a detector without a card.
    """
    middle, below, above = 0.0, 0.0, 0.0
    spoken = answers(evidence)
    for one in spoken:
        card = cards[one.detector]
        floor = card.cap if card.floor is None else card.floor
        low, high = one.interval or (one.fake, one.fake)
        said = log_odds(one.fake or 0.0)
        middle += float(np.clip(said, -floor, card.cap))
        # The cap bounds what is said, not how unsure it is: an extreme measurement is no surer than another.
        below += (said - log_odds(low or 0.0)) ** 2
        above += (log_odds(high or 0.0) - said) ** 2
    return Odds(middle, middle - below**0.5, middle + above**0.5, len(spoken))


def judge(
    media: Media,
    people: Sequence[Person],
    evidence: Sequence[Evidence],
    cards: Mapping[str, Card],
    *,
    crowd: int = 0,
    threshold: float = MANIPULATED_FROM,
    own: Population | None = None,
    not_asked: Sequence[str] = (),
    whole: bool = True,
) -> Verdict:
    """The verdict on a file.

    Args:
        media: Facts of the file.
        people: Persons with their evidence, the main one first.
        evidence: Evidence about the file itself.
        cards: Card of every detector that was asked.
        crowd: Faces that were not followed.
        threshold: Probability from which the word is ``manipulated``.
        own: Real clips of the user's own, whose threshold holds instead.
        not_asked: Names of the detectors that the user left out.
        whole: Whether the file could be read to its end.
    """
    left_out = unchecked(media, people, evidence, cards, crowd, not_asked=not_asked)
    shared = add_up(evidence, cards)
    candidates = [(person, _joined(add_up(person.evidence, cards), shared, len(people))) for person in people]
    heard = [(person, odds) for person, odds in candidates if odds.answered]
    if not heard and not shared.answered:
        return Verdict("cannot-tell", None, None, _nothing_measured(media, people, cards), left_out)
    person, odds = max(heard, key=lambda pair: pair[1].middle) if heard else (None, shared)
    chance, interval = probability(odds.middle), (probability(odds.low), probability(odds.high))
    spoken = answers((*(person.evidence if person else ()), *evidence))
    suspicious = chance >= threshold if own is None else own.suspects(odds.middle)
    if suspicious and interval[0] > 0.5:
        sentence = f"Signs of manipulation: {_strongest(spoken, cards)}"
        return Verdict("manipulated", chance, interval, sentence, left_out, odds.middle)
    least = _least_answers(media, candidates)
    if chance > NO_SIGN_UP_TO or least < LEAST_ANSWERS or not whole or crowd:
        return Verdict("cannot-tell", chance, interval, _undecided(chance, odds, len(left_out)), left_out, odds.middle)
    if own is not None and own.finds_unusual(odds.middle):
        return Verdict("cannot-tell", chance, interval, _unusual(own, odds, least), left_out, odds.middle)
    sentence = f"No sign of manipulation in {least} checks; that does not prove the file genuine."
    return Verdict("no-sign", chance, interval, sentence, left_out, odds.middle)


def _least_answers(media: Media, candidates: Sequence[tuple[Person, Odds]]) -> int:
    """Answers about the least examined of the people who are in view long enough to stand for the film."""
    return min((odds.answered for person, odds in candidates if stands_for_film(person, media)), default=0)


def _joined(own: Odds, shared: Odds, people: int) -> Odds:
    crowd_penalty = float(np.log(people)) if people > 1 else 0.0
    # Suspicion is lowered, but never turned into its opposite: a suspect must not count as a sign of a filmed face. What
    # is known of the file was not picked among many, so it is not lowered.
    middle = shared.middle + max(own.middle - crowd_penalty, min(own.middle, 0.0))
    below = np.hypot(own.middle - own.low, shared.middle - shared.low)
    above = np.hypot(own.high - own.middle, shared.high - shared.middle)
    return Odds(middle, middle - float(below), middle + float(above), own.answered + shared.answered)


def _strongest(spoken: Sequence[Evidence], cards: Mapping[str, Card]) -> str:
    """First sentence of the evidence that moves the odds furthest towards a forgery."""
    return max(spoken, key=lambda one: min(log_odds(one.fake or 0.0), cards[one.detector].cap)).because[0]


def _nothing_measured(media: Media, people: Sequence[Person], cards: Mapping[str, Card]) -> str:
    if media.kind == "audio":
        return "Cannot tell: this is a sound file, and this version has no detector for voices."
    if not people:
        return "Cannot tell: no face was seen, and all checks but those of signatures and marks look at faces."
    undone = [one for one in people[0].evidence if one.abstained and one.abstained not in CONTEXT]
    if any(one.fake is not None for one in people[0].evidence):
        heard = [one for one in undone if one.detector in cards and cards[one.detector].cap > 0]
        if not heard:
            return "Cannot tell: what was measured has no voice in the verdict yet."
        loudest = max(heard, key=lambda one: cards[one.detector].cap)
        return f"Cannot tell: no check that counts could be made; {loudest.because[0]}"
    asked = undone or people[0].evidence
    return f"Cannot tell: no check could be made; {asked[0].because[0] if asked else 'none was asked for.'}"


def _undecided(chance: float, odds: Odds, left_out: int) -> str:
    single = odds.answered == 1
    checks = "one check" if single else f"{odds.answered} checks"
    leans = f"{'leans' if single else 'lean'} towards a forgery, too weakly to call it one"
    found = leans if chance > 0.5 else "found no clear sign of a forgery, which is too little to go by"
    missing = f"; {left_out} could not be made" if left_out else ""
    return f"Cannot tell: {checks} answered and {found}{missing}."


def _unusual(own: Population, odds: Odds, checks: int) -> str:
    alike = own.as_suspicious(odds.middle)
    return (
        f"Cannot tell: {checks} checks found no sign of a forgery, but only {alike} of the {own.clips} real clips of the "
        "profile look as suspicious as this file."
    )
