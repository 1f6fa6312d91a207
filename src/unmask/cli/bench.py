"""``unmask bench``: measures this program itself."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from unmask.errors import UsageError

if TYPE_CHECKING:
    from unmask.benchmark.suite import SuiteResult

Suite = Literal["speed", "pulse", "clips"]


def bench(
    suite: Annotated[
        Suite, typer.Argument(metavar="[SUITE]", help="speed, pulse or clips; speed if not given.", show_default=False)
    ] = "speed",
    place: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PLACE]", help="Folder to measure on; for speed, a film of one face.", show_default=False
        ),
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON objects, a line each.")] = False,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Put the results into this page, in place of the last ones.")
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="A sentence to keep with the results.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out the film of ten minutes.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
) -> int:
    """Measure unmask: its cost, how well it reads pulses, how it judges a folder of films.

    speed prints processor time and memory beside their targets, never time by the clock. pulse takes a folder with
    waves beside a finger sensor (*/ground_truth.txt), films of faces, and patches of skin without a pulse (no-pulse*).
    clips checks every film of a folder; files named X_real and X_fake are compared in pairs.

    With --write, each run of clips also adds a line to the list of looks at that folder.

    \b
    Examples:
      unmask bench speed examples/real.mp4
      unmask bench pulse recordings/ --json
      unmask bench clips films/ --write docs/results.md --note "Before the new threshold."
    """
    suites: dict[Suite, Callable[[], SuiteResult]] = {
        "speed": lambda: _speed(place, note, quick=quick, quiet=quiet),
        "pulse": lambda: _pulse(_folder(place, suite), note, quiet=quiet),
        "clips": lambda: _clips(_folder(place, suite), note, quiet=quiet),
    }
    from unmask.benchmark.sections import write_section
    from unmask.report.as_json import json_line

    result = suites[suite]()
    for line in map(json_line, result.rows) if json else result.section.lines:
        typer.echo(line)
    if write is not None:
        write_section(write, result.section)
    return 0


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
    from unmask.cli.inputs import expand
    from unmask.cli.progress import watching
    from unmask.settings import settings

    files, rows = [one.path for one in expand([str(folder)]) if one.path], []
    origin = clips_origin(folder, files)
    with watching(len(files), quiet=quiet) as watch:
        for file in files:
            name = str(file.relative_to(folder))
            watch.begin(name)
            rows.append(clip_row(file, name, settings(), watch.advance))
            watch.end()
    return clips_suite(folder, rows, origin, note)
