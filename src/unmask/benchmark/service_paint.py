"""How soon the page shows something: Chromium, where there is one, opens it with nothing kept and writes down when."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unmask.benchmark.service_program import HOST, Served
from unmask.errors import UnmaskError

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TRACE_SECONDS = 3
BROWSER_SECONDS = 60.0
MICROSECONDS = 1e6
OPTIONS = (
    "--headless",
    "--no-sandbox",  # it opens the page of this very package, also where it is run as root
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--trace-startup=loading,blink.user_timing",
    "--trace-startup-format=json",
    f"--trace-startup-duration={TRACE_SECONDS}",
    f"--timeout={1000 * TRACE_SECONDS}",
)


@dataclass(frozen=True, slots=True)
class PaintRun:
    """Visits to the page.

    Attributes:
        seconds: Of each visit, from the beginning of the navigation to the first text or picture on the screen (First
            Contentful Paint, W3C Paint Timing); empty where it was not measured.
        missing: Why it was not.
    """

    seconds: tuple[float, ...]
    missing: str | None = None


def paint_run(service: Served, visits: int) -> PaintRun:
    """Open the page so many times, each in a browser that has kept nothing; a browser that fails costs nothing but this."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return PaintRun((), "no Chromium is installed")
    address = f"http://{HOST}:{service.port}/"
    try:
        return PaintRun(tuple(_visit(browser, address) for _ in range(visits)))
    except UnmaskError as error:
        return PaintRun((), str(error).rstrip("."))


def painted(events: Iterable[Mapping[str, Any]], address: str) -> float:
    """Seconds from the beginning of the navigation to an address to its first contentful paint.

    Args:
        events: Of a trace that Chromium wrote, with the categories ``loading`` and ``blink.user_timing``.
        address: Of the page.

    Raises:
        UnmaskError: The trace knows nothing of it.

    >>> start = {"name": "navigationStart", "ts": 5e5, "args": {"data": {"documentLoaderURL": "http://a/", "navigationId": "1"}}}
    >>> painted([start, {"name": "firstContentfulPaint", "ts": 7e5, "args": {"data": {"navigationId": "1"}}}], "http://a/")
    0.2
    """
    begun: dict[str, float] = {}
    for event in sorted(events, key=lambda event: float(event.get("ts", 0))):
        data = event.get("args", {}).get("data", {})
        if event["name"] == "navigationStart" and data.get("documentLoaderURL") == address:
            begun[data["navigationId"]] = event["ts"]
        elif event["name"] == "firstContentfulPaint" and data.get("navigationId") in begun:
            return (float(event["ts"]) - begun[data["navigationId"]]) / MICROSECONDS
    raise UnmaskError(f"the browser showed nothing of {address} in {TRACE_SECONDS} seconds.")


def _visit(browser: str, address: str) -> float:
    with tempfile.TemporaryDirectory(prefix="unmask-bench-", ignore_cleanup_errors=True) as folder:
        trace = Path(folder) / "trace.json"
        places = (
            f"--user-data-dir={folder}/browser",
            f"--trace-startup-file={trace}",
            f"--screenshot={folder}/seen.png",
        )
        try:
            subprocess.run(
                [browser, *OPTIONS, *places, address],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=BROWSER_SECONDS,
                check=True,
            )
            events = json.loads(trace.read_bytes())["traceEvents"]
        except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
            raise UnmaskError(f"{Path(browser).name} did not open the page: {_told(error)}.") from error
        return painted(events, address)


def _told(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"it ended with {error.returncode}"
    return type(error).__name__
