"""Bodies of requests that are no files: small, and sent at once."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from fastapi.responses import JSONResponse

from unmask.service.guard import App, Receive, Scope, Send
from unmask.service.problems import Problem

MOST_BYTES = 64 * 1024
"""The largest request that is no file is a label with a note of 4,000 characters."""
FILES = ("POST", "/v1/media")
"""Method and path of what takes files; it has limits of its own."""


class SmallBodies:
    """ASGI middleware: reads a body before the application does, and refuses one that is large or slow."""

    def __init__(self, app: App, most_seconds: float) -> None:
        self._app, self._most_seconds = app, most_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or (scope["method"], scope["path"]) == FILES:
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(scope, receive)
        except Problem as problem:
            await JSONResponse(dict(problem.told()), problem.status)(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _again(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The body, None where whoever asks has left."""
        _require_small(_declared(scope))
        body = bytearray()
        try:
            async with asyncio.timeout(self._most_seconds):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        return None
                    body += message.get("body", b"")
                    _require_small(len(body))
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError as error:
            said = f"The request did not come to its end within {self._most_seconds:g} seconds."
            raise Problem(408, "too-slow", said, "Send it again over a faster line.") from error


def _declared(scope: Scope) -> int:
    values = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(values[0]) if values and values[0].isdigit() else 0


def _require_small(size: int) -> None:
    if size > MOST_BYTES:
        said = f"The request is larger than the {MOST_BYTES} bytes that are taken."
        raise Problem(413, "over-limit", said, "Send a smaller one; files go to POST /v1/media.")


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands out the body that was read, then whatever comes."""
    waiting = [body]

    async def next_message() -> MutableMapping[str, Any]:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return next_message
