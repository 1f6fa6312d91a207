from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.forgery.swap.toy import BLUE, RED, discs, plan_of
from unmask.errors import UsageError
from unmask.forgery.steady import steady_torch
from unmask.forgery.swap.checkpoint import read_checkpoint
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.training import train


@pytest.fixture(autouse=True)
def one_thread() -> Generator[None]:
    """Two would wait for each other longer than the toy computes."""
    with steady_torch(plan_of(1).threads):
        yield


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(discs(RED), discs(BLUE), plan_of(2), tmp_path_factory.mktemp("model")).checkpoint


def test_faces_come_back_as_pictures_and_masks(path: Path) -> None:
    drawn = SwapModel.load(path).reconstruct(discs(BLUE).images, "dst")
    assert drawn.images.shape == (40, 32, 32, 3)
    assert drawn.masks.shape == (40, 32, 32)
    assert 0 <= drawn.masks.min() < drawn.masks.max() <= 1


def test_many_faces_are_drawn_as_one_by_one(path: Path) -> None:
    model, faces = SwapModel.load(path), discs(BLUE).images
    assert np.abs(model.swap(faces).images[33].astype(int) - model.swap(faces[33:34]).images[0]).max() <= 1


def test_the_swap_is_drawn_by_the_decoder_of_src(path: Path) -> None:
    model, faces = SwapModel.load(path), discs(BLUE).images
    assert np.array_equal(model.swap(faces).images, model.reconstruct(faces, "src").images)
    assert not np.array_equal(model.swap(faces).images, model.reconstruct(faces, "dst").images)


def test_no_faces_are_no_trouble(path: Path) -> None:
    assert SwapModel.load(path).swap(discs(BLUE).images[:0]).images.shape == (0, 32, 32, 3)


def test_faces_of_another_size_are_refused(path: Path) -> None:
    with pytest.raises(UsageError, match="64 pixels"):
        SwapModel.load(path).swap(discs(BLUE, 10, side=64).images)


def test_weights_of_another_shape_are_refused(path: Path) -> None:
    checkpoint = read_checkpoint(path)
    with pytest.raises(UsageError, match="not those of a df network"):
        SwapModel.of(replace(checkpoint, shape=replace(checkpoint.shape, inter_channels=7)))
