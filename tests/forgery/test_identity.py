from pathlib import Path

import numpy as np

from unmask.faces.track import follow
from unmask.forgery.identity import SAME_PERSON, distance, embedding_of, middle_of
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import settings

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
