"""The persons of a corpus, and the split that each of them lies in with everyone they are seen with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from unmask.faces.identity import Embedding, distance, middle_of
from unmask.forgery.dataset.films import JOINED_BELOW, Seen
from unmask.forgery.dataset.recipes import SPLITS, Split


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Who is who in all films.

    Attributes:
        of_film: By film, its persons, the one seen longest and largest first.
        faces: By person, their place among faces.
    """

    of_film: Mapping[str, tuple[str, ...]]
    faces: Mapping[str, Embedding]


def people_of(films: Sequence[Seen]) -> People:
    """The persons of some films, told apart by their faces; numbered in the order of the films' hashes."""
    looks: list[list[Embedding]] = []
    of_film: dict[str, tuple[str, ...]] = {}
    for film in sorted(films, key=lambda film: film.sha256 or ""):
        numbers = [_person(looks, np.array(face, np.float64)) for face in film.faces]
        of_film[film.film] = tuple(dict.fromkeys(person_name(number) for number in numbers))
    return People(of_film, {person_name(number): middle_of(np.stack(group)) for number, group in enumerate(looks)})


def person_name(number: int) -> str:
    """How a person is called, counted from 0.

    >>> person_name(0), person_name(41)
    ('person-0001', 'person-0042')
    """
    return f"person-{number + 1:04d}"


def splits_of(people: People, shares: Mapping[Split, float], clips: Mapping[str, int], seed: int) -> dict[str, Split]:
    """The split of each film: nobody is in two, and each gets its share of the clips as nearly as that allows.

    Args:
        people: Who is seen where.
        shares: Of the clips in each split; they need not sum to one.
        clips: How many are cut from each film.
        seed: Of the order in which circles of people are dealt out.
    """
    circles = circles_of(people)
    order = np.random.default_rng([seed, 1]).permutation(len(circles))
    wanted = [split for split in SPLITS if shares.get(split, 0.0) > 0]
    whole, total = sum(clips.values()), sum(shares[split] for split in wanted)
    missing = {split: whole * shares[split] / total for split in wanted}
    empty = list(wanted)
    chosen: dict[str, Split] = {}
    for place, index in enumerate(order):
        few = len(order) - place <= len(empty)  # what is left must go where nothing is yet
        split = max(empty if few and empty else wanted, key=missing.__getitem__)
        chosen |= dict.fromkeys(circles[index], split)
        missing[split] -= sum(clips[film] for film in circles[index])
        empty = [one for one in empty if one != split]
    return chosen


def circles_of(people: People) -> list[tuple[str, ...]]:
    """Films that share people, directly or through others; films in the order of their names."""
    leader = {film: film for film in people.of_film}

    def first(film: str) -> str:
        while leader[film] != film:
            film = leader[film]
        return film

    seen_in: dict[str, str] = {}
    for film in sorted(people.of_film):
        for person in people.of_film[film]:
            other = first(seen_in.setdefault(person, film))
            one, two = sorted((first(film), other))
            leader[two] = one
    circles: dict[str, list[str]] = {}
    for film in sorted(people.of_film):
        circles.setdefault(first(film), []).append(film)
    return [tuple(films) for films in circles.values()]


def nearest_strangers(people: People, splits: Mapping[str, Split]) -> float | None:
    """Least distance between persons of two splits; None where there is but one."""
    of_person = {person: splits[film] for film, persons in people.of_film.items() for person in persons}
    names = sorted(of_person)
    apart = [
        distance(people.faces[one], people.faces[other])
        for place, one in enumerate(names)
        for other in names[:place]
        if of_person[one] != of_person[other]
    ]
    return round(min(apart), 4) if apart else None


def _person(looks: list[list[Embedding]], face: Embedding) -> int:
    """Number of the person whose face this is, the nearest below JOINED_BELOW; a new one where none is."""
    apart = [distance(face, middle_of(np.stack(group))) for group in looks]
    if apart and min(apart) < JOINED_BELOW:
        number = int(np.argmin(apart))
        looks[number].append(face)
        return number
    looks.append([face])
    return len(looks) - 1
