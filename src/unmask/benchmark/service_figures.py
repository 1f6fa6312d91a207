"""Figures of the suite ``service`` beside their goals. Pure: from what was measured to lines and rows."""

import gzip
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.benchmark.lab_figures import Figure
from unmask.benchmark.sections import table
from unmask.benchmark.service_events import FilmRun, ListenRun
from unmask.benchmark.service_kills import KillRun
from unmask.benchmark.service_load import ReadRun, SoakRun, UploadRun
from unmask.benchmark.service_paint import PaintRun

KILOBYTE, MEGABYTE = 1e3, 1e6
LEAST_READS = 300.0
MOST_GROWTH_MEGABYTES = 50.0
MOST_PAGE_KILOBYTES = 80.0
MOST_PAINT_SECONDS = 1.0
SOAK_MINUTES = 30.0
_NAMED = re.compile(r'(?:src|href)="/([^"]+)"')
"""Files that the page's index names: scripts, what they need at once, style sheets, the icon."""
HEAD = ("what", "measured", "goal", "met", "on what")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Files that a browser loads: how many, their bytes, and their bytes packed one by one."""

    files: int
    bytes: int
    packed_bytes: int


@dataclass(frozen=True, slots=True)
class PageSize:
    """The page as it lies in the package.

    Attributes:
        first: What its first view loads: ``index.html`` and what that names.
        whole: All there is, the other views, languages and guides too, which are loaded when they are gone to.
    """

    first: Loaded
    whole: Loaded


@dataclass(frozen=True, slots=True)
class Measured:
    """All that was measured in a run."""

    kills: KillRun
    film: FilmRun
    reads: ReadRun
    listeners: ListenRun
    upload: UploadRun
    page: PageSize
    paint: PaintRun
    soak: SoakRun


def page_size(folder: Path) -> PageSize:
    """The size of a built page, as a browser loads it that takes gzip.

    Raises:
        OSError: A file that ``index.html`` names is not there.
    """
    index = folder / "index.html"
    named = sorted(folder / name for name in set(_NAMED.findall(index.read_text(encoding="utf-8"))))
    return PageSize(_loaded([index, *named]), _loaded(path for path in sorted(folder.rglob("*")) if path.is_file()))


def _loaded(paths: Iterable[Path]) -> Loaded:
    contents = [path.read_bytes() for path in paths]
    packed = [len(gzip.compress(content, mtime=0)) for content in contents]
    return Loaded(len(contents), sum(map(len, contents)), sum(packed))


def figures_of(measured: Measured) -> Iterator[tuple[str, Figure]]:
    """Every figure with the part of the suite that it belongs to."""
    parts = {
        "kills": _kills(measured.kills),
        "reads": _reads(measured.reads),
        "upload": _upload(measured.upload),
        "listeners": _listeners(measured.listeners),
        "film": _film(measured.film),
        "page": _page(measured.page),
        "paint": _paint(measured.paint),
        "soak": _soak(measured.soak),
    }
    for part, figures in parts.items():
        for figure in figures:
            yield part, figure


def service_table(figures: list[Figure]) -> list[str]:
    """The figures as a Markdown table."""
    rows = [
        (one.name, f"{one.value:.{one.digits}f} {one.unit}".strip(), one.target, one.met, one.detail) for one in figures
    ]
    return table(HEAD, rows)


def _kills(run: KillRun) -> Iterator[Figure]:
    on = f"{run.kills} workers killed (SIGKILL) at random moments, which cost {run.tried_again} further attempts"
    on += "".join(f"; {fate}: {number}" for fate, number in sorted(Counter(run.astray).items()))
    yield Figure(
        "checks with exactly one result",
        float(run.once),
        f"of {run.checks}",
        at_least=float(run.checks),
        detail=on,
        digits=0,
    )
    rate = f"two workers, stills of 160×160; {run.checks / run.seconds:.2f} a second"
    yield Figure("from the first request to the last result", run.seconds, "s", detail=rate, digits=1)


def _reads(run: ReadRun) -> Iterator[Figure]:
    on = f"{run.reads} reads in {run.seconds:.1f} s over one line, while two checks of a film run; who asks shares the cores"
    yield Figure(
        "reads of a check's state", run.reads / run.seconds, "a second", at_least=LEAST_READS, detail=on, digits=0
    )
    if run.server_cpu_seconds > 0:
        rate = run.reads / run.server_cpu_seconds
        yield Figure("reads of a check's state", rate, "a CPU s", detail="processor time of the server alone", digits=0)


def _upload(run: UploadRun) -> Iterator[Figure]:
    size = f"{run.bytes / MEGABYTE:.0f} MB"
    rate = f"{run.bytes / MEGABYTE / run.seconds:.0f} MB a second, from memory, hashed and written"
    yield Figure(f"upload of {size}", run.seconds, "s", detail=rate, digits=1)
    growth, on = run.growth_bytes / MEGABYTE, "resident, largest while it came less that before"
    yield Figure(
        "growth of the server's memory in it", growth, "MB", at_most=MOST_GROWTH_MEGABYTES, detail=on, digits=1
    )


def _listeners(run: ListenRun) -> Iterator[Figure]:
    on = f"{run.events} events each"
    yield Figure(
        "listeners that heard every event, in order",
        float(run.complete),
        f"of {run.listeners}",
        at_least=float(run.listeners),
        detail=on,
        digits=0,
    )
    if run.delays:
        on = f"from a change of state to its hearing, {len(run.delays)} of them; all listeners in one process"
        yield Figure("delay of an event, median", 1000 * statistics.median(run.delays), "ms", detail=on, digits=0)
        late = 1000 * float(np.quantile(run.delays, 0.95))
        yield Figure("delay of an event, 95 %", late, "ms", detail="as above", digits=0)


def _film(run: FilmRun) -> Iterator[Figure]:
    on = f"a film of two seconds, {run.bytes / KILOBYTE:.0f} kB, from its first byte; workers that have worked before, and no other check"
    yield Figure("to the first evidence", run.evidence_seconds, "s", detail=on)
    yield Figure("to the verdict", run.verdict_seconds, "s", detail="the same film")


def _page(size: PageSize) -> Iterator[Figure]:
    first, whole = size.first, size.whole
    packed = first.packed_bytes / KILOBYTE
    on = f"index.html and what it names: {_told(first)}"
    yield Figure("the page's first view, gzip", packed, "kB", at_most=MOST_PAGE_KILOBYTES, detail=on, digits=1)
    on = f"with all views, languages and guides: {_told(whole)}"
    yield Figure("the whole page, gzip", whole.packed_bytes / KILOBYTE, "kB", detail=on, digits=1)


def _paint(run: PaintRun) -> Iterator[Figure]:
    on = (
        f"median of {len(run.seconds)} visits with a Chromium that has kept nothing: first contentful paint; "
        f"longest {max(run.seconds):.2f} s"
        if run.seconds
        else f"not measured: {run.missing}"
    )
    seconds = statistics.median(run.seconds) if run.seconds else float("nan")
    yield Figure("the page's first paint", seconds, "s", at_most=MOST_PAINT_SECONDS, detail=on)


def _told(loaded: Loaded) -> str:
    return f"{loaded.files} files, {loaded.bytes / KILOBYTE:.1f} kB unpacked"


def _soak(run: SoakRun) -> Iterator[Figure]:
    on = f"{run.checks} stills examined, {run.reads} reads"
    yield Figure("soak", run.minutes, "minutes", at_least=SOAK_MINUTES, detail=on)
    held = f"of the server, after the first minute, or the first third; {run.last_bytes / MEGABYTE:.0f} MB at the end"
    yield Figure("growth of memory in it", run.growth_bytes_per_minute / MEGABYTE, "MB a minute", detail=held)
