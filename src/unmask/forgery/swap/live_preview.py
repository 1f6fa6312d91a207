"""What a live session shows: a page on this machine alone, and only of pictures that were sealed.

Pictures go out as MJPEG, one after another in an answer that does not end. A viewer who is slow gets the newest picture when the
last has gone, and never slows whoever makes them.
"""

import errno
import socket
import sys
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from unmask.errors import UsageError
from unmask.forgery.seal import SealedFrame, SealedMedia, require_genuine_frame
from unmask.forgery.showing import note_shown
from unmask.media.image import encode_jpeg
from unmask.provenance.ledger import Entry

HOST = "127.0.0.1"
USUAL_PORT = 8765
MOST_VIEWERS = 4
QUALITY = 85
IDLE_SECONDS = 5.0
"""How long a viewer may take for a request, or for a picture."""
SEND_BUFFER_BYTES = 1 << 17
"""Little is kept for a slow viewer, so that what they see is not old."""
BOUNDARY = "picture"
PAGE = b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>FORGED - unmask lab, live</title></head>
<body>
<h1>Forged: a face drawn live by the unmask lab</h1>
<p><img src="/stream" alt="The camera's or film's picture with another face drawn over; each picture is labelled as forged."></p>
<p>This page is seen on this machine alone, and ends with the command that serves it.</p>
</body>
</html>
"""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Preview:
    """A server of sealed pictures; a context manager after which it is gone.

    Args:
        port: Where it listens; 0 takes any that is free.

    Raises:
        UsageError: The port is taken, or is not ours to take.
    """

    def __init__(self, port: int = USUAL_PORT) -> None:
        self._newest = _Newest()
        self._media: SealedMedia | None = None
        self.entry: Entry | None = None
        try:
            self._server = _Server(port, self._newest)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise UsageError(
                    f"Port {port} is in use; name another with --port, or 0 for any that is free."
                ) from error
            raise UsageError(f"The preview cannot listen on port {port}: {error.strerror}; name another.") from error
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="preview", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Of the page."""
        return f"http://{HOST}:{self._server.server_port}/"

    @property
    def sent(self) -> int:
        """Pictures sent, to all viewers together."""
        return self._newest.sent

    def show(self, frame: SealedFrame) -> None:
        """Show a picture to whoever looks; before the first one of sealed media, the ledger is told.

        Raises:
            TypeError: It was not sealed.
            OutputError: The ledger cannot be written.
        """
        genuine = require_genuine_frame(frame)
        if genuine.media is not self._media:
            self.entry = note_shown(genuine)
            self._media = genuine.media
        self._newest.replace(encode_jpeg(genuine.made.image, QUALITY))

    def close(self) -> None:
        """End the answers to all viewers, and listen no more."""
        self._newest.close()
        self._server.shutdown()
        self._thread.join()
        self._server.cut_off()
        self._server.server_close()

    def __enter__(self) -> "Preview":  # noqa: PYI034 # the run-time shape checks do not know Self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Newest:
    """The newest picture, coded; several viewers wait for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._coded, self._number, self._closed = b"", 0, False
        self._viewers = 0
        self.sent = 0

    def replace(self, coded: bytes) -> None:
        """Let this be the newest."""
        with self._changed:
            self._coded, self._number = coded, self._number + 1
            self._changed.notify_all()

    def after(self, number: int) -> tuple[int, bytes] | None:
        """The newest picture once there is one that is newer than this number; None when none will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._number > number)
            return None if self._closed else (self._number, self._coded)

    def enter(self) -> bool:
        """Let a viewer in, if there is room."""
        with self._changed:
            if self._closed or self._viewers >= MOST_VIEWERS:
                return False
            self._viewers += 1
            return True

    def leave(self) -> None:
        """A viewer has left."""
        with self._changed:
            self._viewers -= 1

    def note_sent(self) -> None:
        """One picture reached one viewer."""
        with self._changed:
            self.sent += 1

    def close(self) -> None:
        """No more pictures will come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for them, once they are cut off

    def __init__(self, port: int, newest: _Newest) -> None:
        self.newest = newest
        self._connections: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever leaves in the middle of an answer is no error; anything else is told as usual."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def cut_off(self) -> None:
        """End all connections, also those on which nothing is asked or taken."""
        for connection in tuple(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    timeout = IDLE_SECONDS
    server: _Server

    def do_GET(self) -> None:
        """Answer a request for the page or the stream."""
        port = self.server.server_port
        # Else a stranger's page could read the pictures, by giving its own name this machine's address.
        if self.headers.get("Host") not in {f"{HOST}:{port}", f"localhost:{port}"}:
            self._refuse(HTTPStatus.FORBIDDEN, "Name this machine as 127.0.0.1 or localhost.")
        elif self.path == "/":
            self._head(HTTPStatus.OK, "text/html; charset=utf-8", len(PAGE))
            self.wfile.write(PAGE)
        elif self.path == "/stream":
            self._stream()
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "There is only / and /stream.")

    def _stream(self) -> None:
        newest = self.server.newest
        if not newest.enter():
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, f"There are {MOST_VIEWERS} viewers already.")
            return
        try:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            self._head(HTTPStatus.OK, f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            number = 0
            while (found := newest.after(number)) is not None:
                number, coded = found
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(coded)}\r\n\r\n"
                self.wfile.write(head.encode("ascii") + coded + b"\r\n")
                newest.note_sent()
        except OSError:
            return  # the viewer left, or was too slow
        finally:
            newest.leave()

    def _head(self, status: HTTPStatus, kind: str, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        answer = f"{sentence}\n".encode()
        self._head(status, "text/plain; charset=utf-8", len(answer))
        self.wfile.write(answer)

    def version_string(self) -> str:
        """Who answers, without versions."""
        return "unmask"

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""
