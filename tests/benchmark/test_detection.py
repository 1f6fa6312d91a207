import numpy as np
import pytest

from unmask.benchmark.detection import (
    area_under_risk,
    average_precision,
    brier,
    calibration_error,
    caught_share,
    cllr,
    coverage_at,
    equal_error_rate,
    log_loss,
    risk_at,
    risk_curve,
    true_positive_rate,
)

MADE, FILMED = np.linspace(0.7, 0.9, 20), np.linspace(0.1, 0.3, 20)
HALF = np.full(20, 0.5)


def test_a_perfect_detector_errs_nowhere() -> None:
    assert average_precision(MADE, FILMED) == 1.0
    assert equal_error_rate(MADE, FILMED) == 0.0
    assert caught_share(MADE, FILMED, 0) == 1.0
    assert area_under_risk(MADE, FILMED, 0) == 0.0


def test_a_certain_and_right_detector_costs_nothing() -> None:
    ones, zeros = np.ones(5), np.zeros(5)
    assert brier(ones, zeros) == 0.0
    assert cllr(ones, zeros) == pytest.approx(0.0, abs=1e-6)
    assert log_loss(ones, zeros) == pytest.approx(0.0, abs=1e-6)
    assert calibration_error(ones, zeros, 2) == 0.0


def test_a_reversed_detector_is_wrong_everywhere() -> None:
    assert average_precision(FILMED, MADE) < 0.4
    assert equal_error_rate(FILMED, MADE) == 1.0
    assert caught_share(FILMED, MADE, 0) == 0.0
    assert area_under_risk(FILMED, MADE, 0) == 1.0
    assert cllr(FILMED, MADE) > 1.5
    assert brier(FILMED, MADE) > 0.5


def test_a_constant_detector_reads_chance() -> None:
    assert average_precision(HALF, HALF) == 0.5
    assert average_precision(HALF[:5], HALF[:15]) == 0.25
    assert equal_error_rate(HALF, HALF) == 0.5
    assert caught_share(HALF, HALF, 1) == 0.0
    assert brier(HALF, HALF) == 0.25
    assert cllr(HALF, HALF[:3]) == pytest.approx(1.0)
    assert log_loss(HALF, HALF) == pytest.approx(np.log(2))
    assert area_under_risk(HALF, HALF, 0) == 0.5


def test_equal_probabilities_share_a_bin_whatever_their_order() -> None:
    assert calibration_error(HALF, HALF, 10) == 0.0


def test_a_detector_that_says_too_much_is_found_out() -> None:
    fakes, originals = np.repeat([0.9, 0.1], [12, 8]), np.repeat([0.9, 0.1], [8, 12])
    assert calibration_error(fakes, originals, 2) == pytest.approx(0.3)


def test_probabilities_drawn_as_they_say_are_calibrated_and_inform() -> None:
    rng = np.random.default_rng(0)
    said = rng.uniform(size=20_000)
    made = rng.uniform(size=20_000) < said
    fakes, originals = said[made], said[~made]
    assert calibration_error(fakes, originals, 10) < 0.02
    assert brier(fakes, originals) == pytest.approx(1 / 6, abs=0.01)
    assert cllr(fakes, originals) < 0.75
    assert equal_error_rate(fakes, originals) == pytest.approx(0.25, abs=0.02)


def test_one_certain_error_costs_much_but_not_without_bound() -> None:
    assert log_loss(np.zeros(1), np.zeros(1)) == pytest.approx(-np.log(1e-7) / 2, rel=1e-3)
    assert np.isfinite(cllr(np.zeros(1), np.ones(1)))


def test_the_cost_of_ratios_does_not_depend_on_the_number_of_originals() -> None:
    assert cllr(MADE, FILMED) == pytest.approx(cllr(MADE, np.tile(FILMED, 7)))


def test_a_rate_that_so_few_originals_cannot_show_is_not_measurable() -> None:
    fakes = np.array([0.95, 0.5])
    assert true_positive_rate(fakes, np.linspace(0, 0.9, 99), 0.01) is None
    assert true_positive_rate(fakes, np.linspace(0, 0.9, 100), 0.01) == 0.5
    assert true_positive_rate(fakes, np.linspace(0, 0.9, 100), 0.001) is None


def test_one_alarm_in_a_hundred_is_allowed_at_one_percent() -> None:
    originals = np.append(np.linspace(0, 0.4, 99), 0.99)
    assert true_positive_rate(np.full(4, 0.8), originals, 0.01) == 1.0
    assert caught_share(np.full(4, 0.8), originals, 0) == 0.0


def test_an_alarm_rate_is_never_exceeded_by_ties() -> None:
    originals = np.append(np.zeros(98), [0.8, 0.8])
    assert true_positive_rate(np.full(4, 0.8), originals, 0.01) == 0.0


def test_abstaining_half_of_the_time_halves_the_coverage() -> None:
    curve = risk_curve(MADE[:10], FILMED[:10], abstained=20)
    assert curve.coverage[-1] == 0.5
    assert coverage_at(curve, 0.05) == 0.5
    assert risk_at(curve, 0.5) == 0.0
    assert risk_at(curve, 0.6) is None


def test_abstaining_is_no_way_to_a_smaller_area() -> None:
    assert area_under_risk(MADE[:10], FILMED[:10], abstained=20) > area_under_risk(MADE, FILMED, 0)
    assert area_under_risk(np.zeros(0), np.zeros(0), abstained=9) == 0.5


def test_the_surest_answers_come_first() -> None:
    curve = risk_curve(np.array([0.95, 0.4]), np.array([0.1, 0.55]), 0)
    assert curve.risk.tolist() == [0.0, 0.0, pytest.approx(1 / 3), 0.5]
    assert coverage_at(curve, 0.05) == 0.5


def test_answers_as_sure_as_one_another_come_together() -> None:
    curve = risk_curve(np.array([0.9, 0.1]), np.array([0.9, 0.1]), 0)
    assert curve.coverage.tolist() == [1.0]
    assert curve.risk.tolist() == [0.5]
    assert coverage_at(curve, 0.05) == 0.0


@pytest.mark.parametrize("figure", [average_precision, equal_error_rate, brier, log_loss, cllr])
def test_one_side_alone_is_refused(figure: object) -> None:
    assert callable(figure)
    with pytest.raises(ValueError, match="at least one"):
        figure(MADE, np.zeros(0))


def test_no_film_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one film"):
        area_under_risk(np.zeros(0), np.zeros(0), 0)
