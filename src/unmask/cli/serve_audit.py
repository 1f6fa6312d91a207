"""``unmask serve audit``: who did what."""

from collections.abc import Callable
from typing import Annotated

import typer

from unmask.cli.serve_keys import Address, Folder, Json, chosen

HELP = "The audit log of the service: who did what, and whether nobody changed it."

BROKEN = 1


def show(
    *,
    last: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the newest so many; all if not given.")
    ] = None,
    folder: Folder = None,
    database: Address = None,
    json: Json = False,
) -> int:
    """Show who made and revoked keys, asked for checks and deleted them, set labels, and which files were dropped.

    \b
    Examples:
      unmask serve audit show --last 20
      unmask serve audit show --json
    """
    from unmask.cli.output import print_json
    from unmask.report.wording import visible
    from unmask.service.auditing import entries, entry_as_json

    rows = [entry_as_json(entry) for entry in entries(chosen(folder, database), last)]
    if json:
        print_json({"rows": rows})
        return 0
    for row in rows:
        typer.echo(visible(f"{row['number']}  {row['at']}  {row['who']}  {row['what']}  {row['subject']}"))
    if not rows:
        typer.echo("Nothing was done yet.")
    return 0


def verify(*, folder: Folder = None, database: Address = None, json: Json = False) -> int:
    """Verify that no row of the log was changed, taken out or put in.

    Leaves with 0 when it is whole, 1 when it is not. Whoever may write the database can write all of it anew: note the hash that
    this prints elsewhere, and look for it later.

    \b
    Examples:
      unmask serve audit verify
      unmask serve audit verify --json
    """
    from unmask.cli.output import print_json
    from unmask.service.auditing import verified

    found = verified(chosen(folder, database))
    broken = found.broken
    if json:
        first = None if broken is None else {"number": broken.number, "because": broken.because}
        print_json({"rows": found.rows, "head": found.head, "broken": first})
    elif broken is None:
        typer.echo(f"The log is whole: {found.rows} rows, the last with the hash {found.head}.")
    else:
        typer.echo(f"The log is broken at row {broken.number}: {broken.because}.")
    return 0 if broken is None else BROKEN


COMMANDS: dict[str, Callable[..., int]] = {"show": show, "verify": verify}
