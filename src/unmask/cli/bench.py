"""``unmask bench``: measures this program itself."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from unmask.errors import UsageError

if TYPE_CHECKING:
    from unmask.benchmark.suite import SuiteResult

Suite = Literal["speed", "pulse", "clips", "ladder", "blend", "watermark", "lab", "service"]


def bench(
    suite: Annotated[
        Suite,
        typer.Argument(
            metavar="[SUITE]",
            help="speed, pulse, clips, ladder, blend, watermark, lab or service; speed if not given.",
            show_default=False,
        ),
    ] = "speed",
    place: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PLACE]",
            help="Folder to measure on; for speed, a film of one face; for blend, further records.",
            show_default=False,
        ),
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON objects, a line each.")] = False,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Put the results into this page, in place of the last ones.")
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="A sentence to keep with the results.")] = None,
    faces: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="For watermark: a folder of portraits, of which 50 are taken."),
    ] = None,
    speech: Annotated[
        Path | None, typer.Option(metavar="DIR", help="For watermark: a folder of utterances, of which 40 are taken.")
    ] = None,
    clips: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="For watermark: take only so many films of the folder; for service, so many stills.",
        ),
    ] = None,
    work: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="For watermark and ladder: keep what is measured here, so that a broken run goes on."
        ),
    ] = None,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="For watermark: films measured at once.")] = None,
    only: Annotated[
        str | None, typer.Option(metavar="NAMES", help="For ladder: ask only these detectors, separated by commas.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(metavar="N", min=0.01, help="For service: length of the soak, 2 if not given.")
    ] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Leave out the film of ten minutes; of ladder, watermark, lab and service, take a small part.",
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
) -> int:
    """Measure unmask: its cost, how well it reads pulses, how it judges a folder of films, what its marks survive.

    speed prints processor time and memory beside their targets, never time by the clock. pulse takes a folder with
    waves beside a finger sensor (*/ground_truth.txt), films of faces, and patches of skin without a pulse (no-pulse*).
    clips checks every film of a data set, or of any folder; where fakes and their originals are known, such as by names
    like X_real and X_fake, they are compared in pairs, after null tests that must read 0.5, and beside plain measures of
    the pictures. Where size, bit rate or length of the files alone tell the fakes, or what lies behind the faces, it says
    LEAK and ranks nothing. False alarms are counted by skin tone, light and size of the face, and by glasses where a table notes them. Where films of masks tell what was
    made, it says who finds where and when.
    ladder checks the pairs of a data set again and again, both films alike coded harder, shrunk, blurred, made noisy,
    darkened, cropped or filmed from a simulated screen; about a minute and a half a film. --quick takes two pairs and
    three rungs.
    blend measures nothing: it prints what is recorded of the training of the network that ships, its curve and its answers about people
    left out, and beside it the records of further trainings in a folder (*_training.json, from unmask train blend).
    watermark marks the films of a folder, codes, crops and alters them, and reads them again; about two minutes a film
    on two cores.
    lab trains a face swap of drawn people for ten minutes and measures it; with a folder of two people's films, twenty
    minutes on these too. With --write, the error against yaw is drawn beside the page.
    service starts `unmask serve` in a folder of its own and kills its workers while 1,000 drawn stills are examined; it counts
    reads a second, sends a gigabyte, listens a hundred times at once, and keeps it busy for minutes; about a quarter of
    an hour on two cores.

    With --write, each run of clips or ladder also adds a line to the list of looks at that folder.

    \b
    Examples:
      unmask bench speed examples/real.mp4
      unmask bench pulse recordings/ --json
      unmask bench clips films/ --write docs/results.md --note "Before the new threshold."
      unmask bench ladder films/ --work kept/ --only seam,flicker
      unmask bench lab pair/ --write docs/results.md
      unmask bench service --minutes 30
      unmask bench watermark films/ --faces portraits/ --speech utterances/ --work kept/ --write docs/results.md
    """
    suites: dict[Suite, Callable[[], SuiteResult]] = {
        "speed": lambda: _speed(place, note, quick=quick, quiet=quiet),
        "pulse": lambda: _pulse(_folder(place, suite), note, quiet=quiet),
        "clips": lambda: _clips(_folder(place, suite), note, quiet=quiet),
        "ladder": lambda: _ladder(_folder(place, suite), _Climb(work, only, quick), note, quiet=quiet),
        "blend": lambda: _blend(None if place is None else _folder(place, suite), note),
        "watermark": lambda: _watermark(
            _folder(place, suite), _Marks(faces, speech, clips, work, jobs, quick), note, quiet=quiet
        ),
        "lab": lambda: _lab(None if place is None else _folder(place, suite), note, write, quick=quick, quiet=quiet),
        "service": lambda: _service(place, note, clips, minutes, quick=quick, quiet=quiet),
    }
    from unmask.benchmark.sections import write_section
    from unmask.report.as_json import json_line

    result = suites[suite]()
    for line in map(json_line, result.rows) if json else result.section.lines:
        typer.echo(line)
    if write is not None:
        write_section(write, result.section)
    return 0


@dataclass(frozen=True, slots=True)
class _Marks:
    """Options of the suite ``watermark``."""

    faces: Path | None
    speech: Path | None
    clips: int | None
    work: Path | None
    jobs: int | None
    quick: bool


@dataclass(frozen=True, slots=True)
class _Climb:
    """Options of the suite ``ladder``."""

    work: Path | None
    only: str | None
    quick: bool

    @property
    def detectors(self) -> list[str] | None:
        """Names of the detectors to ask, all when None."""
        return None if self.only is None else [name.strip() for name in self.only.split(",") if name.strip()]


def _folder(place: Path | None, suite: Suite) -> Path:
    if place is None or not place.is_dir():
        named = "no folder was named" if place is None else f"'{place}' is no folder"
        raise UsageError(
            f"The suite '{suite}' measures on a folder, and {named}; add one: unmask bench {suite} FOLDER."
        )
    return place


def _speed(place: Path | None, note: str | None, *, quick: bool, quiet: bool) -> "SuiteResult":
    from unmask.benchmark.speed import EXAMPLE, speed_suite

    film = EXAMPLE if place is None else place
    if not film.is_file():
        raise UsageError(f"There is no film '{film}' to measure on; name one of one face: unmask bench speed FILM.")
    told = (lambda _: None) if quiet else (lambda what: typer.echo(f"measuring {what}", err=True))
    return speed_suite(film, quick=quick, note=note, on_begin=told)


def _pulse(folder: Path, note: str | None, *, quiet: bool) -> "SuiteResult":
    from unmask.benchmark.rates import film_rate, films_of, pulse_origin, pulse_suite
    from unmask.cli.progress import watching
    from unmask.settings import settings

    origin, films, rates = pulse_origin(folder), films_of(folder), []
    with watching(len(films), quiet=quiet) as watch:
        for film in films:
            watch.begin(film.name)
            rates.append(film_rate(film, settings()))
            watch.end()
    return pulse_suite(folder, tuple(rates), origin, note)


def _clips(folder: Path, note: str | None, *, quiet: bool) -> "SuiteResult":
    from unmask.benchmark.clips import clip_row
    from unmask.benchmark.clips_section import clips_origin, clips_suite
    from unmask.benchmark.truth import films_in
    from unmask.cli.inputs import expand
    from unmask.cli.progress import watching
    from unmask.settings import settings

    found, rows = films_in(folder, [one.path for one in expand([str(folder)]) if one.path]), []
    origin = clips_origin(folder, found.files)
    with watching(len(found.films), quiet=quiet) as watch:
        for film in found.films:
            watch.begin(film.name)
            rows.append(clip_row(film, settings(), watch.advance))
            watch.end()
    return clips_suite(folder, rows, origin, note, found.remarks)


def _ladder(folder: Path, options: _Climb, note: str | None, *, quiet: bool) -> "SuiteResult":
    import tempfile

    from unmask.benchmark.ladder import climb, ladder_of
    from unmask.benchmark.ladder_section import ladder_origin, ladder_suite
    from unmask.benchmark.truth import films_in
    from unmask.cli.progress import watching
    from unmask.settings import settings

    with tempfile.TemporaryDirectory(prefix="unmask-bench-") as passing:
        work = options.work or Path(passing)
        ladder = ladder_of(films_in(folder, ()), folder, work, only=options.detectors, quick=options.quick)
        origin, climbed = ladder_origin(folder, ladder), []
        with watching(len(ladder.steps), quiet=quiet) as watch:
            for one in climb(ladder, settings()):
                watch.begin(f"{one.row.file}: {one.rung}")
                climbed.append(one)
                watch.end()
        return ladder_suite(folder, ladder, climbed, origin, note)


def _blend(folder: Path | None, note: str | None) -> "SuiteResult":
    from unmask.benchmark.blend_section import blend_suite

    return blend_suite(folder, note)


def _lab(place: Path | None, note: str | None, page: Path | None, *, quick: bool, quiet: bool) -> "SuiteResult":
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.benchmark.lab import PLOT, lab_suite
    from unmask.settings import settings

    told = (lambda _: None) if quiet else (lambda what: typer.echo(f"measuring {what}", err=True))
    plot = None if page is None else page.parent / "pictures" / PLOT
    return lab_suite(place, settings(), quick=quick, note=note, plot=plot, on_begin=told)


def _service(
    place: Path | None, note: str | None, stills: int | None, minutes: float | None, *, quick: bool, quiet: bool
) -> "SuiteResult":
    if place is not None:
        raise UsageError(f"The suite 'service' draws what it needs and takes no '{place}'; leave it out.")
    from unmask.benchmark.service import effort_of, service_suite

    given = [
        *(["--quick"] if quick else []),
        *([] if stills is None else [f"--clips {stills}"]),
        *([] if minutes is None else [f"--minutes {minutes:g}"]),
    ]
    told = (lambda _: None) if quiet else (lambda what: typer.echo(what, err=True))
    effort = effort_of(stills, minutes, quick=quick)
    return service_suite(effort, " ".join(["unmask bench service", *given]), note=note, tell=told)


def _watermark(folder: Path, options: _Marks, note: str | None, *, quiet: bool) -> "SuiteResult":
    import os
    import tempfile

    from unmask.benchmark.clips_section import named
    from unmask.benchmark.rates import films_of
    from unmask.benchmark.watermark import outcomes_of, watermark_origin, watermark_suite
    from unmask.benchmark.watermark_beside import PEER
    from unmask.benchmark.watermark_jobs import jobs_of, plan_of, work_off
    from unmask.cli.progress import watching
    from unmask.settings import settings

    with tempfile.TemporaryDirectory(prefix="unmask-bench-") as passing:
        plan = plan_of(
            films_of(folder),
            options.work or Path(passing),
            settings(),
            faces=options.faces,
            speech=options.speech,
            peer=os.environ.get(PEER) or None,
            most_films=options.clips,
            quick=options.quick,
        )
        origin = watermark_origin(plan, named(folder))
        jobs = jobs_of(plan)
        with watching(len(jobs), quiet=quiet) as watch:
            for job in work_off(jobs, options.jobs or os.cpu_count() or 1):
                watch.begin(f"{job.part}: {job.file.name}")
                watch.end()
        return watermark_suite(plan, outcomes_of(jobs), origin, note)
