import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse

import cv2
import numpy as np
import pytest

from unmask.errors import UsageError
from unmask.forgery.lab import Sealer
from unmask.forgery.seal import Made, Pace, SealedFrame, seal_reel
from unmask.forgery.swap.live_preview import HOST, MOST_VIEWERS, Preview
from unmask.forgery.truth import Truth
from unmask.provenance.ledger import read_ledger

PATIENCE_SECONDS = 20.0


@pytest.fixture
def preview() -> Iterator[Preview]:
    with Preview(0) as server:
        yield server


def reel(sealer: Sealer, *levels: int) -> Iterator[SealedFrame]:
    """Sealed pictures of one grey level each."""
    pictures = [(k / 25, Made(np.full((120, 160, 3), level, np.uint8))) for k, level in enumerate(levels)]
    return seal_reel(pictures, Pace(25.0, even=False), Truth("puppet", "drawn"), sealer).frames()


def asked(
    preview: Preview, path: str, host: str | None = None, method: str = "GET"
) -> tuple[HTTPResponse, HTTPConnection]:
    port = int(preview.address.rsplit(":", 1)[1].strip("/"))
    connection = HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
    connection.request(method, path, headers={"Host": host or f"{HOST}:{port}"})
    return connection.getresponse(), connection


def picture_in(stream: HTTPResponse) -> np.ndarray:
    """The next picture of an answer."""
    assert stream.readline() == b"--picture\r\n"
    assert stream.readline() == b"Content-Type: image/jpeg\r\n"
    length = int(stream.readline().split(b":")[1])
    assert stream.readline() == b"\r\n"
    coded = stream.read(length)
    assert stream.readline() == b"\r\n"
    picture = cv2.imdecode(np.frombuffer(coded, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture


def test_the_page_shows_the_stream_and_runs_nothing(preview: Preview) -> None:
    answer, connection = asked(preview, "/")
    page = answer.read().decode()
    assert answer.status == 200
    assert '<img src="/stream"' in page
    assert "<script" not in page
    assert "style" not in page
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src 'self';")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    connection.close()


def test_a_viewer_sees_labelled_pictures_the_newest_first(preview: Preview, sealer: Sealer) -> None:
    frames = reel(sealer, 60, 90, 120, 200)
    for _ in range(3):
        preview.show(next(frames))
    answer, connection = asked(preview, "/stream")
    assert answer.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=picture"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    first = picture_in(answer)
    assert np.abs(first[:90].astype(int) - 120).mean() < 8
    assert first[-10:, 4:70].max() > 190  # the label's letters
    preview.show(next(frames))
    assert np.abs(picture_in(answer)[:90].astype(int) - 200).mean() < 8
    assert preview.sent >= 1
    connection.close()


def test_the_ledger_knows_of_the_first_picture(preview: Preview, sealer: Sealer) -> None:
    for frame in reel(sealer, 60, 90):
        preview.show(frame)
    newest = read_ledger(sealer.lab.ledger).entries[-1]
    assert newest == preview.entry
    assert (newest.file, newest.kind) == ("shown live", "puppet")
    assert newest.payload is not None


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/", "evil.example", 403),
        ("/stream", "evil.example:80", 403),
        ("/", "127.0.0.1", 403),
        ("/index.html", None, 404),
        ("/stream/", None, 404),
        ("/../etc/passwd", None, 404),
    ],
)
def test_all_else_is_refused(preview: Preview, path: str, host: str | None, status: int) -> None:
    answer, connection = asked(preview, path, host)
    assert answer.status == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    connection.close()


def test_localhost_is_this_machine_too_and_nothing_is_posted(preview: Preview) -> None:
    page = preview.address.replace("127.0.0.1", "localhost")
    for answer, connection, status in (
        (*asked(preview, "/", page.removeprefix("http://").strip("/")), 200),
        (*asked(preview, "/", method="POST"), 501),
    ):
        assert answer.status == status
        connection.close()


def test_it_listens_on_this_machine_alone(preview: Preview) -> None:
    assert preview._server.server_address[0] == "127.0.0.1"


def test_a_fifth_viewer_is_told_to_wait_and_no_viewer_slows_the_show(preview: Preview, sealer: Sealer) -> None:
    frames = reel(sealer, *range(60, 200))
    preview.show(next(frames))
    viewers = [asked(preview, "/stream") for _ in range(MOST_VIEWERS)]  # none of them reads on
    answer, connection = asked(preview, "/stream")
    assert answer.status == 503
    for frame in frames:
        preview.show(frame)
    for _, held in (*viewers, (answer, connection)):
        held.close()


def test_closing_ends_every_answer_at_once() -> None:
    with Preview(0) as preview:
        answer, connection = asked(preview, "/stream")
        port = int(preview.address.rsplit(":", 1)[1].strip("/"))
        idle = socket.create_connection((HOST, port), timeout=PATIENCE_SECONDS)
    assert answer.read() == b""
    with idle, suppress(ConnectionResetError):
        assert idle.recv(1) == b""
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        asked(preview, "/")
    assert not [thread for thread in threading.enumerate() if "process_request" in thread.name]


def test_a_port_that_is_taken_is_told(preview: Preview) -> None:
    port = int(preview.address.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(UsageError, match=f"Port {port} is in use; name another with --port"):
        Preview(port)
