"""``unmask train``: trains the detectors that learn, from films of the user's own."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def train(
    recipe: Annotated[
        Literal["blend", "coding", "consistency", "flicker", "seam", "texture", "together"],
        typer.Argument(
            metavar="RECIPE",
            help="What to train: blend, coding, consistency, flicker, seam, texture or together.",
            show_default=False,
        ),
    ],
    data: Annotated[
        list[Path], typer.Argument(metavar="DATA", help="Folders of films, fakes beside originals.", show_default=False)
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where to; RECIPE.json if not given, and blend.onnx for blend.", show_default=False
        ),
    ] = None,
    work: Annotated[
        Path, typer.Option(metavar="DIR", help="Keeps what was measured and learned, so that a broken run goes on.")
    ] = Path("training"),
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Take each film as it is only, not coded anew as well; of blend, a few minutes; of texture, few pairs.",
        ),
    ] = False,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, help="Of blend and texture: of everything drawn by chance.")
    ] = 1,
    begin: Annotated[
        Literal["imagenet", "chance"], typer.Option(help="Of blend: what the network knows when it begins.")
    ] = "imagenet",
    net: Annotated[
        Literal["mobilenet16", "mobilenet32", "residual16"],
        typer.Option(
            help="Of blend: MobileNetV2 as far as its maps at a sixteenth or at a thirty-second, or a network of what high-pass filters leave (with --begin chance)."
        ),
    ] = "mobilenet16",
    iterations: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Of blend: at most; 6000 if not given, 200 with --quick.", show_default=False
        ),
    ] = None,
    unpaired: Annotated[
        bool,
        typer.Option("--unpaired", help="Of blend: show no original beside its forgery, to see what pairs are worth."),
    ] = False,
    device: Annotated[
        Literal["cpu", "cuda"], typer.Option(help="Of blend: what torch computes on; only the processor was tried.")
    ] = "cpu",
    int8: Annotated[
        bool,
        typer.Option("--int8", help="Of blend: write the network in numbers of 8 bits as well, and measure it."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
) -> int:
    """Train a detector on films of real and forged faces, and tell what it is worth on people it has not seen.

    flicker learns how a face that is drawn anew in each frame changes against its surround, seam how its detail differs from the
    surround's within a frame, consistency how it looks to a network that was taught on photographs, and together how far to believe
    the three. They need pairs of two people or more (X_fake, X_real, or a known data set, see docs/guide/datasets.md); further
    folders of filmed people teach them what is no forgery. All are measured in one pass; what is kept in --work makes the next a
    matter of seconds. Each person is left out once: the figures are those of models that had not seen them.

    blend learns where a face was laid over another, from faces it forges itself out of the films that are real; of four people or more,
    a quarter is never trained on. Beside the network and its calibration it leaves a record, FILE_training.json: the curve of the training
    and the answers about people left out, from which unmask bench blend computes its figures. It needs pip install 'unmask[lab]' and, to begin from photographs, one package more that it names.

    coding learns to read from a picture how strongly it was coded, from films coded anew at known strengths; films that are too
    strongly coded are not judged by the three.

    texture learns from the faces that are real, and the same drawn anew by networks that nobody trained. Forgeries, and what lies in a
    test split, are only asked about, each kind in rows of its own: nothing is learned from them.

    Films that are called both real and fake are refused, and such as look alike are named. Where a data set has splits, films of validation
    and test are left out, and whoever is seen in them; texture asks about those of the test.

    \b
    Examples:
      unmask train flicker pairs/ films/real
      unmask train together pairs/ films/real --work kept/ --out mine.json
      unmask train blend films/real --quick --work kept/
      unmask train texture portraits/real films/real drawn/
    """
    from unmask.cli.output import print_json
    from unmask.cli.train_recipes import RECIPES, Request
    from unmask.datasets import read_data_set, to_learn_from
    from unmask.datasets.checking import checked
    from unmask.media.source import shown
    from unmask.report.plain import text
    from unmask.settings import settings

    sets = [checked(read_data_set(folder), settings()) for folder in data]
    if recipe != "texture":  # it learns from no film of a test, and asks about it
        sets = [to_learn_from(one) for one in sets]
    clips = tuple(clip for one in sets for clip in one.clips)
    sources = tuple(text("/".join(one.folder.absolute().parts[-2:])) for one in sets for _ in one.clips)
    _require_folder(out)
    place = out or Path("blend.onnx" if recipe == "blend" else f"{recipe}.json")
    asked = Request(
        *(recipe, clips, place, work),
        quick=quick,
        quiet=quiet,
        seed=seed,
        begin=begin,
        sources=sources,
        net=net,
        iterations=iterations,
        paired=not unpaired,
        device=device,
        int8=int8,
    )
    told = RECIPES[recipe](asked)
    remarks = [*(remark for one in sets for remark in one.remarks), *told.remarks]
    if json:
        print_json({"model": text(str(place)), **told.row, "remarks": remarks})
        return 0
    for line in told.lines:
        typer.echo(line)
    for remark in remarks:
        typer.echo(f"Note: {remark}", err=True)
    typer.echo(f"Written to {shown(place)}; {told.note}", err=True)
    return 0


def _require_folder(out: Path | None) -> None:
    """Refuse a place that is not there before hours are spent, not after."""
    from unmask.errors import UsageError
    from unmask.media.source import shown

    if out is not None and not out.parent.is_dir():
        raise UsageError(f"The folder {shown(out.parent)} is not there; make it first, or name another with --out.")
