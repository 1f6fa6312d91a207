"""What every answer needs: the database, the storage, the settings, and who is listening."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from unmask.service.callers import Caller, Door
from unmask.service.store.database import Database
from unmask.service.store.storage import Storage
from unmask.service.stream import Stream
from unmask.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """Of one running service.

    Attributes:
        database: Rows.
        storage: Media and results.
        settings: Limits.
        stream: Who listens.
        workers: Counts the workers that are there now.
        door: Says who asks.
    """

    database: Database
    storage: Storage
    settings: Settings
    stream: Stream
    workers: Callable[[], int]
    door: Door


async def _context(request: Request) -> Context:
    context = request.app.state.context
    if not isinstance(context, Context):
        raise TypeError("The application was made without a context.")
    return context


Given = Annotated[Context, Depends(_context)]
"""The context, as an argument of a route."""


async def _caller(request: Request) -> Caller:
    caller = getattr(request.state, "caller", None)
    if not isinstance(caller, Caller):
        raise TypeError("A request came in past the entrance.")
    return caller


Asking = Annotated[Caller, Depends(_caller)]
"""Who asks, as an argument of a route."""
