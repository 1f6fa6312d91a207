"""``/v1/events``: what happens to all checks, as it happens (server-sent events)."""

import time
from collections.abc import AsyncIterator
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from unmask.errors import OutputError
from unmask.service.answers import answers
from unmask.service.callers import Caller
from unmask.service.context import Asking, Context, Given
from unmask.service.schemas import IN_DIGITS

MOST = 2**63 - 1
"""The largest number of an event that a database keeps."""
ASKED_AGAIN_SECONDS = 1.0
"""Who listens is told nothing more that much later than its key was revoked."""
router = APIRouter(tags=["events"])


@router.get(
    "/events",
    summary="Listen",
    response_class=Response,
    responses=answers() | {200: {"content": {"text/event-stream": {}}}},
)
def listen(
    given: Given,
    asking: Asking,
    last_event_id: Annotated[Annotated[int, Field(ge=0, le=MOST), IN_DIGITS] | None, Header()] = None,
) -> StreamingResponse:
    """All that happens from now on, or after the event with the number in `Last-Event-ID`.

    `check`: a check changed its state. `progress`: how far a film was read. `evidence`: a detector has spoken.
    `gone`: a check was deleted.
    """
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    lines = _while_let_in(given.stream.lines(last_event_id, asking.sees), given, asking)
    return StreamingResponse(lines, media_type="text/event-stream", headers=headers)


async def _while_let_in(lines: AsyncIterator[str], given: Context, asking: Caller) -> AsyncIterator[str]:
    """Lines, until whoever listens would no longer be let in."""
    asked = time.monotonic()
    async for line in lines:
        if time.monotonic() - asked > ASKED_AGAIN_SECONDS:
            try:
                if not await to_thread.run_sync(given.door.still_opens, asking):
                    return
            except OutputError:
                return  # the database is away; the listener comes back
            asked = time.monotonic()
        yield line
