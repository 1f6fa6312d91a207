"""``unmask datasets``: what a folder of films is taken for, and its splits."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from unmask.datasets import DataSet
    from unmask.datasets.description import Description, Part

HELP = "Look at data sets of real and forged films, and split them."
OPEN = "open"

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the data set lies.", show_default=False)]
Layout = Annotated[
    str | None, typer.Option(metavar="NAME", help="Its layout; recognised if not given.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def show(
    folder: Folder,
    *,
    layout: Layout = None,
    check: Annotated[
        bool, typer.Option("--check", help="Open every film, too, and compare how they look; takes a while.")
    ] = False,
    json: Json = False,
) -> int:
    """Show what a folder is recognised as: its clips, people, pairs and splits, and what is wrong with it.

    People and recordings are as the data set tells; nobody is recognised. Clips hang together by a person, a recording or a pair;
    what hangs together may lie in one split only.

    \b
    Examples:
      unmask datasets show films/
      unmask datasets show corpus/ --check --json
      unmask datasets show sets/dfdc --layout dfdc
    """
    from unmask.datasets import read_data_set
    from unmask.datasets.checking import checked
    from unmask.datasets.description import describe
    from unmask.settings import settings

    found = read_data_set(folder, layout=layout)
    described = describe(checked(found, settings()) if check else found)
    if json:
        _print_description(found, described)
        return 0
    for line in _lines(found, described):
        typer.echo(line)
    return 0


def split(
    folder: Folder,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the table of splits is written.")] = Path(
        "split.csv"
    ),
    layout: Layout = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the order in which clips are dealt out.")] = 0,
    shares: Annotated[str, typer.Option(metavar="A,B,C", help="Shares of training, validation and test.")] = "70,15,15",
    anew: Annotated[bool, typer.Option("--anew", help="Drop the data set's own splits first.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
    json: Json = False,
) -> int:
    """Deal a data set out to training, validation and test, so that nobody and no recording is in two of them.

    The same folder, seed and shares give the same table on every machine; the SHA-256 that is printed names it. Splits that the
    data set has itself are kept, and who hangs together with them follows.

    The table has the columns of a labels.csv: in a folder of your own, put it there under this name, and train leaves out
    validation and test.

    \b
    Examples:
      unmask datasets split films/
      unmask datasets split films/ --out films/labels.csv --seed 3 --shares 50,0,50
    """
    from unmask.datasets import read_data_set
    from unmask.datasets import split as dealt
    from unmask.datasets.description import describe
    from unmask.datasets.split_table import write_splits
    from unmask.media.source import shown
    from unmask.report.wording import visible

    asked = _shares(shares)
    divided = dealt(read_data_set(folder, layout=layout), seed, asked, anew=anew)
    write_splits(divided, out, force=force)
    described = describe(divided)
    if json:
        _print_description(divided, described, table=str(out), seed=seed, shares=asked)
        return 0
    for part in described.splits:
        typer.echo(_part_line(part))
    typer.echo(f"{'SHA-256':<12}{described.sha256}")
    for problem in described.problems:
        typer.echo(f"Note: {visible(problem)}", err=True)
    typer.echo(f"Written to {shown(out)}.", err=True)
    return 0


def _shares(told: str) -> tuple[float, float, float]:
    from unmask.errors import UsageError

    try:
        train, validation, test = map(float, told.split(","))
    except ValueError:
        raise UsageError(f"--shares is '{told}'; give three numbers parted by commas, such as 70,15,15.") from None
    return train, validation, test


def _lines(found: "DataSet", described: "Description") -> Iterator[str]:
    from unmask.datasets import LAYOUTS
    from unmask.media.source import shown
    from unmask.report.wording import visible

    kinds = ", ".join(f"{visible(kind)} {count}" for kind, count in described.kinds.items())
    yield f"{shown(found.folder)} is read as {LAYOUTS[found.name].what} ('{found.name}')."
    yield f"{'clips':<12}{described.real} real, {described.fake} fake{f' ({kinds})' if kinds else ''}"
    yield f"{'people':<12}{described.people or 'not told'}, in {described.recordings} recordings"
    yield f"{'pairs':<12}{described.pairs} fakes beside their own originals"
    yield f"{'masks':<12}{described.masks} clips with a film of what was made, {described.label_boxes} with a label to paint over"
    yield f"{'groups':<12}{described.groups} that share nobody and no recording; {described.largest_group} clips in the largest"
    yield from map(_part_line, described.splits)
    yield f"{'SHA-256':<12}{described.sha256}"
    yield f"{'problems':<12}{len(described.problems) or 'none'}"
    yield from (f"  {visible(problem)}" for problem in described.problems)


def _part_line(part: "Part") -> str:
    return f"{part.split or OPEN:<12}{part.real} real, {part.fake} fake, {_of_people(part.people)}"


def _of_people(people: int) -> str:
    return f"of {people} {'person' if people == 1 else 'people'}" if people else "of whom is not told"


def _print_description(found: "DataSet", described: "Description", **further: Any) -> None:
    from dataclasses import asdict

    from unmask.cli.output import print_json
    from unmask.report.plain import text

    kinds = {text(kind): count for kind, count in described.kinds.items()}
    problems = [text(problem) for problem in described.problems]
    told = asdict(described) | {"kinds": kinds, "problems": problems}
    print_json({"folder": text(str(found.folder)), "layout": found.name, **further, **told})


COMMANDS: dict[str, Callable[..., int]] = {"show": show, "split": split}
