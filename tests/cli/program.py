"""The program under test, run as a user runs it."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

COMMAND = (sys.executable, "-m", "unmask")
ROOT = Path(__file__).parents[2]
LONGEST_RUN_SECONDS = 240
LONGEST_ANSWER = 64
Row = dict[str, Any]


def environment(**changed: str) -> dict[str, str]:
    """Ours, without the settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UNMASK_")}
    absent = {"UNMASK_CONFIG": "/nonexistent/unmask.toml", "UNMASK_MODELS": "/nonexistent/models"}
    return kept | absent | {"COLUMNS": "200", "OMP_NUM_THREADS": "1"} | changed


class Ready:
    """A process that has imported the program, see ``tests.cli.ready``, and runs it as often as it is asked."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "tests.cli.ready", str(theirs.fileno())]
            self._socket.settimeout(LONGEST_RUN_SECONDS)
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment(), pass_fds=[theirs.fileno()], start_new_session=True
            )

    def run(self, words: Sequence[str], folder: Path, place: dict[str, str], streams: Sequence[IO[bytes]]) -> int:
        """Run one command to its end.

        Returns:
            Its exit code, the number of a signal below zero.
        """
        request = {"arguments": words, "folder": str(folder), "environment": place}
        with ExitStack() as without_answer:
            without_answer.callback(self.end)
            socket.send_fds(self._socket, [json.dumps(request).encode()], [stream.fileno() for stream in streams])
            answer = self._socket.recv(LONGEST_ANSWER)
            if not answer:
                raise EOFError("The process that runs the program has ended.")
            without_answer.pop_all()
        return int(answer)

    def end(self) -> None:
        """End it, and what it runs; the next run has another."""
        ready.cache_clear()
        self._socket.close()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@cache
def ready() -> Ready:
    """The one of these tests."""
    made = Ready()
    atexit.register(made.end)
    return made


def unmask(
    *arguments: str | bytes | Path, cwd: Path | None = None, stdin: bytes = b"", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the program to its end, in a process of its own."""
    words = [os.fsdecode(argument) for argument in arguments]
    return ran(words, cwd or Path.cwd(), environment(**settings), stdin)


def ran(words: list[str], folder: Path, place: dict[str, str], stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Run the program in a folder and an environment."""
    reads, writes = os.pipe()
    with (
        os.fdopen(reads, "rb") as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        ThreadPoolExecutor(1) as beside,
    ):
        beside.submit(_write, writes, stdin)
        code = ready().run(words, folder, place, [given, out, err])
        given.close()
        texts = (_all(stream).decode("utf-8", "backslashreplace") for stream in (out, err))
        return subprocess.CompletedProcess([*COMMAND, *words], code, *texts)


def _write(pipe: int, given: bytes) -> None:
    with suppress(BrokenPipeError), os.fdopen(pipe, "wb") as stream:
        stream.write(given)


def _all(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


def python(code: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a few lines in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=LONGEST_RUN_SECONDS,
        check=False,
    )


def rows(done: subprocess.CompletedProcess[str]) -> list[Row]:
    """The JSON objects on stdout."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def names(found: Sequence[Row]) -> list[str]:
    """The files of rows, in their order."""
    return [row["file"] for row in found]
