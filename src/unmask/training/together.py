"""Trains ``together``: what the linear detectors say of people they have not seen, added and calibrated.

Weights of its own for each member were tried and lost to the plain sum: with seven people they fit the people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from unmask.datasets import Clip
from unmask.settings import Settings
from unmask.signals.joining import LEAST_MEMBERS, Joined
from unmask.signals.likelihood import log_odds
from unmask.training.films import VARIANTS, Variant
from unmask.training.linear import RECIPES, LeftOutFilm, Trained, train_linear
from unmask.training.regression import Films, Fitted, alike, fit_line

ORIGINALS, OTHERS = "originals", "others"
"""Groups of filmed clips: those that the swaps were made from, and other people."""
DIGITS = 6

Odds = Float64[np.ndarray, "films members"]


@dataclass(frozen=True, slots=True, eq=False)
class TrainedTogether:
    """The detectors joined, and what they say of people they were fitted without.

    Attributes:
        joined: With a calibration for every set of members.
        films: Films and variants of which every member says something, with what all say together.
        said: What each member says of the same, by its name; none of them knew the film's person.
        remarks: Films that could not be measured, a sentence each.
    """

    joined: Joined
    films: tuple[LeftOutFilm, ...]
    said: dict[str, tuple[float, ...]]
    remarks: tuple[str, ...]


def train_together(
    clips: Sequence[Clip],
    work: Path,
    settings: Settings,
    *,
    variants: Sequence[Variant] = VARIANTS,
    on_begin: Callable[[str], None] = lambda _: None,
    on_end: Callable[[], None] = lambda: None,
) -> TrainedTogether:
    """Train the members, leave each person out of them, and calibrate the sum of what they then say.

    Args:
        clips: As ``train_linear`` takes them.
        work: Likewise.
        settings: Limits.
        variants: What each film goes through.
        on_begin: Told the name of each film, by the first member that measures it.
        on_end: Called when it is measured.

    Raises:
        UsageError: There are no pairs of two people or more.
        OutputError: Measurements cannot be kept.
    """
    members = tuple(sorted(RECIPES))
    first, *others = members
    trained = {
        first: train_linear(RECIPES[first], clips, work, settings, variants=variants, on_begin=on_begin, on_end=on_end)
    }
    trained |= {name: train_linear(RECIPES[name], clips, work, settings, variants=variants) for name in others}
    shared = _shared(trained)
    films = [shared[key][first] for key in shared]
    odds = np.array([[log_odds(shared[key][name].fake) for name in members] for key in shared])
    fitted = {chosen: _fitted(odds[:, [members.index(name) for name in chosen]], films) for chosen in _sets(members)}
    answers = fitted[members].left_out.tolist()
    return TrainedTogether(
        Joined(
            members,
            {Joined.key(chosen): one.model for chosen, one in fitted.items()},
            {Joined.key(chosen): _filmed(films, one.left_out.tolist()) for chosen, one in fitted.items()},
        ),
        tuple(replace(film, fake=fake) for film, fake in zip(films, answers, strict=True)),
        {name: tuple(shared[key][name].fake for key in shared) for name in members},
        trained[first].remarks,
    )


def _shared(trained: dict[str, Trained]) -> dict[tuple[str, str], dict[str, LeftOutFilm]]:
    """Films and variants of which all members say something, in the order of the first."""
    said = {name: {(film.film, film.variant): film for film in one.left_out()} for name, one in trained.items()}
    keys = [key for key in next(iter(said.values())) if all(key in films for films in said.values())]
    return {key: {name: films[key] for name, films in said.items()} for key in keys}


def _filmed(films: Sequence[LeftOutFilm], answers: Sequence[float]) -> dict[str, tuple[float, ...]]:
    """Log-odds of each filmed clip in the worst of its codings, the swaps' originals apart from the others."""
    worst: dict[str, dict[str, float]] = {ORIGINALS: {}, OTHERS: {}}
    for film, fake in zip(films, answers, strict=True):
        if film.label == "real":
            group = worst[ORIGINALS if film.pair else OTHERS]
            group[film.film] = max(log_odds(fake), group.get(film.film, -np.inf))
    return {
        name: tuple(sorted(round(odds, DIGITS) for odds in group.values())) for name, group in worst.items() if group
    }


def _sets(members: Sequence[str]) -> list[tuple[str, ...]]:
    return [chosen for size in range(LEAST_MEMBERS, len(members) + 1) for chosen in combinations(members, size)]


def _fitted(odds: Odds, films: Sequence[LeftOutFilm]) -> Fitted:
    people, fake = [film.person for film in films], [film.label == "fake" for film in films]
    usual = next(iter(RECIPES.values()))
    weights = np.array([usual.weight_of(film.label, film.pair) for film in films]) * np.sqrt(alike(people, fake))
    return fit_line(Films(odds.sum(axis=1, keepdims=True), np.array(fake, np.float64), tuple(people), weights))
