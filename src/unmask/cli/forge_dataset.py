"""``unmask forge dataset``: forgeries beside their originals, at scale, to train and to test detectors on."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from unmask.cli.forge import Consents, Json, LabFolder, Quiet, opened_lab
from unmask.cli.output import print_json

if TYPE_CHECKING:
    from unmask.forgery.dataset.building import Built

LOG_SECONDS = 10.0
MOST_REASONS = 20


def dataset(
    recipe: Annotated[
        str, typer.Argument(metavar="RECIPE", help="paste, blend, quick, or a .json file.", show_default=False)
    ],
    *,
    real: Annotated[Path, typer.Option(metavar="FOLDER", help="Films as they were filmed.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the corpus goes.", show_default=False)],
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn at random.")] = 1,
    pairs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Pairs at most; one of each clip if none is named.")
    ] = None,
    consent: Consents = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, metavar="N", help="Processes; one a core if none is named.")
    ] = None,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Make a corpus of pairs: each forgery beside its own original, coded alike, split by person.

    Recipe 'blend' blends faces with themselves, which nobody has to agree to. 'paste' also lays faces over those of others,
    where all who are seen have agreed (--consent for each, or one of a licensed corpus). What is made and where it lies stands in
    plan.json before anything is made, and in labels.csv afterwards. A run that was ended goes on when it is started again.

    \b
    Examples:
      unmask forge dataset blend --real films --out corpus
      unmask forge dataset paste --real films --out lab/out/corpus --consent 1a2b3c4d --pairs 200 --seed 7
      unmask forge dataset own.json --real films --out corpus --workers 4
    """
    from unmask.forgery.dataset.beginning import Wanted
    from unmask.forgery.dataset.building import build
    from unmask.forgery.dataset.recipes import recipe_named
    from unmask.settings import settings

    wanted = Wanted(recipe_named(recipe), real, out, seed, pairs, tuple(consent or ()), workers or cores())
    with watched(quiet=quiet) as tell:
        built = build(wanted, opened_lab(lab), settings(), tell)
    told = built_as_json(built, out)
    print_json(told) if json else _tell(told)
    return 0


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def built_as_json(built: "Built", out: Path) -> dict[str, Any]:
    """A corpus as plain values."""
    from unmask.report.plain import text

    films = Counter((row.split, row.pair_kind, row.label) for row in built.rows)
    persons: dict[str, set[str]] = {}
    for row in built.rows:
        persons.setdefault(row.split, set()).update({row.person, row.face_person} - {""})
    return {
        "corpus": text(str(out)),
        "recipe": text(built.plan.recipe.name),
        "seed": built.plan.seed,
        "planned": len(built.plan.pairs),
        "pairs": len({row.pair for row in built.rows}),
        "fresh": built.fresh,
        "pairs_per_minute": round(60 * built.fresh / built.seconds, 2) if built.fresh else None,
        "cpu_seconds_per_pair": round(built.cpu_seconds / built.fresh, 2) if built.fresh else None,
        "persons": {split: len(those) for split, those in sorted(persons.items())},
        "nearest_strangers": built.plan.nearest_strangers,
        "films": [
            {"split": split, "kind": kind, "label": label, "films": count}
            for (split, kind, label), count in sorted(films.items())
        ],
        "left_out": [{"film": text(one.film), "pair": one.pair, "reason": text(one.reason)} for one in built.left_out],
    }


def _tell(told: dict[str, Any]) -> None:
    from rich.table import Table

    from unmask.cli.output import print_rich
    from unmask.report.wording import visible

    table = Table(
        "split", "kind", "real", "forged", "persons", title=f"{visible(told['corpus'])}: {told['pairs']} pairs"
    )
    counts: dict[tuple[str, str], list[int]] = {}
    for row in told["films"]:
        counts.setdefault((row["split"], row["kind"]), [0, 0])[row["label"]] += row["films"]
    for (split, kind), (real, forged) in counts.items():
        table.add_row(split, kind, str(real), str(forged), str(told["persons"][split]))
    print_rich(table)
    for one in told["left_out"][:MOST_REASONS]:
        named = one["pair"] or one["film"]
        typer.echo(f"  Left out{f', {visible(named)}' if named else ''}: {visible(one['reason'])}")
    if len(told["left_out"]) > MOST_REASONS:
        typer.echo(f"  … and {len(told['left_out']) - MOST_REASONS} more in left_out.csv")
    if told["nearest_strangers"] is not None and told["nearest_strangers"] < 0.6:
        typer.echo(
            f"  Two people of different splits lie {told['nearest_strangers']:.2f} apart: look whether they are one."
        )
    if told["fresh"]:
        speed = f"{told['pairs_per_minute']:.1f} pairs a minute, {told['cpu_seconds_per_pair']:.1f} s of processor time each"
        typer.echo(f"  Made {told['fresh']} pairs: {speed}")
    typer.echo(f"  Labels: {visible(told['corpus'])}/labels.csv")


@contextmanager
def watched(*, quiet: bool) -> Iterator[Callable[[Literal["look", "pair"], int, int], None] | None]:
    """What the building tells its progress to, None if silence is asked for."""
    if quiet:
        yield None
        return
    live = Console(stderr=True).is_terminal
    try:
        yield _Watch(live=live).tell
    finally:
        if live:
            sys.stderr.write("\n")


class _Watch:
    """Lines on stderr: one that is renewed where a person watches, one every LOG_SECONDS where a log does."""

    def __init__(self, *, live: bool) -> None:
        self._live, self._last, self._stage = live, -LOG_SECONDS, ""
        self._begun, self._before = 0.0, 0

    def tell(self, stage: Literal["look", "pair"], done: int, total: int) -> None:
        """Print how far it is, not too often."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._begun, self._before, self._last = stage, now, done, -LOG_SECONDS
        if now - self._last < LOG_SECONDS and not self._live and done < total:
            return
        self._last = now
        line = said(
            stage, done, total, (now - self._begun) / max(1, done - self._before) if done > self._before else None
        )
        sys.stderr.write(f"\r\033[K{line}" if self._live else f"{line}\n")
        sys.stderr.flush()


def said(stage: Literal["look", "pair"], done: int, total: int, seconds_each: float | None) -> str:
    """One line on how far it is.

    >>> said("pair", 3, 10, 12.0)
    '3 of 10 pairs, 1:24 left'
    """
    what = "films looked at" if stage == "look" else "pairs"
    left = "" if seconds_each is None or done >= total else f", {_clock(seconds_each * (total - done))} left"
    return f"{done} of {total} {what}{left}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
