"""``unmask forge swap live``: a camera or a film through a trained face, while it plays."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unmask.cli.forge import CoderPreset, Crf, Force, Json, LabFolder, Quiet, opened_lab, written_as_json
from unmask.cli.output import print_json
from unmask.errors import UsageError

if TYPE_CHECKING:
    from unmask.forgery.swap.live import LiveRun
    from unmask.forgery.swap.live_preview import Preview
    from unmask.forgery.swap.live_source import Source
    from unmask.settings import Settings

ENDED_EARLY = 3


def live(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Name of the model in the lab.", show_default=False)],
    film: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Film of DST, played at its own pace.", show_default=False)
    ] = None,
    *,
    camera: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Camera instead of a film, as in /dev/video0.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write a sealed film of it too.", show_default=False),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the preview; 0 takes any that is free.")] = 8765,
    preview: Annotated[bool, typer.Option("--preview/--no-preview", help="Serve a preview on this machine.")] = True,
    loop: Annotated[bool, typer.Option("--loop", help="Begin the film anew at its end.")] = False,
    seconds: Annotated[
        float | None, typer.Option(metavar="S", min=0.1, help="End after so long.", show_default=False)
    ] = None,
    person: Annotated[int, typer.Option(metavar="N", min=1, help="Which person in view, the largest being 1.")] = 1,
    crf: Crf = 20,
    coder_preset: CoderPreset = "veryfast",
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Draw the face over a camera's or a film's pictures while they come; Ctrl-C ends it.

    Only over DST, who is looked at before anything is shown. Each picture is labelled and marked, shown on a page of this machine
    alone, and dropped unseen where the machine is too slow. No other program can take the pictures for a camera's. People must have
    agreed to it (a consent with --scope live too).

    \b
    Examples:
      unmask forge swap live one-as-other other.mp4
      unmask forge swap live one-as-other --camera 0 -o live.mp4 --seconds 60
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from contextlib import nullcontext

    from unmask.cli.live_watch import watched
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.swap.live import LiveOrder, swap_live
    from unmask.forgery.swap.live_preview import Preview
    from unmask.forgery.writing import Coding
    from unmask.settings import settings

    limits = settings()
    source = _source(film, camera, limits, loop=loop)
    order = LiveOrder(model, source, person, seconds, output=output, coding=Coding(crf, coder_preset, force=force))
    sealer = open_sealer(opened_lab(lab))
    with Preview(port) if preview else nullcontext() as screen, watched(_address(screen), quiet=quiet) as watch:
        run = swap_live(sealer, order, limits, screen=screen, on_progress=watch)
    told = run_as_json(run, screen)
    print_json({"model": model, "source": source.path.name, **told}) if json else _tell(told)
    return ENDED_EARLY if run.remarks else 0


COMMANDS: dict[str, Callable[..., int]] = {"live": live}


def run_as_json(run: "LiveRun", screen: "Preview | None") -> dict[str, Any]:
    """A session as plain values."""
    from unmask.provenance.ledger import entry_as_json
    from unmask.report.plain import rounded, text

    return {
        "seconds": rounded(run.seconds, 2),
        "frames_per_second": rounded(run.frames_per_second, 1),
        "frames": dict(run.counts),
        "milliseconds": {stage: rounded(spent, 2) for stage, spent in run.milliseconds.items()},
        "shown": None if screen is None or screen.entry is None else entry_as_json(screen.entry),
        "written": None if run.written is None else written_as_json(run.written),
        "remarks": [text(remark) for remark in run.remarks],
    }


def _source(film: Path | None, camera: int | None, limits: "Settings", *, loop: bool) -> "Source":
    from unmask.forgery.swap.live_source import camera_source, film_source

    if (film is None) == (camera is None):
        raise UsageError("The pictures come from a film or from a camera; name FILE, or --camera N.")
    if film is not None:
        return film_source(film, limits, loop=loop)
    if loop:
        raise UsageError("A camera has no end from which to begin anew; leave out --loop.")
    return camera_source(camera or 0)


def _address(screen: "Preview | None") -> str | None:
    return None if screen is None else screen.address


def _tell(told: dict[str, Any]) -> None:
    from unmask.report.wording import visible

    frames = told["frames"]
    typer.echo(f"Live: {frames['labelled']} frames in {told['seconds']} s, {told['frames_per_second']} a second")
    typer.echo(
        f"  {frames['captured']} captured, {frames['dropped']} dropped, {frames['drawn']} drawn on, {frames['sent']} sent to viewers"
    )
    spent = ", ".join(f"{stage} {milliseconds} ms" for stage, milliseconds in told["milliseconds"].items())
    typer.echo(f"  A frame is {spent}")
    if told["written"] is not None:
        typer.echo(f"  Written: {visible(told['written']['output'])}, labelled, marked, signed and noted in the ledger")
    for remark in told["remarks"]:
        typer.echo(f"  {visible(remark)}")
