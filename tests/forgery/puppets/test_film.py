from dataclasses import replace

import numpy as np
import pytest

from unmask.faces.skin import BACKGROUND, GRID, REGIONS
from unmask.faces.track import follow
from unmask.forgery.puppets.film import Scene, landmarks_of, scene_frames, shot_of
from unmask.forgery.puppets.identity import identity
from unmask.forgery.puppets.nuisance import Motion
from unmask.signals.pulse_reading import PulseReading, read_pulse

SCENE = Scene(
    person=identity(2),
    motion=Motion(seed=5, face_width=90.0, heart_rate_bpm=66.0),
    width=200,
    height=200,
    frame_rate=12.0,
    seconds=12.0,
)


def reading_of(scene: Scene) -> PulseReading:
    (track,) = follow(shot.frame for shot in scene_frames(scene)).tracks
    return read_pulse(track.times, track.color_of(GRID + REGIONS), track.color_of(BACKGROUND))


def test_the_drawn_heart_rate_is_read() -> None:
    reading = reading_of(SCENE)
    assert reading.heart_rate_bpm == pytest.approx(66.0, abs=1.0)


def test_no_rate_is_read_where_none_was_drawn() -> None:
    assert not reading_of(replace(SCENE, seconds=7.0, motion=replace(SCENE.motion, heart_rate_bpm=None))).measurable


def test_a_scene_gives_the_same_frames_again_and_one_by_one() -> None:
    shots = list(scene_frames(replace(SCENE, seconds=0.25)))
    assert [shot.frame.seconds for shot in shots] == pytest.approx([0.0, 1 / 12, 2 / 12])
    assert all((shot.frame.image == shot_of(SCENE, k).frame.image).all() for k, shot in enumerate(shots))
    assert all((shot.landmarks == landmarks_of(SCENE, k)).all() for k, shot in enumerate(shots))
    assert (shots[0].frame.image != shots[1].frame.image).mean() > 0.5  # the noise is a new one


def test_noise_and_room_follow_their_seeds() -> None:
    image = shot_of(SCENE, 0).frame.image
    assert (shot_of(replace(SCENE, noise_seed=1), 0).frame.image != image).mean() > 0.5
    elsewhere = shot_of(replace(SCENE, background_seed=1), 0).frame.image
    assert (elsewhere[170:, 80:120] == image[170:, 80:120]).all()  # clothes
    assert (elsewhere[:40, :40] != image[:40, :40]).mean() > 0.5


@pytest.mark.parametrize("frame", [0, 40])
def test_the_true_swap_changes_the_head_only(frame: int) -> None:
    before, after = shot_of(SCENE, frame), shot_of(replace(SCENE, person=identity(7)), frame)
    assert after.nuisance == before.nuisance
    assert (after.pose == before.pose).all()
    assert (after.landmarks != before.landmarks).any()
    changed = (after.frame.image != before.frame.image).any(axis=2)
    assert changed[(before.face_mask > 0.9) & (after.face_mask > 0.9)].mean() > 0.95
    (left, top), (right, bottom) = before.landmarks[:, :2].min(axis=0), before.landmarks[:, :2].max(axis=0)
    rows, columns = np.nonzero(changed)
    assert columns.min() > left - 0.4 * (right - left)
    assert columns.max() < right + 0.4 * (right - left)
    assert rows.min() > top - 0.7 * (bottom - top)
    assert not changed[:, [0, -1]].any()


def test_a_puppet_moves_within_its_bounds_blinks_talks_and_looks_around() -> None:
    motion = Motion(seed=3, yaw_degrees=(10.0, 40.0), pitch_degrees=(-5.0, 0.0))
    moments = [motion.at(seconds, 320, 320) for seconds in np.arange(0, 30, 0.04)]
    yaw = np.array([moment.yaw_degrees for moment in moments])
    assert 10 <= yaw.min() < 18
    assert 32 < yaw.max() <= 40
    assert np.abs(np.diff(yaw)).max() < 2.0  # no jumps
    assert all(-5 <= moment.pitch_degrees <= 0 for moment in moments)
    shut = np.array([moment.blink for moment in moments]) > 0.5
    assert 6 <= (shut[1:] & ~shut[:-1]).sum() <= 9
    assert max(moment.mouth_open for moment in moments) > 0.25
    assert len({moment.gaze for moment in moments}) > 10


def test_a_still_puppet_does_nothing_but_be() -> None:
    still = Motion(talking=0.0, blinking=False, glancing=0.0, heart_rate_bpm=None, breath_rate_bpm=None)
    moments = [still.at(seconds, 320, 320) for seconds in np.arange(0, 10, 0.1)]
    assert {(m.mouth_open, m.blink, m.gaze, m.blood, m.breath) for m in moments} == {(0.0, 0.0, (0.0, 0.0), 0.0, 0.0)}


def test_different_seeds_move_differently() -> None:
    assert Motion(seed=1).at(1.0, 320, 320) != Motion(seed=2).at(1.0, 320, 320)
