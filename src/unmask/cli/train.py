"""``unmask train``: trains the detectors that learn, from films of the user's own."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from unmask.datasets import Clip


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for.

    Attributes:
        recipe: Name of the detector.
        clips: Films of real and forged faces.
        out: Where the model goes.
        work: Keeps what was measured.
        quick: Whether each film is taken as it is only.
        quiet: Whether no progress is shown.
    """

    recipe: str
    clips: "tuple[Clip, ...]"
    out: Path
    work: Path
    quick: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What a training has to say of itself.

    Attributes:
        row: For ``--json``.
        lines: For a person.
        remarks: On films that could not be used, a sentence each.
    """

    row: dict[str, Any]
    lines: list[str]
    remarks: tuple[str, ...]


def train(
    recipe: Annotated[
        Literal["consistency", "flicker", "seam"],
        typer.Argument(metavar="RECIPE", help="What to train: consistency, flicker or seam.", show_default=False),
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

    flicker learns how a face that is drawn anew in each frame changes against its surround, seam how its detail differs from the
    surround's within a frame, consistency how it looks to a network that was taught on photographs. They need pairs of two people or more
    (X_fake, X_real, or a known data set, see docs/guide/datasets.md); further folders of filmed people teach them what is no forgery.
    Films that are called both real and fake are refused, and such as look alike are named.
    Each person is left out once: the figures are those of models that had not seen them.
    All three are measured in one pass; what is kept in --work makes the second and third a matter of seconds.

    \b
    Examples:
      unmask train flicker pairs/ films/real
      unmask train seam pairs/ films/real --quick --work kept/ --out mine.json
    """
    from unmask.cli.output import print_json
    from unmask.datasets import read_data_set
    from unmask.datasets.checking import checked
    from unmask.media.source import shown
    from unmask.report.plain import text
    from unmask.settings import settings

    sets = [checked(read_data_set(folder), settings()) for folder in data]
    clips = tuple(clip for one in sets for clip in one.clips)
    place = out or Path(f"{recipe}.json")
    told = RECIPES[recipe](Request(recipe, clips, place, work, quick, quiet))
    remarks = [*(remark for one in sets for remark in one.remarks), *told.remarks]
    if json:
        print_json({"model": text(str(place)), **told.row, "remarks": remarks})
        return 0
    for line in told.lines:
        typer.echo(line)
    for remark in remarks:
        typer.echo(f"Note: {remark}", err=True)
    typer.echo(f"Written to {shown(place)}; each person's answers are those of a model fitted without them.", err=True)
    return 0


def _linear(asked: Request) -> Told:
    """A weighted sum of contrasts between a face and its surround."""
    from unmask.benchmark.left_out import LeftOut, left_out_rows, left_out_table
    from unmask.cli.progress import watching
    from unmask.media.writing import written_aside
    from unmask.settings import settings
    from unmask.training.films import VARIANTS
    from unmask.training.linear import RECIPES as LINEAR
    from unmask.training.linear import train_linear

    variants = VARIANTS[:1] if asked.quick else VARIANTS
    with watching(len(asked.clips), quiet=asked.quiet) as watch:
        trained = train_linear(
            LINEAR[asked.recipe],
            asked.clips,
            asked.work,
            settings(),
            variants=variants,
            on_begin=watch.begin,
            on_end=watch.end,
        )
    with written_aside(asked.out) as aside:
        aside.write_text(trained.fitted.model.as_json(), encoding="utf-8")
    films = trained.left_out()
    rows = left_out_rows([LeftOut(one.person, one.pair, one.label == "fake", one.variant, one.fake) for one in films])
    row = {"left_out": [asdict(one) for one in rows], "films": [asdict(one) for one in films]}
    return Told(row, left_out_table(rows), trained.remarks)


RECIPES: Mapping[str, Callable[[Request], Told]] = {"consistency": _linear, "flicker": _linear, "seam": _linear}
"""How each is trained."""
