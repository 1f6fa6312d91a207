"""``unmask serve keys``: who may ask the service."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from unmask.service.store.keys import Key
    from unmask.settings import Settings

HELP = "Keys of the service: with the first one, whoever asks it needs one."

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Folder = Annotated[Path | None, typer.Option(metavar="DIR", help="The service's, as `unmask serve` takes it.")]
Address = Annotated[
    str | None, typer.Option("--database", metavar="ADDRESS", help="postgresql://… instead of a file in the folder.")
]


def new(
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="What you call it.", show_default=False)],
    scope: Annotated[
        Literal["read", "check", "admin"],
        typer.Option(help="Read its own checks; ask for checks, too; or do so with those of all keys."),
    ] = "check",
    days: Annotated[
        int | None, typer.Option(metavar="D", min=1, max=36_500, help="Taken for so many days; for ever if not given.")
    ] = None,
    instead_of: Annotated[
        str | None,
        typer.Option(metavar="ID", help="See, and add to, the checks of this key: it is replaced, or read by others."),
    ] = None,
    folder: Folder = None,
    database: Address = None,
    json: Json = False,
) -> int:
    """Make a key and show it, this once: only its SHA-256 is kept.

    \b
    Examples:
      unmask serve keys new --name newsroom
      unmask serve keys new --name wall --scope read --instead-of k_0123456789ab --days 30
      unmask serve keys new --name operator --scope admin --folder /srv/unmask
    """
    from unmask.cli.output import print_json
    from unmask.service.issuing import key_as_json, new_key

    made, key = new_key(chosen(folder, database), name, scope, days, instead_of)
    if json:
        print_json({**key_as_json(made), "key": key})
        return 0
    typer.echo(key)
    typer.echo(f"This is the key {made.id}; it is not shown again. Send it as 'Authorization: Bearer KEY'.", err=True)
    return 0


def list_all(*, folder: Folder = None, database: Address = None, json: Json = False) -> int:
    """List all keys that were ever made, and which are taken.

    \b
    Examples:
      unmask serve keys list
      unmask serve keys list --json
    """
    from unmask.cli.output import print_json
    from unmask.service.issuing import all_keys, key_as_json

    found = all_keys(chosen(folder, database))
    if json:
        print_json({"keys": [key_as_json(key) for key in found]})
        return 0
    for key in found:
        typer.echo(_line(key))
    if not found:
        typer.echo("There is no key; make one with: unmask serve keys new --name NAME")
    return 0


def revoke(
    key: Annotated[str, typer.Argument(metavar="ID", help="Of the key, as the list shows it.", show_default=False)],
    *,
    folder: Folder = None,
    database: Address = None,
    json: Json = False,
) -> int:
    """Take a key no more, from the next request on. Its checks stay.

    \b
    Examples:
      unmask serve keys revoke k_0123456789ab
    """
    from unmask.cli.output import print_json
    from unmask.service.issuing import revoke_key

    left = revoke_key(chosen(folder, database), key)
    if json:
        print_json({"id": key, "needed": left})
        return 0
    typer.echo(f"The key {key} is revoked.")
    if not left:
        typer.echo("It was the last one: a service that only this machine reaches answers without a key now.", err=True)
    return 0


def chosen(folder: Path | None, database: str | None) -> "Settings":
    """The settings, with what the command line names instead."""
    from unmask.settings import settings, with_service

    return with_service(settings(), {"folder": folder, "database": database})


def _line(key: "Key") -> str:
    from unmask.report.wording import visible
    from unmask.service.store.checks import when

    if key.revoked is not None:
        stands = f"revoked {when(key.revoked)}"
    elif not key.opens:
        stands = f"expired {when(key.expires)}"
    else:
        stands = "taken" if key.expires is None else f"taken until {when(key.expires)}"
    return f"{key.id}  {key.scope:<5}  {visible(key.name)}  {stands}"


COMMANDS: dict[str, Callable[..., int]] = {"new": new, "list": list_all, "revoke": revoke}
