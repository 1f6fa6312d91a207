"""A verdict by a profile: the same words in the terminal and on the page, and the keys of the row."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from rich.console import Console

from unmask.report.as_html import as_html
from unmask.report.as_json import as_json, json_line
from unmask.report.as_text import as_text
from unmask.report.profile_words import population_sentence, use_sentence
from unmask.types import Card, ProfileUse, Report
from unmask.verdict.profile import Population

USED = ProfileUse("newsroom", "ab" * 32, 64, 0.71, 0.046, 0.95, 3, 4 / 65)
NOT_ENROLLED = ProfileUse("newsroom", "ab" * 32, 3, None, None, 0.95, None, None)


def printed(report: Report) -> str:
    stream = io.StringIO()
    Console(file=stream, width=400, no_color=True, highlight=False).print(as_text(report))
    return stream.getvalue()


@pytest.mark.parametrize("used", [USED, NOT_ENROLLED], ids=("judged by it", "too few of the kind"))
def test_terminal_and_page_say_the_same(report: Report, cards: Mapping[str, Card], used: ProfileUse) -> None:
    judged, sentence = replace(report, profile=used), use_sentence(used, "video")
    assert sentence in printed(judged)
    assert sentence.replace("'", "&#39;") in as_html(judged, cards)


def test_without_a_profile_nothing_is_said_of_one(report: Report, cards: Mapping[str, Card]) -> None:
    assert "profile '" not in printed(report)
    assert "Judged by" not in as_html(report, cards)
    assert as_json(report)["profile"] is None


def test_the_row_names_the_profile_by_its_keys(report: Report) -> None:
    told = json.loads(json_line(as_json(replace(report, profile=USED))))["profile"]
    assert tuple(told) == (
        "name",
        "sha256",
        "clips",
        "threshold",
        "false_alarms_at_most",
        "confidence",
        "p_value",
    )
    assert (told["threshold"], told["false_alarms_at_most"], told["p_value"]) == (0.71, 0.046, 0.0615)


def test_how_many_look_as_suspicious_is_counted_in_words() -> None:
    told = {count: use_sentence(replace(USED, as_suspicious=count), "image") for count in (0, 1, 2)}
    assert told[0].endswith("; none of its 64 pictures look at least as suspicious.")
    assert told[1].endswith("; 1 of its 64 pictures looks at least as suspicious.")
    assert told[2].endswith("; 2 of its 64 pictures look at least as suspicious.")
    assert use_sentence(replace(USED, as_suspicious=None, p_value=None), "video").endswith("(95\xa0%).")


def test_a_name_that_is_an_attack_is_shown_and_does_nothing(report: Report, cards: Mapping[str, Card]) -> None:
    judged = replace(report, profile=replace(USED, name="<svg onload=alert(1)>\x1b[2J\u202e[red]"))
    text, page = printed(judged), as_html(judged, cards)
    assert r"<svg onload=alert(1)>\x1b[2J\u202e[red]" in text
    assert "<svg onload" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page + text


def test_the_page_does_not_blame_the_checks_for_what_the_profile_decided(
    report: Report, cards: Mapping[str, Card]
) -> None:
    verdict = replace(report.verdict, word="cannot-tell", probability=0.2)
    undecided = replace(report, verdict=verdict)
    blamed = "too little could be checked"
    assert blamed in as_html(replace(undecided, profile=USED), cards)
    unusual = replace(USED, as_suspicious=0, p_value=1 / 65)
    assert unusual.unusual
    assert blamed not in as_html(replace(undecided, profile=unusual), cards)


def test_the_command_names_the_profile_and_not_its_threshold(report: Report, cards: Mapping[str, Card]) -> None:
    engine = replace(report.engine, settings={"threshold": 0.71, "profile": "own clips.json"})
    page = as_html(replace(report, engine=engine, profile=USED), cards)
    assert "--profile &#39;own clips.json&#39; --report reports" in page
    assert "--threshold" not in page


def test_a_kind_with_too_few_clips_is_told_to_be_judged_as_usual() -> None:
    few = population_sentence(Population.of([0.0] * 3, 0.15, 0.95), "image", 0.95)
    assert few == "3 pictures: too few to judge by, 20 are the least; for pictures the usual threshold of 0.8 holds."
