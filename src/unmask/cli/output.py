"""Results on stdout."""

import typer
from rich.console import Console, RenderableType


def print_rich(renderable: RenderableType) -> None:
    """Print something laid out for the terminal, and an empty line after it."""
    Console(highlight=False).print(renderable)
    typer.echo()
