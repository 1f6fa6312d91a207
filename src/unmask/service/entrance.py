"""Before a request is read: who asks, whether they may, and whether they ask too often."""

import math
from collections.abc import MutableMapping
from typing import Any

from fastapi.responses import JSONResponse

from unmask.errors import OutputError
from unmask.service.callers import Caller, Door, Shown, shown
from unmask.service.guard import App, Receive, Scope, Send
from unmask.service.problems import Problem, told, too_many
from unmask.service.rates import Rates, network_of, tokens_of


class Entrance:
    """ASGI middleware: lets those in who may ask, and tells the routes who they are."""

    def __init__(self, app: App, door: Door, rates: Rates) -> None:
        self._app, self._door, self._rates = app, door, rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._let_in(scope)
        except Problem as problem:
            answer = JSONResponse(dict(problem.told()), problem.status, dict(problem.headers))
            await answer(scope, receive, send)
            return
        except OutputError as error:  # nobody is let in where nobody can say who it is
            await JSONResponse(dict(told(error)), 503)(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, receive, send if caller is None or caller.key is None else _kept_by_nobody(send))

    async def _let_in(self, scope: Scope) -> Caller | None:
        """Who asks; None where it is all the same."""
        address = network_of(scope["client"][0] if scope.get("client") else "")
        tokens = tokens_of(scope["method"], scope["path"])
        try:
            caller = await self._caller(shown(scope))
        except Problem:
            self._take(address, 1.0)  # else keys could be tried as often as one likes
            raise
        self._take(address if caller is None or caller.key is None else caller.key, tokens)
        return caller

    async def _caller(self, request: Shown) -> Caller | None:
        if request.is_open:
            return None
        caller = await self._door.caller(request.secret)
        caller.require(request.scope)
        return caller

    def _take(self, who: str, tokens: float) -> None:
        seconds = self._rates.take(who, tokens)
        if seconds > 0:
            raise too_many("More is asked than is answered in so short a time.", math.ceil(seconds))


def _kept_by_nobody(send: Send) -> Send:
    """What a key opened is not kept by browsers and proxies, who would show it when the key is revoked."""

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            others = [pair for pair in message.get("headers", []) if pair[0].lower() != b"cache-control"]
            message["headers"] = [*others, (b"cache-control", b"no-store")]
        await send(message)

    return sent
