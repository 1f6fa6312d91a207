"""Files as answers, whole or in ranges, whose problems are told as all others are."""

from collections.abc import MutableMapping
from typing import Any

from fastapi.responses import FileResponse

from unmask.service.guard import Receive, Scope, Send
from unmask.service.problems import Problem

WAY_OUT = "Ask for Range: bytes=FIRST-LAST, or leave it out for the whole."


class Ranged(FileResponse):
    """A file; FileResponse itself refuses ranges in plain text."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            Problem: The ranges cannot be read, or the file does not reach so far.
        """

        async def sent(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                _require_answered(message)
            await send(message)

        await super().__call__(scope, receive, sent)


def _require_answered(start: MutableMapping[str, Any]) -> None:
    if start["status"] == 400:
        raise Problem(400, "bad-range", "The ranges that are asked for cannot be read.", WAY_OUT)
    if start["status"] == 416:
        reach = dict(start["headers"])[b"content-range"].decode("latin-1")
        said = f"The file has {reach.rpartition('/')[2]} bytes, and does not reach so far."
        raise Problem(416, "out-of-range", said, WAY_OUT, {"content-range": reach})
