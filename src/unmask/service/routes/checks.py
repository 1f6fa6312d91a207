"""``/v1/checks``: what is asked to be examined, where it stands, and what was found."""

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection

from unmask.engine import known_names
from unmask.errors import UsageError
from unmask.report.place import page_name
from unmask.service.answers import BODY, RANGE, answers, ranged
from unmask.service.callers import Caller
from unmask.service.context import Asking, Context, Given
from unmask.service.guard import POLICY, REPORT_POLICY
from unmask.service.printing import printed
from unmask.service.problems import Problem, told, too_many
from unmask.service.ranges import StoredResponse, disposition
from unmask.service.schemas import IN_DIGITS, NO_NUL, CheckId, CheckIn, CheckOut, ChecksOut, EvidenceOut, LabelIn
from unmask.service.store import audit, checks, events
from unmask.service.store.checks import Filters, Label, Options, State, Told
from unmask.service.store.keeping import remove_check
from unmask.service.store.storage import Part, Stored
from unmask.types import Word

PLACE = r"^[0-9]{1,11}\.[0-9]{1,9}~c_[A-Za-z0-9_-]{16}$"
ASK_AGAIN_SECONDS = 10
router = APIRouter(tags=["checks"])
Form = Literal["json", "html", "pdf"]
ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "The check waits.",
        "headers": {"Location": {"schema": {"type": "string"}, "description": "Where it says how it stands."}},
    }
}
FORMS: dict[str, Any] = {
    "application/json": {"schema": {"type": "object"}},
    "text/html": {"schema": {"type": "string"}},
    "application/pdf": {},
}
PARTS: dict[Form, tuple[Part, str]] = {
    "json": ("report.json", "application/json"),
    "html": ("report.html", "text/html; charset=utf-8"),
}
"""Part of a result, and its kind; what is printed is made of the second."""


@router.post(
    "/checks",
    summary="Ask for a check",
    status_code=202,
    response_model=CheckOut,
    responses=answers(*BODY, 404) | ACCEPTED,
)
def create(asked: CheckIn, given: Given, asking: Asking, response: Response) -> Told:
    """Ask for a file to be examined; the answer comes at once, the verdict later."""
    only = None if asked.only is None else tuple(asked.only)
    try:
        known_names(only, given.settings)
    except UsageError as error:
        raise Problem(422, error.code, str(error), "GET /v1/detectors names them all.") from error
    with given.database.writing() as connection:
        if not checks.has_media(connection, asked.media, asking.sees):
            raise Problem(404, "no-media", "No file of this content is kept.", "Send it to POST /v1/media first.")
        name = asked.name or asked.media[:12]
        _require_room(connection, asking, given)
        options = Options(only, asked.fast, asked.threshold)
        check = checks.add(connection, asked.media, name, options, asked.priority, asking.owner)
        found = _require(connection, check, asking)
        audit.append(connection, asking.name, "check-asked", check, {"media": asked.media})
    response.headers["location"] = f"/v1/checks/{check}"
    return found


@router.get("/checks", summary="List checks", response_model=ChecksOut, responses=answers())
def listed(  # noqa: PLR0917 # FastAPI names them all
    given: Given,
    asking: Asking,
    state: State | None = None,
    verdict: Word | None = None,
    label: Label | Literal["none"] | None = None,
    q: Annotated[
        str | None,
        Query(max_length=200, pattern=NO_NUL, description="Part of a name or note, or a SHA-256's beginning."),
    ] = None,
    after: Annotated[
        str | None, Query(max_length=200, pattern=PLACE, description="What the page before named as next.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200), IN_DIGITS] = 50,
) -> dict[str, Any]:
    """Checks, the newest first."""
    filters = Filters(state, verdict, label, q, asking.sees)
    try:
        with given.database.reading() as connection:
            found, following = checks.listed(connection, filters, after=after, limit=limit)
    except UsageError as error:
        words = told(error)
        raise Problem(422, error.code, words["message"], "Leave `after` out to begin anew.") from error
    return {"checks": found, "next": following}


@router.get("/checks/{check}", summary="Get a check", response_model=CheckOut, responses=answers(404))
async def one(check: CheckId, given: Given, asking: Asking) -> Told:
    """Where a check stands."""
    return await given.database.glance(lambda connection: _require(connection, check, asking))


@router.get(
    "/checks/{check}/evidence", summary="Get what is known so far", response_model=EvidenceOut, responses=answers(404)
)
def evidence(check: CheckId, given: Given, asking: Asking) -> dict[str, Any]:
    """What detectors have said so far, in the order in which they said it."""
    _found(check, given, asking)
    return {"evidence": events.evidence_of(given.database, check)}


@router.get(
    "/checks/{check}/report",
    summary="Get the report",
    response_class=Response,
    responses=ranged(FORMS) | answers(409, 501),
    openapi_extra=RANGE,
)
def report(
    check: CheckId,
    given: Given,
    asking: Asking,
    format: Form = "json",  # noqa: A002 # the API's word
    *,
    download: bool = False,
) -> Response:
    """The report: as `unmask check --json` prints it, as a page that needs nothing else, or that page as PDF."""
    found = _found(check, given, asking)
    name = Path(page_name(found["name"], found["media"])).with_suffix(f".{format}").name
    if format == "pdf":
        return _pdf(_result(check, given, asking), name, given)
    part, kind = PARTS[format]
    headers = {POLICY: REPORT_POLICY, "content-disposition": disposition(name, "attachment" if download else "inline")}
    return StoredResponse(_part(check, given, asking, part), media_type=kind, headers=headers)


@router.get(
    "/checks/{check}/view",
    summary="Get what a page draws",
    response_class=Response,
    responses=ranged({"application/json": {"schema": {"type": "object"}}}) | answers(409),
    openapi_extra=RANGE,
)
def view(check: CheckId, given: Given, asking: Asking) -> StoredResponse:
    """What a page draws: the report, boxes through time, curves, maps, pictures."""
    return StoredResponse(_part(check, given, asking, "view.json"), media_type="application/json")


@router.put("/checks/{check}/label", summary="Set a label", response_model=CheckOut, responses=answers(*BODY, 404))
def set_label(check: CheckId, asked: LabelIn, given: Given, asking: Asking) -> Told:
    """Set what a person says of the file; it stands beside the machine's verdict and changes nothing of it."""
    with given.database.writing() as connection:
        _require(connection, check, asking)
        checks.label(connection, check, asked.word, asked.note)
        found = _require(connection, check, asking)
        audit.append(connection, asking.name, "label-set", check, {"word": asked.word})
    return found


@router.delete("/checks/{check}/label", summary="Remove a label", status_code=204, responses=answers(404))
def drop_label(check: CheckId, given: Given, asking: Asking) -> None:
    """Take back what a person said of the file."""
    with given.database.writing() as connection:
        _require(connection, check, asking)
        checks.label(connection, check, None)
        audit.append(connection, asking.name, "label-removed", check)


@router.delete("/checks/{check}", summary="Delete a check", status_code=204, responses=answers(404))
def delete(check: CheckId, given: Given, asking: Asking) -> None:
    """Delete a check and its result; the file goes with the last check that needs it. One that runs is ended."""
    if not remove_check(given.database, given.storage, check, asking.sees, asking.name):
        raise _no_check()


def _require_room(connection: Connection, asking: Caller, given: Context) -> None:
    """Nobody's checks wait behind all of one key's; this machine's own user may let as many wait as wanted."""
    most = given.settings.serve.most_waiting
    if asking.owner is not None and checks.waiting(connection, asking.owner) >= most:
        raise too_many(f"{most} checks of this key wait already.", ASK_AGAIN_SECONDS)


def _found(check: str, given: Context, asking: Caller) -> Told:
    with given.database.reading() as connection:
        return _require(connection, check, asking)


def _require(connection: Connection, check: str, asking: Caller) -> Told:
    """The check; one of another key is not told from one that there never was."""
    found = checks.find(connection, check, asking.sees)
    if found is None:
        raise _no_check()
    return found


def _result(check: str, given: Context, asking: Caller) -> str:
    found = _found(check, given, asking)
    with given.database.reading() as connection:
        name = checks.result_of(connection, check)
    if name is None:
        over = found["state"] in {"failed", "quarantined"}
        way_out = "The check's own `error` says why there is none." if over else "Wait until its state reads done."
        raise Problem(409, "not-done", f"There is no report: the check is {found['state']}.", way_out)
    return name


def _part(check: str, given: Context, asking: Caller, part: Part) -> Stored:
    stored = given.storage.part(_result(check, given, asking), part)
    if stored is None:
        raise Problem(404, "no-result", "The result is no longer there.", "Ask for the file to be checked again.")
    return stored


def _pdf(result: str, name: str, given: Context) -> Response:
    # To be saved: browsers show no PDF within the sandbox that an answer from a stranger's file is given.
    headers = {POLICY: REPORT_POLICY, "content-disposition": disposition(name, "attachment")}
    return Response(printed(given.storage, result), media_type="application/pdf", headers=headers)


def _no_check() -> Problem:
    return Problem(404, "no-check", "There is no such check.", "GET /v1/checks lists those that there are.")


require_check, require_part = _found, _part
"""What the routes need that make other things of a check: it, or a part of its result, or the problem that says why not."""
