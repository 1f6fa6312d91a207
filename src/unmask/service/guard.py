"""What stands before every request: who may ask from where, and what a browser may do with an answer.

A page of a stranger can make the user's browser ask this service. So the name that was asked for must be one of the
service's, else a stranger's name may point here; and a request that says where it comes from must come from this page.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse

from unmask.service.problems import Problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
REPORT_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""Of a report's page: no script, no address but its own pictures, no part in this origin."""
MEDIA_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
POLICY = "content-security-policy"
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": (
        "camera=(self), microphone=(self), geolocation=(), display-capture=(), usb=(), serial=(), hid=(), midi=(), payment=()"
    ),
    POLICY: PAGE_POLICY,
}
_ADDED = tuple((name.encode(), value.encode()) for name, value in HEADERS.items())
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CROSS_SITES = frozenset({"cross-site", "same-site"})


class Guard:
    """ASGI middleware: refuses what comes from elsewhere, and adds headers to every answer."""

    def __init__(self, app: App, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(name.strip("[]").lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _completed(message.get("headers", []))
            await send(message)

        refused = self._refusal(scope)
        answer = self._app if refused is None else JSONResponse(dict(refused.told()), refused.status)
        await answer(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> Problem | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "").lower()
        if _name_of(host) not in self._names:
            way_out = "Use the address that the service printed, or add the name to the setting serve.hosts."
            return Problem(403, "wrong-host", f"This service is not called '{host[:100]}'.", way_out)
        origin = headers.get("origin")
        foreign = origin is not None and _place_of(origin) != host
        # Browsers say where a request comes from even where they send no origin.
        crossed = scope["method"] not in _SAFE and headers.get("sec-fetch-site") in _CROSS_SITES
        if foreign or crossed:
            way_out = "Open the service's own page, or ask from a program."
            return Problem(403, "wrong-origin", "The request comes from the page of another site.", way_out)
        return None


def _name_of(host: str) -> str | None:
    """The name in a host header, without brackets and port; None where it is none."""
    found = _HOST.fullmatch(host)
    return None if found is None else found[1].strip("[]")


def _place_of(origin: str) -> str | None:
    """Name and port of an origin; the scheme is a proxy's affair."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _completed(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    there = {name.lower() for name, _ in headers}
    return [*headers, *(pair for pair in _ADDED if pair[0] not in there)]
