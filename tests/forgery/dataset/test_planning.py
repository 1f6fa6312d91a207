"""Plans of films that were never filmed: what was seen in them is made up."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from unmask.forgery.dataset.films import Seen, clip_places, looks_of
from unmask.forgery.dataset.people import circles_of, people_of
from unmask.forgery.dataset.plan import Pair, Plan
from unmask.forgery.dataset.planning import Allowed, plan_of
from unmask.forgery.dataset.recipes import BLEND, PASTE, Recipe


def face(person: int) -> tuple[float, ...]:
    """A place among faces, far from all others."""
    return tuple(np.eye(128)[person].tolist())


def seen(number: int, *persons: int, seconds: float = 60.0) -> Seen:
    return Seen(f"{number:03d}.mp4", 1000, f"{number * 7919:064x}", seconds, tuple(face(person) for person in persons))


FILMS = [seen(number, number % 20) for number in range(1, 61)]
EVERYONE = Allowed(pasted=frozenset(film.film for film in FILMS))


def persons_of(plan: Plan, pair: Pair) -> set[str]:
    films = {place.film for place in (pair.clip, pair.face) if place is not None}
    return {person for original in plan.originals if original.film in films for person in original.persons}


def test_a_seed_gives_one_plan() -> None:
    assert plan_of(PASTE, FILMS, EVERYONE, seed=4) == plan_of(PASTE, FILMS, EVERYONE, seed=4)


def test_another_seed_gives_another() -> None:
    one, other = (plan_of(PASTE, FILMS, EVERYONE, seed=seed).pairs for seed in (4, 5))
    assert {pair.clip for pair in one} != {pair.clip for pair in other}
    assert {(pair.clip.film, pair.split) for pair in one} != {(pair.clip.film, pair.split) for pair in other}


def test_the_order_in_which_films_are_named_changes_no_pair() -> None:
    plan, turned = (plan_of(PASTE, films, EVERYONE, seed=4) for films in (FILMS, FILMS[::-1]))
    assert plan.pairs == turned.pairs


@pytest.mark.parametrize("seed", range(8))
def test_nobody_is_in_two_splits(seed: int) -> None:
    films = [*FILMS, seen(61, 1, 2), seen(62, 2, 3), seen(63, 19, 18)]
    plan = plan_of(PASTE, films, EVERYONE, seed=seed)
    where: dict[str, set[str]] = {}
    for pair in plan.pairs:
        for person in persons_of(plan, pair):
            where.setdefault(person, set()).add(pair.split)
    assert all(len(splits) == 1 for splits in where.values())
    assert {pair.split for pair in plan.pairs} == {"train", "validation", "test"}
    assert plan.nearest_strangers == pytest.approx(2**0.5, abs=1e-3)


def test_who_is_seen_together_stays_together() -> None:
    people = people_of([seen(1, 1), seen(2, 1, 2), seen(3, 2, 3), seen(4, 4)])
    assert sorted(circles_of(people)) == [("001.mp4", "002.mp4", "003.mp4"), ("004.mp4",)]


def test_splits_get_their_shares() -> None:
    plan = plan_of(BLEND, [seen(number, number) for number in range(1, 101)], Allowed(), seed=1)
    assert Counter(pair.split for pair in plan.pairs) == {"train": 70, "validation": 15, "test": 15}


def test_three_people_fill_three_splits() -> None:
    plan = plan_of(BLEND, [seen(number, number) for number in (1, 2, 3)], Allowed(), seed=1)
    assert sorted(pair.split for pair in plan.pairs) == ["test", "train", "validation"]


def test_kinds_get_their_shares_in_each_split() -> None:
    recipe = replace(PASTE, splits={"train": 0.5, "test": 0.5})
    plan = plan_of(recipe, FILMS, EVERYONE, seed=2)
    for split in ("train", "test"):
        kinds = Counter(pair.kind for pair in plan.pairs if pair.split == split)
        assert kinds["paste"] == pytest.approx(12, abs=2)
        assert kinds["re-encoded"] == pytest.approx(3, abs=1)


def test_a_face_comes_from_another_person_of_the_split() -> None:
    plan = plan_of(PASTE, FILMS, EVERYONE, seed=2)
    split_of = {original.film: original.split for original in plan.originals}
    pastes = [pair for pair in plan.pairs if pair.kind == "paste"]
    assert pastes
    for pair in pastes:
        assert pair.face is not None
        assert pair.face_person != pair.person
        assert split_of[pair.face.film] == pair.split


def test_ones_own_face_comes_from_another_moment() -> None:
    plan = plan_of(Recipe("own", {"own-paste": 1.0}), FILMS, Allowed(), seed=2)
    for pair in plan.pairs:
        assert pair.face is not None
        assert pair.face.film == pair.clip.film
        clip = pair.clip
        assert pair.face.start >= clip.start + clip.seconds or pair.face.start + pair.face.seconds <= clip.start


def test_without_consent_no_face_is_pasted_and_the_plan_says_so() -> None:
    plan = plan_of(PASTE, FILMS, Allowed(why_not=("Whose face is in 'x' has not agreed.",)), seed=2)
    kinds = Counter(pair.kind for pair in plan.pairs)
    assert kinds["paste"] == 0
    assert sum(kinds.values()) == len(FILMS)
    assert plan.left_out[0] == "Whose face is in 'x' has not agreed."
    assert "'paste'" in plan.left_out[1]


def test_pairs_are_bounded_and_each_split_has_some() -> None:
    plan = plan_of(BLEND, FILMS, Allowed(), seed=2, most=12)
    assert len(plan.pairs) == 12
    assert {pair.split for pair in plan.pairs} == {"train", "validation", "test"}


def test_a_copy_of_a_film_is_left_out() -> None:
    plan = plan_of(BLEND, [seen(1, 1), replace(seen(1, 1), film="copy.mp4")], Allowed(), seed=1)
    assert [pair.clip.film for pair in plan.pairs] == ["001.mp4"]
    assert plan.originals[1].left_out == "copy.mp4 is a copy of another film of the folder."


@pytest.mark.parametrize("film_seconds", [3.0, 10.0, 10.5, 47.3, 3600.0])
def test_clips_lie_in_their_film_and_not_over_each_other(film_seconds: float) -> None:
    recipe = replace(BLEND, clips_per_film=5)
    places = clip_places(film_seconds, recipe, 1, "ab" * 32)
    assert len(places) == min(5, max(1, int(film_seconds / 10)))
    ends = [0.0, *(start + seconds for start, seconds in places)]
    assert all(start >= end - 1e-3 for (start, _), end in zip(places, ends, strict=False))
    assert ends[-1] <= film_seconds + 1e-3


def test_looks_rise() -> None:
    looks = looks_of([(0.0, 0.4), (0.4, 0.4), (5.0, 10.0)], 15.0)
    times = [time for look in looks for time in look]
    assert times == sorted(times)
    assert len(looks) == 9
