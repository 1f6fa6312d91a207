"""``unmask verify``: what the Content Credentials of files say, and whether they hold."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unmask.cli.check import FILES_HELP, NOT_ANALYSED
from unmask.cli.output import print_rich
from unmask.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from unmask.types import Credentials, Media


def verify(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help=FILES_HELP, show_default=False)],
    *,
    trust: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Trust the signers of these certificates (PEM); without it nobody."),
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Look here for what a file does not carry: a ledger, or a folder of keys."),
    ] = None,
    payload: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="What the mark in the file says, to look it up in the ledger."),
    ] = None,
    compare: Annotated[
        bool,
        typer.Option("--compare/--no-compare", help="Compare picture and sound with what was signed."),
    ] = True,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a file, a line each.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
) -> int:
    """Verify the Content Credentials (C2PA) of files: who signed, and whether and where they were changed since.

    The answer reads `trusted`, `valid`, `altered`, `unreadable` or `absent`. A valid signature says where a file comes
    from, not that what it shows is true; a file without one is not thereby suspicious. Nothing is asked of the network.

    Leaves with 0 when done, 3 when some input could not be read.

    \b
    Examples:
      unmask verify clip.mp4 --trust anchors.pem
      unmask verify --json --no-compare clips/ > states.jsonl
      unmask verify found.mp4 --trust anchors.pem --ledger KEYS
    """
    from unmask.cli.inputs import expand, opened
    from unmask.cli.progress import watching
    from unmask.cli.sign import payload_named
    from unmask.media.probe import probe
    from unmask.provenance.credentials import ledger_in, read_credentials
    from unmask.provenance.trust import read_trust, trust_sentence
    from unmask.settings import settings

    limits, inputs, incomplete = settings(), expand(files), False
    named = trust if trust is not None else limits.trust
    chosen = None if named is None else read_trust(named)
    book = None if ledger is None else ledger_in(ledger)
    mark = None if payload is None else payload_named(payload)
    with watching(len(inputs), quiet=quiet) as watch:
        for one in inputs:
            watch.begin(one.name)
            try:
                with opened(one, limits) as path:
                    media = probe(path, limits, name=one.name)
                    found = read_credentials(
                        path,
                        media,
                        limits,
                        chosen,
                        compare=compare,
                        ledger=book,
                        payload=mark,
                        on_progress=watch.advance,
                    )
                _print(media, found, trust_sentence(chosen), json=json)
            except InputError as error:
                incomplete = True
                _refuse(one.name, error, json=json)
            watch.end()
    return NOT_ANALYSED if incomplete else 0


def _print(media: "Media", found: "Credentials", trust: str, *, json: bool) -> None:
    if not json:
        print_rich(_as_text(media.file, found, trust))
        return
    from unmask.report.as_json import json_line
    from unmask.report.plain import text
    from unmask.report.provenance_as_json import credentials_as_json

    row = {"file": text(media.file), "sha256": media.sha256, **credentials_as_json(found), "trust": text(trust)}
    typer.echo(json_line(row | {"error": None}))


def _refuse(name: str, error: InputError, *, json: bool) -> None:
    from unmask.report.as_json import error_as_json, json_line
    from unmask.report.as_text import failure_as_text
    from unmask.report.plain import text

    if not json:
        print_rich(failure_as_text(name, error))
        return
    row: dict[str, Any] = {"file": text(name), "sha256": None, "state": None, "error": error_as_json(error)}
    typer.echo(json_line(row))


def _as_text(file: str, found: "Credentials", trust: str) -> "RenderableType":
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from unmask.report.provenance_as_text import provenance_as_text
    from unmask.report.wording import visible
    from unmask.types import Provenance

    parts = provenance_as_text(Provenance(found, trust=trust))
    title = Text(visible(file), style="bold underline", overflow="fold")
    return Group(title, *(Padding(part, (0, 0, 0, 2)) for part in parts))
