from collections.abc import Iterable

import numpy as np

from tests.puppet import Puppet, Stage, film
from unmask.faces.shots import CutFinder
from unmask.types import RgbImage


def cuts_in(images: Iterable[RgbImage]) -> list[int]:
    finder = CutFinder()
    return [index for index, image in enumerate(images) if finder.is_cut(image)]


def room(level: int, index: int = 0) -> RgbImage:
    """A wall of stripes with some noise."""
    stripes = level + 40 * ((np.arange(320) // 16) % 2)
    noise = np.random.default_rng(index).normal(0, 3, (240, 320, 3))
    return np.clip(stripes[None, :, None] + noise, 0, 255).astype(np.uint8)


def test_a_cut_between_two_rooms_is_found_where_it_is() -> None:
    assert cuts_in([*(room(30, k) for k in range(6)), *(room(150, k) for k in range(6))]) == [6]


def test_noise_is_a_cut_at_most_where_it_sets_in() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (20, 240, 320, 3), dtype=np.uint8)
    assert cuts_in(noise) == [1]


def test_a_sitter_who_moves_makes_no_cut() -> None:
    assert cuts_in(frame.image for frame in film(Stage(puppets=(Puppet(sway=4.0),), seconds=2.0))) == []


def test_a_fast_pan_is_a_cut_at_most_where_it_sets_in() -> None:
    wide = np.repeat(np.random.default_rng(2).integers(0, 255, (240, 100, 3), dtype=np.uint8), 16, axis=1)
    steps = [0] * 5 + [12 * k for k in range(40)]
    assert cuts_in(wide[:, step : step + 320] for step in steps) in ([], [6])


def test_the_cut_after_a_pan_is_found() -> None:
    wide = np.repeat(np.random.default_rng(2).integers(90, 130, (240, 100, 3), dtype=np.uint8), 16, axis=1)
    pan = [wide[:, 6 * k : 6 * k + 320] for k in range(20)]
    assert cuts_in([*pan, *(room(200, k) for k in range(5))]) == [20]


def test_two_cuts_half_a_second_apart_are_both_found() -> None:
    levels = [30] * 6 + [150] * 12 + [60] * 6
    assert cuts_in(room(level, k) for k, level in enumerate(levels)) == [6, 18]


def test_a_flash_is_one_cut_at_most() -> None:
    assert len(cuts_in(room(200 if k == 10 else 40, k) for k in range(20))) <= 1


def test_a_light_that_is_dimmed_slowly_makes_no_cut() -> None:
    assert cuts_in(room(180 - 6 * k) for k in range(26)) == []


def test_the_first_picture_starts_no_new_shot() -> None:
    assert cuts_in([room(30)]) == []


def test_a_picture_of_another_size_starts_a_new_shot() -> None:
    assert cuts_in([room(30), room(30)[:200], room(30)[:200]]) == [1]


def test_another_person_before_the_same_wall_is_a_cut() -> None:
    wall = np.full((240, 320, 3), 140, np.uint8)
    first, second = wall.copy(), wall.copy()
    first[60:200, 100:220], second[60:200, 100:220] = 90, 190
    assert cuts_in([first] * 8 + [second] * 8) == [8]
