"""The walls hold, at each level that this machine has."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from unmask.errors import BrokenMedia, InputError, MissingComponent, NotMedia
from unmask.media import sandbox
from unmask.media.decoder import Decoder, request_for
from unmask.media.probe import probe
from unmask.media.source import open_source
from unmask.media.video import open_frames
from unmask.settings import Settings

DrawFilm = Callable[..., Path]
Force = Callable[[str], None]

HOSTILE = """
import json, os, socket, sys
sys.path += sys.argv[2:]
from child import walls
request = json.loads(sys.argv[1])
if request["landlock"]:
    walls.close_all_doors()

def connect():
    socket.create_connection(("127.0.0.1", request["port"]), timeout=5).close()

attempts = {
    "read": lambda: open(request["secret"]).read(),
    "read /etc": lambda: open("/etc/hostname").read(),
    "write": lambda: open(request["secret"], "a"),
    "write the input": lambda: open("/proc/self/fd/0", "r+b"),
    "list": lambda: os.listdir(os.path.dirname(request["secret"])),
    "connect": connect,
    "signal": lambda: os.kill(request["starter"], 0),
}
done = []
for name, attempt in attempts.items():
    try:
        attempt()
    except OSError:
        continue
    done.append(name)
print(json.dumps({"done": done, "input": os.read(0, 5).decode()}))
"""


@pytest.fixture
def force(monkeypatch: pytest.MonkeyPatch) -> Force:
    """Switch off all levels but one; skip where the machine has not got it."""

    def only(name: str) -> None:
        fault = sandbox.fault_of(name)
        if fault is not None:
            pytest.skip(f"this machine has no {name}: {fault}")
        monkeypatch.setattr(sandbox, "fault_of", lambda other: None if other == name else "it is switched off")

    return only


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def nobody_called(server: socket.socket) -> bool:
    try:
        server.accept()
    except BlockingIOError:
        return True
    return False


def digest_of(path: Path, settings: Settings) -> str:
    digest = hashlib.sha256()
    with open_frames(path, probe(path, settings), settings) as film:
        for frame in film:
            digest.update(f"{frame.seconds} {frame.image.shape}".encode())
            digest.update(frame.image.tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize("name", sandbox.LEVELS)
def test_each_level_reads_the_same_frames(draw: DrawFilm, settings: Settings, force: Force, name: str) -> None:
    path = draw(noise=True)
    best = digest_of(path, settings)
    force(name)
    assert probe(path, settings).sandbox == name
    assert digest_of(path, settings) == best


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("bubblewrap", set()),
        ("landlock", {"signal"}),  # kernels before 6.12 let it pass
        ("limits", {"read", "read /etc", "write", "write the input", "list", "connect", "signal"}),
    ],
)
def test_a_taken_over_decoder_is_shut_in(  # noqa: PLR0917 # pytest passes them by name
    tmp_path: Path, listener: socket.socket, force: Force, monkeypatch: pytest.MonkeyPatch, name: str, allowed: set[str]
) -> None:
    force(name)
    monkeypatch.setattr(sandbox, "BOOT", HOSTILE)
    secret = tmp_path / "secret"
    secret.write_text("secret")
    film = tmp_path / "film"
    film.write_text("bytes")
    request = {"port": listener.getsockname()[1], "secret": str(secret), "starter": os.getpid()}
    with film.open("rb") as source:
        child = sandbox.start(name, request, source.fileno())
        told = json.loads(child.communicate(timeout=60)[0])
    assert told["input"] == "bytes"
    assert set(told["done"]) <= allowed
    if "connect" not in allowed:
        assert nobody_called(listener)


@pytest.mark.parametrize("wanted", ["bubblewrap", "landlock"])
def test_less_than_wanted_is_refused(force: Force, wanted: str) -> None:
    force("limits")
    with pytest.raises(MissingComponent, match=f"The sandbox '{wanted}' is not to be had here. .*switched off"):
        sandbox.level(Settings(sandbox=wanted))


def test_the_next_best_level_says_why(force: Force) -> None:
    force("limits")
    found = sandbox.level(Settings())
    assert found.name == "limits"
    assert found.sentence.endswith(
        "Bubblewrap cannot be had: it is switched off. Landlock cannot be had: it is switched off."
    )


def test_a_bubblewrap_that_may_not_is_no_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbidden = tmp_path / "bwrap"
    forbidden.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    forbidden.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for cached in (sandbox.fault_of, sandbox.bubblewrap):
        monkeypatch.setattr(sandbox, cached.__name__, cached.__wrapped__)
    assert sandbox.fault_of("bubblewrap") == "bwrap: No permissions to create new namespace"
    assert sandbox.level(Settings()).name in {"landlock", "limits"}


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{first}\n#EXTINF:1,\n{second}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{first}'\nfile '{second}'\n",
    "dash": "<?xml version='1.0'?><MPD><BaseURL>{first}</BaseURL><BaseURL>{second}</BaseURL></MPD>",
}


def playlist(kind: str, folder: Path, other: Path, port: int) -> Path:
    path = folder / "innocent.mp4"
    path.write_text(PLAYLISTS[kind].format(first=f"file:{other}", second=f"http://127.0.0.1:{port}/a.ts"))
    return path


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_playlist_is_no_media(
    draw: DrawFilm, settings: Settings, tmp_path: Path, listener: socket.socket, kind: str
) -> None:
    path = playlist(kind, tmp_path, draw("other.ts"), listener.getsockname()[1])
    with pytest.raises(NotMedia, match=r"'innocent\.mp4' is no video, image or sound"):
        probe(path, settings)
    assert nobody_called(listener)


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_playlist_reads_nothing_even_if_it_came_through(  # noqa: PLR0917 # pytest passes them by name
    draw: DrawFilm, settings: Settings, tmp_path: Path, listener: socket.socket, force: Force, kind: str
) -> None:
    force("limits")  # so that nothing but the decoder's own options holds it back
    path = playlist(kind, tmp_path, draw("other.ts"), listener.getsockname()[1])
    with (
        open_source(path, settings) as source,
        Decoder(request_for("facts", kind, settings), source, path, settings) as decoder,
        pytest.raises(InputError),
    ):
        list(decoder.records())
    assert nobody_called(listener)


class Marked:
    """Settings whose children can be told from all other processes, and a count of those."""

    def __init__(self) -> None:
        self.bytes = 2**31 + os.getpid() * 4096 + time.monotonic_ns() % 4096
        self.settings = Settings(decode_memory_bytes=self.bytes)

    def alive(self) -> list[int]:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue  # it ended while we looked
            if str(self.bytes).encode() in line and int(entry.name) != os.getpid():
                found.append(int(entry.name))
        return found

    def gone(self) -> bool:
        for _ in range(100):
            if not self.alive():
                return True
            time.sleep(0.02)
        return False


@pytest.fixture
def marked() -> Marked:
    return Marked()


@pytest.mark.parametrize("name", sandbox.LEVELS)
def test_a_film_closed_early_leaves_no_process(draw: DrawFilm, force: Force, marked: Marked, name: str) -> None:
    force(name)
    path = draw(frames=100, size=(640, 480))
    film = open_frames(path, probe(path, marked.settings), marked.settings)
    next(iter(film))
    assert marked.alive()
    film.close()
    assert marked.gone()


@pytest.mark.parametrize("name", sandbox.LEVELS)
def test_an_interrupt_leaves_no_process(draw: DrawFilm, force: Force, marked: Marked, name: str) -> None:
    force(name)
    path = draw(frames=100, size=(640, 480))
    media = probe(path, marked.settings)

    def interrupted() -> None:
        with open_frames(path, media, marked.settings) as film:
            for _ in film:
                assert marked.alive()
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert marked.gone()


STARTER = """
import sys, time
from pathlib import Path
from unmask.media import sandbox
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import Settings
level = sys.argv[3]
sandbox.fault_of = lambda name: None if name == level else "it is switched off"
settings = Settings(decode_memory_bytes=int(sys.argv[2]))
path = Path(sys.argv[1])
film = open_frames(path, probe(path, settings), settings)
next(iter(film))
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("name", sandbox.LEVELS)
def test_a_killed_parent_leaves_no_process(draw: DrawFilm, force: Force, marked: Marked, name: str) -> None:
    force(name)
    path = draw(frames=100, size=(640, 480))
    command = [sys.executable, "-c", STARTER, str(path), str(marked.bytes), name]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        assert len(marked.alive()) > 1
        parent.kill()
    assert marked.gone()


def test_memory_is_bounded(draw: DrawFilm, force: Force, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    force("limits")
    greedy = "import sys; sys.path += sys.argv[2:]; from child import answer; answer.TASKS['facts'] = lambda request: bytes(3 << 30); answer.main()"
    monkeypatch.setattr(sandbox, "BOOT", greedy)
    with pytest.raises(
        InputError, match="takes more than 2147483648 bytes of memory; raise UNMASK_DECODE_MEMORY_BYTES"
    ):
        probe(draw(), settings)


def test_processor_time_is_bounded(draw: DrawFilm, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(sandbox, "bounds", lambda *_: {"memory_bytes": 1 << 30, "cpu_seconds": 1})
    busy = "import sys; sys.path += sys.argv[2:]; from child import answer; answer.TASKS['facts'] = lambda request: [0 for _ in iter(int, 1)]; answer.main()"
    monkeypatch.setattr(sandbox, "BOOT", busy)
    with pytest.raises(InputError, match="more processor time or memory than the decoder may have"):
        probe(draw(), settings)


def test_files_cannot_be_written(
    tmp_path: Path, draw: DrawFilm, force: Force, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    force("limits")
    target = tmp_path / "written"
    writing = f"import sys; sys.path += sys.argv[2:]; from child import answer; answer.TASKS['facts'] = lambda request: open({str(target)!r}, 'wb', 0).write(b'x'); answer.main()"
    monkeypatch.setattr(sandbox, "BOOT", writing)
    with pytest.raises(BrokenMedia, match="made the decoder stop"):
        probe(draw(), settings)
    assert target.stat().st_size == 0
