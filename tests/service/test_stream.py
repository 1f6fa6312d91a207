"""Events reach all who listen, in their order, and none twice."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from tests.service.asking import Service, line, on_the_line
from unmask.errors import OutputError
from unmask.service import stream
from unmask.service.store import checks, events, queue
from unmask.service.stream import Stream


def run(service: Service, told: Callable[[Stream], Awaitable[None]]) -> None:
    """Something done with a stream that is read."""

    async def doing() -> None:
        one = Stream(service.database)
        await one.start()
        try:
            await asyncio.wait_for(told(one), 20.0)
        finally:
            await one.stop()

    asyncio.run(doing())


async def take(stream: Stream, count: int, after: int | None = None) -> list[str]:
    """The first so many lines."""
    found: list[str] = []
    async for text in stream.lines(after):
        found.append(text)
        if len(found) == count:
            break
    return found


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    while not holds():  # noqa: ASYNC110 # the stream tells nobody who listens
        await asyncio.sleep(0.005)


def numbers(lines: list[str]) -> list[int]:
    """Of the events among lines."""
    return [int(text.split("\n")[0].removeprefix("id: ")) for text in lines if text.startswith("id: ")]


def test_an_event_is_a_number_a_kind_and_what_is_told(service: Service) -> None:
    check = service.wait()

    async def listening(one: Stream) -> None:
        (_, text) = await take(one, 2, after=0)
        number, kind, told, *end = text.split("\n")
        assert (number, kind, end) == ("id: 1", "event: check", ["", ""])
        assert json.loads(told.removeprefix("data: "))["id"] == check

    run(service, listening)


def test_a_listener_reads_on_from_where_it_stopped(service: Service) -> None:
    for number in range(5):
        service.wait(f"{number}.mp4")

    async def listening(one: Stream) -> None:
        first = await take(one, 3, after=0)
        rest = await take(one, 4, after=numbers(first)[-1])
        assert numbers(first) + numbers(rest) == [1, 2, 3, 4, 5]

    run(service, listening)


def test_a_listener_without_a_past_hears_what_comes(service: Service) -> None:
    service.wait("before.mp4")

    async def listening(one: Stream) -> None:
        task = asyncio.create_task(take(one, 2))
        await until(lambda: one.listeners == 1)
        await asyncio.to_thread(service.wait, "after.mp4")
        assert "after.mp4" in (await task)[1]

    run(service, listening)


def test_a_hundred_listeners_hear_everything_once(service: Service) -> None:
    async def listening(one: Stream) -> None:
        tasks = [asyncio.create_task(take(one, 11, after=0 if number % 2 else None)) for number in range(100)]
        await until(lambda: one.listeners == 100)
        for number in range(10):
            await asyncio.to_thread(service.wait, f"{number}.mp4")
        heard = [numbers(found) for found in await asyncio.gather(*tasks)]
        assert heard == [list(range(1, 11))] * 100

    run(service, listening)


def test_a_listener_that_is_far_behind_is_let_go_and_comes_back(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST_BEHIND", 3)

    async def listening(one: Stream) -> None:
        slow = one.lines(None)
        heard = [await anext(slow)]
        for number in range(6):
            await asyncio.to_thread(service.wait, f"{number}.mp4")
        await until(lambda: one.listeners == 0)
        heard += [text async for text in slow]
        assert numbers(heard) == []
        assert numbers(await take(one, 7, after=0)) == [1, 2, 3, 4, 5, 6]

    run(service, listening)


def test_where_nothing_happens_a_line_says_that_somebody_is_there(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "STILL_HERE_SECONDS", 0.05)

    async def listening(one: Stream) -> None:
        assert await take(one, 3) == [": welcome\n\n", ": still here\n\n", ": still here\n\n"]

    run(service, listening)


def test_listeners_end_when_the_service_does(service: Service) -> None:
    async def listening(one: Stream) -> None:
        task = asyncio.create_task(take(one, 99))
        await until(lambda: one.listeners == 1)
        one.let_go()
        assert await task == [": welcome\n\n"]

    run(service, listening)


def test_a_database_that_is_away_ends_a_listener_and_not_the_stream(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OutputError("The service's database does not answer: gone.")

    async def listening(one: Stream) -> None:
        with monkeypatch.context() as changed:
            changed.setattr(events, "since", away)
            assert await take(one, 2, after=0) == [": welcome\n\n"]
            await asyncio.sleep(2 * stream.LOOK_SECONDS)
        await asyncio.to_thread(service.wait, "later.mp4")
        assert "later.mp4" in (await take(one, 2, after=0))[1]

    run(service, listening)


def test_a_check_from_its_beginning_to_its_deletion_is_heard_on_the_line(service: Service) -> None:
    with (
        on_the_line(service) as place,
        line(place, "GET /v1/events HTTP/1.1\nHost: HOST\nLast-Event-ID: 0\n\n") as heard,
    ):
        check = service.wait()
        lease = service.claimed()
        queue.progress(service.database, lease, 1.0, None, 60.0)
        queue.found(service.database, lease, None, {"detector": "traces"})
        queue.release(service.database, lease)
        text = b""
        while b"traces" not in text:
            text += heard.recv(65536)
        with service.database.writing() as connection:
            checks.remove(connection, check)
        while b"event: gone" not in text:
            text += heard.recv(65536)
    assert b"content-type: text/event-stream" in text
    assert b"cache-control: no-store" in text
    kinds = [part.split(b"\r\n")[0].split(b"\n")[0] for part in text.split(b"event: ")[1:]]
    assert kinds[-1] == b"gone"
    assert {b"check", b"evidence", b"gone"} <= set(kinds)


@pytest.mark.parametrize("number", ["-1", "x", "9" * 30])
def test_a_number_that_no_event_has_is_refused(service: Service, number: str) -> None:
    answer = service.get("/v1/events", headers={"last-event-id": number})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
