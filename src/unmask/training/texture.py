"""Trains ``texture``: a logistic regression on faces that networks nobody trained drew anew, and the same as filmed.

Forgeries among the films are never learned from: they are asked about, kind by kind, and so are films of a test split.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.datasets import Clip
from unmask.errors import UsageError
from unmask.settings import Settings
from unmask.training.linear import people_of
from unmask.training.regression import Fitted, fit_model
from unmask.training.texture_contests import Contest, contests, table_of
from unmask.training.texture_faces import gather_native
from unmask.training.texture_rows import TextureRows, is_only_asked, rows_of

LEAST_PEOPLE = 4


@dataclass(frozen=True, slots=True)
class TextureRecipe:
    """How the detector is trained.

    Attributes:
        ridge: Weight of the squared coefficients in the loss.
        pairs: Made of each film; None makes more of a film than of a still.
        seed: Of everything drawn.
    """

    ridge: float = 3.0
    pairs: int | None = None
    seed: int = 1


FULL, QUICK = TextureRecipe(), TextureRecipe(pairs=3)


@dataclass(frozen=True, slots=True, eq=False)
class TrainedTexture:
    """The detector, and how it did.

    Attributes:
        fitted: Model, and answers to its training rows by models without their people.
        contests: What it ranks that it had not seen.
        pairs: How many it learned from.
        people: How many people it learned from.
        remarks: Films that could not be used, a sentence each.
    """

    fitted: Fitted
    contests: tuple[Contest, ...]
    pairs: int
    people: int
    remarks: tuple[str, ...]


def train_texture(
    clips: Sequence[Clip],
    sources: Sequence[str],
    work: Path,
    settings: Settings,
    recipe: TextureRecipe = FULL,
    *,
    on_begin: Callable[[str], None] = lambda _: None,
    on_end: Callable[[], None] = lambda: None,
) -> TrainedTexture:
    """Measure films and stills, fit the detector to them, and ask it about what it has not seen.

    Args:
        clips: Filmed people to learn from; forgeries, and clips of a test split, to be asked about.
        sources: Where each clip is from, in the same order.
        work: Folder in which faces and rows are kept.
        settings: Limits.
        recipe: How.
        on_begin: Told the name of each film.
        on_end: Called when it is measured.

    Raises:
        UsageError: There are fewer than LEAST_PEOPLE to learn from, or all of them are left out together.
        OutputError: Something cannot be kept.
    """
    names, found, remarks = people_of(clips), list[tuple[TextureRows, str]](), list[str]()
    for clip, source in zip(clips, sources, strict=True):
        on_begin(clip.path.name)
        faces, said = gather_native([clip], [names[clip]], work, settings)
        found += [(rows_of(one, work, recipe.seed, recipe.pairs), source) for one in faces]
        remarks += said
        on_end()
    learned = [pair for pair in found if np.isfinite(pair[0].made + pair[0].filmed).all(axis=1).any()]
    asked = [pair for pair in found if is_only_asked(pair[0].faces.clip)]
    people = len({rows.faces.person for rows, _ in learned})
    if people < LEAST_PEOPLE:
        raise UsageError(
            f"There are filmed faces of {people} people; {LEAST_PEOPLE} are the least to learn from: name a folder of films or portraits."
        )
    table = table_of(learned)
    if len(set(table.folds)) < 2:
        raise UsageError("All people to learn from are left out together; name films of more people.")
    fitted = fit_model(table.films(np.ones(len(table.fake), bool)), recipe.ridge)
    met = tuple(contests(table, learned, asked, recipe.ridge))
    return TrainedTexture(fitted, met, len(table.fake) // 2, people, tuple(remarks))
