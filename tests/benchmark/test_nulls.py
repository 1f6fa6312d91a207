import numpy as np

from unmask.benchmark.nulls import (
    coin_shares,
    half_areas,
    held_out_kernel,
    held_out_leanings,
    middle,
    permutation_p,
    swapped_shares,
)
from unmask.benchmark.statistics import paired_share, ranking

PEOPLE = [f"person {k // 2}" for k in range(40)]
NONE = np.zeros(len(PEOPLE))


def test_a_small_difference_in_every_pair_is_learnt_among_large_ones_between_films() -> None:
    rng = np.random.default_rng(0)
    differences = rng.normal(0, 1, (40, 4))
    differences[:, 0] = 0.01 + rng.normal(0, 0.001, 40)
    assert paired_share(held_out_kernel(differences, PEOPLE).sum(axis=1), NONE) > 0.9


def test_equal_files_are_all_ties() -> None:
    kernel = held_out_kernel(np.zeros((40, 3)), PEOPLE)
    assert not kernel.any()
    assert np.all(coin_shares(kernel, PEOPLE, 0, 50) == 0.5)


def test_no_pair_learns_from_its_own_person() -> None:
    kernel = held_out_kernel(np.random.default_rng(1).normal(size=(40, 3)), PEOPLE)
    own = np.array([[a == b for b in PEOPLE] for a in PEOPLE])
    assert not kernel[own].any()
    assert kernel[~own].all()


def test_random_differences_read_one_half_on_average_as_the_coins_do() -> None:
    rng = np.random.default_rng(2)
    kernels = [held_out_kernel(rng.normal(size=(40, 3)), PEOPLE) for _ in range(200)]
    shares = [paired_share(kernel.sum(axis=1), NONE) for kernel in kernels]
    assert abs(np.mean(shares) - 0.5) < 0.03
    assert abs(coin_shares(kernels[0], PEOPLE, 0).mean() - 0.5) < 0.03


def test_coins_find_what_a_regression_learns_anew_when_the_pairs_of_a_person_are_swapped() -> None:
    differences, people = np.array([[0.01], [0.012], [0.009], [0.011], [0.01]]), ["a", "a", "b", "b", "c"]
    told = set()
    for coins in np.array(np.meshgrid(*[[-1.0, 1.0]] * 3)).reshape(3, -1).T:
        signs = np.repeat(coins, [2, 2, 1])[:, None]
        told.add(paired_share(held_out_kernel(signs * differences, people).sum(axis=1), np.zeros(5)))
    kernel = held_out_kernel(differences, people)
    assert set(coin_shares(kernel, people, 0, 500).tolist()) == told


def test_films_are_told_by_their_size_and_not_by_noise() -> None:
    rng, made = np.random.default_rng(3), np.arange(80) % 2 == 0
    noise = rng.normal(size=(80, 3))
    people = [f"person {k // 4}" for k in range(80)]
    told = np.column_stack([noise, np.where(made, 2.0, 0.0) + rng.normal(0, 0.5, 80)])
    by_noise, by_size = held_out_leanings(noise, made, people), held_out_leanings(told, made, people)
    assert ranking(by_size[made], by_size[~made]) > 0.95
    assert 0.3 < ranking(by_noise[made], by_noise[~made]) < 0.7


def test_holding_out_a_lone_fake_makes_nothing_look_like_an_original() -> None:
    made, people = np.arange(30) < 10, [str(k) for k in range(30)]
    assert not held_out_leanings(np.ones((30, 2)), made, people).any()
    rng = np.random.default_rng(5)
    noise = (held_out_leanings(rng.normal(size=(30, 1)), made, people) for _ in range(100))
    assert np.mean([ranking(one[made], one[~made]) for one in noise]) > 0.35


def test_swapped_labels_read_one_half_even_for_a_perfect_detector() -> None:
    drawn = swapped_shares(np.ones(30), [str(k) for k in range(30)], seed=0)
    assert abs(drawn.mean() - 0.5) < 0.01
    assert permutation_p(1.0, drawn) < 0.001
    assert permutation_p(0.0, drawn) < 0.001
    assert permutation_p(0.5, drawn) == 1.0


def test_ties_stay_ties_under_swapping() -> None:
    assert np.all(swapped_shares(np.full(5, 0.5), list("abcde"), 0, 20) == 0.5)


def test_pairs_of_few_people_are_weaker_evidence() -> None:
    outcomes, people = np.ones(12), [str(k // 4) for k in range(12)]
    by_pair = permutation_p(1.0, swapped_shares(outcomes, [str(k) for k in range(12)], 0))
    by_person = permutation_p(1.0, swapped_shares(outcomes, people, 0))
    assert by_pair < 0.01
    assert 0.2 < by_person < 0.3


def test_halves_part_whole_people() -> None:
    areas = half_areas(np.array([0.1, 0.1, 0.9, 0.9]), ["anna", "anna", "ben", "ben"], 0, 50)
    assert set(areas.tolist()) == {0.0, 1.0}


def test_halves_of_alike_originals_lie_about_one_half_and_those_of_unlike_people_far_off() -> None:
    rng = np.random.default_rng(4)
    people = [str(k // 5) for k in range(60)]
    alike = rng.uniform(size=60)
    unlike = np.repeat(rng.uniform(size=12), 5) + 0.01 * alike
    for originals in (alike, unlike):
        low, high = middle(half_areas(originals, people, 0))
        assert low < 0.5 < high
    near, far = (np.abs(half_areas(one, people, 0) - 0.5).mean() for one in (alike, unlike))
    assert far > 1.5 * near


def test_equal_seeds_draw_equal_halves_and_coins() -> None:
    originals, people = np.linspace(0, 1, 8), list("abcdefgh")
    assert np.array_equal(half_areas(originals, people, 3, 9), half_areas(originals, people, 3, 9))
    assert np.array_equal(
        swapped_shares(originals.round(), people, 3, 9), swapped_shares(originals.round(), people, 3, 9)
    )
