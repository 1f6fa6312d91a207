"""The HTTP server: uvicorn, with a limit on every wait in which a stranger could hold a line for nothing."""

import asyncio
import socket

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from unmask.errors import OutputError
from unmask.settings import Settings

CLOSE_SECONDS = 5
"""What uploads have when the service is asked to stop."""
BACKLOG = 512
UNREAD_SECONDS = 60
"""Whoever takes none of an answer for so long is let go."""


class Server(uvicorn.Server):
    """Lets go of listeners before it waits for those that are being answered: they would never end by themselves."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what is being answered, and end."""
        application = self.config.app
        if isinstance(application, FastAPI):
            application.state.context.stream.let_go()
        await super().shutdown(sockets)


class Impatient(H11Protocol):
    """A connection that is closed where no whole request begins on it in time.

    uvicorn itself waits for ever for the first request, and for the rest of one that has begun; and it reads on, as
    slowly as it comes, what follows after a request was refused.
    """

    head_seconds = 20.0
    _wait: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        """Take what came; wait on where that is not the head of a request."""
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _look(self) -> None:
        if self._is_answering():
            self._wait_no_more()
        elif self._wait is None:
            self._wait = self.loop.call_later(self.head_seconds, self._give_up)

    def _is_answering(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def _wait_no_more(self) -> None:
        if self._wait is not None:
            self._wait.cancel()
            self._wait = None

    def _give_up(self) -> None:
        self._wait = None
        if not self._is_answering():
            self.transport.close()


def new_server(app: FastAPI, settings: Settings) -> Server:
    """A server for the application; what asks for another address than ``settings.serve`` names is refused by it.

    There is no log of requests: their addresses may hold a key.
    """
    serve = settings.serve
    patience = type("Connection", (Impatient,), {"head_seconds": serve.request_seconds})
    config = uvicorn.Config(
        app,
        http=patience,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # else whoever asks could say which address it asks from
        limit_concurrency=serve.connections,
        timeout_graceful_shutdown=CLOSE_SECONDS,
    )
    return Server(config)


def listen(settings: Settings) -> socket.socket:
    """The socket on which the service is reached.

    Raises:
        OutputError: The address is taken, or is none of this machine.
    """
    serve = settings.serve
    family = socket.AF_INET6 if ":" in serve.host else socket.AF_INET
    # Only where the protocol is named does asyncio send at once; else each answer waits 40 ms for the client's kernel.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it. Without it, a listener that reads nothing would be kept until it went by itself.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)
    try:
        opened.bind((serve.host, serve.port))
        opened.listen(BACKLOG)  # from now on whoever asks is answered, if a little later
    except OSError as error:
        opened.close()
        raise OutputError(
            f"The address {serve.host}:{serve.port} cannot be used: {error.strerror}. Name another port with --port."
        ) from error
    return opened
