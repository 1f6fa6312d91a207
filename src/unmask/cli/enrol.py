"""``unmask enrol``: real clips of the user's own → a threshold with a stated rate of false alarms."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unmask.errors import UsageError

if TYPE_CHECKING:
    from unmask.enrolment import Enrolment, Row
    from unmask.settings import Settings
    from unmask.verdict.profile import ProfileFile

NOT_ANALYSED = 3


def enrol(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FOLDER", help="Folders, files and patterns of real films and stills.", show_default=False
        ),
    ],
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the profile is written.")] = Path("profile.json"),
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What reports call it; the folder's name if not given.")
    ] = None,
    false_alarms: Annotated[
        float | None,
        typer.Option(
            metavar="P", min=0.001, max=0.5, help="Largest share of real clips above the threshold; 0.15 if not given."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
    work: Annotated[
        Path, typer.Option(metavar="DIR", help="Keeps what was found of each clip, so that a broken run goes on.")
    ] = Path("enrolment"),
) -> int:
    """Set the threshold of `check` from 20 or more real clips of your own, with a bound on its false alarms.

    Every clip must be real and of the kind you will check later: your cameras, your people, your channels. With 95 % confidence
    no more than the share P of such clips lies above the threshold; 20 clips give 14 %, 59 give 5 %. The bound tells of real
    clips like these alone: not of others, and not of how many forgeries are found. Films and stills count apart,
    and copies of one recording count once.

    Leaves with 0 when done, 2 when the clips are too few, 3 when some input could not be analysed.

    \b
    Examples:
      unmask enrol films/real
      unmask enrol films/real --name newsroom --out newsroom.json --false-alarms 0.05
      unmask check --profile newsroom.json clip.mp4
    """
    from datetime import UTC, datetime

    from unmask.enrolment import FALSE_ALARMS, Enrolment
    from unmask.settings import settings
    from unmask.verdict.profile import write_profile

    enrolment = Enrolment.begun(work, settings())
    _take_all(enrolment, files, settings(), quiet=quiet)
    if not json:
        _print_left_out(enrolment.rows)
    called = name or Path(files[0]).resolve().name or "own clips"
    made = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        profile = enrolment.profile(called, made, FALSE_ALARMS if false_alarms is None else false_alarms)
        _print(write_profile(profile, out), enrolment.rows, json=json)
    except UsageError as error:
        if not json:
            raise
        _print_refusal(enrolment.rows, error)
        return error.exit_code
    return NOT_ANALYSED if any(row.error for row in enrolment.rows) else 0


def _take_all(enrolment: "Enrolment", files: list[str], settings: "Settings", *, quiet: bool) -> None:
    from unmask.cli.inputs import expand, opened
    from unmask.cli.progress import watching

    inputs = expand(files)
    with watching(len(inputs), quiet=quiet) as watch:
        for one in inputs:
            watch.begin(one.name)
            with opened(one, settings) as path:
                enrolment.take(path, one.name, watch.advance)
            watch.end()


def _print_left_out(rows: "list[Row]") -> None:
    from unmask.report.wording import visible

    for row in rows:
        if row.left_out is not None:
            typer.echo(f"Left out: {visible(row.file)}: {visible(row.left_out)}")


def _print(written: "ProfileFile", rows: "list[Row]", *, json: bool) -> None:
    from unmask.cli.output import print_json
    from unmask.media.source import shown
    from unmask.report.plain import text
    from unmask.report.profile_words import population_sentence

    profile = written.profile
    if json:
        told: dict[str, Any] = asdict(profile)
        print_json({"file": text(str(written.path)), "sha256": written.sha256} | told | _rows(rows) | {"error": None})
        return
    for kind, population in profile.populations.items():
        typer.echo(population_sentence(population, kind, profile.confidence))
    typer.echo(f"Written to {shown(written.path)}; use it with: unmask check --profile FILE", err=True)


def _print_refusal(rows: "list[Row]", error: UsageError) -> None:
    from unmask.cli.output import print_json
    from unmask.report.as_json import error_as_json

    print_json({"file": None, "sha256": None} | _rows(rows) | {"error": error_as_json(error)})


def _rows(rows: "list[Row]") -> dict[str, Any]:
    from unmask.report.plain import text

    return {
        "clips": [
            asdict(row) | {"file": text(row.file), "left_out": None if row.left_out is None else text(row.left_out)}
            for row in rows
        ]
    }
