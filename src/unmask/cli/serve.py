"""``unmask serve``: the page and the HTTP API on this machine."""

from pathlib import Path
from typing import Annotated

import typer


def serve(
    context: typer.Context,
    *,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on, 8420 if not given; 0 takes a free one.")
    ] = None,
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Address of this machine to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(min=0, max=64, help="Files examined at once; 1 if not given.")] = None,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where everything lies; made if not there.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="postgresql://… instead of a file in the folder.")
    ] = None,
    storage: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="s3://BUCKET/PREFIX for files and results, not the folder.")
    ] = None,
) -> int:
    """Open a page on this machine that examines files, and an HTTP API for programs.

    Files, results and the queue lie in one folder; what was not finished when the service ended, or this machine lost
    its power, is examined when it starts again. Nothing leaves this machine, unless you name a storage elsewhere.

    \b
    Examples:
      unmask serve
      unmask serve --port 9000 --workers 2
      curl --data-binary @clip.mp4 'http://127.0.0.1:8420/v1/media?name=clip.mp4'
    """
    if context.invoked_subcommand is not None:
        return 0
    from unmask.service.running import serve as run
    from unmask.settings import settings, with_service

    given = {"port": port, "host": host, "workers": workers, "folder": folder}
    given |= {"database": database, "storage": storage}
    chosen = with_service(settings(), given)

    def ready(address: str) -> None:
        typer.echo(f"Open {address} in a browser. Ctrl-C ends the service.")

    def died(name: str, code: int) -> None:
        typer.echo(f"Worker {name} ended by itself ({code}); another takes its place.", err=True)

    def noted(sentence: str) -> None:
        typer.echo(sentence, err=True)

    run(chosen, ready, died, noted)
    return 0


def worker(
    *,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of this worker in the queue; made up if not given.")
    ] = None,
    parent: Annotated[
        int | None, typer.Option(metavar="PID", min=1, help="End when this process, which started it, is gone.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The service's, which it shares with the server.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="postgresql://… that it shares with the server.")
    ] = None,
    storage: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="s3://BUCKET/PREFIX that it shares with the server.")
    ] = None,
) -> int:
    """Examine files for a service that runs elsewhere, until Ctrl-C; `unmask serve` starts its own workers.

    \b
    Examples:
      unmask serve worker --folder /srv/unmask
      unmask serve worker --folder /mnt/unmask --database postgresql://unmask@db/unmask
      unmask serve worker --storage s3://newsroom/unmask --database postgresql://unmask@db/unmask
    """
    import os
    import secrets

    from unmask.service.running import work
    from unmask.settings import settings, with_service

    chosen = with_service(settings(), {"folder": folder, "database": database, "storage": storage})
    work(chosen, name or f"{os.getpid()}-{secrets.token_hex(4)}", parent)
    return 0


COMMANDS = {"worker": worker}
