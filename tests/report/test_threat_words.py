from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from tests.report.test_as_html import Page
from tests.report.test_as_json import read_back
from tests.report.test_as_text import printed, words
from unmask.report.as_html import as_html
from unmask.report.as_text import as_text
from unmask.report.threat_words import FORGERIES, LOOKED, sees, threat_sentences
from unmask.types import Card, Forgery, Looked, Report, Threat

THREATS = (
    Threat("redrawn-face", "counted", ("motion", "seam"), "not of person 2"),
    Threat("pasted-face", "shown", ("flicker",)),
    Threat("moved-lips", "not", (), "this version has no detector for it"),
    Threat("made-voice", "not", (), "this version has no detector for it"),
    Threat("another-person", "not", (), "identity abstained (no-reference)"),
)


def test_each_kind_and_each_state_has_words() -> None:
    assert set(FORGERIES) == set(get_args(Forgery))
    assert set(LOOKED) == set(get_args(Looked))


def test_kinds_that_share_a_reason_stand_together_and_states_without_kinds_are_left_out() -> None:
    sentences = threat_sentences(THREATS)
    assert len(sentences) == 4
    assert (
        sentences[2]
        == "Could not see, since this version has no detector for it: lips moved to other words; a made voice."
    )
    assert not any("Shown" in sentence for sentence in threat_sentences(THREATS[:1]))
    assert threat_sentences(()) == ()


def test_the_terminal_says_what_could_be_seen_before_what_was_not_checked(report: Report) -> None:
    text = words(printed(as_text(replace(report, threats=THREATS)), 80))
    seen, unchecked = text.index("What this run could see"), text.index("Not checked –")
    for sentence in threat_sentences(THREATS):
        assert seen < text.index(sentence) < unchecked
    assert "as face swaps are (motion, seam; not of person 2)." in text


def test_a_row_holds_each_kind_with_its_state(report: Report) -> None:
    row = read_back(replace(report, threats=THREATS))
    assert row["threats"][0] == {
        "kind": "redrawn-face",
        "looked": "counted",
        "by": ["motion", "seam"],
        "why": "not of person 2",
    }
    assert row["threats"][1] == {"kind": "pasted-face", "looked": "shown", "by": ["flicker"], "why": None}
    assert read_back(report)["threats"] == []


def test_the_page_has_a_row_for_each_kind(report: Report, cards: Mapping[str, Card]) -> None:
    page = Page(as_html(replace(report, threats=THREATS), cards))
    assert page.headings.index("What this run could see") == page.headings.index("What was not checked") - 1
    assert "A face or part of one laid over another Shown, not counted flicker" in page.text
    assert "Lips moved to other words No this version has no detector for it" in page.text
    assert "What this run could see" not in Page(as_html(report, cards)).headings


def test_the_name_of_a_detector_stays_text_on_the_page(report: Report, cards: Mapping[str, Card]) -> None:
    page = Page(as_html(replace(report, threats=(Threat("pasted-face", "shown", ("<i>\u202ename",)),)), cards))
    assert "<i>\\u202ename" in page.text


def test_a_card_says_what_it_sees_and_a_model_that_nobody_described_sees_unknown_kinds(
    cards: Mapping[str, Card],
) -> None:
    card = cards["seam"]
    assert sees(replace(card, sees=("made-voice", "moved-lips"))) == "a made voice; lips moved to other words"
    assert sees(card) == "no kind of forgery"
    assert sees(replace(card, own=True)) == "unknown kinds"
