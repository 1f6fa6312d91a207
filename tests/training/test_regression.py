import numpy as np
import pytest

from unmask.training.regression import Films, alike, fit_line, fit_model


def films(shift: float, people: int = 12, each: int = 2, numbers: int = 10, seed: int = 0) -> Films:
    """Fakes and originals of some people, who differ more than a forgery changes them."""
    chance = np.random.default_rng(seed)
    rows, fake, names = [], [], []
    for person in range(people):
        own = chance.normal(0, 1, numbers)
        for _ in range(each):
            for made in (0.0, 1.0):
                rows.append(own + chance.normal(0, 0.3, numbers) + made * shift * (np.arange(numbers) < 3))
                fake.append(made)
                names.append(f"person {person}")
    return Films(np.array(rows), np.array(fake), tuple(names), alike(names, [made > 0 for made in fake]))


def right(found: np.ndarray, given: Films) -> float:
    return float((found[given.fake > 0][:, None] > found[given.fake == 0]).mean())


def test_people_left_out_are_told_apart_where_forgeries_differ() -> None:
    given = films(shift=2.0)
    fitted = fit_model(given, ridge=0.1)
    assert right(fitted.left_out, given) > 0.85
    assert fitted.model.slope > 0
    assert ((fitted.left_out > 0) & (fitted.left_out < 1)).all()


def test_where_nothing_differs_people_left_out_are_at_chance_however_well_the_model_knows_its_own() -> None:
    areas = []
    for seed in range(6):
        given = films(shift=0.0, numbers=40, seed=seed)
        fitted = fit_model(given, ridge=0.01)
        own = np.array([fitted.model.total(row) for row in given.measured])
        assert right(own, given) > 0.8
        areas.append(right(fitted.left_out, given))
        assert np.abs(fitted.left_out - 0.5).mean() < 0.3
    assert 0.3 < np.mean(areas) < 0.65


def test_measurements_on_which_people_disagree_leave_a_wider_interval() -> None:
    agreed, noise = (
        fit_model(films(shift=2.0, numbers=3), ridge=0.1).model,
        fit_model(films(shift=0.3, numbers=40), ridge=0.001).model,
    )
    assert agreed.slack >= 0.6
    assert noise.slack / noise.slope > agreed.slack / agreed.slope


def test_one_person_or_one_kind_of_film_is_too_little() -> None:
    with pytest.raises(ValueError, match="two people"):
        fit_model(films(shift=1.0, people=1), ridge=0.1)
    given = films(shift=1.0)
    only = Films(given.measured, np.zeros(len(given.fake)), given.people, given.weights)
    with pytest.raises(ValueError, match="forged"):
        fit_model(only, ridge=0.1)


def one_number(shift: float, people: int = 10, seed: int = 0) -> Films:
    """Fakes and originals of some people in one number, larger by so much for a fake."""
    given = films(shift, people=people, numbers=1, seed=seed)
    return Films(given.measured, given.fake, given.people, given.weights)


def test_a_line_keeps_the_order_of_the_number_and_tells_the_odds_of_people_left_out() -> None:
    given = one_number(shift=3.0)
    fitted = fit_line(given)
    assert fitted.model.slope > 0
    assert right(fitted.left_out, given) > 0.85
    low, high = (fitted.model.fake(np.array([value]))[0] for value in (-1.0, 4.0))
    assert low < 0.5 < high


def test_a_line_is_never_turned_round() -> None:
    given = one_number(shift=-3.0)
    fitted = fit_line(given)
    assert fitted.model.slope == 0
    assert right(fitted.left_out, given) < 0.5


def test_a_line_needs_two_kinds_of_film_whoever_is_left_out() -> None:
    given = one_number(shift=1.0, people=3)
    with pytest.raises(ValueError, match="two people"):
        fit_line(Films(given.measured, np.zeros(len(given.fake)), given.people, given.weights))
    mine = np.array([person == "person 0" for person in given.people])
    with pytest.raises(ValueError, match="Without one of the people"):
        fit_line(Films(given.measured, given.fake * mine, given.people, given.weights))
