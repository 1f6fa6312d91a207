from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.puppet import part_of, shrunk
from unmask.detectors import motion
from unmask.detectors.motion import INNER
from unmask.faces.skin import INSIDE
from unmask.types import MESH_STEPS, Evidence, Reason, Track


@pytest.fixture(scope="module")
def original(whole_pulse: Track) -> Evidence:
    return motion.examine(whole_pulse)


def jittered(track: Track, pixels: float, start: float = 0.0) -> Track:
    """Every point shaken by itself, anew in each frame from a time on."""
    shake = np.random.default_rng(0).normal(0, pixels, track.mesh.shape) * (track.times >= start)[:, None, None]
    return replace(track, mesh=(track.mesh + np.rint(shake * MESH_STEPS)).astype(np.int16))


def filmed_by_hand(track: Track) -> Track:
    """The whole picture shaken, anew in each frame."""
    shake = np.tile(np.random.default_rng(0).normal(0, 1.0, (len(track.times), 2)), 2)
    return replace(track, boxes=(track.boxes + shake).astype(np.float32))


def wandering(track: Track) -> Track:
    """The inner face turns slowly by itself."""
    mesh = track.mesh.astype(np.float64)
    angle = np.radians(6.0) * np.sin(2 * np.pi * 0.3 * track.times)[:, None]
    x, z = mesh[:, INNER, 0], mesh[:, INNER, 2]
    mesh[:, INNER, 0] = x * np.cos(angle) - z * np.sin(angle)
    mesh[:, INNER, 2] = x * np.sin(angle) + z * np.cos(angle)
    return replace(track, mesh=np.rint(mesh).astype(np.int16))


def flickering(track: Track) -> Track:
    """The rim of the face changes its brightness from frame to frame."""
    colors = track.colors.copy()
    rim = [track.cells.index(name) for name in INSIDE]
    colors[:, rim] *= 1 + np.random.default_rng(0).normal(0, 0.06, (len(track.times), len(rim), 1)).astype(np.float32)
    return replace(track, colors=colors)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda track: jittered(track, 1.0), "tremble"),
        (wandering, "wanders"),
        (flickering, "flickers"),
    ],
    ids=["jittered", "wandering", "flickering"],
)
def test_a_face_laid_over_another_ranks_above_its_own_original(
    whole_pulse: Track, original: Evidence, change: Callable[[Track], Track], words: str
) -> None:
    found = motion.examine(change(whole_pulse))
    assert found.fake is not None
    assert original.fake is not None
    assert found.fake > original.fake + 0.05
    assert words in found.because[0]


def test_the_more_a_face_trembles_the_more_suspect_it_is(whole_pulse: Track) -> None:
    chances = [motion.examine(jittered(whole_pulse, pixels)).fake or 0.0 for pixels in (0.0, 0.3, 0.8)]
    assert chances == sorted(chances)
    assert chances[-1] > chances[0]


def test_a_camera_that_shakes_is_not_held_against_the_face(whole_pulse: Track, original: Evidence) -> None:
    found = motion.examine(filmed_by_hand(whole_pulse))
    assert found.fake == pytest.approx(original.fake, abs=0.02)


def test_the_stretch_in_which_a_face_trembles_stands_out(whole_pulse: Track) -> None:
    found = motion.examine(jittered(whole_pulse, 1.0, start=8.0))
    calm = [segment.fake for segment in found.segments if segment.end <= 8.0]
    trembling = [segment.fake for segment in found.segments if segment.start >= 8.0]
    assert min(trembling) > max(calm)


def test_the_calm_motion_of_a_sitter_is_not_held_against_them(original: Evidence) -> None:
    assert original.fake is not None
    assert original.fake < 0.65
    assert original.measured["jitter_percent_of_face_width"] < 0.3
    assert original.measured["inner_pose_wander_degrees"] < 0.5


def test_it_has_no_voice_as_it_ranks_true_swaps_below_their_originals(original: Evidence) -> None:
    assert motion.CARD.cap == 0
    assert original.fake is not None
    assert not original.counts


def rushing(track: Track) -> Track:
    shift = 400.0 * np.sin(2 * np.pi * track.times)[:, None] * np.array([1, 0, 1, 0])
    return replace(track, boxes=(track.boxes + shift).astype(np.float32))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (lambda track: part_of(track, slice(0, 30)), "too-short"),
        (lambda track: part_of(track, slice(None, None, 4)), "frame-rate-too-low"),
        (lambda track: shrunk(track, 0.4), "face-too-small"),
        (rushing, "too-much-motion"),
    ],
    ids=["brief", "slow", "small", "rushing"],
)
def test_motion_is_not_judged_where_it_cannot_be_seen(
    whole_pulse: Track, changed: Callable[[Track], Track], reason: Reason
) -> None:
    found = motion.examine(changed(whole_pulse))
    assert (found.fake, found.abstained) == (None, reason)
    assert any(character.isdigit() for character in found.because[0])
