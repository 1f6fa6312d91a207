from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film, picture_of
from unmask.faces.track import FaceTracker, Following, follow
from unmask.types import Frame, Track

RATE = 15.0
SITTER = Puppet(face_width=90.0)
ROOM = Stage(puppets=(SITTER,), width=240, height=240, frame_rate=RATE, seconds=2.0)


def later(frames: Iterator[Frame], seconds: float) -> Iterator[Frame]:
    return (Frame(frame.image, frame.seconds + seconds) for frame in frames)


def crowd() -> Stage:
    places = [(x, y) for x in np.linspace(0.1, 0.9, 6) for y in np.linspace(0.1, 0.88, 5)]
    people = tuple(Puppet(x=x, y=y, face_width=96.0, tone=k) for k, (x, y) in enumerate(places))
    return Stage(puppets=people, width=960, height=960)


@pytest.fixture(scope="module")
def couple() -> Following:
    small, large = Puppet(x=0.25, face_width=80.0), Puppet(x=0.7, face_width=110.0, tone=2)
    return follow(film(Stage(puppets=(small, large), width=400, height=240, frame_rate=RATE, seconds=3.0)))


def test_one_sitter_is_one_track_through_every_frame(whole_pulse: Track) -> None:
    assert len(whole_pulse.times) == 360
    assert (whole_pulse.id, whole_pulse.bits_per_pixel) == (1, 1.0)
    assert np.diff(whole_pulse.times) == pytest.approx(1 / 30)


def test_the_box_follows_the_head(whole_pulse: Track) -> None:
    middles = (whole_pulse.boxes[:, :2] + whole_pulse.boxes[:, 2:]) / 2
    assert middles[:, 0] == pytest.approx(160.0, abs=8)
    assert whole_pulse.face_width == pytest.approx(Puppet().face_width, rel=0.1)


def test_two_people_are_two_tracks_and_the_larger_is_the_first(couple: Following) -> None:
    assert [track.id for track in couple.tracks] == [1, 2]
    assert couple.tracks[0].face_width > couple.tracks[1].face_width


def test_two_people_keep_their_places_in_every_frame(couple: Following) -> None:
    for track, place in zip(couple.tracks, (0.7 * 400, 0.25 * 400), strict=True):
        assert len(track.times) == couple.frames
        assert (track.boxes[:, 0] + track.boxes[:, 2]) / 2 == pytest.approx(place, abs=10)


def test_a_loss_shorter_than_a_second_leaves_one_track_with_a_gap() -> None:
    (track,) = follow(film(replace(ROOM, puppets=(replace(SITTER, hidden=(0.6, 1.2)),)))).tracks
    assert track.start == 0.0
    assert track.end > 1.9
    assert np.diff(track.times).max() == pytest.approx(0.6, abs=0.2)
    assert not ((track.times >= 0.6) & (track.times < 1.2)).any()


def test_a_longer_loss_ends_the_track() -> None:
    away = replace(ROOM, puppets=(replace(SITTER, hidden=(0.6, 2.2)),), seconds=3.0)
    first, second = sorted(follow(film(away)).tracks, key=lambda track: track.start)
    assert first.end < 0.6
    assert second.start >= 2.2


def test_a_newcomer_is_met_within_two_seconds() -> None:
    coming = Puppet(x=0.75, face_width=80.0, tone=1, hidden=(0.0, 0.5))
    stage = Stage(
        puppets=(Puppet(x=0.25, face_width=80.0), coming), width=400, height=240, frame_rate=10.0, seconds=3.5
    )
    starts = sorted(track.start for track in follow(film(stage)).tracks)
    assert starts[0] == 0.0
    assert 0.5 <= starts[1] <= 2.6


def test_a_cut_ends_every_track_even_where_the_next_face_is_in_the_same_place() -> None:
    elsewhere = replace(ROOM, wall=(230, 220, 40), puppets=(replace(SITTER, tone=2),))
    found = follow(chain(film(ROOM), later(film(elsewhere), 2.0)))
    assert found.cuts == (2.0,)
    assert sorted((track.start, len(track.times)) for track in found.tracks) == [(0.0, 30), (2.0, 30)]


def test_a_change_of_the_pictures_size_ends_every_track() -> None:
    larger = replace(ROOM, width=320, height=280)
    found = follow(chain(film(ROOM), later(film(larger), 2.0)))
    assert sorted(track.start for track in found.tracks) == [0.0, 2.0]


def test_of_thirty_faces_the_largest_are_followed_and_the_rest_are_counted() -> None:
    stage = crowd()
    grown = tuple(replace(one, face_width=115.0) if k in {7, 17} else one for k, one in enumerate(stage.puppets))
    image = picture_of(replace(stage, puppets=grown))
    found = follow([Frame(image, 0.0)], max_people=2)
    assert len(found.tracks) == 2
    assert 18 <= found.crowd <= 28  # so small, and overlapping, not every face is found
    assert min(track.face_width for track in found.tracks) > 104


def test_a_still_is_a_track_of_one_frame() -> None:
    found = follow([Frame(picture_of(ROOM), 0.0)])
    (track,) = found.tracks
    assert track.times.tolist() == [0.0]
    assert (found.frames, found.seen_until) == (1, 0.0)
    assert len(track.crops) == 1
    assert track.bits_per_pixel is None


def test_a_face_that_flickers_up_in_a_long_film_is_dropped() -> None:
    brief = replace(ROOM, puppets=(replace(SITTER, hidden=(0.2, 9.0)),))
    assert follow(film(brief)).tracks == ()


def test_a_film_of_walls_has_no_track_but_an_end() -> None:
    found = follow(film(replace(ROOM, puppets=())))
    assert found.tracks == ()
    assert found.seen_until == pytest.approx(2.0 - 1 / RATE)


def test_no_frames_are_no_film() -> None:
    assert follow([]) == Following((), 0, None, (), 0)


def test_the_tracker_tells_who_is_in_each_frame() -> None:
    tracker = FaceTracker()
    faces = [tracker.see(frame) for frame in film(replace(ROOM, seconds=0.4))]
    (track,) = tracker.finish().tracks
    assert [len(seen) for seen in faces] == [1] * 6
    seen = np.stack([seen[0].landmarks for seen in faces])
    assert np.abs(track.landmarks_of() - seen).max() <= 1 / 16


def test_the_same_film_is_followed_the_same_way_twice() -> None:
    first, second = (follow(film(replace(ROOM, seconds=0.5))).tracks[0] for _ in range(2))
    assert (first.mesh == second.mesh).all()
    np.testing.assert_array_equal(first.colors, second.colors)
