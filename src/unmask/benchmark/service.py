"""The suite ``service``: `unmask serve` under load, under kills and for minutes, asked over HTTP alone."""

import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from unmask.benchmark.origin import origin_of
from unmask.benchmark.sections import Section
from unmask.benchmark.service_drawn import Drawn, draw
from unmask.benchmark.service_events import film_run, listen_run, warm
from unmask.benchmark.service_figures import Measured, figures_of, page_size, service_table
from unmask.benchmark.service_kills import WORKERS, KillRun, Tell, kills_of, run_with_kills
from unmask.benchmark.service_load import read_run, soak_run, upload_run
from unmask.benchmark.service_paint import paint_run
from unmask.benchmark.service_program import served
from unmask.benchmark.suite import SuiteResult

SEED = 1
PAGE = Path(__file__).parents[1] / "service" / "page"
STILLS_A_KILL = 4
LISTENED_STILLS = 5


@dataclass(frozen=True, slots=True)
class Effort:
    """What a run spends.

    Attributes:
        stills: Checks in the queue whose workers are killed.
        kills: Workers killed, at most one to four stills.
        film_seconds: Length of the film that is examined while reads are counted.
        read_seconds: How long they are counted at most.
        upload_bytes: Size of the large file.
        listeners: Who listen at once.
        visits: How often the page is opened.
        minutes: Length of the soak.
    """

    stills: int = 1000
    kills: int = 10
    film_seconds: float = 20.0
    read_seconds: float = 10.0
    upload_bytes: int = 10**9
    listeners: int = 100
    visits: int = 5
    minutes: float = 2.0


FULL = Effort()
QUICK = Effort(stills=40, kills=3, film_seconds=8.0, read_seconds=3.0, upload_bytes=10**8, visits=1, minutes=0.1)


def effort_of(stills: int | None = None, minutes: float | None = None, *, quick: bool = False) -> Effort:
    """What to spend, None as it is usual.

    >>> effort_of(8, quick=True).kills
    2
    """
    usual = QUICK if quick else FULL
    number = usual.stills if stills is None else stills
    kills = min(usual.kills, number // STILLS_A_KILL)
    return replace(usual, stills=number, kills=kills, minutes=usual.minutes if minutes is None else minutes)


def service_suite(effort: Effort, command: str, *, note: str | None = None, tell: Tell = lambda _: None) -> SuiteResult:
    """Measure the service, in folders of the run's own that are gone afterwards.

    Args:
        effort: What is spent.
        command: The command line that asks for this run.
        note: A sentence for the section.
        tell: Told how far it is.

    Raises:
        UnmaskError: The service does not start, or fails.
    """
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="unmask-bench-") as folder:
        place = Path(folder)
        tell(f"drawing {effort.stills} stills and a film of {effort.film_seconds:.0f} s")
        drawn = draw(place, effort.stills, effort.film_seconds, SEED)
        origin = origin_of(command, [*drawn.stills, drawn.small_film, drawn.film], SEED)
        measured = _measure(drawn, effort, place, tell)
    figures = list(figures_of(measured))
    rows = [
        *({"kind": "service", "part": part, **asdict(one), "met": one.met} for part, one in figures),
        {"kind": "origin", **asdict(origin), "load": round(load, 2)},
    ]
    told = (
        f"`unmask serve` with {WORKERS} workers, as it is without any setting but a limit on requests that is not met, asked over HTTP by one process on the same "
        f"machine. Load of the machine before: {load:.1f}."
    )
    lines = (
        told,
        "",
        *service_table([figure for _, figure in figures]),
    )
    return SuiteResult(tuple(rows), Section("service", lines, origin, note))


def _measure(drawn: Drawn, effort: Effort, place: Path, tell: Tell) -> Measured:
    kills = _kills(drawn, effort, place / "killed", tell)
    with served(place / "loaded", WORKERS) as service:
        tell("waiting for the first evidence of a film")
        warm(service, drawn.stills)
        film = film_run(service, drawn.small_film)
        tell("reading while two checks of a film run")
        reads = read_run(service, drawn.film, effort.read_seconds)
        tell(f"listening, {effort.listeners} at once")
        heard = listen_run(service, [*drawn.stills[:LISTENED_STILLS], drawn.small_film], effort.listeners)
        tell(f"sending {effort.upload_bytes / 1e6:.0f} MB")
        upload = upload_run(service, effort.upload_bytes, SEED)
        tell("opening the page")
        paint = paint_run(service, effort.visits)
        tell(f"soaking for {effort.minutes:g} minutes")
        soak = soak_run(service, drawn.stills, effort.minutes)
    return Measured(kills, film, reads, heard, upload, page_size(PAGE), paint, soak)


def _kills(drawn: Drawn, effort: Effort, folder: Path, tell: Tell) -> KillRun:
    tell(f"sending {effort.stills} stills; {effort.kills} workers will be killed")
    with served(folder, WORKERS) as service:
        return run_with_kills(service, drawn.stills, kills_of(effort.kills, effort.stills, SEED), tell)
