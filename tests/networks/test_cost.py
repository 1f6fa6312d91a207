from dataclasses import replace

import pytest

from unmask.networks.autoencoder import SwapNetwork
from unmask.networks.cost import parameter_count, train_gflop
from unmask.networks.shape import SwapShape

SHAPE = SwapShape("df", 32, 8, 24, 16, 4, 2)


def test_the_count_is_that_of_a_network_that_was_built() -> None:
    built = sum(weight.numel() for weight in SwapNetwork(SHAPE).parameters())
    assert parameter_count(SHAPE) == built


def test_the_work_grows_with_the_batch_and_with_the_picture() -> None:
    assert train_gflop(SHAPE, 8) == pytest.approx(2 * train_gflop(SHAPE, 4))
    assert train_gflop(replace(SHAPE, resolution=64)) > 3 * train_gflop(SHAPE)
