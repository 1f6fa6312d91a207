import numpy as np
import pytest
import torch

from tests.forgery.swap.toy import BLUE
from tests.forgery.synthesize.toy import faces, store
from unmask.errors import UsageError
from unmask.forgery.lab import Lab
from unmask.forgery.swap.store import open_store
from unmask.forgery.synthesize.augment import augmented
from unmask.forgery.synthesize.faces import TrainingFaces, as_pictures, as_tensor, faces_of


def test_the_same_iteration_draws_the_same_faces() -> None:
    some = faces()
    assert torch.equal(some.batch(6, 1, 9), some.batch(6, 1, 9))
    assert not torch.equal(some.batch(6, 1, 9), some.batch(6, 1, 10))
    assert not torch.equal(some.batch(6, 1, 9), some.batch(6, 2, 9))


def test_people_are_drawn_alike_however_many_faces_they_have() -> None:
    bright, dark = np.full((90, 64, 64, 1), 255, np.uint8), np.zeros((10, 64, 64, 1), np.uint8)
    some = TrainingFaces(np.concatenate([bright, dark]), np.repeat([0, 1], [90, 10]))
    assert 0.4 < float(some.batch(400, 1, 1).mean()) < 0.6


def test_pictures_pass_through_tensors_unchanged() -> None:
    pictures = faces().pictures
    assert (as_pictures(as_tensor(pictures)) == pictures).all()


def test_too_few_faces_are_refused() -> None:
    some = faces()
    with pytest.raises(UsageError, match="There are 9 faces; drawing faces is learned from 10 or more"):
        TrainingFaces(some.pictures[:9], some.owners[:9])


def test_faces_of_stores(lab: Lab) -> None:
    stores = [open_store(store(lab, "ann")), open_store(store(lab, "bob", BLUE))]
    assert faces_of(stores, 3).pictures.shape == (24, 64, 64, 3)
    grey = faces_of(stores, 1)
    assert grey.pictures.shape == (24, 64, 64, 1)
    assert grey.owners.tolist() == 12 * [0] + 12 * [1]
    other = open_store(store(lab, "eve", face_type="whole"))
    with pytest.raises(UsageError, match="holds faces of type full"):
        faces_of([*stores, other], 3)


def test_augmented_faces_are_moved_and_lit_and_let_gradients_through() -> None:
    pictures = faces().batch(6, 1, 1).requires_grad_()
    changed = augmented(pictures, torch.Generator().manual_seed(1))
    again = augmented(pictures, torch.Generator().manual_seed(1))
    assert torch.equal(changed, again)
    assert changed.shape == pictures.shape
    assert (changed - pictures).abs().mean() > 0.02
    torch.autograd.backward(changed.sum())
    assert pictures.grad is not None
    assert (pictures.grad != 0).float().mean() > 0.7
