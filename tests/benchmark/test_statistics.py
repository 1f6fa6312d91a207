import numpy as np
import pytest

from unmask.benchmark.statistics import cluster_interval, exact_interval, paired_share, ranking


def test_a_fake_above_its_own_original_counts_wherever_the_pair_lies() -> None:
    originals = np.array([0.1, 0.5, 0.8])
    assert paired_share(originals + 0.01, originals) == 1.0
    assert ranking(originals + 0.01, originals) == pytest.approx(6 / 9)


def test_ties_are_half() -> None:
    same = np.full(4, 0.3)
    assert paired_share(same, same) == 0.5
    assert ranking(same, same) == 0.5


def test_ranking_counts_every_fake_against_every_original() -> None:
    rng = np.random.default_rng(3)
    fakes, originals = rng.integers(0, 6, 30).astype(float), rng.integers(0, 5, 20).astype(float)
    counted = np.mean([(f > o) + 0.5 * (f == o) for f in fakes for o in originals])
    assert ranking(fakes, originals) == pytest.approx(counted)


@pytest.mark.parametrize("figure", [paired_share, ranking])
def test_nothing_to_compare_is_refused(figure: object) -> None:
    assert callable(figure)
    with pytest.raises(ValueError, match="at least one"):
        figure(np.zeros(0), np.zeros(0))


def test_pairs_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="as many"):
        paired_share(np.zeros(3), np.zeros(2))


def test_exact_interval_is_that_of_the_tables() -> None:
    assert exact_interval(9.0, 12) == pytest.approx((0.4281, 0.9451), abs=1e-4)
    assert exact_interval(0.0, 10) == pytest.approx((0.0, 0.3085), abs=1e-4)
    assert exact_interval(10.0, 10)[1] == 1.0


def test_half_a_hit_lies_between_its_neighbours() -> None:
    below, half, above = (exact_interval(hits, 12) for hits in (6.0, 6.5, 7.0))
    assert below[0] < half[0] < above[0]
    assert below[1] < half[1] < above[1]


def test_equal_seeds_draw_equal_intervals() -> None:
    values = np.random.default_rng(0).normal(size=40)
    people = [str(k // 4) for k in range(40)]
    first, again, other = (
        cluster_interval(people, lambda rows: float(values[rows].mean()), seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_clips_of_one_person_are_no_independent_witnesses() -> None:
    of_person = np.random.default_rng(0).normal(size=8)
    values, people = np.repeat(of_person, 10), [str(k // 10) for k in range(80)]

    def mean(rows: np.ndarray) -> float:
        return float(values[rows].mean())

    by_person = cluster_interval(people, mean, 0)
    by_clip = cluster_interval([str(k) for k in range(80)], mean, 0)
    assert by_person is not None
    assert by_clip is not None
    assert by_person[1] - by_person[0] > 2 * (by_clip[1] - by_clip[0])


def test_one_person_gives_no_interval() -> None:
    assert cluster_interval(["anna", "anna"], lambda rows: float(len(rows)), 0) is None
