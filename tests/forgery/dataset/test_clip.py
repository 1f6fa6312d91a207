from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from tests.forgery.dataset.conftest import Originals
from unmask.errors import UsageError
from unmask.forgery.dataset.clip import follow, paced, read_clip, shrunk, small
from unmask.forgery.dataset.plan import Place
from unmask.media.probe import probe
from unmask.settings import settings
from unmask.types import Frame


def numbered(times: list[float]) -> Iterator[Frame]:
    for number, seconds in enumerate(times):
        yield Frame(np.full((8, 8, 3), number, np.uint8), seconds)


def shades(frames: Iterator[Frame]) -> list[int]:
    return [int(frame.image[0, 0, 0]) for frame in frames]


def test_even_frames_stay_as_they_are() -> None:
    times = [7.3 + round(number / 30, 3) for number in range(40)]
    assert shades(shrunk(numbered(times), Fraction(30), 8)) == list(range(40))


def test_fast_films_are_thinned() -> None:
    times = [number / 60 for number in range(60)]
    assert paced(60.0) == 30
    assert shades(shrunk(numbered(times), Fraction(30), 8)) == [*range(0, 60, 2)]


def test_uneven_films_become_even() -> None:
    times = [0.0, 0.04, 0.21, 0.24, 0.28, 0.4]
    frames = list(shrunk(numbered(times), Fraction(25), 8))
    assert [int(frame.image[0, 0, 0]) for frame in frames] == [0, 1, 1, 1, 2, 2, 3, 4, 4, 5, 5]
    assert all(later.seconds - earlier.seconds == pytest.approx(0.04) for earlier, later in pairwise(frames))


@pytest.mark.parametrize(
    ("size", "kept"), [((1080, 1920), (360, 640)), ((1920, 1080), (640, 360)), ((301, 203), (300, 202))]
)
def test_pictures_are_shrunk_by_their_shorter_side(size: tuple[int, int], kept: tuple[int, int]) -> None:
    assert small(np.zeros((*size, 3), np.uint8), 360).shape == (*kept, 3)


def test_a_clip_is_what_was_asked_for_and_a_stranger_is_refused(originals: Originals) -> None:
    path = originals.folder / "one.mp4"
    place = Place("one.mp4", probe(path, settings()).sha256, 0.4, 0.6)
    clip = read_clip(originals.folder, place, 200, settings())
    assert len(clip.frames) == 9
    assert clip.frames[0].image.shape == (200, 200, 3)
    followed = follow(clip, settings())
    assert len(followed.times) == 9
    mine = followed.embedding()
    assert len(follow(clip, settings(), [mine]).times) == 9
    with pytest.raises(UsageError, match="could be a person of another split"):
        follow(clip, settings(), [-mine])


def test_a_film_that_changed_is_refused(originals: Originals) -> None:
    with pytest.raises(UsageError, match="has changed since the plan was made"):
        read_clip(originals.folder, Place("one.mp4", "00" * 32, 0.0, 0.6), 200, settings())
