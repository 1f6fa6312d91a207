"""``unmask models``: detectors that the user brings, as ONNX files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from unmask.benchmark.left_out import LeftOutRow
    from unmask.models.calibration import Calibration
    from unmask.models.folder import AddedModel, Candidate

HELP = "Bring your own face-forgery detectors, as ONNX files."

VARIANT = "as it is"

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def add(
    file: Annotated[Path, typer.Argument(metavar="FILE.onnx", help="The network.", show_default=False)],
    *,
    card: Annotated[
        Path,
        typer.Option(metavar="FILE.toml", help="Says what the network is, takes and answers.", show_default=False),
    ],
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Films, fakes beside originals, that it was not trained on.", show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the model of this name.")] = False,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
) -> int:
    """Add a model: it is loaded, tried on a blank picture and copied, and `unmask check` asks it from then on.

    With --data its answers are calibrated on your films, each person left out once. Its word counts in verdicts only where the
    lower bound of its AUC on people left out, five or more, is above 0.70; otherwise it is shown and not counted. docs/guide/models.md shows
    a whole card.

    \b
    Examples:
      unmask models add xception.onnx --card xception.toml
      unmask models add xception.onnx --card xception.toml --data pairs/ --force
    """
    from unmask.detectors import detectors
    from unmask.models.folder import keep, require_free, require_writable, tried
    from unmask.settings import models_folder, settings

    folder = models_folder(settings())
    require_writable(folder)
    with tried(file, card) as candidate:
        require_free(folder, candidate.model.card.name, detectors(), force=force)
        told = Told() if data is None else _calibrated(candidate, data, quiet=quiet)
        kept = keep(candidate, folder, told.calibration)
    if json:
        _print_added(kept, told)
        return 0
    _tell_added(kept, told)
    return 0


def list_all(*, json: Json = False) -> int:
    """List your models: what each asks, and whether its word counts.

    \b
    Examples:
      unmask models list
      unmask models list --json
    """
    from unmask.cli.output import print_json
    from unmask.settings import models_folder, settings

    folder = models_folder(settings())
    rows = _rows(folder)
    if json:
        print_json({"models": rows})
        return 0
    if not rows:
        typer.echo("No model was added; 'unmask models add' takes an ONNX file and its card.", err=True)
    for row in rows:
        typer.echo(row["error"] or f"{row['name']}: {row['question']} {row['worth']} {row['licence']}.")
    return 0


def remove(name: Annotated[str, typer.Argument(metavar="NAME", help="Of the model.", show_default=False)]) -> int:
    """Take a model out, with its card and its calibration.

    \b
    Examples:
      unmask models remove xception
    """
    from unmask.models.folder import remove as taken_out
    from unmask.settings import models_folder, settings

    taken_out(models_folder(settings()), name)
    typer.echo(f"Removed '{name}'.", err=True)
    return 0


@dataclass(frozen=True, slots=True)
class Told:
    """What films told of a model: nothing where there were none."""

    calibration: "Calibration | None" = None
    rows: "tuple[LeftOutRow, ...]" = ()
    remarks: tuple[str, ...] = ()


def _calibrated(candidate: "Candidate", data: Path, *, quiet: bool) -> Told:
    from unmask.benchmark.left_out import LeftOut, left_out_rows
    from unmask.cli.progress import watching
    from unmask.datasets import read_data_set
    from unmask.datasets.checking import checked
    from unmask.settings import settings
    from unmask.training.external import calibrate

    films = checked(read_data_set(data), settings())
    with watching(len(films.clips), quiet=quiet) as watch:
        found = calibrate(candidate.model, films, settings(), on_begin=watch.begin, on_end=watch.end)
    answers = zip(found.measured, found.people, found.fitted.left_out.tolist(), strict=True)
    rows = left_out_rows(
        [LeftOut(person, one.clip.pair, one.clip.label == "fake", VARIANT, fake) for one, person, fake in answers]
    )
    row = rows[0] if rows else None
    figures = (row.people, row.pairs, row.area, row.area_interval) if row else (None, 0, None, None)
    return Told(found.calibration(*figures), rows, (*films.remarks, *found.remarks))


def _print_added(kept: "AddedModel", told: Told) -> None:
    from unmask.cli.output import print_json
    from unmask.report.models import model_as_json
    from unmask.report.plain import text

    print_json(model_as_json(kept) | {"remarks": [text(remark) for remark in told.remarks]})


def _tell_added(kept: "AddedModel", told: Told) -> None:
    from unmask.benchmark.left_out import left_out_table
    from unmask.models.calibration import worth

    for line in left_out_table(told.rows) if told.rows else []:
        typer.echo(line)
    for remark in told.remarks:
        typer.echo(f"Note: {remark}", err=True)
    typer.echo(f"Added '{kept.card.name}' to {kept.path.parent}. {worth(told.calibration)}")


def _rows(folder: Path) -> list[dict[str, Any]]:
    from unmask.errors import MissingComponent
    from unmask.models.folder import added, read_model
    from unmask.report.models import broken_as_json, model_as_json

    rows = []
    for name in added(folder):
        try:
            rows.append(model_as_json(read_model(folder, name)))
        except MissingComponent as error:
            rows.append(broken_as_json(name, error))
    return rows


COMMANDS: dict[str, Callable[..., int]] = {"add": add, "list": list_all, "remove": remove}
