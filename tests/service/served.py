"""`unmask serve` as a user starts it: a process with processes of its own, asked over HTTP."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from tests.cli.program import COMMAND, environment

LONGEST_SECONDS = 180.0
Row = dict[str, Any]


Found = TypeVar("Found")


def wait_for(look: Callable[[], Found | None]) -> Found:
    """What a look finds as soon as it does."""
    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise TimeoutError("It did not come about.")


class Served:
    """A service that runs."""

    def __init__(self, folder: Path, workers: int = 2, *options: str, **settings: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0", "--folder", folder, "--workers", str(workers), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(**settings),
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Open http://"), line
        self.address = line.split()[1].rstrip("/")

    def ask(self, method: str, path: str, body: bytes | None = None) -> Row:
        headers = {"content-type": "application/json" if path == "/v1/checks" else "application/octet-stream"}
        request = urllib.request.Request(self.address + path, body, headers, method=method)  # noqa: S310 # ours
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 # ours
            told: Row = json.loads(answer.read() or b"{}")
        return told

    def send(self, content: bytes, **options: object) -> str:
        """Ask for a file to be checked; its identity."""
        sha256 = self.ask("POST", "/v1/media?name=drawn", content)["sha256"]
        asked = {"media": sha256, "name": "drawn", **options}
        return str(self.ask("POST", "/v1/checks", json.dumps(asked).encode())["id"])

    def check(self, check: str) -> Row:
        return self.ask("GET", f"/v1/checks/{check}")

    def await_state(self, check: str, state: str) -> Row:
        def look() -> Row | None:
            found = self.check(check)
            assert found["state"] in {state, "queued", "running"}, found
            return found if found["state"] == state else None

        return wait_for(look)

    def workers(self) -> dict[str, int]:
        """Processes of its workers that are there, by their names in the queue."""
        found: dict[str, int] = {}
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = path.read_bytes().decode(errors="replace").split("\0")
                if "worker" in words and str(self.process.pid) in words:
                    found[words[words.index("--name") + 1]] = int(path.parent.name)
        return found

    def kill(self) -> None:
        """End it with its workers, none of which can say a word."""
        there = (self.process.pid, *self.workers().values())
        for pid in there:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process.stdout is not None and not self.process.stdout.closed:
            self.process.communicate(timeout=30)

    def end(self) -> tuple[int, str]:
        """Ask it to end; its exit code, and what it said on stderr."""
        self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=LONGEST_SECONDS)
        return self.process.returncode, said
