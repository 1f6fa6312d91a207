from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film
from unmask.faces import changes as module
from unmask.faces.changes import STEP_SECONDS, ChangeSampler
from unmask.faces.track import FaceTracker, follow
from unmask.signals.change import change_contrasts
from unmask.types import Changes, Face, Frame

SHORT = Stage(seconds=3.0)


@pytest.fixture(scope="module")
def followed() -> list[tuple[Frame, Face]]:
    """A puppet of 3 s, frame by frame with its face."""
    tracker = FaceTracker()
    return [(frame, faces[0]) for frame in film(SHORT) if (faces := tracker.see(frame))]


def sampled(rows: Sequence[tuple[Frame, Face]]) -> Changes:
    sampler = ChangeSampler()
    for frame, face in rows:
        sampler.see(frame, face)
    return sampler.changes()


def test_a_track_is_measured_from_end_to_end_in_steps(followed: list[tuple[Frame, Face]]) -> None:
    changes = sampled(followed)
    assert changes.sizes.shape == (len(changes.times), 3, 3, 4, 4)
    assert len(changes.times) >= 0.8 * SHORT.seconds / STEP_SECONDS
    assert np.diff(changes.times).min() >= STEP_SECONDS - 1e-6
    assert np.isfinite(changes.sizes).all()
    assert (changes.sizes >= 0).all()


def test_a_face_laid_over_anew_in_each_frame_changes_more_against_its_surround() -> None:
    filmed, swapped = (
        follow(film(replace(SHORT, puppets=(Puppet(swapped=made),))), changes=True).tracks[0].changes
        for made in (False, True)
    )
    assert filmed is not None
    assert swapped is not None
    before, after = (np.median(change_contrasts(one), axis=0).reshape(3, 3, 4, 3) for one in (filmed, swapped))
    skin_brightness = np.s_[0, 0, 2, 0]
    assert after[skin_brightness] > before[skin_brightness] + 0.1


def test_more_noise_in_the_whole_picture_cancels_in_the_contrast() -> None:
    quiet, noisy = (follow(film(replace(SHORT, noise=noise)), changes=True).tracks[0].changes for noise in (2.0, 6.0))
    assert quiet is not None
    assert noisy is not None
    finest = np.s_[:, 0, 0, 0, :]
    louder = np.log(np.median(noisy.sizes[finest], axis=0) / np.median(quiet.sizes[finest], axis=0))
    contrast = [np.median(change_contrasts(one), axis=0).reshape(3, 3, 4, 3)[0, 0, 0, 0] for one in (quiet, noisy)]
    assert louder.min() > 0.5
    assert abs(contrast[1] - contrast[0]) < 0.25


def test_nothing_is_measured_over_a_gap_or_a_jump(followed: list[tuple[Frame, Face]]) -> None:
    sparse = followed[::12]
    assert len(sampled(sparse).times) == 0
    thrown = [
        (frame, face if number % 2 else replace(face, box=face.box + np.float32(80)))
        for number, (frame, face) in enumerate(followed)
    ]
    assert len(sampled(thrown).times) == 0


def test_a_frame_that_is_shown_twice_is_not_taken_for_stillness(followed: list[tuple[Frame, Face]]) -> None:
    frozen = [(replace(frame, image=followed[0][0].image), followed[0][1]) for frame, _ in followed]
    assert len(sampled(frozen).times) == 0


def test_a_face_that_fills_the_picture_has_no_surround(followed: list[tuple[Frame, Face]]) -> None:
    cut = []
    for frame, face in followed:
        left, top, right, bottom = np.rint(face.box).astype(int)
        moved = face.landmarks - np.array([left, top, 0], np.float32)
        tight = np.ascontiguousarray(frame.image[top:bottom, left:right])
        cut.append(
            (
                Frame(tight, frame.seconds),
                replace(face, landmarks=moved, box=face.box - np.tile([left, top], 2).astype(np.float32)),
            )
        )
    assert len(sampled(cut).times) == 0


def test_a_long_film_is_measured_in_bounded_memory(
    followed: list[tuple[Frame, Face]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_MEASUREMENTS", 6)
    changes = sampled(followed)
    assert 3 <= len(changes.times) <= 6
    assert changes.times[-1] - changes.times[0] > SHORT.seconds / 2


def test_only_who_asks_pays_for_it() -> None:
    assert follow(film(replace(SHORT, seconds=1.0))).tracks[0].changes is None
