"""``/v1/checks/{check}/review``: what a person said of a file, as the draft of a review for fact-checkers."""

import json

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from unmask.report.media_review import Judgement, media_review
from unmask.service.answers import answers
from unmask.service.context import Asking, Given
from unmask.service.problems import Problem
from unmask.service.routes.checks import require_check, require_part
from unmask.service.schemas import CheckId

KIND = "application/ld+json"
router = APIRouter(tags=["checks"])


@router.get(
    "/checks/{check}/review",
    summary="Get the draft of a review",
    response_class=Response,
    responses=answers(404, 409) | {200: {"content": {KIND: {"schema": {"type": "object"}}}}},
)
def review(check: CheckId, given: Given, asking: Asking) -> JSONResponse:
    """A draft in JSON-LD (schema.org MediaReview): the rating is the person's label, the verdict stands beside it."""
    report = require_part(check, given, asking, "report.json")
    label = require_check(check, given, asking)["label"]
    if label is None:
        way_out = "PUT /v1/checks/ID/label says what a person thinks of it."
        raise Problem(409, "no-label", "Nobody has said what this file is; a review is a person's.", way_out)
    judgement = Judgement(label["word"], label["note"] or "", label["at"])
    return JSONResponse(media_review(json.loads(report.content()), judgement), media_type=KIND)
