"""The draft of a review: a person's word as a rating, a machine's beside it as such."""

import json
from typing import Any

import pytest

from unmask.report.as_json import as_json
from unmask.report.media_review import Judgement, Label, media_review
from unmask.types import Report

AT = "2027-01-15T08:00:00.000+00:00"


def draft(report: Report, word: Label = "made", note: str = "") -> dict[str, Any]:
    """As it is read by whoever gets it."""
    told: dict[str, Any] = json.loads(
        json.dumps(media_review(as_json(report), Judgement(word, note, AT)), allow_nan=False)
    )
    return told


@pytest.mark.parametrize(
    ("word", "rating"),
    [("filmed", "https://schema.org/OriginalMediaContent"), ("made", "https://schema.org/TransformedContent")],
)
def test_the_rating_is_the_persons_whatever_the_machine_says(report: Report, word: Label, rating: str) -> None:
    assert report.verdict.word == "manipulated"
    assert draft(report, word)["mediaAuthenticityCategory"] == rating


def test_whoever_cannot_tell_gives_no_rating(report: Report) -> None:
    told = draft(report, "unsure")
    assert "mediaAuthenticityCategory" not in told
    assert told["reviewBody"].startswith("A person could not tell")


def test_it_is_a_draft_and_claims_no_author_or_place(report: Report) -> None:
    told = draft(report)
    assert (told["@context"], told["@type"]) == ("https://schema.org", "MediaReview")
    assert (told["creativeWorkStatus"], told["dateCreated"]) == ("Draft", AT)
    assert told["name"].startswith("Draft: ")
    assert not {"author", "publisher", "datePublished", "url", "reviewRating"} & set(told)


def test_the_file_is_named_by_its_hash_and_kind(report: Report, sound: Report) -> None:
    item = draft(report)["itemReviewed"]
    assert (item["@type"], item["sha256"]) == ("VideoObject", report.media.sha256)
    assert item["duration"] == f"PT{report.media.duration_seconds:.3f}S"
    assert draft(sound)["itemReviewed"]["@type"] == "AudioObject"


def test_the_text_says_what_comes_from_whom(report: Report) -> None:
    body = draft(report, "made", "  The mouth was drawn anew.  ")["reviewBody"]
    assert body.startswith("A person judged this file to be made or altered. The mouth was drawn anew. What unmask ")
    assert body.endswith(f"which is no proof: {report.verdict.sentence}")
