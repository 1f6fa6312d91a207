import numpy as np
import pytest
from scipy.stats import binom

from unmask.signals.exceedance import p_value, share_at_most, upper_bound
from unmask.signals.likelihood import probability
from unmask.verdict.conformal import clips_needed, threshold_for


@pytest.mark.parametrize(("exceedances", "clips"), [(0, 20), (0, 59), (1, 24), (4, 64), (11, 200)])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_at_the_bound_so_few_exceedances_are_as_rare_as_is_stated(
    exceedances: int, clips: int, confidence: float
) -> None:
    bound = upper_bound(exceedances, clips, confidence)
    assert binom.cdf(exceedances, clips, bound) == pytest.approx(1 - confidence, abs=1e-9)


def test_no_alarm_in_many_leaves_three_divided_by_many() -> None:
    assert upper_bound(0, 300) == pytest.approx(3 / 300, rel=0.01)
    assert upper_bound(1, 300) > upper_bound(0, 300)
    assert upper_bound(5, 5) == 1.0


def test_the_bound_rises_with_exceedances_and_confidence_and_falls_with_clips() -> None:
    by_exceedances = [upper_bound(k, 40) for k in range(41)]
    by_clips = [upper_bound(2, clips) for clips in range(3, 200)]
    by_confidence = [upper_bound(2, 40, confidence) for confidence in (0.5, 0.9, 0.95, 0.99)]
    assert by_exceedances == sorted(set(by_exceedances))
    assert by_clips == sorted(set(by_clips), reverse=True)
    assert by_confidence == sorted(set(by_confidence))


def test_half_an_exceedance_lies_between_its_neighbours() -> None:
    assert share_at_most(2.0, 40, 0.95) < share_at_most(2.5, 40, 0.95) < share_at_most(3.0, 40, 0.95)


@pytest.mark.parametrize("rate", [0.5, 0.15, 0.1, 0.05, 0.01, 0.001])
def test_so_many_clips_are_needed_and_no_fewer(rate: float) -> None:
    clips = clips_needed(rate)
    assert upper_bound(0, clips) <= rate
    assert clips == 1 or upper_bound(0, clips - 1) > rate


@pytest.mark.parametrize("seed", range(20))
def test_the_threshold_is_the_smallest_that_keeps_the_rate(seed: int) -> None:
    generator = np.random.default_rng(seed)
    odds = generator.normal(1.0, 1.0, int(generator.integers(20, 150))).tolist()
    found = threshold_for(odds, 0.15)
    assert found is not None
    assert found.at_most <= 0.15
    assert found.above == sum(one > found.odds for one in odds)
    assert found.at_most == upper_bound(found.above, len(odds))
    lower = [one for one in odds if 0.0 <= one < found.odds]
    assert all(upper_bound(sum(other > one for other in odds), len(odds)) > 0.15 for one in lower)


def test_a_smaller_rate_never_lowers_the_threshold() -> None:
    odds = np.random.default_rng(1).normal(1.0, 1.0, 300).tolist()
    found = [threshold_for(odds, rate) for rate in (0.3, 0.2, 0.1, 0.05, 0.02)]
    thresholds = [one.odds for one in found if one is not None]
    assert len(thresholds) == 5
    assert thresholds == sorted(thresholds)


def test_it_is_never_below_one_half_and_then_tells_what_is_above_half() -> None:
    found = threshold_for([-2.0] * 30 + [0.5], 0.25)
    assert found is not None
    assert (found.odds, found.probability, found.above) == (0.0, 0.5, 1)
    assert found.at_most == upper_bound(1, 31)


def test_equal_odds_are_not_above_each_other_and_lend_no_better_bound() -> None:
    found = threshold_for([1.0] * 30, 0.25)
    assert found is not None
    assert (found.odds, found.probability, found.above) == (1.0, probability(1.0), 0)
    assert upper_bound(0, 30) < found.at_most <= 0.25


def test_too_few_clips_give_no_threshold() -> None:
    assert threshold_for([-1.0] * 58, 0.05) is None
    assert threshold_for([-1.0] * 59, 0.05) is not None
    assert threshold_for([], 0.15) is None


@pytest.mark.parametrize("spread", [0.0, 0.5], ids=("ties", "continuous"))
def test_the_bound_holds_as_often_as_is_stated(spread: float) -> None:
    """Enrolments drawn from odds whose distribution is known; some lie wholly above one half, some do not."""
    generator = np.random.default_rng(7)
    for middle in (-2.0, 0.0, 2.0):
        everyone = np.round(generator.normal(middle, 1.0, 20_000)) + spread * generator.normal(0.0, 1.0, 20_000)
        found = [threshold_for(generator.choice(everyone, 40).tolist(), 0.15) for _ in range(400)]
        kept = [float((everyone > one.odds).mean()) <= one.at_most for one in found if one is not None]
        assert len(kept) == 400
        assert np.mean(kept) > 0.95 - 3 * (0.95 * 0.05 / 400) ** 0.5


def test_a_p_value_counts_those_at_least_as_suspicious_and_the_clip_itself() -> None:
    enrolled = [0.0, 1.0, 2.0, 3.0]
    assert [p_value(odds, enrolled) for odds in (-1.0, 0.0, 1.5, 3.0, 9.0)] == [1.0, 1.0, 0.6, 0.4, 0.2]


def test_a_real_clip_has_a_small_p_value_as_rarely_as_it_says() -> None:
    generator = np.random.default_rng(2)
    values = [p_value(float(row[0]), row[1:].tolist()) for row in generator.normal(size=(2000, 20))]
    for share in (0.05, 0.1, 0.3):
        assert np.mean(np.array(values) <= share) <= share + 3 * (share / 2000) ** 0.5


@pytest.mark.parametrize("seed", range(20))
def test_what_lies_above_the_threshold_has_a_p_value_below_the_bound(seed: int) -> None:
    generator = np.random.default_rng(seed)
    odds = np.round(generator.normal(generator.uniform(-1, 1), 1.0, int(generator.integers(20, 90))), 1).tolist()
    found = threshold_for(odds, 0.15)
    assert found is not None
    assert p_value(found.odds + 0.01, odds) < found.at_most
