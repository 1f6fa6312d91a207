import numpy as np
import torch

from tests.forgery.swap.toy import BLUE, RED, discs
from unmask.forgery.swap.batches import Batches
from unmask.forgery.swap.faceset import FaceSet
from unmask.forgery.swap.warp import Warp


def batches(faces: FaceSet, *, seed: int = 1, uniform_yaw: bool = False) -> Batches:
    return Batches(faces, 4, seed, uniform_yaw=uniform_yaw, warp=Warp(), device=torch.device("cpu"))


def test_each_face_comes_once_before_any_comes_again() -> None:
    drawn = np.concatenate([batches(discs(RED, 18)).rows(iteration) for iteration in range(1, 10)])
    assert sorted(drawn[:18]) == sorted(drawn[18:]) == list(range(18))
    assert list(drawn[:18]) != list(drawn[18:])


def test_an_iteration_has_the_same_batch_whenever_it_is_asked_for() -> None:
    faces = discs(RED, 18)
    used = batches(faces)
    for iteration in range(1, 8):
        used.of(iteration)
    assert torch.equal(used.of(7).shown, batches(faces).of(7).shown)
    assert not torch.equal(used.of(7).shown, batches(faces, seed=2).of(7).shown)


def test_some_faces_are_shown_in_the_colours_of_the_other_person_and_all_are_asked_for_in_their_own() -> None:
    red, blue = discs(RED, 18), discs(BLUE, 18)
    used = Batches(red, 8, 1, uniform_yaw=False, warp=Warp(), device=torch.device("cpu"), others=blue, recolored=0.5)
    plain = Batches(red, 8, 1, uniform_yaw=False, warp=Warp(), device=torch.device("cpu"))
    several = [(used.of(iteration), plain.of(iteration)) for iteration in range(1, 5)]
    changed = torch.cat([(one.shown - other.shown).abs().amax((1, 2, 3)) > 0.2 for one, other in several])
    assert 0.2 < float(changed.float().mean()) < 0.8
    assert all(torch.equal(one.goal, other.goal) for one, other in several)


def test_rare_turns_of_the_head_are_drawn_as_often_as_common_ones_when_asked() -> None:
    faces = discs(RED, 40)
    pose = np.zeros((40, 3), np.float32)
    pose[:2, 0] = 50
    faces = FaceSet(faces.images, faces.masks, faces.landmarks, pose)
    shares = [
        np.mean(np.concatenate([batches(faces, uniform_yaw=even).rows(k) for k in range(1, 201)]) < 2)
        for even in (False, True)
    ]
    assert shares[0] < 0.08
    assert 0.4 < shares[1] < 0.6


def test_straight_faces_are_the_faces() -> None:
    faces = discs(RED, 10)
    batch = batches(faces).straight()
    assert np.allclose(batch.shown.permute(0, 2, 3, 1).numpy() * 255, faces.images, atol=0.01)
    assert np.allclose(batch.goal_mask[:, 0].numpy() * 255, faces.masks, atol=0.01)
