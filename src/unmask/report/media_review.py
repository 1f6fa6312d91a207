"""What a person said of a file, as the draft of a MediaReview (schema.org) that an editor completes and publishes.

The rating is the person's alone. What the machine found stands in the text beside it, as such.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from unmask.report.plain import text

Label = Literal["filmed", "made", "unsure"]
CONTEXT = "https://schema.org"
_RATINGS: Mapping[Label, str | None] = {
    "filmed": "https://schema.org/OriginalMediaContent",
    "made": "https://schema.org/TransformedContent",
    "unsure": None,
}
"""schema.org has no rating for "we cannot tell"; a draft without one says so."""
_SAID: Mapping[Label, str] = {
    "filmed": "A person judged this file to be filmed, not made.",
    "made": "A person judged this file to be made or altered.",
    "unsure": "A person could not tell whether this file was filmed or made.",
}
_OBJECTS = {"video": "VideoObject", "image": "ImageObject", "audio": "AudioObject"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said of a file.

    Attributes:
        word: ``filmed``, ``made`` or ``unsure``.
        note: In their words, empty without.
        at: When, date and time in UTC (ISO 8601).
    """

    word: Label
    note: str
    at: str


def media_review(report: Mapping[str, Any], judgement: Judgement) -> dict[str, Any]:
    """A draft in JSON-LD.

    Author, publisher, date and address of the publication, and the claim in which the file was shown, are not known here
    and are left out: without them it is no review yet.

    Args:
        report: As ``as_json`` has it.
        judgement: What a person said of the file.
    """
    rating = _RATINGS[judgement.word]
    reviewed = {
        "@type": "MediaReview",
        "name": text(f"Draft: {report['file']}"),
        "creativeWorkStatus": "Draft",
        "dateCreated": judgement.at,
        **({} if rating is None else {"mediaAuthenticityCategory": rating}),
        "reviewBody": text(_body(report, judgement)),
        "itemReviewed": _item(report),
    }
    return {"@context": CONTEXT, **reviewed}


def _body(report: Mapping[str, Any], judgement: Judgement) -> str:
    version = report["engine"]["version"]
    machine = f"What unmask {version} found, which is no proof: {report['sentence']}"
    return " ".join(part for part in (_SAID[judgement.word], judgement.note.strip(), machine) if part)


def _item(report: Mapping[str, Any]) -> dict[str, Any]:
    media = report["media"]
    item = {
        "@type": _OBJECTS[media["kind"]],
        "name": text(report["file"]),
        "sha256": report["sha256"],
        "contentSize": f"{media['bytes']} B",
    }
    if media["kind"] != "image" and media["duration"] is not None:
        item["duration"] = f"PT{media['duration']:.3f}S"
    return item
