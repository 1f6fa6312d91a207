from dataclasses import replace

import pytest
import torch

from unmask.errors import UsageError
from unmask.networks.autoencoder import SwapNetwork
from unmask.networks.shape import Arch, Side, SwapShape

SHAPE = SwapShape("df", 32, 8, 24, 16, 4, 2)


def network(arch: Arch, *, separable: bool = False) -> SwapNetwork:
    torch.manual_seed(3)
    return SwapNetwork(replace(SHAPE, arch=arch, separable=separable))


def pictures(count: int = 3, side: int = 32) -> torch.Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("separable", [False, True])
@pytest.mark.parametrize("side", ["src", "dst"])
@pytest.mark.parametrize("arch", ["df", "liae"])
def test_faces_and_masks_are_as_large_as_the_pictures_and_lie_between_0_and_1(
    arch: Arch, side: Side, *, separable: bool
) -> None:
    faces, masks = network(arch, separable=separable)(pictures(), side)
    assert faces.shape == (3, 3, 32, 32)
    assert masks.shape == (3, 1, 32, 32)
    for drawn in (faces, masks):
        assert 0 <= drawn.min() < drawn.max() <= 1


def test_df_shares_all_but_the_decoders() -> None:
    trained = network("df")
    trained(pictures(), "src")[0].sum().backward()
    reached = {name.split(".")[0] for name, weight in trained.named_parameters() if weight.grad is not None}
    assert reached == {"encoder", "inter", "decoder_src"}


def test_liae_draws_src_through_the_shared_bottleneck_alone() -> None:
    trained = network("liae")
    trained(pictures(), "src")[0].sum().backward()
    reached = {name.split(".")[0] for name, weight in trained.named_parameters() if weight.grad is not None}
    assert reached == {"encoder", "inter_ab", "decoder"}


def test_the_swap_of_liae_is_its_shared_code_twice() -> None:
    trained = network("liae")
    code = trained.inter_ab(trained.encoder(2 * pictures() - 1))
    faces, _ = trained.decoder(torch.cat([code, code], dim=1))
    assert torch.equal(faces, trained(pictures(), "src")[0])


@pytest.mark.parametrize("separable", [False, True])
def test_an_untrained_network_hears_its_input_and_draws_no_checkerboard(*, separable: bool) -> None:
    faces, _ = network("df", separable=separable)(pictures(8), "src")
    assert faces.std(0).mean() > 1e-4
    neighbours = (faces[..., 1:] - faces[..., :-1]).abs().mean((0, 1, 2))
    inside, between = neighbours[4:-4:2].mean(), neighbours[5:-4:2].mean()
    assert 0.5 < inside / between < 2


@pytest.mark.parametrize("wrong", [{"resolution": 50}, {"resolution": 16}, {"mask_channels": 0}])
def test_a_shape_that_cannot_be_built_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        replace(SHAPE, **wrong)  # type: ignore[arg-type] # mypy does not look into the mapping
