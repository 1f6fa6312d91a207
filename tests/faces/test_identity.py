import hashlib
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.actor import HER, acted
from unmask.errors import MissingComponent
from unmask.faces import identity
from unmask.faces.identity import (
    SAME_PERSON,
    apart,
    distance,
    embedding_of,
    installed,
    looks_of,
    middle_of,
    network_sha256,
)
from unmask.faces.track import follow
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import settings
from unmask.types import Crop

EXAMPLE = Path(__file__).parents[2] / "examples" / "real.mp4"


def test_one_person_stays_one_and_is_not_noise() -> None:
    with open_frames(EXAMPLE, probe(EXAMPLE, settings()), settings()) as opened:
        frames = [frame for index, frame in enumerate(opened) if index < 60]
    (track,) = follow(frames).tracks
    points = track.landmarks_of()
    rows = range(0, len(track.times), 12)
    faces = np.array([embedding_of(frames[row].image, points[row]) for row in rows])
    assert max(distance(face, middle_of(faces)) for face in faces) < 0.4
    scrambled = np.random.default_rng(1).permutation(frames[0].image.reshape(-1, 3)).reshape(frames[0].image.shape)
    assert distance(embedding_of(scrambled, points[0]), middle_of(faces)) > SAME_PERSON


def test_the_measure_is_the_same_each_time() -> None:
    image = np.random.default_rng(2).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    points = np.random.default_rng(3).uniform(50, 150, (468, 3)).astype(np.float32)
    assert distance(embedding_of(image, points), embedding_of(image, points)) == 0.0


def crop(seconds: float, sharpness: float) -> Crop:
    image = np.random.default_rng(round(seconds)).integers(0, 255, (256, 256, 3), dtype=np.uint8)
    points = np.random.default_rng(3).uniform(50, 150, (468, 3)).astype(np.float32)
    return Crop(image, seconds, points, sharpness, 1.0, np.zeros((4, 2), np.float32))


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network in whose place each picture gets its mean brightness, so that it is quick."""
    monkeypatch.setattr(identity, "embedding_of", lambda image, _: np.full(128, image.mean()))


@pytest.mark.usefixtures("looked_at")
def test_the_sharpest_of_the_frontal_pictures_are_looked_at_in_order_of_time() -> None:
    track = acted(0 * HER, seconds=10.0, crops=tuple(crop(float(k), float(k % 4)) for k in range(10)))
    track.pose[(track.times > 6.5) & (track.times < 7.5), 0] = 50.0  # turned away in one of the two sharpest
    seconds, looks = looks_of(track, 2)
    assert seconds.tolist() == [2.0, 3.0]
    assert looks.shape == (2, 128)


@pytest.mark.usefixtures("looked_at")
def test_a_face_that_is_never_frontal_is_looked_at_all_the_same() -> None:
    track = acted(0 * HER, seconds=10.0, crops=(crop(2.0, 1.0), crop(4.0, 2.0)))
    track.pose[:, 0] = 60.0
    assert looks_of(track)[0].tolist() == [2.0, 4.0]
    assert looks_of(replace(track, crops=()))[1].shape == (0, 128)


def test_a_stranger_among_clips_lies_apart_from_the_others() -> None:
    chance = np.random.default_rng(1)
    own = 0.02 * chance.normal(size=(4, 128))
    far = apart(np.concatenate([own, own[:1] + 0.08]))
    assert (far[:4] < SAME_PERSON).all()
    assert far[4] > SAME_PERSON
    assert apart(own[:1]).tolist() == [0.0]


def test_a_missing_extra_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    identity._network.cache_clear()
    monkeypatch.setitem(sys.modules, "dlib", None)
    assert not installed()
    with pytest.raises(MissingComponent, match=r"pip install 'unmask\[identity\]'"):
        embedding_of(np.zeros((64, 64, 3), np.uint8), np.zeros((468, 3), np.float32))
    identity._network.cache_clear()


def test_the_hash_of_the_network_is_that_of_its_file() -> None:
    assert network_sha256() == hashlib.sha256(identity._model().read_bytes()).hexdigest()
