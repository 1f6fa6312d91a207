"""A service, asked many things at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import httpx
from anyio import to_thread

from unmask.client.calls import (
    ADDRESS,
    ANSWER_SECONDS,
    SHARE_DAYS,
    Call,
    Priority,
    deletion,
    new_check,
    new_label,
    new_share,
    of,
    query,
    resumed,
    shown,
)
from unmask.client.told import (
    LOOK_SECONDS,
    Check,
    Event,
    Label,
    Progress,
    Reading,
    Share,
    State,
    answered,
    as_check,
    as_share,
    blocks_async,
    is_over,
    opened,
    require,
)
from unmask.media.writing import written_aside
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

    @property
    def address(self) -> str:
        """See `Client.address`."""
        return str(self._http.base_url)

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
        media, name = await self.upload(path), name or Path(path).name
        return await self.check_again(media, name=name, only=only, fast=fast, threshold=threshold, priority=priority)

    async def check_again(
        self,
        media: str,
        *,
        name: str | None = None,
        only: Sequence[str] | None = None,
        fast: bool = False,
        threshold: float | None = None,
        priority: Priority = "person",
    ) -> Check:
        """See `Client.check_again`."""
        return as_check((await self._do(new_check(media, name, only, threshold, priority, fast=fast))).json())

    async def download(self, media: str, path: Path | str) -> None:
        """See `Client.download`."""
        with answered(self.address), written_aside(Path(path)) as aside:
            async with self._http.stream("GET", f"/v1/media/{media}") as answer:
                require(answer, await answer.aread() if answer.is_error else b"")
                with aside.open("wb") as file:
                    async for block in answer.aiter_bytes():
                        await to_thread.run_sync(file.write, block)

    async def find(self, check: str) -> Check:
        """See `Client.find`."""
        return as_check((await self._do(of(check))).json())

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
        found: Mapping[str, Any] = (await self._do(of(check, "/report"))).json()
        return found

    async def page(self, check: str) -> str:
        """See `Client.page`."""
        return (await self._do(of(check, "/report", format="html"))).text

    async def pdf(self, check: str) -> bytes:
        """See `Client.pdf`."""
        return (await self._do(of(check, "/report", format="pdf"))).content

    async def evidence(self, check: str) -> Sequence[Mapping[str, Any]]:
        """See `Client.evidence`."""
        found: Sequence[Mapping[str, Any]] = (await self._do(of(check, "/evidence"))).json()["evidence"]
        return found

    async def view(self, check: str) -> Mapping[str, Any]:
        """See `Client.view`."""
        found: Mapping[str, Any] = (await self._do(of(check, "/view"))).json()
        return found

    async def review(self, check: str) -> Mapping[str, Any]:
        """See `Client.review`."""
        found: Mapping[str, Any] = (await self._do(of(check, "/review"))).json()
        return found

    async def label(self, check: str, word: Label | None, note: str = "") -> Check:
        """See `Client.label`."""
        await self._do(new_label(check, word, note))
        return await self.find(check)

    async def delete(self, check: str) -> None:
        """See `Client.delete`."""
        await self._do(deletion(check))

    async def share(self, check: str, days: int = SHARE_DAYS) -> Share:
        """See `Client.share`."""
        return as_share((await self._do(new_share(check, days))).json(), self.address)

    async def shares(self, check: str) -> Sequence[Share]:
        """See `Client.shares`."""
        told = (await self._do(of(check, "/shares"))).json()["shares"]
        return tuple(as_share(one, self.address) for one in told)

    async def revoke(self, check: str, share: str) -> None:
        """See `Client.revoke`."""
        await self._do(deletion(check, share))

    async def detectors(self) -> Sequence[Mapping[str, Any]]:
        """See `Client.detectors`."""
        found: Sequence[Mapping[str, Any]] = (await self._do(Call("GET", "/v1/detectors"))).json()["detectors"]
        return found

    async def health(self) -> Mapping[str, Any]:
        """See `Client.health`."""
        found: Mapping[str, Any] = (await self._do(Call("GET", "/v1/health"))).json()
        return found

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        """See `Client.events`."""
        seen = after
        while True:
            with answered(self.address):
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
        with answered(self.address):
            answer = await self._http.request(method, path, **given)
        return require(answer, answer.content)
