import pytest
import torch

from unmask.networks.contrasts import RegionContrasts


@pytest.fixture(scope="module")
def network() -> RegionContrasts:
    torch.manual_seed(1)
    return RegionContrasts().eval()


def halves() -> torch.Tensor:
    """Inner face on the left, rim and surround both on the right."""
    masks = torch.zeros(1, 3, 64, 64)
    masks[:, 0, :, :32] = 1
    masks[:, 1:, :, 32:] = 1
    return masks


def test_regions_that_show_the_same_do_not_differ(network: RegionContrasts) -> None:
    with torch.inference_mode():
        found = network(torch.rand(1, 3, 64, 64), halves())
    assert found.shape == (1, 928)
    parts = found[0].split([2 * channels for channels in (16, 24, 32, 64, 96) for _ in range(2)])
    assert all(part.abs().max() > 0 for part in parts[::2])
    assert all(part.abs().max() == 0 for part in parts[1::2])


def test_a_region_that_is_not_in_the_picture_gives_numbers_still(network: RegionContrasts) -> None:
    with torch.inference_mode():
        assert network(torch.rand(1, 3, 64, 64), torch.zeros(1, 3, 64, 64)).isfinite().all()
