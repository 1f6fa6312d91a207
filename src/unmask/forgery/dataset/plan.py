"""The plan of a corpus: which film is cut where, forged how, and lies in which split. It is made before anything else is."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from unmask.errors import UsageError
from unmask.forgery.dataset.recipes import PairKind, Preset, Recipe, Split
from unmask.media.source import shown
from unmask.media.writing import written_aside

PLAN, FACES = "plan.json", "faces.json"
"""Names in a corpus: the plan, and by film the places of its persons among faces, which only their owner may read."""
VERSION = 1
Faces = tuple[tuple[float, ...], ...]
"""Places among faces of those seen in a film."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a film.

    Attributes:
        film: Name of the film, relative to the folder of originals.
        sha256: Of its bytes.
        start: Where the stretch begins, seconds.
        seconds: How long it is.
    """

    film: str
    sha256: str
    start: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A forgery and its original, to be made.

    Attributes:
        id: Its folder's name.
        kind: What becomes of the original.
        split: Where it lies.
        clip: What is cut out.
        person: Who is seen longest and largest, by the number that the plan gives them.
        seed: Of all chance in the forgery.
        crf: Quality of the coder of both films.
        preset: Its speed.
        face: Where the pasted face comes from; None where none is pasted.
        face_person: Whose it is.
        model: Name of the lab's model that draws; None where none does.
    """

    id: str
    kind: PairKind
    split: Split
    clip: Place
    person: str
    seed: int
    crf: int
    preset: Preset
    face: Place | None = None
    face_person: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """A film of the folder.

    Attributes:
        film: Its name, relative to the folder.
        bytes: Its size.
        sha256: Of its bytes; None where it cannot be read.
        persons: Who is seen in it.
        split: Where its clips lie; None where it is left out.
        left_out: Why it is left out, None where it is not.
    """

    film: str
    bytes: int
    sha256: str | None
    persons: tuple[str, ...]
    split: Split | None
    left_out: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is to be made.

    Attributes:
        version: Of this order.
        recipe: What was asked for.
        seed: Of all chance.
        most: Pairs at most, None for as many as there are clips.
        consents: Consents that were named.
        versions: Of the programs.
        originals: All films of the folder.
        pairs: In the order in which they are made.
        left_out: What could not be planned, a sentence each.
        nearest_strangers: Least distance between persons of two splits; below 0.6 they may be one person. None where
            there is but one split.
    """

    version: int
    recipe: Recipe
    seed: int
    most: int | None
    consents: tuple[str, ...]
    versions: Mapping[str, str]
    originals: tuple[Original, ...]
    pairs: tuple[Pair, ...]
    left_out: tuple[str, ...] = ()
    nearest_strangers: float | None = None


def write_plan(folder: Path, plan: Plan, faces: Mapping[str, Faces]) -> None:
    """Write the plan, the places of those seen in its films first.

    Raises:
        OutputError: It cannot be written.
    """
    with written_aside(folder / FACES) as aside:
        aside.write_text(json.dumps(faces) + "\n", encoding="utf-8")
    (folder / FACES).chmod(0o600)
    with written_aside(folder / PLAN) as aside:
        aside.write_text(json.dumps(asdict(plan), indent=1) + "\n", encoding="utf-8")


def read_plan(folder: Path) -> tuple[Plan, dict[str, Faces]] | None:
    """The plan of a corpus that was begun, and the places of those seen in its films; None where there is none.

    Raises:
        UsageError: It cannot be read.
    """
    path = folder / PLAN
    if not path.exists():
        return None
    try:
        plan = TypeAdapter(Plan).validate_json(path.read_bytes())
        faces = TypeAdapter(dict[str, Faces]).validate_json((folder / FACES).read_bytes())
    except (OSError, ValidationError) as error:
        raise UsageError(f"The plan {shown(path)} cannot be read; restore it, or name an empty folder.") from error
    if plan.version != VERSION:
        raise UsageError(f"{shown(path)} is a plan of version {plan.version}, this program knows {VERSION}.")
    return plan, faces
