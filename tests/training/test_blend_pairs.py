import numpy as np
import pytest

from tests.training.drawn_faces import drawn_faces
from unmask.errors import UsageError
from unmask.training.blend_pairs import KINDS, LEARNED, NEVER_LEARNED, make_pair


def chance(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pair_differs_where_its_mask_says_and_nowhere_else(kind: str) -> None:
    pair = make_pair(drawn_faces(), [kind], chance(3))
    assert pair.kind == kind
    changed = (pair.fake != pair.real).any(axis=2)
    assert changed.any()
    assert not changed[pair.mask == 0].any()


def test_the_same_chance_makes_the_same_pair() -> None:
    one, again, other = (make_pair(drawn_faces(), LEARNED, chance(seed)) for seed in (5, 5, 6))
    assert np.array_equal(one.fake, again.fake)
    assert not np.array_equal(one.fake, other.fake)


def test_what_the_validation_asks_is_not_all_trained_on() -> None:
    assert set(NEVER_LEARNED).isdisjoint(LEARNED)
    assert set(NEVER_LEARNED) | set(LEARNED) == set(KINDS)


def test_faces_of_one_person_are_refused() -> None:
    with pytest.raises(UsageError, match="one person"):
        make_pair(drawn_faces()[:1], LEARNED, chance(1))
