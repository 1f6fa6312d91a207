"""One request to one receiver: to an address that was looked at, signed, within seconds, and with no second step.

Written on bare sockets: HTTP libraries follow redirects and proxies, look names up by themselves, and limit the wait for
each part of an answer but not for all of it.
"""

import hashlib
import hmac
import re
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from unmask.service.webhooks.addresses import Lookup, NotTaken, addresses_of, look_up
from unmask.version import __version__

MOST_SECONDS = 10.0
"""From the look-up to the answer."""
MOST_ANSWER_BYTES = 64 * 1024
_BLOCK = 4096
_PORTS = {"http": 80, "https": 443}
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: |\r)")

Connect = Callable[[tuple[str, int], float], socket.socket]
"""Address and port to a line, within seconds."""


@dataclass(frozen=True, slots=True)
class Door:
    """How receivers are reached; tests reach theirs otherwise.

    Attributes:
        private: Whether addresses that are not public are allowed.
        lookup: Asks for a name.
        connect: Opens a line to an address.
        tls: Whom to trust; None for those whom this machine trusts.
    """

    private: bool = False
    lookup: Lookup = look_up
    connect: Connect = socket.create_connection
    tls: ssl.SSLContext | None = None


def signature(secret: str, at: float, body: bytes) -> str:
    """The header that says who sent a body and when; ``unmask.client.verify_webhook`` reads it.

    Args:
        secret: Known to the service and its receivers.
        at: Seconds since 1970.
        body: What is sent.
    """
    told = str(int(at))
    digest = hmac.new(secret.encode(), told.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={told},v1={digest}"


def send(url: str, secret: str, body: bytes, door: Door) -> None:
    """Send JSON to a receiver; it has taken it when it answers with a status of 200 to 299.

    The rest of its answer is not read.

    Raises:
        NotTaken: It may not be reached, cannot be, is too slow, or answers otherwise.
    """
    until = time.monotonic() + MOST_SECONDS
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    addresses = addresses_of(host, port, private=door.private, lookup=door.lookup)
    try:
        with _line(addresses, port, host if parts.scheme == "https" else None, door, until) as line:
            line.settimeout(_left(until))
            line.sendall(_request(url, signature(secret, time.time(), body), body))
            status = _answer(line, until)
    except ssl.SSLCertVerificationError as error:
        raise NotTaken(f"It could not show that it is {host}: {error.verify_message}.") from error
    except TimeoutError as error:
        raise NotTaken(f"It did not answer within {MOST_SECONDS:g} seconds.") from error
    except OSError as error:
        raise NotTaken(f"It cannot be reached: {error.strerror or error}.") from error
    if not 200 <= status < 300:
        followed = " and redirects are not followed" if 300 <= status < 400 else ""
        raise NotTaken(f"It answered {status}{followed}.")


def _line(addresses: tuple[str, ...], port: int, name: str | None, door: Door, until: float) -> socket.socket:
    """A line to the first of the addresses that takes one; encrypted where the receiver must show a name."""
    for address in addresses[:-1]:
        try:
            return _one_line(address, port, name, door, until)
        except OSError:
            continue  # the name has others, as long as there is time
    return _one_line(addresses[-1], port, name, door, until)


def _one_line(address: str, port: int, name: str | None, door: Door, until: float) -> socket.socket:
    line = door.connect((address, port), _left(until))
    if name is None:
        return line
    try:
        line.settimeout(_left(until))
        return (door.tls or ssl.create_default_context()).wrap_socket(line, server_hostname=name)
    except OSError:
        line.close()
        raise


def _request(url: str, signed: str, body: bytes) -> bytes:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = (
        f"POST {target} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"User-Agent: unmask/{__version__}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"X-Unmask-Signature: {signed}",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii") + body


def _answer(line: socket.socket, until: float) -> int:
    """The status of the answer, once its head is there; heads that only say "go on" are passed over."""
    came, head = 0, bytearray()
    while True:
        end = head.find(b"\r\n\r\n")
        if end >= 0:
            status = _status(head)
            if status >= 200:
                return status
            del head[: end + 4]
            continue
        line.settimeout(_left(until))
        part = line.recv(_BLOCK)
        came += len(part)
        head += part
        if not part or came > MOST_ANSWER_BYTES:
            raise NotTaken("Its answer is none of HTTP.")


def _status(head: bytearray) -> int:
    found = _STATUS.match(head)
    if found is None:
        raise NotTaken("Its answer is none of HTTP.")
    return int(found[1])


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
