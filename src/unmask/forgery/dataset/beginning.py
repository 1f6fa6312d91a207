"""A corpus begun: its films looked through and its pairs planned, or the plan of an earlier run taken up."""

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from unmask.errors import OutputError, UsageError
from unmask.forgery.dataset.allowing import allowed_with, require_consents
from unmask.forgery.dataset.crew import Died, done_by
from unmask.forgery.dataset.films import Seen, films_in, look_at
from unmask.forgery.dataset.plan import FACES, Faces, Plan, read_plan, write_plan
from unmask.forgery.dataset.planning import plan_of
from unmask.forgery.dataset.recipes import Recipe
from unmask.forgery.lab import Lab
from unmask.media.source import shown
from unmask.settings import Settings

LOCK = ".lock"
Stage = Literal["look", "pair"]
Progress = Callable[[Stage, int, int], None]
"""Told what is done, how many are, and of how many."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A corpus to be built.

    Attributes:
        recipe: What it is made of.
        originals: Folder of films as they are.
        corpus: Folder for it; made when it is not there.
        seed: Of all chance.
        most: Pairs at most, None for one of each clip.
        consents: Consents of the people seen.
        workers: Processes.
    """

    recipe: Recipe
    originals: Path
    corpus: Path
    seed: int = 1
    most: int | None = None
    consents: tuple[str, ...] = ()
    workers: int = 1


def begun(wanted: Wanted, lab: Lab, settings: Settings, on_progress: Progress | None) -> tuple[Plan, dict[str, Faces]]:
    """The plan of a corpus, and the places among faces of those seen in its films; made and written if not there.

    Args:
        wanted: The corpus.
        lab: Whose consents and models count.
        settings: Limits, and the least sandbox.
        on_progress: Told how far the films are looked through.

    Raises:
        UsageError: It cannot be made there, from this, or with whom; or it was begun in another way.
        OutputError: The plan cannot be written.
        MissingComponent: Part of the extra is not installed.
    """
    found = read_plan(wanted.corpus)
    if found is not None:
        _require_same(wanted, found[0])
        return found
    plan, faces = _planned(wanted, lab, settings, on_progress)
    write_plan(wanted.corpus, plan, faces)
    return plan, faces


@contextmanager
def alone(corpus: Path) -> Generator[None]:
    """A corpus that no other run writes to.

    Raises:
        UsageError: Another does.
        OutputError: Nothing can be written there.
    """
    try:
        descriptor = os.open(corpus / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OutputError(f"{shown(corpus)} cannot be written to: {error.strerror}.") from error
    try:
        _lock(descriptor, corpus)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, corpus: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError(f"Another run is writing to {shown(corpus)}; wait for it, or name another folder.") from error


def _planned(
    wanted: Wanted, lab: Lab, settings: Settings, on_progress: Progress | None
) -> tuple[Plan, dict[str, Faces]]:
    there = [path for path in wanted.corpus.iterdir() if path.resolve() != lab.folder.resolve()]
    if any(path.name != FACES and not path.name.startswith(".") for path in there):
        raise UsageError(f"{shown(wanted.corpus)} holds something else; name an empty or new folder with --out.")
    require_consents(lab, wanted.consents)
    films = _looked_at(wanted, settings, on_progress)
    allowed, inside = allowed_with(lab, wanted.recipe, films, wanted.consents)
    if inside and not wanted.corpus.resolve().is_relative_to(lab.folder.resolve()):
        raise UsageError(
            f"{shown(wanted.corpus)} lies outside the lab, and the licence of the people's consent keeps what is made inside; name a folder in {shown(lab.folder)} with --out."
        )
    plan = plan_of(wanted.recipe, films, allowed, seed=wanted.seed, most=wanted.most, consents=wanted.consents)
    return plan, {film.film: film.faces for film in films if film.faces}


@dataclass(frozen=True, slots=True)
class _Look:
    """A film to be looked at."""

    path: Path
    film: str
    recipe: Recipe
    seed: int
    settings: Settings


def _look(task: _Look) -> Seen:
    return look_at(task.path, task.film, task.recipe, task.seed, task.settings)


def _looked_at(wanted: Wanted, settings: Settings, on_progress: Progress | None) -> list[Seen]:
    paths = films_in(wanted.originals, wanted.corpus)
    names = [path.relative_to(wanted.originals).as_posix() for path in paths]
    tasks = [_Look(path, name, wanted.recipe, wanted.seed, settings) for path, name in zip(paths, names, strict=True)]
    seen: dict[int, Seen] = {}
    with closing(done_by(wanted.workers, _look, tasks)) as results:
        for number, result in results:
            seen[number] = _looked(result, paths[number], names[number])
            if on_progress is not None:
                on_progress("look", len(seen), len(tasks))
    return [seen[number] for number in range(len(tasks))]


def _looked(result: Seen | Died, path: Path, film: str) -> Seen:
    return Seen(film, path.stat().st_size, left_out=str(result)) if isinstance(result, Died) else result


def _require_same(wanted: Wanted, plan: Plan) -> None:
    """Refuse to go on with another corpus than the one that was begun.

    Raises:
        UsageError: It is another one.
    """
    asked = {"recipe": wanted.recipe, "seed": wanted.seed, "number of pairs": wanted.most, "consents": wanted.consents}
    begun = {"recipe": plan.recipe, "seed": plan.seed, "number of pairs": plan.most, "consents": plan.consents}
    other = [name for name in asked if asked[name] != begun[name]]
    if other:
        raise UsageError(
            f"{shown(wanted.corpus)} was begun with another {' and '.join(other)}; name them as then, or another folder with --out."
        )
    paths = films_in(wanted.originals, wanted.corpus)
    there = {path.relative_to(wanted.originals).as_posix(): path.stat().st_size for path in paths}
    if there != {original.film: original.bytes for original in plan.originals}:
        raise UsageError(
            f"The films in {shown(wanted.originals)} are not those of the plan in {shown(wanted.corpus)}; name an empty folder with --out."
        )
