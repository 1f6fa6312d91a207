from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.verdict.people import CARDS, MEDIA, person, says, silent, track
from unmask.detectors import detectors
from unmask.signals.likelihood import log_odds, probability
from unmask.types import Evidence, Person, Verdict
from unmask.verdict.fuse import LEAST_ANSWERS, MANIPULATED_FROM, NO_SIGN_UP_TO, add_up, judge
from unmask.verdict.profile import Population


def verdict(people: Sequence[Person], evidence: Sequence[Evidence] = (), **asked: float) -> Verdict:
    return judge(MEDIA, people, evidence, CARDS, **asked)  # type: ignore[arg-type] # crowd is a whole number


def clean(number: int = 1, fake: float = 0.3) -> Person:
    return person(*(says(name, fake, (fake - 0.1, fake + 0.1)) for name in ("rim", "gait", "blood")), number=number)


def suspect(number: int = 1, fake: float = 0.9) -> Person:
    return person(*(says(name, fake, (fake - 0.02, fake + 0.02)) for name in ("rim", "gait", "blood")), number=number)


def test_each_detector_adds_its_log_odds() -> None:
    odds = add_up([says("rim", 0.6), says("gait", 0.7)], CARDS)
    assert odds.middle == pytest.approx(log_odds(0.6) + log_odds(0.7))
    assert odds.answered == 2


@pytest.mark.parametrize("fake", [0.0, 0.0001, 0.9999, 1.0])
def test_no_detector_moves_the_odds_by_more_than_its_cap(fake: float) -> None:
    assert abs(add_up([says("gait", fake, (fake, fake))], CARDS).middle) == pytest.approx(1.0)


def test_an_abstention_adds_nothing() -> None:
    assert add_up([silent("rim"), says("gait", 0.6)], CARDS) == add_up([says("gait", 0.6)], CARDS)


def test_no_evidence_is_even_odds() -> None:
    odds = add_up([], CARDS)
    assert (odds.middle, odds.low, odds.high, odds.answered) == (0.0, 0.0, 0.0, 0)


def test_the_errors_of_several_detectors_add_up_in_quadrature() -> None:
    one, two = (add_up([says(name, 0.5, (0.4, 0.6)) for name in names], CARDS) for names in (["rim"], ["rim", "gait"]))
    assert two.high - two.middle == pytest.approx(2**0.5 * (one.high - one.middle))


def test_evidence_of_a_stranger_is_an_error() -> None:
    with pytest.raises(KeyError):
        add_up([says("stranger", 0.5)], CARDS)


def test_agreeing_detectors_make_it_manipulated() -> None:
    found = verdict([suspect()])
    assert found.word == "manipulated"
    assert found.sentence == "Signs of manipulation: The rim reads 0.9."


def test_detectors_that_find_nothing_make_it_no_sign_and_never_genuine() -> None:
    found = verdict([clean()])
    assert found.word == "no-sign"
    assert "does not prove" in found.sentence


def test_nothing_measured_is_cannot_tell_without_a_probability() -> None:
    found = verdict([person(silent("rim"), silent("gait"))])
    assert (found.word, found.probability, found.interval) == ("cannot-tell", None, None)
    assert "The rim saw 1 s." in found.sentence


def test_nobody_in_view_is_cannot_tell_and_says_so() -> None:
    found = verdict([])
    assert (found.word, found.probability) == ("cannot-tell", None)
    assert "no face was seen" in found.sentence


def test_a_sound_file_is_cannot_tell_and_says_so() -> None:
    found = judge(replace(MEDIA, kind="audio"), [], [], CARDS)
    assert found.word == "cannot-tell"
    assert "sound file" in found.sentence


def test_too_few_answers_are_no_sign_of_nothing() -> None:
    few = person(*(says(name, 0.2, (0.1, 0.3)) for name in ("rim", "gait", "blood")[: LEAST_ANSWERS - 1]))
    assert verdict([few]).word == "cannot-tell"


def test_a_probability_between_the_words_is_cannot_tell() -> None:
    found = verdict(
        [person(says("rim", 0.5, (0.4, 0.6)), says("gait", 0.55, (0.4, 0.6)), says("blood", 0.5, (0.4, 0.6)))]
    )
    assert found.word == "cannot-tell"
    assert NO_SIGN_UP_TO < (found.probability or 0.0) < MANIPULATED_FROM


def test_a_wide_interval_keeps_it_from_being_called_manipulated() -> None:
    unsure = person(*(says(name, 0.8, (0.2, 0.95)) for name in ("rim", "gait", "blood")))
    found = verdict([unsure])
    assert (found.probability or 0.0) > MANIPULATED_FROM
    assert found.word == "cannot-tell"


def test_the_threshold_is_where_the_word_changes() -> None:
    chance = verdict([suspect(fake=0.75)]).probability
    assert chance is not None
    assert verdict([suspect(fake=0.75)], threshold=chance).word == "manipulated"
    assert verdict([suspect(fake=0.75)], threshold=chance + 0.001).word == "cannot-tell"


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.7, MANIPULATED_FROM])
def test_a_pulse_alone_is_never_enough_for_manipulated(threshold: float) -> None:
    cards = {name: detector.card for name, detector in detectors().items()}
    surest = Evidence("pulse", 0.7, ("It beats at 2 rates.",), interval=(0.4, 0.85))
    found = judge(MEDIA, [person(surest)], [], cards, threshold=threshold)
    assert found.word == "cannot-tell"


def test_at_the_usual_threshold_no_claim_of_the_pulse_is_enough() -> None:
    cards = {name: detector.card for name, detector in detectors().items()}
    certain = Evidence("pulse", 0.9999, ("It beats at 2 rates.",), interval=(0.9999, 0.9999))
    assert judge(MEDIA, [person(certain)], [], cards).word == "cannot-tell"


@pytest.mark.parametrize(
    "name", [name for name, one in detectors().items() if one.card.needs not in {"provenance", "evidence"}]
)
def test_no_single_measurement_can_call_a_file_manipulated(name: str) -> None:
    cards = {known: detector.card for known, detector in detectors().items()}
    certain = Evidence(name, 0.9999, ("It reads 1.",), interval=(0.9999, 0.9999))
    own, shared = ([person(certain)], []) if cards[name].needs == "track" else ([], [certain])
    assert judge(MEDIA, own, shared, cards).word != "manipulated"


@pytest.mark.parametrize("name", [name for name, one in detectors().items() if one.card.needs == "provenance"])
def test_signature_and_mark_can_alone_whoever_and_however_many_are_in_view(name: str) -> None:
    cards = {known: detector.card for known, detector in detectors().items()}
    certain = Evidence(name, 0.9999, ("It reads 1.",), interval=(0.9999, 0.9999))
    crowd = [person(silent("seam"), number=number) for number in range(1, 9)]
    for people in ([], crowd[:1], crowd):
        assert judge(MEDIA, people, [certain], cards).word == "manipulated"


def test_several_people_lower_the_odds_of_the_most_suspect() -> None:
    alone = verdict([suspect()]).probability
    in_company = verdict([suspect(), clean(2), clean(3)]).probability
    assert alone is not None
    assert in_company is not None
    assert in_company < alone
    assert log_odds(alone) - log_odds(in_company) == pytest.approx(np.log(3), abs=0.01)


def test_company_never_turns_suspicion_into_no_sign() -> None:
    leaning = person(*(says(name, 0.55, (0.5, 0.6)) for name in ("rim", "gait", "blood")))
    found = verdict([leaning, clean(2), clean(3), clean(4)])
    assert found.probability == 0.5
    assert found.word == "cannot-tell"


def test_company_does_not_change_what_is_clean() -> None:
    assert verdict([clean(), clean(2)]).probability == verdict([clean()]).probability


def test_the_most_suspect_person_decides() -> None:
    assert verdict([clean(), suspect(2)]).sentence.startswith("Signs of manipulation")


def test_evidence_on_the_file_counts_for_everyone() -> None:
    without, with_it = verdict([clean()]).probability, verdict([clean()], [says("tags", 0.6)]).probability
    assert without is not None
    assert with_it is not None
    assert with_it > without


def test_someone_seen_for_a_moment_does_not_stand_for_the_film() -> None:
    brief = replace(clean(), track=track(seconds=0.5))
    assert verdict([brief]).word == "cannot-tell"


def random_people(generator: np.random.Generator) -> list[Person]:
    people = []
    for number in range(1, int(generator.integers(1, 4)) + 1):
        chances = generator.uniform(0.02, 0.98, 3)
        heard = [
            says(name, float(chance), (float(chance) * 0.9, min(float(chance) * 1.1, 0.99)))
            if generator.random() < 0.8
            else silent(name)
            for name, chance in zip(("rim", "gait", "blood"), chances, strict=True)
        ]
        people.append(person(*heard, number=number))
    return people


def raised(people: list[Person], who: int, which: int, by: float) -> list[Person]:
    evidence = list(people[who].evidence)
    one = evidence[which]
    if one.fake is None or one.interval is None:
        return people
    low, high = (min(bound + by, 0.999) for bound in one.interval)
    evidence[which] = replace(one, fake=min(one.fake + by, 0.999), interval=(low, high))
    return [replace(it, evidence=tuple(evidence)) if k == who else it for k, it in enumerate(people)]


@pytest.mark.parametrize("seed", range(60))
def test_more_suspicion_never_lowers_the_probability(seed: int) -> None:
    generator = np.random.default_rng(seed)
    people = random_people(generator)
    before = verdict(people).probability
    who, which = int(generator.integers(len(people))), int(generator.integers(3))
    for by in (0.01, 0.1, 0.4):
        after = verdict(raised(people, who, which, by)).probability
        assert (before is None and after is None) or (before is not None and after is not None and after >= before)


@pytest.mark.parametrize("seed", range(30))
def test_every_verdict_keeps_its_own_rules(seed: int) -> None:
    found = verdict(random_people(np.random.default_rng(1000 + seed)))
    if found.probability is None or found.interval is None:
        assert found.word == "cannot-tell"
        return
    assert 0 <= found.interval[0] <= found.probability <= found.interval[1] <= 1
    if found.word == "manipulated":
        assert found.probability >= MANIPULATED_FROM
        assert found.interval[0] > 0.5
    if found.word == "no-sign":
        assert found.probability <= NO_SIGN_UP_TO


def test_the_order_of_people_does_not_matter() -> None:
    people = [clean(1, 0.2), suspect(2, 0.7), clean(3, 0.4)]
    assert verdict(people).probability == verdict(people[::-1]).probability


def test_an_extreme_measurement_is_no_surer_than_another() -> None:
    extreme = Evidence("rim", 0.95, ("It reads 9.",), interval=(0.85, 0.984))
    odds = add_up([extreme], CARDS)
    assert odds.middle == CARDS["rim"].cap
    assert odds.high - odds.low > 2.0


def test_no_sign_needs_everyone_in_view_to_be_examined() -> None:
    good = tuple(Evidence(name, 0.3, ("It reads 1.",), interval=(0.2, 0.45)) for name in ("rim", "gait", "blood"))
    seen = Person(track(1), good)
    unseen = Person(track(2), (Evidence.abstain("rim", "face-too-small", "The face is 9 pixels wide."),))
    assert judge(MEDIA, [seen], [], CARDS).word == "no-sign"
    assert judge(MEDIA, [seen, unseen], [], CARDS).word == "cannot-tell"
    assert judge(MEDIA, [seen], [], CARDS, crowd=2).word == "cannot-tell"
    assert judge(MEDIA, [seen], [], CARDS, whole=False).word == "cannot-tell"


def judged_by(people: Sequence[Person], *odds: float) -> Verdict:
    """A verdict by a profile of clips with these log-odds, ten times each."""
    return judge(MEDIA, people, [], CARDS, own=Population.of(odds * 10, 0.25, 0.95))


def test_the_odds_are_those_that_the_probability_rounds() -> None:
    for found in (verdict([suspect()]), verdict([clean()]), verdict([clean(), suspect(2, 0.6)])):
        assert found.odds is not None
        assert probability(found.odds) == found.probability
    assert verdict([person(silent("rim"))]).odds is None


def test_with_own_clips_their_threshold_holds_instead_of_the_usual() -> None:
    mild = suspect(fake=0.65)
    assert verdict([mild]).odds == pytest.approx(1.86, abs=0.02)
    assert verdict([mild], threshold=0.9).word == "cannot-tell"
    assert judged_by([mild], -1.0, -0.5, 0.0).word == "manipulated"
    assert judged_by([mild], -1.0, -0.5, 2.0).word == "cannot-tell"


def test_a_film_no_more_suspicious_than_own_clips_is_not_called_manipulated() -> None:
    odds = verdict([suspect()]).odds
    assert odds is not None
    assert judged_by([suspect()], odds, odds, odds).word == "cannot-tell"
    assert judged_by([suspect()], odds - 0.01, odds - 0.01, odds - 0.01).word == "manipulated"


def test_with_own_clips_a_wide_interval_still_keeps_it_from_being_called_manipulated() -> None:
    unsure = person(*(says(name, 0.8, (0.2, 0.95)) for name in ("rim", "gait", "blood")))
    assert judged_by([unsure], -1.0, -0.5, 0.0).word == "cannot-tell"


def test_no_sign_is_not_said_of_what_is_unusual_among_own_clips() -> None:
    odds = verdict([clean()]).odds
    assert odds is not None
    assert judged_by([clean()], odds + 0.1, odds - 1.0).word == "no-sign"
    refused = judged_by([clean()], odds - 2.0, odds - 1.0)
    assert refused.word == "cannot-tell"
    assert "only 0 of the 20 real clips" in refused.sentence


@pytest.mark.parametrize("seed", range(30))
def test_own_clips_change_the_word_and_nothing_that_was_measured(seed: int) -> None:
    generator = np.random.default_rng(seed)
    people = random_people(generator)
    usual, own = verdict(people), judged_by(people, *generator.normal(0.0, 1.0, 3).tolist())
    assert (usual.probability, usual.interval, usual.odds) == (own.probability, own.interval, own.odds)
    assert (own.word == "no-sign") <= (usual.word == "no-sign")


def test_what_nobody_asked_is_not_why_nothing_could_be_told() -> None:
    found = judge(MEDIA, [person(silent("gait", "no-reference"), silent("rim"))], (), CARDS)
    assert found.sentence == "Cannot tell: no check could be made; The rim saw 1 s."


def test_where_what_was_measured_has_no_voice_the_loudest_that_kept_silent_says_why() -> None:
    talked = replace(says("talk", 0.9), counts=False)
    found = judge(MEDIA, [person(talked, silent("blood"), silent("rim", "too-compressed"))], (), CARDS)
    assert (found.word, found.sentence) == (
        "cannot-tell",
        "Cannot tell: no check that counts could be made; The rim saw 1 s.",
    )
    assert judge(MEDIA, [person(talked)], (), CARDS).sentence.endswith("no voice in the verdict yet.")
