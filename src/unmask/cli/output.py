"""Results on stdout."""

from typing import Any

import typer
from rich.console import Console, RenderableType


def print_rich(renderable: RenderableType) -> None:
    """Print something laid out for the terminal, and an empty line after it."""
    Console(highlight=False).print(renderable)
    typer.echo()


def print_json(row: dict[str, Any]) -> None:
    """Print one object on one line."""
    from unmask.report.as_json import json_line

    typer.echo(json_line(row))
