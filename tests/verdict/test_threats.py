from dataclasses import replace
from typing import get_args

import pytest

from tests.verdict.people import CARDS, MEDIA, person, says, silent
from unmask.types import AudioStream, Card, Evidence, Forgery, Media, Person, Threat
from unmask.verdict.threats import held, threats

SOUND = AudioStream("aac", 48000, 1, 10.0, 64_000.0)
SEEN: dict[str, tuple[Forgery, ...]] = {
    "rim": ("redrawn-face", "pasted-face"),
    "gait": ("pasted-face",),
    "blood": ("synthetic-face",),
    "tags": ("altered-file",),
}
SEEING = {name: replace(CARDS[name], sees=sees) for name, sees in SEEN.items()}


def looked(
    kind: Forgery,
    people: tuple[Person, ...],
    *evidence: Evidence,
    media: Media = MEDIA,
    cards: dict[str, Card] = SEEING,
) -> Threat:
    (found,) = (one for one in threats(media, people, evidence, cards) if one.kind == kind)
    return found


def test_an_answer_that_counts_could_see_the_kinds_of_its_card_and_no_others() -> None:
    people = (person(says("gait", 0.2)),)
    assert looked("pasted-face", people) == Threat("pasted-face", "counted", ("gait",))
    assert looked("redrawn-face", people).looked == "not"


def test_all_who_answered_are_named_in_the_order_of_their_names() -> None:
    assert looked("pasted-face", (person(says("rim", 0.2), says("gait", 0.9)),)).by == ("gait", "rim")


def test_an_answer_without_a_voice_is_shown() -> None:
    quiet = replace(says("blood", 0.9), counts=False)
    assert looked("synthetic-face", (person(quiet),)) == Threat("synthetic-face", "shown", ("blood",))


def test_one_answer_that_counts_is_enough_and_those_without_a_voice_are_not_named_beside_it() -> None:
    people = (person(replace(says("rim", 0.9), counts=False), says("gait", 0.3)),)
    assert looked("pasted-face", people) == Threat("pasted-face", "counted", ("gait",))


def test_an_abstention_sees_nothing_and_is_named_with_its_code() -> None:
    people = (person(silent("rim"), silent("gait", "face-too-small")),)
    found = looked("pasted-face", people)
    assert (found.looked, found.by) == ("not", ())
    assert found.why == "gait abstained (face-too-small), rim abstained (too-short)"


def test_detectors_with_one_reason_are_named_together() -> None:
    assert looked("pasted-face", (person(silent("rim"), silent("gait")),)).why == "gait and rim abstained (too-short)"


def test_an_abstention_that_looked_all_the_same_is_shown() -> None:
    signed = Evidence.abstain("tags", "context-only", "It is as it was signed.", sought=("altered-file",))
    assert looked("altered-file", (), signed) == Threat("altered-file", "shown", ("tags",))


def test_each_reason_not_to_see_is_told_apart() -> None:
    still_only = {"rim": replace(SEEING["rim"], kinds=("image",))}
    assert looked("moved-lips", ()).why == "this version has no detector for it"
    assert looked("redrawn-face", ()).why == "rim saw no face"
    assert looked("redrawn-face", (person(says("gait", 0.2)),)).why == "rim did not run"
    assert looked("redrawn-face", (person(),), cards=still_only).why == "rim can look at image only"


def test_a_person_of_whom_nobody_answered_is_named() -> None:
    people = (person(says("rim", 0.2)), person(silent("rim"), number=2), person(silent("rim", "too-dark"), number=3))
    assert looked("redrawn-face", people) == Threat("redrawn-face", "counted", ("rim",), "not of person 2 and 3")
    assert looked("redrawn-face", people[1:]).why == "rim abstained (too-short, too-dark)"


def test_an_answer_about_the_file_holds_for_everyone() -> None:
    people = (person(number=1), person(number=2))
    assert looked("altered-file", people, says("tags", 0.5)) == Threat("altered-file", "counted", ("tags",))


def test_evidence_without_a_card_sees_nothing() -> None:
    assert looked("redrawn-face", (person(says("stranger", 0.9)),), cards={}).looked == "not"


def test_a_film_with_sound_can_hold_every_kind_in_a_fixed_order() -> None:
    film = replace(MEDIA, audio=SOUND)
    assert held(film) == get_args(Forgery)
    assert tuple(one.kind for one in threats(film, (), (), SEEING)) == held(film)


@pytest.mark.parametrize(
    ("media", "missing"),
    [
        (MEDIA, {"made-voice"}),
        (replace(MEDIA, kind="image"), {"made-voice", "moved-lips", "synthetic-film"}),
    ],
    ids=("silent film", "still"),
)
def test_what_such_a_file_cannot_hold_is_left_out(media: Media, missing: set[str]) -> None:
    assert set(get_args(Forgery)) - set(held(media)) == missing


def test_a_sound_holds_a_voice_and_no_face() -> None:
    assert held(replace(MEDIA, kind="audio", audio=SOUND)) == ("made-voice", "altered-file")
