"""``unmask keys``: an institution's own keys, made, looked at, renewed and handed on."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from unmask.cli.output import print_rich

if TYPE_CHECKING:
    from rich.console import RenderableType

    from unmask.provenance.keys import KeyFolder
    from unmask.provenance.ledger import Entry

HELP = "Make and look after the keys that sign and mark files."
DAYS = 730
DAYS_HELP = "How long the certificate that signs is to be valid."

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of keys.", show_default=False)]
Days = Annotated[int, typer.Option(metavar="N", help=DAYS_HELP)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object; it holds nothing secret.")]


def new(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to make; it must not be there.", show_default=False)
    ],
    *,
    org: Annotated[str, typer.Option("--org", metavar="NAME", help="Name of the institution.")],
    days: Days = DAYS,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Encrypt the secret files with the passphrase in UNMASK_KEY_PASSPHRASE.")
    ] = False,
    json: Json = False,
) -> int:
    """Make an institution's own keys: certificates to sign with, and a master key to mark with.

    Prints what each file is for and who may see it, never a key. Whoever trusts anchors.pem trusts your files. Nothing
    is overwritten: a folder that holds something is refused.

    \b
    Examples:
      unmask keys new --org "Example Archive" KEYS
      unmask keys new --org "Example Archive" --days 365 --encrypt KEYS
    """
    from unmask.provenance.keys import new_keys
    from unmask.provenance.secret_files import passphrase_for_new

    made = new_keys(org, folder, days=days, word=passphrase_for_new() if encrypt else None)
    return _print(made, f"Made the keys of {made.organization} in {folder}.", json=json)


def show(folder: Folder, *, json: Json = False) -> int:
    """Show whose keys a folder holds, and until when they sign; nothing secret is opened.

    \b
    Examples:
      unmask keys show KEYS
      unmask keys show KEYS --json
    """
    from unmask.provenance.keys import describe_keys

    found = describe_keys(folder)
    return _print(found, f"Keys of {found.organization} in {folder}.", json=json)


def renew(
    folder: Folder,
    *,
    days: Days = DAYS,
    intermediate: Annotated[
        bool, typer.Option("--intermediate", help="Make a new intermediate as well; needs root.key in the folder.")
    ] = False,
    json: Json = False,
) -> int:
    """Make a new certificate and key to sign with; the old ones stay beside them as old-SERIAL.

    Files that were signed before keep their signatures. The root stays, so nobody has to trust anew.

    \b
    Examples:
      unmask keys renew KEYS
      unmask keys renew KEYS --days 365
    """
    from unmask.provenance.keys import renew_keys

    renewed = renew_keys(folder, days=days, intermediate=intermediate)
    return _print(
        renewed,
        f"Made a new signer for {renewed.organization} in {folder}; the old one is kept as old-SERIAL.",
        json=json,
    )


def clip(
    folder: Folder,
    number: Annotated[
        str, typer.Argument(metavar="CLIP", help="Number of the clip, 8 hexadecimal digits.", show_default=False)
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="File to write; it must not be there.")
    ],
) -> int:
    """Write the key of one clip, for whoever is to verify that clip's mark.

    It reads and maps the mark of this clip alone. Whoever has it could also put this clip's mark into another film, so
    hand it on as you would hand on a password.

    \b
    Examples:
      unmask keys clip KEYS 0000002a -o interview.clipkey
    """
    from unmask.provenance.keys import clip_number, open_mark_keys, write_clip_key
    from unmask.report.wording import visible

    wanted = clip_number(number)
    write_clip_key(output, open_mark_keys(folder).clip_key(wanted))
    typer.echo(f"Wrote {visible(str(output))}, the key of clip {wanted:08x}: only for whoever verifies that clip.")
    return 0


def ledger(
    folder: Folder,
    *,
    only: Annotated[
        str | None, typer.Option("--clip", metavar="CLIP", help="Only this clip, 8 hexadecimal digits.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object an entry, a line each.")] = False,
) -> int:
    """List what was signed and marked with these keys.

    \b
    Examples:
      unmask keys ledger KEYS
      unmask keys ledger KEYS --clip 0000002a --json
    """
    from unmask.provenance.keys import clip_number
    from unmask.provenance.ledger import entry_as_json, ledger_folder, read_ledger
    from unmask.report.as_json import json_line

    wanted, book = None if only is None else clip_number(only), read_ledger(ledger_folder(folder))
    for problem in book.problems:
        typer.echo(problem, err=True)
    entries = [entry for entry in book.entries if wanted is None or (entry.payload and entry.payload.clip == wanted)]
    if json:
        for entry in entries:
            typer.echo(json_line(entry_as_json(entry)))
    elif entries:
        print_rich(_entries(entries))
    else:
        typer.echo("The ledger holds no entry." if wanted is None else f"The ledger holds no clip {wanted:08x}.")
    return 0


COMMANDS: dict[str, Callable[..., int]] = {"new": new, "show": show, "renew": renew, "clip": clip, "ledger": ledger}


def _print(keys: "KeyFolder", heading: str, *, json: bool) -> int:
    from unmask.provenance.keys import folder_as_json
    from unmask.report.as_json import json_line

    if json:
        typer.echo(json_line(folder_as_json(keys)))
    else:
        print_rich(_laid_out(keys, heading))
    return 0


def _laid_out(keys: "KeyFolder", heading: str) -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    from unmask.report.wording import visible

    lines = [
        f"The number of the institution is {keys.institution:08x}.",
        "Give anchors.pem to whoever is to trust your files; keep a copy of the folder where nobody else can read it.",
        *keys.problems,
    ]
    return Group(
        Text(visible(heading), style="bold"),
        *(Text(visible(line)) for line in lines),
        _files(keys),
        _certificates(keys),
    )


def _files(keys: "KeyFolder") -> "RenderableType":
    from rich.padding import Padding
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for file in keys.files:
        table.add_row(file.name, "SECRET" if file.secret else "public", file.purpose, file.audience)
    return Padding(table, (1, 0, 0, 2))


def _certificates(keys: "KeyFolder") -> "RenderableType":
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from unmask.report.wording import visible

    table = Table.grid(padding=(0, 2))
    for facts in keys.certificates:
        lines = (
            visible(facts.subject),
            f"valid from {facts.begins:%Y-%m-%d} to {facts.ends:%Y-%m-%d}",
            f"SHA-256 {facts.fingerprint}",
        )
        table.add_row(facts.role, Text("\n".join(lines), overflow="fold"))
    return Padding(table, (1, 0, 0, 2))


def _entries(entries: "list[Entry]") -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    from unmask.report.wording import visible

    table = Table.grid(padding=(0, 2))
    for entry in entries:
        payload = "no mark" if entry.payload is None else str(entry.payload)
        table.add_row(Text(visible(entry.when)), Text(visible(entry.kind)), payload, Text(visible(entry.file)))
    return table
