"""``/v1/checks/{check}/shares`` and ``/s/{token}``: links to one report, for people who cannot ask the service."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from unmask.service.answers import BODY, RANGE, answers, ranged
from unmask.service.context import Asking, Given
from unmask.service.guard import POLICY, REPORT_POLICY
from unmask.service.problems import Problem
from unmask.service.ranges import StoredResponse
from unmask.service.routes.checks import require_check, require_part
from unmask.service.schemas import CheckId, ShareIn, ShareNewOut, SharesOut
from unmask.service.store import audit, checks, shares
from unmask.service.store.checks import when

DAY_SECONDS = 86_400.0
ShareId = Annotated[str, Path(pattern=r"^s_[A-Za-z0-9_-]{16}$", description="Identity of a link.")]
HEADERS = {POLICY: REPORT_POLICY, "cache-control": "no-store", "x-robots-tag": "noindex, nofollow"}
MADE: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "The link opens the report from now on.",
        "links": {
            "revoke": {
                "operationId": "shares_revoke",
                "parameters": {"check": "$request.path.check", "share": "$response.body#/id"},
            }
        },
    }
}
router = APIRouter(tags=["shares"])
open_router = APIRouter(tags=["shares"])


@router.post(
    "/checks/{check}/shares",
    summary="Make a link",
    status_code=201,
    response_model=ShareNewOut,
    responses=answers(*BODY, 404, 409) | MADE,
)
def create(check: CheckId, asked: ShareIn, given: Given, asking: Asking) -> dict[str, Any]:
    """Make a link to the report. Whoever has it reads the report and nothing else; it is told this once."""
    require_part(check, given, asking, "report.html")
    with given.database.writing() as connection:
        made = shares.add(connection, check, asked.days * DAY_SECONDS)
        if made is not None:
            audit.append(connection, asking.name, "share-made", made[0].id, {"check": check})
    if made is None:  # deleted between the two
        raise _none()
    share, token = made
    return {"id": share.id, "url": f"/s/{token}", "expires": when(share.expires)}


@router.get("/checks/{check}/shares", summary="List links", response_model=SharesOut, responses=answers(404))
def listed(check: CheckId, given: Given, asking: Asking) -> dict[str, Any]:
    """Links to the report that still open it, without what opens them: nobody knows it but who was told."""
    require_check(check, given, asking)
    with given.database.reading() as connection:
        found = shares.listed(connection, check)
    return {"shares": [{"id": one.id, "created": when(one.created), "expires": when(one.expires)} for one in found]}


@router.delete("/checks/{check}/shares/{share}", summary="Revoke a link", status_code=204, responses=answers(404))
def revoke(check: CheckId, share: ShareId, given: Given, asking: Asking) -> None:
    """Let a link open nothing from now on."""
    require_check(check, given, asking)
    with given.database.writing() as connection:
        if not shares.revoke(connection, check, share):
            raise _none()
        audit.append(connection, asking.name, "share-revoked", share, {"check": check})


@open_router.get(
    "/s/{token}",
    summary="Open a link",
    response_class=Response,
    responses=ranged({"text/html": {"schema": {"type": "string"}}}),
    openapi_extra=RANGE,
)
def shared(token: str, given: Given) -> StoredResponse:
    """The report that a link opens, as a page that needs nothing else."""
    with given.database.reading() as connection:
        check = shares.opened_by(connection, token)
        result = None if check is None else checks.result_of(connection, check)
    page = None if result is None else given.storage.part(result, "report.html")
    if page is None:
        # One answer for all: it does not say whether there ever was such a link.
        raise Problem(404, "no-share", "This link opens nothing.", "Ask whoever sent it for a new one.")
    return StoredResponse(page, media_type="text/html; charset=utf-8", headers=HEADERS)


def _none() -> Problem:
    way_out = "GET /v1/checks/ID/shares lists those that there are."
    return Problem(404, "no-share", "There is no such link.", way_out)
