"""``unmask forge swap``: a face swap step by step, from films to a sealed film."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from unmask.cli.forge import (
    CoderPreset,
    Consents,
    Crf,
    Force,
    Json,
    LabFolder,
    Masks,
    Output,
    Person,
    Quiet,
    opened_lab,
    write_and_tell,
)
from unmask.cli.output import print_json

if TYPE_CHECKING:
    from unmask.forgery.swap.plan import TrainingPlan
    from unmask.forgery.swap.prepare import Prepared
    from unmask.forgery.swap.training import Trained

HELP = """A face swap step by step: prepare the faces of two people, train, merge, measure.

The design is that of DeepFaceLab: one encoder that both share, and a decoder for each. Both people must have agreed."""
ArchName = Annotated[
    Literal["df", "liae"],
    typer.Option("--arch", help="df keeps the looks of SRC, liae takes more of DST's light and shape."),
]
PresetName = Annotated[str, typer.Option("--preset", help="Size: micro64, tiny64, tiny96, mid96, quick96 or saehd128.")]
Until = Annotated[
    str,
    typer.Option(metavar="TIME", help="End after so much training in all: 90s, 20min, 2h, or 5000it for iterations."),
]
Batch = Annotated[int, typer.Option(min=1, help="Faces of each person in an iteration.")]
LearningRate = Annotated[float | None, typer.Option(help="Of Adam; the preset's own if not given.", show_default=False)]
Seed = Annotated[int, typer.Option(min=0, help="Of all that is drawn at random.")]
PreviewEvery = Annotated[int, typer.Option(min=0, help="Iterations between two previews; 0 for one at the end.")]
Threads = Annotated[
    int | None, typer.Option(min=1, help="Of the processor; all cores if not given.", show_default=False)
]
INTERRUPTED = 130
FaceTypeName = Literal["half", "mid", "full", "whole", "head"]
"""As in ``unmask.forgery.swap.alignment.FACE_TYPES``."""


def prepare(
    sources: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Films, pictures or folders.", show_default=False)
    ],
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="Of the store in the lab.", show_default=False)],
    consent: Consents = None,
    face_type: Annotated[FaceTypeName, typer.Option(help="How much of the head is taken.")] = "full",
    side: Annotated[int, typer.Option(min=64, max=1024, help="Of the crops, pixels.")] = 256,
    rate: Annotated[float, typer.Option(min=0, help="Faces a second of film; 0 takes every frame.")] = 15.0,
    most: Annotated[int, typer.Option(min=1, help="Faces kept, the sharpest of each turn first.")] = 3000,
    least_width: Annotated[float, typer.Option(min=0, help="Least width of a face in its film, pixels.")] = 48.0,
    most_yaw: Annotated[float, typer.Option(min=0, help="Greatest turn to a side, degrees.")] = 95.0,
    blurred: Annotated[float, typer.Option(min=0, max=0.9, help="Share of the least sharp faces left out.")] = 0.05,
    person: Annotated[
        int | None, typer.Option(metavar="N", help="Which person, where more than one is seen.", show_default=False)
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--everyone", help="Take all people's faces, for pretrain and synthesize to learn from.")
    ] = False,
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Take the faces of one person from films and pictures into a store.

    Faces are found, measured twice, levelled and cut out; blurred, small and repeated ones are left out. The store says what a
    swap of these faces will lack. Without --consent the faces can only be drawn anew as themselves. With --everyone nobody is chosen: an encoder
    (pretrain) or a synthesis learns from such a store, and no swap does.

    \b
    Examples:
      unmask forge swap prepare one.mp4 --name one --consent 1a2b3c4d
      unmask forge swap prepare pictures/ --name other --consent 5e6f7a8b --face-type whole --most 2000
      unmask forge swap prepare films/ portraits/ --name many --everyone --rate 2
    """
    from unmask.cli.inputs import expand
    from unmask.cli.progress import watching
    from unmask.forgery.swap.choosing import Choice
    from unmask.forgery.swap.gathering import Taking
    from unmask.forgery.swap.prepare import Preparing
    from unmask.forgery.swap.prepare import prepare as prepared
    from unmask.settings import settings

    home, files = opened_lab(lab), [one.path for one in expand(sources) if one.path is not None]
    wanted = Preparing(
        tuple(files),
        home.faces / name,
        name,
        tuple(consent or ()),
        person,
        everyone,
        Taking(face_type, side, rate),
        Choice(least_width=least_width, most_yaw=most_yaw, blurred_share=blurred, most=most),
        force=force,
    )
    with watching(len(files), quiet=quiet) as watch:
        done = prepared(
            home, wanted, settings(), on_file=lambda path: watch.begin(str(path)), on_progress=watch.advance
        )
    print_json(_prepared_as_json(done)) if json else _tell_prepared(done)
    return 0


def train(
    src: Annotated[str, typer.Argument(metavar="SRC", help="Store of the person who is drawn.", show_default=False)],
    dst: Annotated[
        str, typer.Argument(metavar="DST", help="Store of the person who is drawn over.", show_default=False)
    ],
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="Of the model in the lab.", show_default=False)],
    preset: PresetName = "tiny96",
    arch: ArchName = "df",
    until: Until = "20min",
    batch: Batch = 4,
    learning_rate: LearningRate = None,
    seed: Seed = 1,
    preview_every: PreviewEvery = 500,
    threads: Threads = None,
    pretrained: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Encoder to begin from: one of the lab, 'shipped' for the one that comes with unmask, or 'none'.",
            show_default="shipped where it has the preset's shape",
        ),
    ] = None,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Train a swap, or go on with one; Ctrl-C saves and leaves.

    Everything lies in the model's folder: checkpoints, losses (loss.csv, loss.png) and sealed previews. A training that was
    killed goes on where its last checkpoint was, with the same losses as if it had run through.

    \b
    Examples:
      unmask forge swap train one other --name one-as-other --until 20min
      unmask forge swap train one other --name one-as-other --until 2h --preset tiny96
      unmask forge swap train one other --name anew --pretrained none
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.cli.training_watch import watched
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.swap.swapping import encoder_for, train_swap
    from unmask.settings import settings

    home = opened_lab(lab)
    plan = _plan(preset, arch, until, batch, learning_rate, seed=seed, preview_every=preview_every, threads=threads)
    named = {None: encoder_for(plan), "none": None}
    begin = named.get(pretrained, pretrained)
    with watched(quiet=quiet) as watch:
        trained = train_swap(open_sealer(home), (src, dst), name, plan, settings(), pretrained=begin, on_progress=watch)
    return _told_trained(trained, home.models / name, json=json)


def pretrain(
    stores: Annotated[list[str], typer.Argument(metavar="STORE", help="Stores of many people.", show_default=False)],
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="Of the encoder in the lab.", show_default=False)],
    preset: PresetName = "tiny96",
    arch: ArchName = "df",
    until: Until = "20min",
    batch: Batch = 8,
    learning_rate: LearningRate = None,
    seed: Seed = 1,
    preview_every: PreviewEvery = 500,
    threads: Threads = None,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Train an encoder on the faces of many people, for swaps to begin from.

    It learns what faces have in common, and draws nobody as anybody else. What a swap gains by it is in docs/results.md.

    \b
    Examples:
      unmask forge swap pretrain one other third --name common --until 2h
      unmask forge swap train one other --name one-as-other --pretrained common
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.cli.training_watch import watched
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.swap.swapping import pretrain_encoder
    from unmask.settings import settings

    home = opened_lab(lab)
    plan = _plan(preset, arch, until, batch, learning_rate, seed=seed, preview_every=preview_every, threads=threads)
    with watched(quiet=quiet) as watch:
        trained = pretrain_encoder(open_sealer(home), stores, name, plan, settings(), on_progress=watch)
    return _told_trained(trained, home.models / name, json=json)


def merge(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Name of the model in the lab.", show_default=False)],
    target: Annotated[Path, typer.Argument(metavar="FILE", help="Film or picture of DST.", show_default=False)],
    *,
    output: Output,
    mask: Annotated[
        Literal["learned", "hull", "both", "custom"], typer.Option(help="Where the drawn face is laid over.")
    ] = "both",
    net: Annotated[
        str | None,
        typer.Option("--with", metavar="NAME", help="Net of the mask 'custom', see: mask train.", show_default=False),
    ] = None,
    areas: Annotated[
        Path | None, typer.Option(metavar="JSON", help="Areas that are always or never drawn over.", show_default=False)
    ] = None,
    erode: Annotated[float, typer.Option(help="Way of the rim inwards, in widths of the face.")] = 0.02,
    feather: Annotated[float, typer.Option(help="Width of the soft rim, in widths of the face.")] = 0.08,
    transfer: Annotated[
        str, typer.Option(help="Colours brought near the film's: rct, lct, mkl, hist or none.")
    ] = "rct",
    blend: Annotated[Literal["feather", "poisson", "raw"], typer.Option(help="How the rim is joined.")] = "feather",
    scale: Annotated[float, typer.Option(help="Size of the drawn face, 1 being that of the film's.")] = 1.0,
    smooth: Annotated[float, typer.Option(help="Frames over which the place of the face is smoothed.")] = 1.0,
    sharpen: Annotated[float, typer.Option(help="Share of blur that is taken off.")] = 0.4,
    person: Person = None,
    masks: Masks = False,
    crf: Crf = 18,
    coder_preset: CoderPreset = "medium",
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Lay the drawn face over a film of the person it was trained for; sound and frame times are kept.

    \b
    Examples:
      unmask forge swap merge one-as-other other.mp4 -o swapped.mp4 --masks
      unmask forge swap merge one-as-other other.mp4 -o swapped.mp4 --blend poisson --transfer lct
      unmask forge swap merge one-as-other other.mp4 -o swapped.mp4 --mask custom --with microphone
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.swap.areas import NO_AREAS, read_areas
    from unmask.forgery.swap.merge import MergeRecipe
    from unmask.forgery.swap.swapping import merge_swap
    from unmask.forgery.writing import Coding
    from unmask.settings import settings

    recipe = MergeRecipe(
        mask, erode, feather, transfer=transfer, blend=blend, scale=scale, smooth=smooth, sharpen=sharpen
    )
    limits, custom = settings(), read_areas(areas) if areas else NO_AREAS
    sealer = open_sealer(opened_lab(lab))
    sealed = merge_swap(sealer, model, target, recipe, limits, areas=custom, net=net, person=person)
    coding = Coding(crf, coder_preset, masks=masks, force=force)
    return write_and_tell(sealed, output, coding, limits, json=json, quiet=quiet)


def steps(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Name of the model in the lab.", show_default=False)],
    film: Annotated[Path, typer.Argument(metavar="FILE", help="Film of DST.", show_default=False)],
    *,
    output: Output,
    rows: Annotated[int, typer.Option(min=1, max=20, help="Faces shown, from ahead to the furthest turn.")] = 4,
    person: Person = None,
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Show what becomes of a face at each step of a swap, as one sealed picture.

    Found in its frame, levelled, bent to learn from, coded, drawn as either person, masked, and laid over; from the face that looks
    ahead to the one turned furthest, where a model that never saw such a turn breaks.

    \b
    Examples:
      unmask forge swap steps one-as-other other.mp4 -o steps.png
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.swap.steps import steps_of
    from unmask.forgery.writing import Coding
    from unmask.settings import settings

    limits = settings()
    sealed = steps_of(open_sealer(opened_lab(lab)), model, film, limits, rows=rows, person=person)
    return write_and_tell(sealed, output, Coding(force=force), limits, json=json, quiet=quiet)


COMMANDS: dict[str, Callable[..., int]] = {
    "prepare": prepare,
    "pretrain": pretrain,
    "train": train,
    "merge": merge,
    "steps": steps,
}


def _plan(
    preset: str,
    arch: Literal["df", "liae"],
    until: str,
    batch: int,
    learning_rate: float | None,
    *,
    seed: int,
    preview_every: int,
    threads: int | None,
) -> "TrainingPlan":
    from unmask.forgery.swap.plan import TrainingPlan
    from unmask.forgery.swap.presets import preset_named
    from unmask.forgery.swap.swapping import Ending

    ending = Ending.named(until)
    return TrainingPlan(
        preset=preset_named(preset),
        arch=arch,
        batch=batch,
        learning_rate=learning_rate,
        seed=seed,
        until_iterations=ending.iterations,
        until_seconds=ending.seconds,
        preview_every=preview_every,
        threads=threads,
    )


def _told_trained(trained: "Trained", folder: Path, *, json: bool) -> int:
    """Print what a training came to; the exit code."""
    told = trained_as_json(trained, folder)
    print_json(told) if json else _tell_trained(told)
    return INTERRUPTED if trained.interrupted else 0


def trained_as_json(trained: "Trained", folder: Path) -> dict[str, Any]:
    """A training as plain values."""
    from unmask.report.plain import rounded, text

    losses = {
        "src_loss": trained.src_loss,
        "dst_loss": trained.dst_loss,
        "src_held_out": trained.src_held_out,
        "dst_held_out": trained.dst_held_out,
    }
    return {
        "model": text(str(folder)),
        "checkpoint": text(trained.checkpoint.name),
        "iteration": trained.iteration,
        **{name: rounded(value, 5) for name, value in losses.items()},
        "seconds": rounded(trained.seconds, 1),
        "learning_rate": trained.learning_rate,
        "interrupted": trained.interrupted,
        "remarks": [text(remark) for remark in trained.remarks],
    }


def _prepared_as_json(done: "Prepared") -> dict[str, Any]:
    from unmask.report.plain import text

    store = done.store
    return {
        "store": text(str(store.folder)),
        "subject": text(store.subject),
        "face_type": store.face_type,
        "side": store.side,
        "faces": len(store.faces),
        "left_out": done.left_out,
        "sources": [{"file": text(source.file), "sha256": source.sha256} for source in store.sources],
        "consents": list(store.consents),
        "remarks": [text(remark) for remark in done.remarks],
    }


def _tell_prepared(done: "Prepared") -> None:
    from unmask.report.wording import visible

    store = done.store
    left = ", ".join(f"{count} {reason}" for reason, count in done.left_out.items() if count)
    typer.echo(f"{visible(str(store.folder))}: {len(store.faces)} faces of {visible(store.subject)}, {store.face_type}")
    if left:
        typer.echo(f"  Left out: {left}")
    for remark in done.remarks:
        typer.echo(f"  {visible(remark)}")


def _tell_trained(told: dict[str, Any]) -> None:
    state = "Interrupted, and saved" if told["interrupted"] else "Trained"
    typer.echo(f"{state}: {told['model']}, {told['iteration']} iterations in {told['seconds'] / 60:.1f} min")
    dst = "" if told["dst_held_out"] is None else f", dst {told['dst_held_out']}"
    typer.echo(f"  Loss on faces held out: src {told['src_held_out']}{dst}")
    typer.echo(f"  Look at {told['model']}/previews and {told['model']}/loss.png")
    for remark in told["remarks"]:
        typer.echo(f"  {remark}")
