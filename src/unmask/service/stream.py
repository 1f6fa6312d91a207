"""Events for many listeners: one reader of the database, one short queue for each who listens."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial

from anyio import to_thread

from unmask.errors import OutputError
from unmask.service.store import events
from unmask.service.store.database import Database
from unmask.service.store.events import Event

LOOK_SECONDS = 0.2
STILL_HERE_SECONDS = 15.0
MOST_BEHIND = 2000
"""A listener so many events behind is let go; it comes back and reads on from where it stopped."""

Listener = asyncio.Queue[Event | None]
"""What one listener is still to be told; None is the end."""


@dataclass(slots=True)
class Stream:
    """Hands on what happens to all who listen.

    Attributes:
        database: In which events are noted.
    """

    database: Database
    _listeners: dict[Listener, str | None] = field(default_factory=dict)
    _reader: "asyncio.Task[None] | None" = None

    async def start(self) -> None:
        """Begin to read what happens from now on."""
        seen = await to_thread.run_sync(events.last_number, self.database)
        self._reader = asyncio.create_task(self._read(seen))

    async def stop(self) -> None:
        """Read no more; listeners end."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    def let_go(self) -> None:
        """End all listeners; they come back, and read on from where they stopped."""
        for listener in tuple(self._listeners):
            self._end(listener)

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    async def lines(self, after: int | None, owner: str | None = None) -> AsyncIterator[str]:
        """Events as ``text/event-stream``, those after a number first, then what comes.

        Args:
            after: Number of the last event that the listener has seen; None begins with what comes.
            owner: Key whose checks are told of; None of all.
        """
        listener: Listener = asyncio.Queue(MOST_BEHIND)
        self._listeners[listener] = owner
        seen = after or 0
        try:
            yield ": welcome\n\n"
            async for event in self._missed(after, owner):
                seen = event.number
                yield _line(event)
            async for coming in _coming(listener):
                if coming is None:
                    yield ": still here\n\n"
                elif coming.number > seen:
                    yield _line(coming)
        except OutputError:
            return  # the database is away; the listener comes back
        finally:
            self._listeners.pop(listener, None)

    async def _missed(self, after: int | None, owner: str | None) -> AsyncIterator[Event]:
        while after is not None:
            wanted = partial(events.since, self.database, after, owner=owner)
            found = await to_thread.run_sync(wanted)
            for event in found:
                yield event
            after = found[-1].number if found else None

    async def _read(self, seen: int) -> None:
        while True:
            try:
                for event in await to_thread.run_sync(events.since, self.database, seen):
                    seen = event.number
                    self._hand_on(event)
            except OutputError:
                pass  # the database is away for a moment; nothing is missed, since numbers rise
            await asyncio.sleep(LOOK_SECONDS)

    def _hand_on(self, event: Event) -> None:
        for listener, owner in tuple(self._listeners.items()):
            if owner is not None and owner != event.owner:
                continue
            try:
                listener.put_nowait(event)
            except asyncio.QueueFull:
                self._end(listener)

    def _end(self, listener: Listener) -> None:
        self._listeners.pop(listener, None)
        while not listener.empty():
            listener.get_nowait()
        listener.put_nowait(None)


async def _coming(listener: Listener) -> AsyncIterator[Event | None]:
    """Events as they come, None where none came for a while."""
    while True:
        try:
            event = await asyncio.wait_for(listener.get(), STILL_HERE_SECONDS)
        except TimeoutError:
            yield None
            continue
        if event is None:
            return
        yield event


def _line(event: Event) -> str:
    return f"id: {event.number}\nevent: {event.kind}\ndata: {json.dumps(event.told, allow_nan=False)}\n\n"
