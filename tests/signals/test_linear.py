from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter

from unmask.signals.linear import LinearModel, linear_model
from unmask.weights import names

MODEL = LinearModel((1.0, 0.0), (2.0, 1.0), (3.0, -1.0), bias=0.5, slope=0.5, offset=-0.25, slack=1.0)


def test_the_answer_is_the_calibrated_sum_of_its_parts() -> None:
    measured = np.array([3.0, 1.0])
    np.testing.assert_allclose(MODEL.parts(measured), [3.0, -1.0])
    assert MODEL.total(measured) == pytest.approx(2.5)
    fake, (low, high) = MODEL.fake(measured)
    assert fake == pytest.approx(1 / (1 + np.exp(-1.0)), abs=1e-3)
    assert low == pytest.approx(0.5, abs=1e-3)
    assert low < fake < high


def test_an_extreme_measurement_stays_a_probability() -> None:
    for far in (1e6, -1e6):
        fake, (low, high) = MODEL.fake(np.array([far, 0.0]))
        assert 0 < low <= fake <= high < 1


def test_a_model_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    place = tmp_path / "model.json"
    place.write_text(MODEL.as_json(), encoding="utf-8")
    assert TypeAdapter(LinearModel).validate_json(place.read_bytes()) == MODEL


def test_the_loudest_measurements_are_those_for_the_answer() -> None:
    assert MODEL.turn == pytest.approx(0.5)
    for_forgery, for_none = np.array([5.0, -1.0]), np.array([-3.0, -2.0])
    assert MODEL.loudest(for_forgery, 1) == (0,)
    assert MODEL.loudest(-for_forgery, 2) == (0, 1)
    assert MODEL.loudest(for_none, 2) == (0, 1)


def test_a_sum_that_says_nothing_never_turns() -> None:
    assert replace(MODEL, slope=0.0).turn == float("inf")


@pytest.mark.parametrize(("name", "numbers"), [("flicker", 108), ("seam", 36), ("consistency", 928)])
def test_a_model_of_the_package_has_a_weight_for_each_contrast(name: str, numbers: int) -> None:
    assert name in names()
    model = linear_model(name)
    assert len(model.middle) == len(model.scale) == len(model.weights) == numbers
    assert min(model.scale) > 0
    assert model.slope > 0
