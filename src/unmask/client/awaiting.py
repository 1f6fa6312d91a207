"""A service, asked many things at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import httpx

from unmask.client.told import (
    ADDRESS,
    ANSWER_SECONDS,
    LOOK_SECONDS,
    Call,
    Check,
    Event,
    Label,
    Priority,
    Progress,
    Reading,
    State,
    answered,
    as_check,
    asked,
    blocks_async,
    is_over,
    label_call,
    opened,
    query,
    require,
    resumed,
    shown,
)
from unmask.types import Word


class AsyncClient:
    """As `Client`, for ``async with``; every method means what it means there."""

    def __init__(
        self, address: str = ADDRESS, *, key: str | None = None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=address, timeout=ANSWER_SECONDS, transport=transport, headers=shown(key)
        )

    async def __aenter__(self) -> "AsyncClient":  # noqa: PYI034 # the run-time shape checks do not know Self
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the line."""
        await self._http.aclose()

    async def upload(self, path: Path | str, *, name: str | None = None) -> str:
        """See `Client.upload`."""
        file = Path(path)
        with opened(file) as content:
            query = {"name": name or file.name}
            answer = await self._send("POST", "/v1/media", params=query, content=blocks_async(content))
        return str(answer.json()["sha256"])

    async def check(
        self,
        path: Path | str,
        *,
        name: str | None = None,
        only: Sequence[str] | None = None,
        fast: bool = False,
        threshold: float | None = None,
        priority: Priority = "person",
    ) -> Check:
        """See `Client.check`."""
        body = asked(name or Path(path).name, only, threshold, priority, fast=fast)
        return as_check(
            (await self._do(Call("POST", "/v1/checks", {}, {"media": await self.upload(path), **body}))).json()
        )

    async def find(self, check: str) -> Check:
        """See `Client.find`."""
        return as_check((await self._do(Call("GET", f"/v1/checks/{check}", {}))).json())

    async def wait(
        self, check: str, *, on_progress: Progress | None = None, most_seconds: float = float("inf")
    ) -> Check:
        """See `Client.wait`."""
        until = time.monotonic() + most_seconds
        while not is_over(found := await self.find(check), on_progress, until):  # noqa: ASYNC110 # the service is elsewhere
            await asyncio.sleep(LOOK_SECONDS)
        return found

    async def checks(
        self,
        *,
        state: State | None = None,
        verdict: Word | None = None,
        label: Label | Literal["none"] | None = None,
        text: str | None = None,
    ) -> AsyncIterator[Check]:
        """See `Client.checks`."""
        filters = query(state, verdict, label, text)
        while True:
            page = (await self._do(Call("GET", "/v1/checks", filters))).json()
            for told in page["checks"]:
                yield as_check(told)
            if page["next"] is None:
                return
            filters = {**filters, "after": page["next"]}

    async def report(self, check: str) -> Mapping[str, Any]:
        """See `Client.report`."""
        found: Mapping[str, Any] = (await self._do(Call("GET", f"/v1/checks/{check}/report", {}))).json()
        return found

    async def page(self, check: str) -> str:
        """See `Client.page`."""
        return (await self._do(Call("GET", f"/v1/checks/{check}/report", {"format": "html"}))).text

    async def label(self, check: str, word: Label | None, note: str = "") -> Check:
        """See `Client.label`."""
        await self._do(label_call(check, word, note))
        return await self.find(check)

    async def delete(self, check: str) -> None:
        """See `Client.delete`."""
        await self._do(Call("DELETE", f"/v1/checks/{check}", {}))

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        """See `Client.events`."""
        seen = after
        while True:
            with answered(str(self._http.base_url)):
                async with self._http.stream("GET", "/v1/events", headers=resumed(seen), timeout=None) as answer:
                    require(answer, await answer.aread() if answer.is_error else b"")
                    reading = Reading()
                    async for line in answer.aiter_lines():
                        event = reading.take(line)
                        if event is not None:
                            seen = event.number
                            yield event

    async def _do(self, call: Call) -> httpx.Response:
        return await self._send(call.method, call.path, params=call.query, json=call.body)

    async def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        with answered(str(self._http.base_url)):
            answer = await self._http.request(method, path, **given)
        return require(answer, answer.content)
