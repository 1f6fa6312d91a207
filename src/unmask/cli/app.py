"""The program: its commands, and what becomes of errors."""

import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import cleandoc
from types import FrameType

import typer

from unmask.cli import (
    about,
    bench,
    check,
    datasets,
    enrol,
    forge,
    forge_consent,
    forge_dataset,
    forge_swap,
    forge_swap_faces,
    forge_swap_live,
    forge_swap_look,
    forge_swap_mask,
    forge_synthesize,
    keys,
    models,
    pulse,
    serve,
    serve_audit,
    serve_keys,
    sign,
    train,
    verify,
    watermark,
)
from unmask.cli.group import Group
from unmask.errors import UnmaskError

INTERRUPTED = 130
USAGE = 2
PIPE_CLOSED = 141
UNWRITTEN = 3
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

app = typer.Typer(
    name="unmask",
    help="Tells a filmed face from a made one, and says why.",
    epilog="Start with: unmask check clip.mp4",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS: dict[str, Callable[..., int]] = {
    "check": check.check,
    "enrol": enrol.enrol,
    "pulse": pulse.pulse,
    "sign": sign.sign,
    "verify": verify.verify,
    "detectors": about.detectors,
    "doctor": about.doctor,
    "bench": bench.bench,
    "train": train.train,
}
GROUPS: dict[str, Group] = {
    "datasets": Group(datasets.HELP, datasets.COMMANDS),
    "keys": Group(keys.HELP, keys.COMMANDS),
    "models": Group(models.HELP, models.COMMANDS),
    "serve": Group(
        serve.serve.__doc__ or "",
        serve.COMMANDS,
        {
            "keys": Group(serve_keys.HELP, serve_keys.COMMANDS),
            "audit": Group(serve_audit.HELP, serve_audit.COMMANDS),
        },
        alone=serve.serve,
    ),
    "watermark": Group(watermark.HELP, watermark.COMMANDS),
    "forge": Group(
        forge.HELP,
        forge.COMMANDS | {"dataset": forge_dataset.dataset},
        {
            "consent": Group(forge_consent.HELP, forge_consent.COMMANDS),
            "swap": Group(
                forge_swap.HELP,
                forge_swap.COMMANDS | forge_swap_faces.COMMANDS | forge_swap_live.COMMANDS | forge_swap_look.COMMANDS,
                {"mask": Group(forge_swap_mask.HELP, forge_swap_mask.COMMANDS)},
            ),
            "synthesize": Group(forge_synthesize.HELP, forge_synthesize.COMMANDS),
        },
    ),
}
"""Commands of more than one word, by their first word."""


def _add(place: typer.Typer, commands: dict[str, Callable[..., int]], groups: dict[str, Group]) -> None:
    for name, command in commands.items():
        # Typer keeps the lines of a paragraph that begins with a backspace; a docstring writes it as two signs.
        place.command(name, help=cleandoc(command.__doc__ or "").replace(r"\b", "\b"))(command)

    for name, below in groups.items():
        told = cleandoc(below.help).replace(r"\b", "\b")
        group = typer.Typer(help=told, rich_markup_mode=None)
        group.callback(invoke_without_command=True, help=told)(below.alone or _help_alone)
        _add(group, below.commands, below.groups)
        place.add_typer(group, name=name)


def _help_alone(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


_add(app, COMMANDS, GROUPS)


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
        with _ended_by_signals():
            outcome = app(arguments, prog_name="unmask", standalone_mode=False)
    except UnmaskError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("Interrupted.\n")
        return INTERRUPTED
    except typer.TyperException as error:
        said = error.format_message()
        sys.stderr.write(
            f"{said}{'' if said.endswith(('.', '?')) else '.'} Try 'unmask --help', or 'unmask COMMAND --help'.\n"
        )
        return USAGE
    except (BrokenPipeError, SystemExit):
        # Whoever read our output has left: click and rich then call exit, with the code of another outcome. The
        # interpreter must not complain about the pipe when it flushes.
        _drop_output()
        return PIPE_CLOSED
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        _drop_output()
        sys.stderr.write(f"The result could not be written to standard output: {error.strerror}. Make room there.\n")
        return UNWRITTEN
    if outcome == INTERRUPTED:  # Typer catches the interrupt itself
        sys.stderr.write("Interrupted.\n")
    return outcome if isinstance(outcome, int) else 0


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A request to end (SIGTERM) taken like Ctrl-C, so that what was begun is cleared away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 # the signature is the system's
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _drop_output() -> None:
    """What is still to be flushed goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
