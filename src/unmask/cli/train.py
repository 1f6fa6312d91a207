"""``unmask train``: trains the detectors that learn, from films of the user's own."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer


def train(
    recipe: Annotated[
        Literal["flicker"], typer.Argument(metavar="RECIPE", help="What to train: flicker.", show_default=False)
    ],
    data: Annotated[
        list[Path], typer.Argument(metavar="DATA", help="Folders of films, fakes beside originals.", show_default=False)
    ],
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; RECIPE.json if not given.", show_default=False)
    ] = None,
    work: Annotated[
        Path, typer.Option(metavar="DIR", help="Keeps what was measured, so that a broken run goes on.")
    ] = Path("training"),
    quick: Annotated[
        bool, typer.Option("--quick", help="Take each film as it is only, not coded anew as well.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
) -> int:
    """Train a detector on films of real and forged faces, and tell what it is worth on people it has not seen.

    flicker learns how a face that is drawn anew in each frame changes against its surround. It needs pairs of two people or more
    (X_fake, X_real, or a known data set, see docs/guide/datasets.md); further folders of filmed people teach it what is no forgery.
    Films that are called both real and fake are refused, and such as look alike are named.
    Each person is left out once: the figures are those of models that had not seen them.

    \b
    Examples:
      unmask train flicker pairs/ films/real
      unmask train flicker pairs/ films/real --quick --work kept/ --out mine.json
    """
    from unmask.benchmark.left_out import LeftOut, left_out_rows, left_out_table
    from unmask.cli.output import print_json
    from unmask.cli.progress import watching
    from unmask.datasets import read_data_set
    from unmask.datasets.checking import checked
    from unmask.media.source import shown
    from unmask.media.writing import written_aside
    from unmask.report.plain import text
    from unmask.settings import settings
    from unmask.training.flicker import VARIANTS, train_flicker

    sets = [checked(read_data_set(folder), settings()) for folder in data]
    clips = [clip for one in sets for clip in one.clips]
    with watching(len(clips), quiet=quiet) as watch:
        variants = VARIANTS[:1] if quick else VARIANTS
        trained = train_flicker(clips, work, settings(), variants=variants, on_begin=watch.begin, on_end=watch.end)
    place = out or Path(f"{recipe}.json")
    with written_aside(place) as aside:
        aside.write_text(trained.fitted.model.as_json(), encoding="utf-8")
    answers = zip(trained.measured, trained.people, trained.fitted.left_out.tolist(), strict=True)
    rows = left_out_rows(
        [LeftOut(person, one.clip.pair, one.clip.label == "fake", one.variant, fake) for one, person, fake in answers]
    )
    remarks = [*(remark for one in sets for remark in one.remarks), *trained.remarks]
    if json:
        told = {"model": text(str(place)), "left_out": [asdict(row) for row in rows], "remarks": remarks}
        print_json(told)
        return 0
    for line in left_out_table(rows):
        typer.echo(line)
    for remark in remarks:
        typer.echo(f"Note: {remark}", err=True)
    typer.echo(f"Written to {shown(place)}; each person's answers are those of a model fitted without them.", err=True)
    return 0
