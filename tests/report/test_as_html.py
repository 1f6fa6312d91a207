import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tests.report.conftest import abstention
from unmask.errors import NotMedia
from unmask.report.as_html import IndexRow, as_html, index_html
from unmask.types import Card, Overlay, Report
from unmask.verdict.fuse import NO_SIGN_UP_TO

VOID = {"meta", "img", "br", "link", "input", "hr"}
SAMPLES = ["report", "marked", "hostile", "sound", "faceless", "incomplete"]


class Page(HTMLParser):
    """What a browser would make of a page: elements, attributes, words; refuses tags that do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.headings: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"h1", "h2"}:
            self.headings.append(data)
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(params=SAMPLES)
def any_report(request: pytest.FixtureRequest) -> Report:
    value = request.getfixturevalue(request.param)
    assert isinstance(value, Report)
    return value


def test_the_page_is_whole_and_reaches_for_nothing(any_report: Report, cards: Mapping[str, Card]) -> None:
    html = as_html(any_report, cards)
    page = Page(html)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "iframe", "object", "form", "base", "use", "image"}
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("src", "data:image/jpeg").startswith("data:image/jpeg")
        assert "href" not in attributes, tag
    without_namespace = html.replace('xmlns="http://www.w3.org/2000/svg"', "")
    without_pictures = re.sub(r"base64,[A-Za-z0-9+/=]+", "", without_namespace)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", without_pictures)


def test_the_policy_allows_styles_and_embedded_pictures_only(report: Report, cards: Mapping[str, Card]) -> None:
    metas = [attributes for tag, attributes in Page(as_html(report, cards)).tags if tag == "meta"]
    policy = next(it["content"] for it in metas if it.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")


def test_what_an_attacker_names_stays_text(hostile: Report, cards: Mapping[str, Card]) -> None:
    html = as_html(hostile, cards)
    page = Page(html)
    assert "<script>alert(1)</script>\\n\\u202e.mp4" in page.text
    assert "</style><img src=x onerror=alert(1)>\\u202e" in page.text
    assert "The tag reads <b>\\x1b[31mred\\x07 & \\u202eback</b>." in page.text
    assert "<svg onload=alert(1)>" in page.text
    assert len([tag for tag, _ in page.tags if tag == "style"]) == 1
    assert len([tag for tag, _ in page.tags if tag == "img"]) == len(hostile.people)
    assert not {"\u202e", "\x1b", "\x07"} & set(html)


def test_a_hostile_card_and_settings_stay_text(report: Report, cards: Mapping[str, Card]) -> None:
    bad = {name: replace(card, question=f"<i>{card.question}", paper="<b>paper</b>") for name, card in cards.items()}
    named = replace(report, engine=replace(report.engine, settings={"<u>": "</td><script>"}))
    assert not {tag for tag, _ in Page(as_html(named, bad)).tags} & {"i", "b", "u", "script"}


def test_sections_come_in_the_order_of_the_questions_people_ask(report: Report, cards: Mapping[str, Card]) -> None:
    headings = Page(as_html(report, cards)).headings
    assert headings == [
        "Manipulated",
        "Where the file comes from",
        "The file",
        "Why",
        "Along the film",
        "Person 1",
        "Person 2",
        "The file as a whole",
        "What was not checked",
        "What the file says of itself",
        "The questions that were asked",
        "How to repeat this",
        "What the words mean",
    ]


def test_everything_found_is_on_the_page(report: Report, cards: Mapping[str, Card]) -> None:
    text = Page(as_html(report, cards)).text
    found = [*report.evidence, *(it for person in report.people for it in person.evidence)]
    for evidence in found:
        assert all(sentence in text for sentence in evidence.because)
    assert all(sentence in text for sentence in report.verdict.unchecked)
    assert all(card.question in text for card in cards.values())
    assert report.media.sha256 in text
    assert all(digest in text for digest in report.engine.weights.values())
    assert "heart rate 72.0\xa0bpm" in text.replace(" \xa0", "\xa0") or "72.0 bpm" in text
    assert "Abstained – no speech" in text
    assert "Strong sign, 93 %" in text


def test_no_page_calls_a_file_authentic(any_report: Report, cards: Mapping[str, Card]) -> None:
    text = Page(as_html(any_report, cards)).text.lower()
    assert text.count("authentic") == text.count("not “authentic”")


def test_numbers_that_are_not_finite_read_not_measured(faceless: Report, cards: Mapping[str, Card]) -> None:
    text = Page(as_html(faceless, cards)).text
    assert "not measured" in text
    assert not re.search(r"\bnan\b|\binf\b", text.lower())


def test_the_missing_probability_is_said(sound: Report, cards: Mapping[str, Card]) -> None:
    assert "No probability is given: nothing could be measured." in Page(as_html(sound, cards)).text


def test_a_value_outside_the_zone_is_explained_where_the_answer_is_cannot_tell(
    report: Report, cards: Mapping[str, Card]
) -> None:
    verdict = replace(report.verdict, word="cannot-tell", probability=0.2, interval=(0.05, 0.6))
    assert "outside the hatched zone" in Page(as_html(replace(report, verdict=verdict), cards)).text
    assert "outside the hatched zone" not in Page(as_html(report, cards)).text


def test_the_command_repeats_what_was_chosen(report: Report, cards: Mapping[str, Card]) -> None:
    engine = replace(report.engine, detectors=("seam",), settings={"threshold": 0.95})
    text = Page(as_html(replace(report, engine=engine), cards)).text
    assert "unmask check --only seam --threshold 0.95 --report reports -- interview.mp4" in text
    assert f"From {100 * NO_SIGN_UP_TO:.0f} to 95 % the answer is: cannot tell." in text


def test_the_command_names_whom_to_trust_and_stands_in_for_keys(report: Report, cards: Mapping[str, Card]) -> None:
    named = {"trust": "my anchors.pem", "keys": "given", "clip_key": None}
    text = Page(as_html(replace(report, engine=replace(report.engine, settings=named)), cards)).text
    assert "--trust 'my anchors.pem' --keys KEYS --report reports" in text
    clip = replace(report.engine, settings={"trust": None, "keys": None, "clip_key": "given"})
    assert " --clip-key KEY --report reports" in Page(as_html(replace(report, engine=clip), cards)).text
    clips = replace(report.engine, settings={"reference": "given"})
    assert " --reference CLIPS --report reports" in Page(as_html(replace(report, engine=clips), cards)).text


def test_another_person_is_a_finding_and_what_nobody_asked_is_no_card(report: Report) -> None:
    first, *others = report.people
    stranger = abstention("identity", "another-person", "This is another person than that of the reference.")
    unasked = abstention("identity", "no-reference", "No clips of a person were given.")
    shown = {}
    for found in (stranger, unasked):
        person = replace(first, evidence=(*first.evidence, found))
        shown[found.abstained] = Page(as_html(replace(report, people=(person, *others)), {})).text
    assert "This is another person than the reference's" in shown["another-person"]
    assert "Abstained – this is another person" not in shown["another-person"]
    assert "identity" in shown["another-person"]
    assert "identity" not in shown["no-reference"]  # neither a card nor a row along the film


def test_a_person_without_a_picture_and_a_detector_without_a_card_are_shown(report: Report) -> None:
    first = report.people[0]
    bare = replace(report, people=(replace(first, track=replace(first.track, crops=())),))
    page = Page(as_html(bare, {}))
    assert not [tag for tag, _ in page.tags if tag == "img"]
    assert "seam" in page.text


def row(file: str, probability: float | None) -> IndexRow:
    return IndexRow(file, "cannot-tell", probability, None, "A sentence.", None)


def test_the_index_is_sorted_by_probability_then_by_what_is_missing() -> None:
    failed = IndexRow.of_failure("notes.txt", NotMedia("The file is no media. Give a film."))
    rows = [failed, row("low", 0.1), row("none", None), row("high", 0.9), row("nan", float("nan")), row("middle", 0.5)]
    text = Page(index_html(rows)).text
    places = [text.index(f" {name} ") for name in ("high", "middle", "low", "nan", "none", "notes.txt")]
    assert places == sorted(places)
    assert "Not analysed" in text


def test_the_index_links_pages_and_escapes_names(report: Report) -> None:
    linked = IndexRow.of(replace(report, media=replace(report.media, file="<b>\n.mp4")), Path("out/a b%<.html"))
    page = Page(index_html([linked]))
    assert [attributes["href"] for tag, attributes in page.tags if tag == "a"] == ["a%20b%25%3C.html"]
    assert "<b>\\n.mp4" in page.text
    assert "b" not in {tag for tag, _ in page.tags}
    assert Page(index_html([])).text.startswith("0 files")


def test_a_face_is_shown_with_and_without_what_may_be_made(report: Report, cards: Mapping[str, Card]) -> None:
    person = report.people[0]
    squares = np.eye(4, dtype=np.float32)
    overlay = Overlay("Where something may have been laid over", 2.0, np.full((64, 64, 3), 90, np.uint8), squares)
    evidence = (replace(person.evidence[0], overlays=(overlay,)), *person.evidence[1:])
    before = Page(as_html(report, cards))
    page = Page(as_html(replace(report, people=(replace(person, evidence=evidence), *report.people[1:])), cards))
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(pictures) == len([tag for tag, _ in before.tags if tag == "img"]) + 2
    assert len({attributes["src"] for attributes in pictures}) == len(pictures)
    assert "Where something may have been laid over, at 0:02" in page.text
