"""Results on stdout."""

import typer
from rich.console import Console, RenderableType


class _Stdout(Console):
    """Leaves a closed pipe to the program, where rich would end it on the spot."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 — rich calls this while it handles the BrokenPipeError


def print_rich(renderable: RenderableType) -> None:
    """Print something laid out for the terminal, and an empty line after it."""
    _Stdout(highlight=False).print(renderable)
    typer.echo()
