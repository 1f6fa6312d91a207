"""Who is who among gathered faces: tracks joined by identity, and one person chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from unmask.errors import UsageError
from unmask.faces.identity import Embedding, distance, embedding_of, middle_of
from unmask.forgery.swap.gathering import Taken

JOINED_BELOW = 0.5
"""Tracks nearer than this are one person's."""
LOOKS = 5
"""Faces of a track that are looked at."""
RIVAL_SHARE = 0.25
"""A second person with this share of the first one's faces makes a set ambiguous."""
STRANGER_BEYOND = 0.75
"""A face further than this from the middle of its person is someone else's, or no face."""
MOST_STRANGERS = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One person among the faces.

    Attributes:
        faces: Theirs, in order.
        embedding: Middle of the faces that were looked at.
        spread: How far these lie from it at the most.
    """

    faces: tuple[Taken, ...]
    embedding: Embedding
    spread: float


def persons_of(faces: Sequence[Taken]) -> tuple[Person, ...]:
    """The people among some faces, the one with the most faces first.

    Raises:
        UsageError: There is no face.
        MissingComponent: The extra that tells people apart is not installed.
    """
    if not faces:
        raise UsageError("No face is seen in these files; name a film or picture in which one is, larger or sharper.")
    tracks: dict[tuple[int, int], list[Taken]] = {}
    for taken in faces:
        tracks.setdefault((taken.face.source, taken.person), []).append(taken)
    groups: list[tuple[list[Taken], list[Embedding]]] = []
    for track in sorted(tracks.values(), key=len, reverse=True):
        looks = [embedding_of(taken.picture, taken.face.landmarks) for taken in looked_at(track)]
        near = [group for group in groups if _apart(looks, group[1]) < JOINED_BELOW]
        if near:
            group = min(near, key=lambda group: _apart(looks, group[1]))
            group[0].extend(track)
            group[1].extend(looks)
        else:
            groups.append((track, looks))
    people = [_person(*group) for group in groups]
    return tuple(sorted(people, key=lambda person: len(person.faces), reverse=True))


def chosen_person(people: Sequence[Person], number: int | None) -> Person:
    """The person that is meant.

    Args:
        people: As ``persons_of`` orders them.
        number: Which, from 1; None for the only one.

    Raises:
        UsageError: It is not clear who is meant, or there are not so many.
    """
    if number is not None:
        if not 1 <= number <= len(people):
            raise UsageError(f"There is no person {number}; the files show {told(people)}.")
        return people[number - 1]
    if len(people) > 1 and len(people[1].faces) >= RIVAL_SHARE * len(people[0].faces):
        raise UsageError(f"More than one person is seen: {told(people)}. Say who is meant with --person N.")
    return people[0]


def without_strangers(person: Person) -> tuple[Person, int]:
    """The person without the faces that are someone else's, and how many these were.

    Forty faces or more from all over are looked at, each for those up to the next one.

    Raises:
        UsageError: Too many are: the identities are mixed.
    """
    step = max(1, len(person.faces) // 40)
    looked = range(0, len(person.faces), step)
    strange = {
        index for index in looked if distance(_embedding(person.faces[index]), person.embedding) > STRANGER_BEYOND
    }
    if len(strange) > MOST_STRANGERS * len(looked):
        raise UsageError(
            f"{len(strange)} of {len(looked)} faces that were looked at are someone else's; name files of one person only."
        )
    gone = {index + offset for index in strange for offset in range(step)}
    kept = tuple(taken for index, taken in enumerate(person.faces) if index not in gone)
    return Person(kept, person.embedding, person.spread), len(person.faces) - len(kept)


def told(people: Sequence[Person]) -> str:
    """The people in words."""
    named = [
        f"person {number} ({len(person.faces)} faces, first at {person.faces[0].face.seconds:.1f} s)"
        for number, person in enumerate(people[:5], 1)
    ]
    return ", ".join(named) + (f" and {len(people) - 5} more" if len(people) > 5 else "")


def looked_at(track: Sequence[Taken]) -> list[Taken]:
    """The sharpest faces of a track that look ahead, from all over it."""
    parts = np.array_split(np.arange(len(track)), min(LOOKS, len(track)))
    return [track[max(part, key=lambda index: _clear(track[index]))] for part in parts]


def _clear(taken: Taken) -> float:
    return taken.face.sharpness / (1 + (taken.face.pose[0] / 20) ** 2 + (taken.face.pose[1] / 20) ** 2)


def _embedding(taken: Taken) -> Embedding:
    return embedding_of(taken.picture, taken.face.landmarks)


def _apart(looks: Sequence[Embedding], others: Sequence[Embedding]) -> float:
    return distance(middle_of(_stacked(looks)), middle_of(_stacked(others)))


def _person(faces: list[Taken], looks: list[Embedding]) -> Person:
    middle = middle_of(_stacked(looks))
    ordered = sorted(faces, key=lambda taken: (taken.face.source, taken.face.seconds))
    return Person(tuple(ordered), middle, max(distance(look, middle) for look in looks))


def _stacked(looks: Sequence[Embedding]) -> Float64[np.ndarray, "faces 128"]:
    return np.stack(looks)
