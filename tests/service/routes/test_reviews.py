"""The draft of a review, which is a person's or is not there."""

import json

from tests.service.asking import Service, problem

REPORT = {
    "file": "clip.mp4",
    "sha256": "0" * 64,
    "sentence": "Cannot tell: one check leans.",
    "engine": {"version": "0.1.0"},
    "media": {"kind": "video", "bytes": 7, "duration": 2.5},
}


def examined(service: Service) -> str:
    """A check with what a draft needs of a report."""
    check = service.done()
    (path,) = service.folder.glob(f"results/{check}-*/report.json")
    path.write_text(json.dumps(REPORT), encoding="utf-8")
    return check


def test_the_draft_holds_what_a_person_said_and_follows_it(service: Service) -> None:
    check = examined(service)
    service.ask("PUT", f"/v1/checks/{check}/label", json={"word": "made", "note": "Seen in the studio."})
    answer = service.get(f"/v1/checks/{check}/review")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/ld+json"
    told = answer.json()
    assert (told["@type"], told["creativeWorkStatus"]) == ("MediaReview", "Draft")
    assert told["mediaAuthenticityCategory"] == "https://schema.org/TransformedContent"
    assert "Seen in the studio." in told["reviewBody"]
    assert told["dateCreated"] == service.get(f"/v1/checks/{check}").json()["label"]["at"]
    service.ask("PUT", f"/v1/checks/{check}/label", json={"word": "filmed"})
    again = service.get(f"/v1/checks/{check}/review").json()
    assert again["mediaAuthenticityCategory"] == "https://schema.org/OriginalMediaContent"


def test_without_a_label_or_a_report_there_is_no_draft(service: Service) -> None:
    check = examined(service)
    problem(service.get(f"/v1/checks/{check}/review"), 409, "no-label")
    waits = service.wait("other.mp4")
    service.ask("PUT", f"/v1/checks/{waits}/label", json={"word": "made"})
    problem(service.get(f"/v1/checks/{waits}/review"), 409, "not-done")
    problem(service.get("/v1/checks/c_0123456789abcdef/review"), 404, "no-check")
