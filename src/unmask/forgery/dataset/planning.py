"""From what was seen in the films to a plan: the same recipe, seed and films give the same pairs."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from unmask.forgery.dataset.films import Seen, clip_places
from unmask.forgery.dataset.people import People, nearest_strangers, people_of, splits_of
from unmask.forgery.dataset.plan import VERSION, Original, Pair, Place, Plan
from unmask.forgery.dataset.recipes import SPLITS, PairKind, Recipe, Split
from unmask.version import __version__

FACE_SECONDS = 2.0
"""Length of the stretch in which the face to paste is looked for."""
LEAST_BESIDE_SECONDS = 0.4
LARGEST_SEED = 2**31
KINDS: tuple[PairKind, ...] = ("self-blend", "own-paste", "paste", "model", "re-encoded")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the lab may do with the people of some films.

    Attributes:
        pasted: Films whose person may be put into another, and another into them.
        models: By film, names of the models that may draw over its person.
        why_not: What is not allowed and why, a sentence each.
    """

    pasted: frozenset[str] = frozenset()
    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    why_not: tuple[str, ...] = ()


def usable(films: Sequence[Seen]) -> list[Seen]:
    """Films of which clips are cut: all but those that are left out, and of copies of one the first by name."""
    seen: dict[str, Seen] = {}
    for film in sorted(films, key=lambda film: film.film):
        if film.left_out is None and film.sha256 is not None:
            seen.setdefault(film.sha256, film)
    return list(seen.values())


def plan_of(
    recipe: Recipe,
    films: Sequence[Seen],
    allowed: Allowed,
    *,
    seed: int,
    most: int | None = None,
    consents: tuple[str, ...] = (),
) -> Plan:
    """The plan.

    Args:
        recipe: What is wanted.
        films: What was seen in all films.
        allowed: What may be done with whom.
        seed: Of all chance.
        most: Pairs at most.
        consents: What was named, to be noted.
    """
    kept = usable(films)
    people = people_of(kept)
    places = {film.film: clip_places(film.seconds, recipe, seed, film.sha256 or "") for film in kept}
    splits = splits_of(people, recipe.splits, {film: len(clips) for film, clips in places.items()}, seed)
    draft = _Draft(recipe, {film.film: film for film in kept}, people, splits, allowed, seed)
    pairs = draft.pairs([(film, place) for film in sorted(places) for place in places[film]], most)
    said = tuple(dict.fromkeys([*allowed.why_not, *draft.left_out]))
    originals = tuple(_original(film, kept, people, splits) for film in films)
    nearest = nearest_strangers(people, splits)
    return Plan(VERSION, recipe, seed, most, consents, versions(), originals, pairs, said, nearest)


def versions() -> dict[str, str]:
    """Of the programs on which the pictures depend."""
    return {
        "unmask": __version__,
        "python": platform.python_version(),
        "opencv": cv2.__version__,
        "numpy": np.__version__,
    }


@dataclass(slots=True)
class _Draft:
    """The plan in the making."""

    recipe: Recipe
    films: Mapping[str, Seen]
    people: People
    splits: Mapping[str, Split]
    allowed: Allowed
    seed: int
    left_out: list[str] = field(default_factory=list)

    def pairs(self, clips: Sequence[tuple[str, tuple[float, float]]], most: int | None) -> tuple[Pair, ...]:
        """A pair for each clip, the splits in turn, so that the first few already hold something of each."""
        order = np.random.default_rng([self.seed, 2]).permutation(len(clips))
        chosen = _in_turn([clips[index] for index in order], self.splits)[:most]
        kinds: list[PairKind | None] = [None] * len(chosen)
        for split in SPLITS:
            mine = [index for index, (film, _) in enumerate(chosen) if self.splits[film] == split]
            for index, kind in zip(mine, self._kinds(split, [chosen[index][0] for index in mine]), strict=True):
                kinds[index] = kind
        return tuple(
            self._pair(number, film, place, kind)
            for number, ((film, place), kind) in enumerate(zip(chosen, kinds, strict=True), 1)
            if kind is not None
        )

    def _kinds(self, split: Split, films: Sequence[str]) -> list[PairKind | None]:
        """Kinds for the clips of a split: each kind its share, the rarest possible given out first."""
        chance = np.random.default_rng([self.seed, 3, SPLITS.index(split)])
        can = {kind: [index for index, film in enumerate(films) if self._can(kind, film)] for kind in KINDS}
        wanted = [kind for kind in KINDS if self.recipe.shares.get(kind, 0.0) > 0]
        for kind in wanted:
            if films and not can[kind]:
                self.left_out.append(f"No clip of {split} is fit for kind '{kind}', so it gets none.")
        shares = {kind: self.recipe.shares[kind] for kind in wanted if can[kind]}
        counts = _counts(shares, len(films))
        given: list[PairKind | None] = [None] * len(films)
        for kind in sorted(counts, key=lambda kind: len(can[kind])):
            free = [index for index in can[kind] if given[index] is None]
            for index in chance.permutation(len(free))[: counts[kind]]:
                given[free[index]] = kind
        spare = sorted(shares, key=lambda kind: -len(can[kind]))
        return [
            kind or next((other for other in spare if index in can[other]), None) for index, kind in enumerate(given)
        ]

    def _can(self, kind: PairKind, film: str) -> bool:
        if kind == "paste":
            return bool(self._partners(film))
        return bool(self.allowed.models.get(film)) if kind == "model" else True

    def _partners(self, film: str) -> list[str]:
        """Films of the same split with other people, where both may be pasted."""
        if film not in self.allowed.pasted:
            return []
        mine = set(self.people.of_film[film])
        return [
            other
            for other in sorted(self.allowed.pasted)
            if self.splits[other] == self.splits[film] and not mine & set(self.people.of_film[other])
        ]

    def _pair(self, number: int, film: str, place: tuple[float, float], kind: PairKind) -> Pair:
        seen = self.films[film]
        chance = np.random.default_rng([self.seed, 4, int((seen.sha256 or "0")[:12], 16), round(1000 * place[0])])
        codec = self.recipe.codecs[int(chance.integers(len(self.recipe.codecs)))]
        seed = int(chance.integers(LARGEST_SEED))
        face, face_person = None, None
        if kind in {"paste", "own-paste"}:
            source = film if kind == "own-paste" else str(chance.choice(self._partners(film)))
            face = self._face(source, place if kind == "own-paste" else None, chance)
            face_person = self.people.of_film[source][0]
        return Pair(
            f"{number:05d}-{kind}",
            kind,
            self.splits[film],
            Place(film, seen.sha256 or "", *place),
            self.people.of_film[film][0],
            seed,
            codec.crf,
            codec.preset,
            face,
            face_person,
            str(chance.choice(self.allowed.models[film])) if kind == "model" else None,
        )

    def _face(self, film: str, but: tuple[float, float] | None, chance: np.random.Generator) -> Place:
        """Where the face to paste is looked for: in a clip that was looked at, or beside a clip of the same film."""
        seen = self.films[film]
        if but is not None:
            return Place(film, seen.sha256 or "", *_beside(but, seen.seconds))
        clips = clip_places(seen.seconds, self.recipe, self.seed, seen.sha256 or "")
        start, seconds = clips[int(chance.integers(len(clips)))]
        length = min(FACE_SECONDS, seconds)
        start += float(chance.uniform(0, seconds - length))
        return Place(film, seen.sha256 or "", round(start, 3), round(length, 3))


def _beside(clip: tuple[float, float], film_seconds: float) -> tuple[float, float]:
    """Start and length of a stretch of a film before or after a clip; where there is no room, the clip itself."""
    end = clip[0] + clip[1]
    room = max(clip[0], film_seconds - end)
    if room < LEAST_BESIDE_SECONDS:
        return clip[0], round(min(FACE_SECONDS, clip[1]), 3)
    length = min(FACE_SECONDS, room)
    return (0.0 if clip[0] == room else round(film_seconds - length, 3)), round(length, 3)


def _in_turn(
    clips: Sequence[tuple[str, tuple[float, float]]], splits: Mapping[str, Split]
) -> list[tuple[str, tuple[float, float]]]:
    """The clips in an order in which each split is served as its share of them asks."""
    whole = {split: sum(splits[film] == split for film, _ in clips) for split in SPLITS}
    seen = dict.fromkeys(SPLITS, 0)
    placed = []
    for clip in clips:
        split = splits[clip[0]]
        seen[split] += 1
        placed.append(((seen[split] - 0.5) / whole[split], SPLITS.index(split), clip))
    return [clip for _, _, clip in sorted(placed, key=lambda one: one[:2])]


def _counts(shares: Mapping[PairKind, float], clips: int) -> dict[PairKind, int]:
    """How many clips each kind gets: whole numbers, by the largest remainder.

    >>> _counts({"self-blend": 0.5, "own-paste": 0.25, "re-encoded": 0.25}, 5)
    {'self-blend': 3, 'own-paste': 1, 're-encoded': 1}
    """
    total = sum(shares.values())
    exact = {kind: clips * share / total for kind, share in shares.items()}
    counts = {kind: int(number) for kind, number in exact.items()}
    for kind in sorted(exact, key=lambda kind: counts[kind] - exact[kind])[: clips - sum(counts.values())]:
        counts[kind] += 1
    return counts


def _original(film: Seen, kept: Sequence[Seen], people: People, splits: Mapping[str, Split]) -> Original:
    why = film.left_out
    if why is None and all(film is not one for one in kept):
        why = f"{film.film} is a copy of another film of the folder."
    if why is not None:
        return Original(film.film, film.bytes, film.sha256, (), None, why)
    return Original(film.film, film.bytes, film.sha256, people.of_film[film.film], splits[film.film], None)
