"""The program: its commands, and what becomes of errors."""

import os
import sys

import typer

from unmask.cli import about, bench, check, pulse
from unmask.errors import UnmaskError

INTERRUPTED = 130
USAGE = 2
PIPE_CLOSED = 141

app = typer.Typer(
    name="unmask",
    help="Tells a filmed face from a made one, and says why.",
    epilog="Start with: unmask check clip.mp4",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("check")(check.check)
app.command("pulse")(pulse.pulse)
app.command("detectors")(about.detectors)
app.command("doctor")(about.doctor)
app.command("bench")(bench.bench)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context, *, version: bool = typer.Option(False, "--version", help="Print the version and leave.")
) -> None:
    """Tells a filmed face from a made one, and says why."""
    if version:
        from unmask.version import __version__

        typer.echo(f"unmask {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run_app(arguments: list[str]) -> int:
    """Run one command line and return its exit code; errors become one sentence on stderr."""
    try:
        outcome = app(arguments, prog_name="unmask", standalone_mode=False)
    except UnmaskError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("Interrupted.\n")
        return INTERRUPTED
    except typer.TyperException as error:
        said = error.format_message().rstrip(".")
        sys.stderr.write(f"{said}. Try 'unmask --help', or 'unmask COMMAND --help'.\n")
        return USAGE
    except (BrokenPipeError, SystemExit):
        # Whoever read our output has left: click and rich then call exit, with the code of another outcome. The
        # interpreter must not complain about the pipe when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return outcome if isinstance(outcome, int) else 0
