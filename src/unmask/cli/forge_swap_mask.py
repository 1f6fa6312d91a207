"""``unmask forge swap mask``: custom areas drawn by hand on single faces, and a small net that learns them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unmask.cli.forge import (
    Force,
    Json,
    LabFolder,
    Output,
    Quiet,
    opened_lab,
    written_as_json,
    written_as_text,
)
from unmask.cli.output import print_json, print_rich
from unmask.errors import UsageError

if TYPE_CHECKING:
    from unmask.forgery.swap.mask_training import MaskProgress
    from unmask.forgery.swap.masking import Applied, Taught

HELP = """Say by hand where a face is and what covers it, on a few dozen faces, and let a small net say so for all others.

Draw polygons named 'include' and 'exclude' with the annotation tool labelme, on pictures of a store; the files may lie beside
the pictures or in a folder of their own. XSeg of DeepFaceLab is the model for this."""
StoreName = Annotated[str, typer.Argument(metavar="STORE", help="Name of the faces in the lab.", show_default=False)]
Drawn = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", help="Where the drawings lie; beside the pictures if not given.", show_default=False
    ),
]
INTERRUPTED = 130


def preview(
    store: StoreName,
    *,
    output: Output,
    drawn: Drawn = None,
    net: Annotated[
        str | None, typer.Option("--with", metavar="NAME", help="Net to show beside the drawings.", show_default=False)
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=200, help="Faces on the sheet.")] = 60,
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
) -> int:
    """Show what was drawn on the faces of a store, and what a net says of them, as one sealed sheet.

    Each face, its drawn mask, and that of the net; below it how much of the two masks is common, as a share of both together.
    A net has learned from most of these drawings: how well it does on others was printed when it was trained.

    \b
    Examples:
      unmask forge swap mask preview one -o drawn.png
      unmask forge swap mask preview one --with microphone -o masks.png
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.swap.masking import masks_sheet, open_named_net
    from unmask.forgery.swap.store import open_store
    from unmask.forgery.swap.swapping import place_in
    from unmask.forgery.writing import Coding, write_sealed
    from unmask.settings import settings

    home = opened_lab(lab)
    opened = open_store(place_in(home.faces, store))
    named = None if net is None else open_named_net(home, net)
    sealed, drawings = masks_sheet(open_sealer(home), opened, named, drawn=drawn, most=most)
    written = write_sealed(sealed, output, settings(), Coding(force=force))
    if json:
        told = {"drawings": len(drawings.masks), "sheet": written_as_json(written)}
        print_json(told | {"remarks": _texts(drawings.remarks)})
        return 0
    print_rich(written_as_text(written, sealed))
    _tell_remarks(drawings.remarks)
    return 0


def train(
    store: StoreName,
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="Of the net in the lab.", show_default=False)],
    drawn: Drawn = None,
    until: Annotated[
        str,
        typer.Option(metavar="TIME", help="End after so much training at the latest: 90s, 5min or 2000it."),
    ] = "5min",
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Of all that is drawn at random.")] = 1,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Of the processor; all cores if not given.", show_default=False)
    ] = None,
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Train a small net on the masks drawn for faces of a store, eight or more; Ctrl-C keeps what it knows and leaves.

    A fifth of the drawings is held out. It ends when these are met no better, and says how well: beside the hull of the
    face's points, which needs no net.

    \b
    Examples:
      unmask forge swap mask train one --name microphone
      unmask forge swap mask train one --name microphone --drawn drawings/ --until 10min
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.cli.progress import watching
    from unmask.forgery.swap.mask_training import MaskPlan
    from unmask.forgery.swap.masking import teach_masks
    from unmask.forgery.swap.store import open_store
    from unmask.forgery.swap.swapping import Ending, place_in

    ending = Ending.named(until)
    plan = MaskPlan(ending.iterations, ending.seconds, seed=seed, threads=threads)
    home = opened_lab(lab)
    opened = open_store(place_in(home.faces, store))
    with watching(1, quiet=quiet) as watch:
        watch.begin(name)

        def on_progress(progress: "MaskProgress") -> None:
            watch.advance(progress.share, 1.0)

        taught = teach_masks(home, opened, name, plan, drawn=drawn, force=force, on_progress=on_progress)
        watch.end()
    told = taught_as_json(taught)
    print_json(told) if json else _tell_taught(told)
    return INTERRUPTED if taught.trained.interrupted else 0


def apply(
    store: StoreName,
    *,
    net: Annotated[
        str | None, typer.Option("--with", metavar="NAME", help="Net that says where faces are.", show_default=False)
    ] = None,
    drawn: Drawn = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take the masks away; drawings stay.")] = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Give each face of a store a mask: the drawn one where there is one, that of a net elsewhere.

    Training then learns these masks instead of the hulls of the faces' points; train anew, as a model keeps what it learned.

    \b
    Examples:
      unmask forge swap mask apply one --with microphone
      unmask forge swap mask apply one --clear
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.cli.progress import watching
    from unmask.forgery.swap.masking import Applied, apply_masks, clear_masks, open_named_net
    from unmask.forgery.swap.store import open_store
    from unmask.forgery.swap.swapping import place_in

    if clear == (net is not None):
        raise UsageError("Name a net with --with NAME, or take the masks away with --clear.")
    home = opened_lab(lab)
    opened = open_store(place_in(home.faces, store))
    if net is None:
        done = Applied(clear_masks(opened), 0, 0)
    else:
        with watching(1, quiet=quiet) as watch:
            watch.begin(store)
            done = apply_masks(opened, open_named_net(home, net), drawn=drawn, on_progress=watch.advance)
            watch.end()
    told = applied_as_json(done)
    print_json(told) if json else _tell_applied(told)
    return 0


COMMANDS: dict[str, Callable[..., int]] = {"preview": preview, "train": train, "apply": apply}


def taught_as_json(taught: "Taught") -> dict[str, Any]:
    """A training as plain values."""
    from unmask.report.plain import rounded, text

    trained = taught.trained
    return {
        "net": text(str(taught.folder)),
        "drawings": taught.drawings,
        "held_out": trained.held_out,
        "iou_held_out": rounded(trained.iou, 4),
        "iou_of_hull": rounded(trained.hull_iou, 4),
        "iteration": trained.iteration,
        "iterations": trained.iterations,
        "seconds": rounded(trained.seconds, 1),
        "ended_early": trained.ended_early,
        "interrupted": trained.interrupted,
        "remarks": _texts(taught.remarks),
    }


def applied_as_json(done: "Applied") -> dict[str, Any]:
    """What a store was given as plain values."""
    from unmask.report.plain import text

    return {
        "store": text(str(done.store.folder)),
        "faces": len(done.store.faces),
        "drawn": done.drawn,
        "of_net": done.net,
        "remarks": _texts(done.remarks),
    }


def _texts(remarks: tuple[str, ...]) -> list[str]:
    from unmask.report.plain import text

    return [text(remark) for remark in remarks]


def _tell_taught(told: dict[str, Any]) -> None:
    state = "Interrupted, and saved" if told["interrupted"] else "Trained"
    why = ", which were met no better" if told["ended_early"] else ""
    typer.echo(f"{state}: {told['net']}, {told['iterations']} iterations in {told['seconds'] / 60:.1f} min")
    typer.echo(f"  Of {told['drawings']} drawings {told['held_out']} were held out{why}")
    typer.echo(f"  Overlap (IoU) with these: {told['iou_held_out']}, the hull of the points {told['iou_of_hull']}")
    _tell_remarks(told["remarks"])


def _tell_applied(told: dict[str, Any]) -> None:
    from unmask.report.wording import visible

    place, own = visible(told["store"]), told["drawn"] + told["of_net"]
    if own:
        typer.echo(f"{place}: {told['drawn']} faces have their drawn mask, {told['of_net']} that of the net")
        typer.echo("  A training on it learns these masks from now on")
    else:
        typer.echo(f"{place}: no face has a mask of its own; a training learns the hulls of their points")
    _tell_remarks(told["remarks"])


def _tell_remarks(remarks: "list[str] | tuple[str, ...]") -> None:
    from unmask.report.wording import visible

    for remark in remarks:
        typer.echo(f"  {visible(remark)}")
