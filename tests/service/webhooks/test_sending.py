"""One request: to the address that was looked at, signed, in time, and no further."""

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.service.webhooks.receiver import SECRET, receiving
from unmask.client import verify_webhook
from unmask.service.webhooks import sending
from unmask.service.webhooks.addresses import NotTaken
from unmask.service.webhooks.sending import Door, send, signature

INSIDE = Door(private=True)
BODY = b'{"event":"check"}'


@contextmanager
def answering(*parts: bytes, pause: float = 0.0, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Port of a receiver that sends these bytes one after another, whatever it is told."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            line, _ = server.accept()
            # The other side may have left.
            with suppress(OSError), line, tls.wrap_socket(line, server_side=True) if tls else line as held:
                held.recv(65536)
                for part in parts:
                    held.sendall(part)
                    if over.wait(pause):
                        return
                over.wait(5)

        thread = threading.Thread(target=run)
        thread.start()
        yield server.getsockname()[1]
        over.set()
        thread.join()


def told(port: int) -> None:
    send(f"http://127.0.0.1:{port}/", SECRET, BODY, INSIDE)


def test_a_receiver_is_told_and_can_tell_who_told_it() -> None:
    with receiving() as receiver:
        send(receiver.url, SECRET, BODY, INSIDE)
    ((path, headers, body),) = receiver.came
    assert (path, body) == ("/hook?of=unmask", BODY)
    assert receiver.url.startswith(f"http://{headers['host']}/")
    assert headers["content-type"] == "application/json"
    assert verify_webhook(SECRET, headers["x-unmask-signature"], body) == {"event": "check"}


def test_the_signature_is_that_of_the_guide() -> None:
    """Computed by `printf '%s' '1800000000.{}' | openssl dgst -sha256 -hmac 'a secret of the tests'`."""
    expected = "t=1800000000,v1=1446964a30c0ad809312e559805382894f63119507b7372972862c1ec1551fc5"
    assert signature(SECRET, 1_800_000_000.9, b"{}") == expected


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "[::ffff:127.0.0.1]", "127.0.0.1"])
def test_a_receiver_on_this_machine_is_reached_only_where_that_is_allowed(host: str) -> None:
    with receiving() as receiver, pytest.raises(NotTaken, match="is not public"):
        send(receiver.url.replace("127.0.0.1", host), SECRET, BODY, Door())
    assert receiver.came == []


def test_a_name_is_asked_for_once_and_that_very_address_is_reached() -> None:
    """A resolver that first answers with a public address, then with one inside, gains nothing by it."""
    asked: list[str] = []
    reached: list[tuple[str, int]] = []

    def lookup(host: str, port: int) -> Sequence[Any]:
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(place: tuple[str, int], _: float) -> socket.socket:
        reached.append(place)
        raise ConnectionRefusedError(111, "Connection refused")

    door = Door(lookup=lookup, connect=connect)
    with pytest.raises(NotTaken, match="Connection refused"):
        send("http://rebind.example/", SECRET, BODY, door)
    assert (asked, reached) == (["rebind.example"], [("93.184.216.34", 80)])
    with pytest.raises(NotTaken, match=r"127\.0\.0\.1 is not public"):
        send("http://rebind.example/", SECRET, BODY, door)
    assert len(reached) == 1


def test_the_next_address_of_a_name_is_tried() -> None:
    def lookup(_: str, port: int) -> Sequence[Any]:
        return [(0, 0, 0, "", (address, port)) for address in ("127.0.0.9", "127.0.0.1")]

    with receiving() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        send(f"http://hooks.example:{port}/", SECRET, BODY, Door(private=True, lookup=lookup))
    assert receiver.came[0][1]["host"] == f"hooks.example:{port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with receiving() as other, receiving(status=status) as receiver:
        receiver.headers["location"] = other.url
        with pytest.raises(NotTaken, match=f"It answered {status} and redirects are not followed"):
            send(receiver.url, SECRET, BODY, INSIDE)
    assert (len(receiver.came), other.came) == (1, [])


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
def test_only_a_success_is_one(status: int) -> None:
    with receiving(status=status) as receiver, pytest.raises(NotTaken, match=rf"It answered {status}\."):
        send(receiver.url, SECRET, BODY, INSIDE)


@pytest.mark.parametrize("parts", [(), (b"HTTP/1.1 2",), (b"H", b"T", b"T", b"P") + (b"/",) * 100])
def test_a_receiver_that_is_slow_as_a_whole_is_left(parts: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_SECONDS", 0.4)
    begun = time.monotonic()
    with answering(*parts, pause=0.1) as port, pytest.raises(NotTaken, match=r"did not answer within 0.4 seconds"):
        told(port)
    assert time.monotonic() - begun < 2.0


def test_no_more_of_an_answer_is_read_than_its_head() -> None:
    begun = time.monotonic()
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", b"x" * 1000) as port:
        told(port)
    assert time.monotonic() - begun < 2.0


def test_a_head_without_end_is_left_after_64_kib() -> None:
    endless = [b"HTTP/1.1 200 OK\r\n", *[b"x: " + b"y" * 8000 + b"\r\n"] * 20]
    with answering(*endless) as port, pytest.raises(NotTaken, match="none of HTTP"):
        told(port)


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 999 x\r\n\r\n", b"HTTP/1.1 20\r\n\r\n", b"\r\n\r\n"]
)
def test_an_answer_that_is_none_of_http_is_no_success(answer: bytes) -> None:
    with answering(answer) as port, pytest.raises(NotTaken, match="none of HTTP"):
        told(port)


def test_what_only_says_go_on_is_passed_over() -> None:
    with answering(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n", b"HTTP/1.1 204 x\r\n\r\n"
    ) as port:
        told(port)
    with answering(b"HTTP/1.1 100 Continue\r\n\r\n" * 4000) as port, pytest.raises(NotTaken, match="none of HTTP"):
        told(port)


# Encrypted


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of a receiver that shows this name, and of a sender that trusts whoever signed it."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(called, called, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.DNSName(name)])
    made = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(secret)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return theirs, ssl.create_default_context(cafile=str(folder / "certificate.pem"))


@pytest.mark.parametrize(
    ("shown", "trusted"), [("hooks.example", True), ("other.example", True), ("hooks.example", False)]
)
def test_an_encrypted_line_asks_for_the_name_and_reaches_the_address(
    tmp_path: Path, shown: str, *, trusted: bool
) -> None:
    theirs, ours = certificate(tmp_path, shown)

    def lookup(_: str, port: int) -> Sequence[Any]:
        return [(0, 0, 0, "", ("127.0.0.1", port))]

    door = Door(private=True, lookup=lookup, tls=ours if trusted else None)
    with answering(b"HTTP/1.1 200 OK\r\n\r\n", tls=theirs) as port:
        if shown == "hooks.example" and trusted:
            send(f"https://hooks.example:{port}/", SECRET, BODY, door)
        else:
            with pytest.raises(NotTaken, match=r"could not show that it is hooks\.example"):
                send(f"https://hooks.example:{port}/", SECRET, BODY, door)
