import numpy as np

from tests.forgery.synthesize.toy import faces
from unmask.forgery.synthesize.faces import TrainingFaces
from unmask.forgery.synthesize.memory import memory_of, nearest_training_distance, people_apart


def test_a_copy_and_its_mirror_image_lie_at_zero_and_noise_far_away() -> None:
    some = faces()
    noise = np.random.default_rng(1).integers(0, 256, (2, 64, 64, 3)).astype(np.uint8)
    drawn = np.concatenate([some.pictures[3:4], some.pictures[5:6, :, ::-1], noise])
    distances = nearest_training_distance(drawn, some)
    assert distances[:2].max() < 0.1
    assert distances[2:].min() > 20


def test_other_levels_lie_as_far_as_they_differ() -> None:
    some = TrainingFaces(np.full((10, 64, 64, 1), 100, np.uint8), np.zeros(10, np.int64))
    assert nearest_training_distance(np.full((1, 64, 64, 1), 130, np.uint8), some)[0] == 30


def test_what_was_learned_by_heart_lies_nearer_than_two_people() -> None:
    some = faces()
    memory = memory_of(some.pictures[:4], some)
    assert memory.people_apart is not None
    assert memory.nearest <= memory.median < 0.1 < memory.people_apart
    assert people_apart(TrainingFaces(some.pictures, np.zeros(len(some), np.int64))) is None
