import numpy as np

from unmask.report.figures.overlay import tinted
from unmask.types import Overlay


def overlay(made: float) -> Overlay:
    squares = np.zeros((4, 4), np.float32)
    squares[1:3, 1:3] = made
    return Overlay("Where", 1.0, np.full((64, 64, 3), 100, np.uint8), squares)


def test_what_was_made_is_orange_and_the_rest_is_as_it_was() -> None:
    drawn = tinted(overlay(1.0))
    assert (drawn[:4] == 100).all()
    red, _, blue = drawn[32, 32].tolist()
    assert red > 130
    assert blue < 80


def test_a_line_runs_around_what_is_more_likely_made_than_not() -> None:
    assert (tinted(overlay(0.9)) == 255).all(axis=2).any()
    assert not (tinted(overlay(0.4)) == 255).all(axis=2).any()
