"""``/v1/events``: what happens to all checks, as it happens (server-sent events)."""

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from unmask.service.answers import answers
from unmask.service.context import Given

MOST = 2**63 - 1
"""The largest number of an event that a database keeps."""
router = APIRouter(tags=["events"])


@router.get("/events", responses=answers() | {200: {"content": {"text/event-stream": {}}}})
def listen(given: Given, last_event_id: Annotated[int | None, Header(ge=0, le=MOST)] = None) -> StreamingResponse:
    """All that happens from now on, or after the event with the number in `Last-Event-ID`.

    `check`: a check changed its state. `progress`: how far a film was read. `evidence`: a detector has spoken.
    `gone`: a check was deleted.
    """
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(given.stream.lines(last_event_id), media_type="text/event-stream", headers=headers)
