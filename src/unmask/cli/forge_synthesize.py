"""``unmask forge synthesize``: faces of nobody, drawn by small networks, and the traces that these leave."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from unmask.cli.forge import (
    Force,
    Json,
    LabFolder,
    Quiet,
    opened_lab,
    write_and_tell,
    written_as_json,
)
from unmask.cli.output import print_json

if TYPE_CHECKING:
    from unmask.forgery.lab import Lab
    from unmask.forgery.synthesize.making import Model, Sampling
    from unmask.forgery.synthesize.memory import Memory
    from unmask.forgery.synthesize.traces import Traces
    from unmask.forgery.synthesize.training import Learned, Progress
    from unmask.settings import Settings

HELP = """Faces of nobody, drawn by small networks that learn from stores of faces.

How a network enlarges what it draws leaves a trace, which detectors of generated pictures look for; it can be chosen here,
and shown. A face of nobody copies no one, so no one is asked; a licence that keeps faces in the lab keeps these there too."""
MethodName = Literal["vae", "gan"]
UpsamplingName = Literal["transposed", "nearest", "shuffle"]
ColorName = Literal["colour", "luma"]
"""As in ``unmask.forgery.synthesize.plan``."""
ModelName = Annotated[str, typer.Argument(metavar="MODEL", help="Name of the model in the lab.", show_default=False)]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Of all that is drawn at random.")]
Spread = Annotated[float, typer.Option(help="Variety of the faces: less than 1 draws more usual ones.")]


def train(
    stores: Annotated[list[str], typer.Argument(metavar="STORE", help="Stores of faces.", show_default=False)],
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="Of the model in the lab.", show_default=False)],
    method: Annotated[MethodName, typer.Option(help="vae is quick and blurred, gan slow and sharper.")] = "vae",
    upsampling: Annotated[UpsamplingName, typer.Option(help="How pictures are enlarged.")] = "shuffle",
    color: Annotated[ColorName, typer.Option("--colour", help="Of the faces.")] = "colour",
    until: Annotated[
        str,
        typer.Option(
            metavar="TIME", help="End after so much training in all: 90s, 20min, 2h, or 5000it for iterations."
        ),
    ] = "20min",
    latent: Annotated[int, typer.Option(min=1, max=512, help="Numbers that a face is drawn from.")] = 64,
    width: Annotated[int, typer.Option(min=1, max=20, help="Channels of the network at 64 pixels.")] = 16,
    batch: Annotated[int, typer.Option(min=2, help="Faces in an iteration.")] = 16,
    learning_rate: Annotated[
        float | None, typer.Option(help="Of Adam; the method's own if not given.", show_default=False)
    ] = None,
    seed: Seed = 1,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Train a network that draws faces, or go on with one; Ctrl-C saves and leaves.

    Stores of faces are made by `unmask forge swap prepare`, one for each person; take ten people or more.

    \b
    Examples:
      unmask forge synthesize train ann bob eve --name faces --until 20min
      unmask forge synthesize train ann bob eve --name sharp --method gan --upsampling transposed --until 2h
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.cli.progress import watching
    from unmask.forgery.swap.swapping import Ending
    from unmask.forgery.synthesize.making import train_synthesis
    from unmask.forgery.synthesize.plan import Recipe, SynthesisPlan

    ending = Ending.named(until)
    recipe = Recipe(method, upsampling, color, latent, width, batch=batch, learning_rate=learning_rate, seed=seed)
    plan = SynthesisPlan(recipe, ending.iterations, ending.seconds)
    home = opened_lab(lab)
    with watching(1, quiet=quiet) as watch:
        watch.begin(name)

        def on_progress(progress: "Progress") -> None:
            watch.advance(progress.seconds, progress.seconds + progress.eta_seconds)

        learned = train_synthesis(home, stores, name, plan, on_progress=on_progress)
        watch.end()
    told = learned_as_json(learned, home.models / name)
    print_json(told) if json else _tell_learned(told)
    return 130 if learned.interrupted else 0


def sample(
    model: ModelName,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Sheet to write.", show_default=False)
    ] = None,
    single: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write each face as a picture of its own.", show_default=False),
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=4096, help="How many faces.")] = 25,
    seed: Seed = 1,
    spread: Spread = 0.9,
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Draw faces of nobody, labelled and sealed, as one sheet or each on its own.

    It is told how near they come to the faces that were learned from: a network may know some of them by heart.

    \b
    Examples:
      unmask forge synthesize sample faces -o sheet.png --count 25 --seed 3
      unmask forge synthesize sample faces --single folder --count 100
    """
    from unmask.errors import UsageError
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.synthesize.making import Sampling, drawn_by, open_model, remembered, sealed_sheet
    from unmask.forgery.writing import Coding
    from unmask.settings import settings

    home, sampling, limits = opened_lab(lab), Sampling(count, seed, spread), settings()
    opened = open_model(home, model)
    if single is not None and output is None:
        return _write_singles(home, opened, sampling, single, limits, force=force, json=json, quiet=quiet)
    if output is None or single is not None:
        raise UsageError("Name a sheet to write with -o FILE, or a folder for single faces with --single FOLDER.")
    pictures = drawn_by(opened, sampling)
    memory = remembered(home, opened, pictures)
    sealed = sealed_sheet(open_sealer(home), opened, sampling, pictures, memory)
    if not json:
        typer.echo(_memory_said(memory))
    return write_and_tell(sealed, output, Coding(force=force), limits, json=json, quiet=quiet)


def traces(
    models: Annotated[
        list[str], typer.Argument(metavar="MODEL", help="Names of models in the lab.", show_default=False)
    ],
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="PNG of the spectra to write.", show_default=False),
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=4096, help="Faces that each draws.")] = 256,
    seed: Seed = 1,
    spread: Spread = 0.9,
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
) -> int:
    """Show the traces in what models draw, beside those of the faces that they learned from.

    A peak says by how many decibels a pattern that repeats every 2, 4 or 8 pixels stands out; filmed faces have next to none.
    The picture shows spectra, no faces.

    \b
    Examples:
      unmask forge synthesize traces transposed nearest shuffle -o traces.png
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.forgery.synthesize.making import Sampling
    from unmask.forgery.synthesize.traces import write_plot

    found = _traces_by_name(opened_lab(lab), models, Sampling(count, seed, spread))
    if output is not None:
        write_plot(found, output, force=force)
    print_json({name: _traces_as_json(one) for name, one in found.items()}) if json else _tell_traces(found)
    return 0


COMMANDS: dict[str, Callable[..., int]] = {"train": train, "sample": sample, "traces": traces}


def learned_as_json(learned: "Learned", folder: Path) -> dict[str, Any]:
    """A training as plain values."""
    from unmask.report.plain import rounded, text

    return {
        "model": text(str(folder)),
        "checkpoint": text(learned.checkpoint.name),
        "iteration": learned.iteration,
        "losses": {name: rounded(loss, 5) for name, loss in zip(learned.columns, learned.losses, strict=True)},
        "seconds": rounded(learned.seconds, 1),
        "learning_rate": learned.learning_rate,
        "interrupted": learned.interrupted,
        "remarks": [text(remark) for remark in learned.remarks],
    }


def _tell_learned(told: dict[str, Any]) -> None:
    state = "Interrupted, and saved" if told["interrupted"] else "Trained"
    losses = ", ".join(f"{name} {loss}" for name, loss in told["losses"].items())
    typer.echo(f"{state}: {told['model']}, {told['iteration']} iterations in {told['seconds'] / 60:.1f} min")
    typer.echo(f"  Loss: {losses}; all of them in {told['model']}/loss.csv")
    for remark in told["remarks"]:
        typer.echo(f"  {remark}")


def _write_singles(
    lab: "Lab",
    model: "Model",
    sampling: "Sampling",
    folder: Path,
    settings: "Settings",
    *,
    force: bool,
    json: bool,
    quiet: bool,
) -> int:
    from unmask.cli.progress import watching
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.synthesize.making import drawn_by, remembered, write_singles
    from unmask.report.wording import visible

    pictures = drawn_by(model, sampling)
    memory = remembered(lab, model, pictures)
    with watching(1, quiet=quiet) as watch:
        watch.begin(str(folder))
        written = write_singles(
            open_sealer(lab),
            model,
            sampling,
            folder,
            settings,
            pictures=pictures,
            force=force,
            on_progress=watch.advance,
        )
        watch.end()
    if json:
        for one in written:
            print_json(written_as_json(one))
        return 0
    typer.echo(f"{len(written)} faces of nobody, each labelled and sealed, in {visible(str(folder))}")
    typer.echo(_memory_said(memory))
    return 0


def _memory_said(memory: "Memory | None") -> str:
    if memory is None:
        return "The faces that were learned from are gone or have changed, so nothing is told of their likeness."
    said = f"Distance from the nearest training face: median {memory.median:.1f}, least {memory.nearest:.1f} levels"
    return said if memory.people_apart is None else f"{said} (two people lie {memory.people_apart:.1f} apart)"


def _traces_by_name(lab: "Lab", names: list[str], sampling: "Sampling") -> "dict[str, Traces]":
    """The traces of each model, and of the faces that the first of them learned from."""
    from unmask.forgery.synthesize.making import drawn_by, open_model, training_faces
    from unmask.forgery.synthesize.traces import traces_of

    opened = [open_model(lab, name) for name in dict.fromkeys(names)]
    found = {model.name: traces_of(drawn_by(model, sampling)) for model in opened}
    filmed = training_faces(lab, opened[0])
    return found if filmed is None else {"filmed faces": traces_of(filmed.pictures), **found}


def _traces_as_json(traces: "Traces") -> dict[str, Any]:
    return {
        "count": traces.count,
        "peaks_db": {str(period): round(peak, 2) for period, peak in traces.peaks.items()},
        "rings_db": [round(float(power), 2) for power in traces.rings],
    }


def _tell_traces(found: "dict[str, Traces]") -> None:
    width = max(map(len, found))
    periods = next(iter(found.values())).peaks
    typer.echo(f"{'Peaks, dB, at a period of':{width}}  " + "  ".join(f"{period:>3} px" for period in periods))
    for name, one in found.items():
        typer.echo(f"{name:{width}}  " + "  ".join(f"{peak:6.1f}" for peak in one.peaks.values()))
