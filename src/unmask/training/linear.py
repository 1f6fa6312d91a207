"""Trains the linear detectors: ``flicker`` on contrasts between frames, ``seam`` and ``consistency`` within a frame.

All compare a face with its own surround, learn from swaps and their own originals, and are judged on people left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.datasets import Clip, DataSet, Label, groups_of
from unmask.errors import UsageError
from unmask.report.plain import text
from unmask.settings import Settings
from unmask.training.films import VARIANTS, Measured, Measurer, Variant
from unmask.training.measurements import APPEARANCE, CHANGE, DETAIL, Measurement
from unmask.training.regression import Films, Fitted, alike, fit_model


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a linear detector is fitted.

    Attributes:
        measurement: What it is fitted to.
        ridge: Weight of the squared coefficients in the loss; the more numbers, the more of it.
        original_weight: Weight of a fake's own original, against one for the fake.
        unpaired_weight: Of a film without a fake of its own: it tells of its source more than of forgeries.
    """

    measurement: Measurement
    ridge: float
    original_weight: float = 0.6
    unpaired_weight: float = 0.2

    def weight(self, clip: Clip) -> float:
        """How much a film counts."""
        if clip.label == "fake":
            return 1.0
        return self.original_weight if clip.pair else self.unpaired_weight


RECIPES: Mapping[str, Recipe] = {
    recipe.measurement.name: recipe for recipe in (Recipe(CHANGE, 0.1), Recipe(DETAIL, 0.3), Recipe(APPEARANCE, 3.0))
}
"""By the detector's name."""


@dataclass(frozen=True, slots=True)
class LeftOutFilm:
    """What models that had not seen a film's person say of it.

    Attributes:
        film: Path of it.
        label: Whether it was filmed or made.
        pair: What a fake and its own original have in common; None for others.
        person: Whom it was left out with.
        variant: What it went through first.
        fake: Calibrated probability of forgery, 0–1.
    """

    film: str
    label: Label
    pair: str | None
    person: str
    variant: str
    fake: float


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A detector, and what it says of people it was fitted without.

    Attributes:
        measured: Films and variants, as they were measured.
        people: Whom each was left out with, in the same order.
        fitted: Model and answers, in the same order.
        remarks: Films that could not be measured, a sentence each.
    """

    measured: tuple[Measured, ...]
    people: tuple[str, ...]
    fitted: Fitted
    remarks: tuple[str, ...]

    def left_out(self) -> tuple[LeftOutFilm, ...]:
        """Each film and variant with its answer by models without its person."""
        answers = zip(self.measured, self.people, self.fitted.left_out.tolist(), strict=True)
        return tuple(
            LeftOutFilm(text(str(one.clip.path)), one.clip.label, one.clip.pair, person, one.variant, fake)
            for one, person, fake in answers
        )


def train_linear(
    recipe: Recipe,
    clips: Sequence[Clip],
    work: Path,
    settings: Settings,
    *,
    variants: Sequence[Variant] = VARIANTS,
    on_begin: Callable[[str], None] = lambda _: None,
    on_end: Callable[[], None] = lambda: None,
) -> Trained:
    """Measure films and fit a detector to them.

    Args:
        recipe: The detector's.
        clips: Fakes, their originals, and other filmed people.
        work: Folder in which measurements are kept, so that a broken run goes on and a second one is quick.
        settings: Limits.
        variants: What each film goes through.
        on_begin: Told the name of each film.
        on_end: Called when it is measured.

    Raises:
        UsageError: There are no pairs of two people or more.
        OutputError: Measurements cannot be kept.
    """
    measurer = Measurer(work, settings, variants)
    measured, remarks = measurer.measured(clips, recipe.measurement, on_begin, on_end)
    names = people_of(list(dict.fromkeys(one.clip for one in measured)))
    people = tuple(names[one.clip] for one in measured)
    return Trained(measured, people, _fitted(recipe, measured, people), remarks)


def people_of(clips: Sequence[Clip]) -> dict[Clip, str]:
    """Whom each film is left out with: all who hang together by a person, a recording or a pair share a name."""
    groups = groups_of(DataSet("films", Path(), tuple(clips), ()))
    return {clip: "+".join(group[0].identities) or group[0].source for group in groups for clip in group}


def _fitted(recipe: Recipe, measured: Sequence[Measured], people: Sequence[str]) -> Fitted:
    fake = [one.clip.label == "fake" for one in measured]
    if len({person for person, forged in zip(people, fake, strict=True) if forged}) < 2:
        raise UsageError("There are no fakes of two people or more; name a folder with pairs (X_fake, X_real).")
    films = Films(
        np.stack([one.numbers for one in measured]),
        np.array(fake, np.float64),
        tuple(people),
        np.array([recipe.weight(one.clip) for one in measured]) * np.sqrt(alike(people, fake)),
    )
    return fit_model(films, recipe.ridge)
