"""``unmask pulse``: heart and breath rate of the people in a film."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from unmask.cli.check import FILES_HELP, NOT_ANALYSED
from unmask.cli.output import print_rich
from unmask.errors import InputError, OutputError


def pulse(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help=FILES_HELP, show_default=False)],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a file, a line each.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write a page a file with its waves and spectra into this folder."),
    ] = None,
    skin: Annotated[
        Literal["face", "whole"], typer.Option(help="Look for faces, or take the whole picture for skin.")
    ] = "face",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
) -> int:
    """Read heart rate and breath rate from films of faces or of bare skin.

    A rate is given only where it can be measured; otherwise the reason is. This is no medical device.

    Leaves with 0 when done, 3 when some input could not be read.

    \b
    Examples:
      unmask pulse clip.mp4
      unmask pulse --json clips/ > pulse.jsonl
      unmask pulse --skin whole --plot out forehead.avi
    """
    from unmask.cli.inputs import expand, opened
    from unmask.cli.progress import watching
    from unmask.report.as_json import json_line
    from unmask.report.as_text import failure_as_text
    from unmask.report.vitals import vitals_as_json, vitals_as_text, vitals_failure_as_json, write_vitals
    from unmask.settings import settings
    from unmask.vitals import read_vitals

    limits, inputs, incomplete = settings(), expand(files), False
    with watching(len(inputs), quiet=quiet) as watch:
        for one in inputs:
            watch.begin(one.name)
            try:
                with opened(one, limits) as path:
                    found = read_vitals(path, skin=skin, settings=limits, name=one.name, on_progress=watch.advance)
                incomplete |= found.incomplete is not None
                typer.echo(json_line(vitals_as_json(found))) if json else print_rich(vitals_as_text(found))
                if plot is not None:
                    write_vitals(found, plot)
            except InputError as error:
                incomplete = True
                typer.echo(json_line(vitals_failure_as_json(one.name, error))) if json else print_rich(
                    failure_as_text(one.name, error)
                )
            except OutputError as error:
                incomplete = True
                typer.echo(str(error), err=True)
            watch.end()
    return NOT_ANALYSED if incomplete else 0
