"""Listeners of a service's events: do all hear everything, in order, and how late?"""

import asyncio
import json
import threading
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from unmask.benchmark.service_program import HOST, Served, Told, await_all, await_that
from unmask.errors import UnmaskError

OPEN_SECONDS = 30.0
SILENCE_SECONDS = 2.0
"""After the last event of the past, a listener that began with the first one hears nothing for so long."""
WARM_STILLS = 6
LARGEST_EVENT_BYTES = 1 << 24
MOMENT_OF = {"queued": "created", "running": "started", "done": "finished"}
"""Which time a check carries is that of the event which tells its state."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as a listener got it.

    Attributes:
        number: Of the event.
        kind: Such as ``check``.
        content: Its JSON.
        at: When it had come, seconds since 1970.
    """

    number: int
    kind: str
    content: bytes
    at: float

    @property
    def told(self) -> Told:
        """What it says."""
        found: Told = json.loads(self.content)
        return found

    @property
    def check(self) -> str:
        """Of which check it is."""
        told = self.told
        return str(told["id"] if self.kind == "check" else told["check"])


@dataclass(slots=True)
class Listener:
    """One who listens, and what it heard."""

    heard: list[Heard] = field(default_factory=list)
    welcome: bool = False


@dataclass(frozen=True, slots=True)
class ListenRun:
    """What came of it.

    Attributes:
        listeners: How many listened.
        complete: Those that heard every event, in order.
        events: How many there were.
        delays: Seconds from a change of a check's state to each listener's hearing of it.
    """

    listeners: int
    complete: int
    events: int
    delays: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FilmRun:
    """How soon something is known of a film: seconds from its first byte to the first evidence, and to the verdict."""

    bytes: int
    evidence_seconds: float
    verdict_seconds: float


def listen_run(service: Served, files: Sequence[Path], listeners: int) -> ListenRun:
    """Ask for checks while many listen.

    Raises:
        UnmaskError: The service fails, or does not take so many.
    """
    line = service.line()
    with listening(service.port, listeners) as those:
        checks = [line.check(file) for file in files]
        await_all(line, checks)
        time.sleep(SILENCE_SECONDS)
    events = [event for event in replayed(service.port) if event.check in checks]
    line.close()
    return judged([[event for event in one.heard if event.check in checks] for one in those], events)


def judged(heard: Sequence[Sequence[Heard]], events: Sequence[Heard]) -> ListenRun:
    """What listeners heard beside what there was: what is kept, and what another heard that was soon outdated."""
    numbers = sorted({event.number for one in (events, *heard) for event in one})
    complete = sum([event.number for event in one] == numbers for one in heard)
    moments = {event.number: moment for event in events if (moment := _moment(event)) is not None}
    delays = tuple(event.at - moments[event.number] for one in heard for event in one if event.number in moments)
    return ListenRun(len(heard), complete, len(numbers), delays)


def warm(service: Served, stills: Sequence[Path]) -> None:
    """Let every worker load what it needs.

    Raises:
        UnmaskError: The service fails.
    """
    line = service.line()
    await_all(line, [line.check(still) for still in stills[:WARM_STILLS]])
    line.close()


def film_run(service: Served, film: Path) -> FilmRun:
    """Send a film, and hear what is found.

    Raises:
        UnmaskError: The service fails, or finds nothing.
    """
    line = service.line()
    with listening(service.port, 1) as (one,):
        begun = time.time()
        check = line.check(film)
        await_all(line, [check])
        # The one before may still have something to say.
        await_that(lambda: any(_ends(event, check) for event in one.heard), f"the end of check {check}", OPEN_SECONDS)
    line.close()
    return film_heard(one.heard, check, begun, film.stat().st_size)


def film_heard(heard: Sequence[Heard], check: str, begun: float, size: int) -> FilmRun:
    """What a listener heard of one check, which was begun at a time (seconds since 1970) and has so many bytes.

    Raises:
        UnmaskError: It heard of no evidence, or of no end.
    """
    evidence = [event.at for event in heard if event.kind == "evidence" and event.check == check]
    ends = [event.at for event in heard if _ends(event, check)]
    if not evidence or not ends:
        raise UnmaskError(f"Nothing was found by check {check}, so no time can be told.")
    return FilmRun(size, evidence[0] - begun, ends[0] - begun)


@contextmanager
def listening(port: int, count: int, after: int | None = None) -> Generator[list[Listener]]:
    """So many listeners, all of whom listen by now; they run in a thread.

    Raises:
        UnmaskError: Not all are welcome.
    """
    those, loop = [Listener() for _ in range(count)], asyncio.new_event_loop()
    thread = threading.Thread(target=_run, args=(loop, those, port, after), daemon=True)
    thread.start()
    try:
        await_that(lambda: all(one.welcome for one in those), f"{count} listeners", OPEN_SECONDS)
        yield those
    finally:
        with suppress(RuntimeError):  # the service has gone, and the listeners with it
            loop.call_soon_threadsafe(_cancel, loop)
        thread.join()


def replayed(port: int) -> list[Heard]:
    """All events there have been, as a listener gets them that comes last.

    Raises:
        UnmaskError: The service does not tell them.
    """
    with listening(port, 1, after=0) as (one,):
        count = -1
        while count != len(one.heard):
            count = len(one.heard)
            time.sleep(SILENCE_SECONDS)
    return one.heard


def _run(loop: asyncio.AbstractEventLoop, those: Iterable[Listener], port: int, after: int | None) -> None:
    tasks = [loop.create_task(_listen(one, port, after)) for one in those]
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()


def _cancel(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()


async def _listen(one: Listener, port: int, after: int | None) -> None:
    """Without chunks, as HTTP/1.0 has none: what comes is what was said."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=LARGEST_EVENT_BYTES)
    resumed = "" if after is None else f"last-event-id: {after}\r\n"
    writer.write(f"GET /v1/events HTTP/1.0\r\nhost: {HOST}\r\n{resumed}\r\n".encode())
    fields: dict[bytes, bytes] = {}
    try:
        while line := await reader.readline():
            one.welcome = one.welcome or line.startswith(b":")
            name, _, value = line.rstrip(b"\r\n").partition(b": ")
            if name:
                fields[name] = value
                continue
            if b"data" in fields:  # else it was the head of the answer, or a comment
                at = time.time()
                one.heard.append(Heard(int(fields[b"id"]), fields[b"event"].decode(), fields[b"data"], at))
            fields = {}
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _moment(event: Heard) -> float | None:
    """When it came about that the event tells, seconds since 1970; None where it does not say."""
    if event.kind != "check":
        return None
    told: Any = event.told
    at = told.get(MOMENT_OF.get(told["state"], ""))
    return None if at is None else datetime.fromisoformat(at).timestamp()


def _ends(event: Heard, check: str) -> bool:
    return event.kind == "check" and event.check == check and event.told["state"] == "done"
