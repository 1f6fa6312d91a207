from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film
from unmask.faces.live import FaceFollower, Seen
from unmask.types import Frame

SITTER = Puppet(face_width=90.0)
ROOM = Stage(puppets=(SITTER,), width=240, height=240, frame_rate=10.0, seconds=1.0)


def seen_in(frames: Iterable[Frame], person: int = 1) -> list[Seen | None]:
    follower = FaceFollower(person)
    return [follower.see(frame) for frame in frames]


def appearances(seen: list[Seen | None]) -> list[int]:
    """Of each picture; 0 where nobody is seen."""
    return [0 if one is None else one.appearance for one in seen]


def test_a_sitter_is_followed_from_the_first_picture_on() -> None:
    seen = seen_in(film(ROOM))
    assert appearances(seen) == [1] * 10
    for one in seen:
        assert one is not None
        assert (one.face.box[0] + one.face.box[2]) / 2 == pytest.approx(120, abs=8)
        assert len(one.others) == 0


def test_after_a_short_loss_it_is_the_same_person_and_after_a_long_one_perhaps_not() -> None:
    short = seen_in(film(replace(ROOM, puppets=(replace(SITTER, hidden=(0.4, 0.8)),), seconds=1.4)))
    assert appearances(short) == [1] * 4 + [0] * 4 + [1] * 6
    long = seen_in(film(replace(ROOM, puppets=(replace(SITTER, hidden=(0.4, 1.8)),), seconds=2.2)))
    assert appearances(long) == [1] * 4 + [0] * 14 + [2] * 4


def test_after_a_cut_the_face_in_the_same_place_may_be_another_persons() -> None:
    elsewhere = replace(ROOM, wall=(230, 220, 40), puppets=(replace(SITTER, tone=2),), seconds=0.4)
    after = (Frame(frame.image, frame.seconds + 1.0) for frame in film(elsewhere))
    assert appearances(seen_in(chain(film(ROOM), after))) == [1] * 10 + [2] * 4


def test_the_largest_is_followed_or_whom_one_names_and_the_other_is_told() -> None:
    small, large = Puppet(x=0.25, face_width=80.0), Puppet(x=0.7, face_width=110.0, tone=2)
    couple = Stage(puppets=(small, large), width=400, height=240, frame_rate=10.0, seconds=0.3)
    for person, place, other in ((1, 280, 100), (2, 100, 280)):
        for one in seen_in(film(couple), person):
            assert one is not None
            assert (one.face.box[0] + one.face.box[2]) / 2 == pytest.approx(place, abs=10)
            assert (one.others[:, 0] + one.others[:, 2]) / 2 == pytest.approx([other], abs=12)
    assert appearances(seen_in(film(couple), 3)) == [0] * 3


def test_a_film_that_begins_anew_is_followed_on() -> None:
    frames = list(film(replace(ROOM, seconds=0.3)))
    assert np.count_nonzero(appearances(seen_in([*frames, *frames]))) == 6
