"""`unmask serve` as a process of its own, asked over HTTP: the program that is measured, and not its parts."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from unmask.benchmark.cost import children, counts, tree
from unmask.errors import UnmaskError

HOST = "127.0.0.1"
ANSWER_SECONDS = 120.0
IDLE_SECONDS = 2.0
"""A line that was quiet for longer is opened anew: the server closes it soon, and nobody can say when."""
END_SECONDS = 40.0
LOOK_SECONDS = 0.1
SAMPLE_SECONDS = 0.05
OVER = frozenset({"done", "failed", "quarantined"})
SHOWN_CHARACTERS = 300

Told = Mapping[str, Any]
"""An answer's JSON."""
Sample = tuple[float, int]
"""Seconds of a clock that only rises, and resident bytes."""


@dataclass(slots=True)
class Line:
    """One connection that is kept open and asked one thing after another.

    Attributes:
        port: Of the service.
    """

    port: int
    _http: HTTPConnection = field(init=False)
    _used: float = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is opened before something is asked."""
        self._http, self._used = HTTPConnection(HOST, self.port, timeout=ANSWER_SECONDS), time.monotonic()

    def get(self, path: str) -> Told:
        """What the service answers; UnmaskError where it refuses."""
        return self._ask("GET", path, None, {})

    def send(self, blocks: bytes | Iterable[bytes], length: int) -> str:
        """Send a file of so many bytes; its SHA-256."""
        headers = {"content-length": str(length), "content-type": "application/octet-stream"}
        return str(self._ask("POST", "/v1/media?name=drawn", blocks, headers)["sha256"])

    def check(self, file: Path, **options: object) -> str:
        """Send a file and ask for it to be examined; the identity of the check."""
        content = file.read_bytes()
        asked = {"media": self.send(content, len(content)), "name": file.name, **options}
        headers = {"content-type": "application/json"}
        return str(self._ask("POST", "/v1/checks", json.dumps(asked).encode(), headers)["id"])

    def state(self, check: str) -> str:
        """Where a check stands."""
        return str(self.get(f"/v1/checks/{check}")["state"])

    def is_over(self, check: str) -> bool:
        """Whether nothing more comes of a check."""
        return self.state(check) in OVER

    def delete(self, check: str) -> None:
        """Delete a check."""
        self._ask("DELETE", f"/v1/checks/{check}", None, {})

    def close(self) -> None:
        """Let go of the line."""
        self._http.close()

    def _ask(self, method: str, path: str, body: bytes | Iterable[bytes] | None, headers: Mapping[str, str]) -> Told:
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._http.close()
        try:
            self._http.request(method, path, body, headers)
            answer = self._http.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            raise UnmaskError(f"The service did not answer {method} {path}: {error!r}.") from error
        self._used = time.monotonic()
        if answer.status >= 400:
            said = content.decode(errors="replace")[:SHOWN_CHARACTERS]
            raise UnmaskError(f"The service answered {method} {path} with {answer.status}: {said}")
        told: Told = json.loads(content or b"{}")
        return told


@dataclass(frozen=True, slots=True)
class Served:
    """A service that runs.

    Attributes:
        pid: Of the server.
        port: On which it answers.
    """

    pid: int
    port: int

    def line(self) -> Line:
        """A connection to it."""
        return Line(self.port)

    def workers(self) -> list[int]:
        """Its workers' processes, oldest first; what a worker has begun has its words for a moment, and is none."""
        return sorted(pid for pid in children(self.pid) if b"worker" in _words(pid))

    def cpu_seconds(self) -> float:
        """Processor time of the server alone, so far."""
        return counts(self.pid)[0]

    @contextmanager
    def memory(self) -> Generator[list[Sample]]:
        """Resident memory of the server alone, again and again."""
        samples, over = [(time.monotonic(), counts(self.pid)[1])], threading.Event()

        def look() -> None:
            while not over.wait(SAMPLE_SECONDS):
                samples.append((time.monotonic(), counts(self.pid)[1]))

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield samples
        finally:
            over.set()
            thread.join()


@contextmanager
def served(folder: Path, workers: int) -> Generator[Served]:
    """A service in a folder of its own, as it is without any setting but a limit on requests that is not met; it is gone afterwards.

    Raises:
        UnmaskError: It does not start.
    """
    command = [sys.executable, "-m", "unmask", "serve", "--port", "0", "--folder", str(folder)]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*command, "--workers", str(workers)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            env=_environment(folder),
            text=True,
        )
        try:
            opened = process.stdout.readline() if process.stdout else ""
            if not opened.startswith("Open http://"):
                said.seek(0)
                raise UnmaskError(f"unmask serve does not start: {said.read().decode(errors='replace')[-300:]}")
            yield Served(process.pid, urlsplit(opened.split()[1]).port or 0)
        finally:
            _end(process)


def await_all(line: Line, checks: Iterable[str], most_seconds: float = 600.0) -> None:
    """Wait until checks are over.

    Raises:
        UnmaskError: They are not, in time.
    """
    for check in checks:
        await_that(partial(line.is_over, check), f"check {check}", most_seconds)


def await_that(holds: Callable[[], bool], what: str, most_seconds: float = 600.0) -> None:
    """Wait until something is so.

    Raises:
        UnmaskError: It is not, in time.
    """
    until = time.monotonic() + most_seconds
    while not holds():
        if time.monotonic() > until:
            raise UnmaskError(f"Nothing came of {what} in {most_seconds:.0f} seconds.")
        time.sleep(LOOK_SECONDS)


def _environment(folder: Path) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UNMASK_")}
    places = {"UNMASK_CONFIG": str(folder / "none.toml"), "UNMASK_MODELS": str(folder / "none")}
    return kept | places | {"UNMASK_SERVE__REQUESTS_PER_SECOND": "100000"}  # the service is measured, not its limit


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        for pid in reversed(list(tree(process.pid))):
            os.kill(pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _words(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
