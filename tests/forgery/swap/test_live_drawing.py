from collections.abc import Iterator
from itertools import chain

import numpy as np
import pytest

from tests.forgery.swap.conftest import Stage
from unmask.errors import BrokenMedia, UsageError
from unmask.faces.live import FaceFollower
from unmask.forgery.followed import Followed
from unmask.forgery.swap.live_drawing import LOOKS, LiveDrawer, LivePicture, steadied
from unmask.forgery.swap.live_source import Source, film_source
from unmask.forgery.swap.live_tally import Tally
from unmask.forgery.swap.merge import Merger, MergeRecipe
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.swapping import open_model
from unmask.media.video import open_frames
from unmask.settings import settings
from unmask.types import Frame

LEVEL = np.array([[0.5, 0.0, -20.0], [0.0, 0.5, -30.0]])


def film_of(source: Source) -> Iterator[Frame]:
    with open_frames(source.path, source.media, settings()) as film:
        yield from film


class Door:
    """Lets the first person in, and refuses others."""

    def __init__(self, *, first: bool = True) -> None:
        self.asked: list[Followed] = []
        self._first = first

    def __call__(self, followed: Followed) -> None:
        self.asked.append(followed)
        if len(self.asked) > 1 or not self._first:
            raise UsageError("Someone else.")


def drawer_with(stage: Stage, door: Door) -> LiveDrawer:
    checkpoint, descent = open_model(stage.lab, "model")
    model = SwapModel.of(checkpoint)
    return LiveDrawer(
        film_source(stage.films["other"], settings(), paced=False),
        door,
        lambda followed: Merger(model, descent.face_type, followed, MergeRecipe("hull", smooth=0.0)),
        descent.face_type,
        model.shape.resolution,
        Tally(),
        FaceFollower(),
    )


def drawn_by(drawer: LiveDrawer, frames: Iterator[Frame]) -> list[LivePicture | None]:
    return [drawer.draw(frame) for frame in frames]


def share(picture: LivePicture | None) -> float:
    """Of the picture that was drawn; −1 where it is not shown."""
    return -1.0 if picture is None or picture.made.mask is None else float(picture.made.mask.mean())


def test_nothing_is_shown_before_the_person_is_known_then_the_face_is_drawn_and_a_room_is_left_as_it_is(
    stage: Stage,
) -> None:
    door = Door()
    drawer = drawer_with(stage, door)
    shares = [share(one) for one in drawn_by(drawer, film_of(drawer.source))]
    known = next(number for number, one in enumerate(shares) if one >= 0)
    assert known >= LOOKS - 1
    assert len(door.asked) == 1
    assert len(door.asked[0].crops) == LOOKS
    assert all(one > 0.01 for one in shares[known:])
    assert drawer.tally.note == ""
    empty = Frame(np.full((256, 256, 3), 90, np.uint8), 1.7)
    picture = drawer.draw(empty)
    assert picture is not None
    assert (picture.made.image == empty.image).all()
    assert share(picture) == 0
    assert drawer.tally.note == "no face in view"


def test_the_first_person_who_is_refused_ends_it(stage: Stage) -> None:
    drawer = drawer_with(stage, Door(first=False))
    with pytest.raises(UsageError, match="Someone else"):
        drawn_by(drawer, film_of(drawer.source))


def test_whoever_comes_after_a_cut_is_asked_anew_and_shown_as_they_are(stage: Stage) -> None:
    door = Door()
    drawer = drawer_with(stage, door)
    another = film_source(stage.films["one"], settings(), paced=False)
    after = (Frame(np.roll(frame.image, 90, 2)[::-1, ::-1][::-1], frame.seconds + 2) for frame in film_of(another))
    pictures = drawn_by(drawer, chain(film_of(drawer.source), after))
    assert share(pictures[39]) > 0.01
    assert len(door.asked) == 2
    assert all(share(one) == 0 for one in pictures[40:])
    assert drawer.tally.note == "someone else in view"


def test_a_picture_of_another_size_is_refused(stage: Stage) -> None:
    drawer = drawer_with(stage, Door())
    drawer.draw(Frame(np.zeros((64, 64, 3), np.uint8), 0.0))
    with pytest.raises(BrokenMedia, match="from 64×64 to 80×64"):
        drawer.draw(Frame(np.zeros((64, 80, 3), np.uint8), 0.1))


def test_a_still_face_is_steadied_and_a_moving_one_is_followed_at_once() -> None:
    assert (steadied(None, LEVEL, 64) == LEVEL).all()
    tremble, move = LEVEL.copy(), LEVEL.copy()
    tremble[0, 2] += 0.3
    move[0, 2] += 6.0
    assert 0 < steadied(LEVEL, tremble, 64)[0, 2] - LEVEL[0, 2] < 0.2
    assert (steadied(LEVEL, move, 64) == move).all()


def test_a_steadied_face_comes_to_rest_where_it_is() -> None:
    place, goal = LEVEL, LEVEL.copy()
    goal[1, 2] += 0.5
    for _ in range(30):
        place = steadied(place, goal, 64)
    assert place == pytest.approx(goal, abs=1e-3)
