import torch

from unmask.networks.residuals import FILTERS, LEVELS, WIDTHS, ResidualNet, Residuals


def test_maps_lie_at_a_sixteenth() -> None:
    with torch.inference_mode():
        assert ResidualNet()(torch.rand(2, 3, 64, 96)).shape == (2, WIDTHS[-1], 4, 6)


def test_a_plain_slope_leaves_nothing_and_noise_does() -> None:
    y, x = torch.meshgrid(torch.arange(32.0), torch.arange(32.0), indexing="ij")
    slope = (x + 2 * y).expand(1, 3, 32, 32)
    noise = 120 + torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    within = (..., slice(3, -3), slice(3, -3))
    assert Residuals()(slope)[within].abs().max() < 1e-5
    assert Residuals()(noise)[within].abs().mean() > 0.1


def test_every_colour_is_filtered_by_itself() -> None:
    red = torch.zeros(1, 3, 16, 16)
    red[0, 0, 8, 8] = LEVELS
    left = Residuals()(red)[0].abs().amax((1, 2))
    assert (left[: len(FILTERS)] > 0.5).all()
    assert (left[len(FILTERS) :] == 0).all()


def test_a_large_edge_counts_no_more_than_a_few_levels() -> None:
    edge = torch.zeros(1, 3, 16, 16)
    edge[..., 8:] = LEVELS
    assert Residuals()(edge).abs().max() == 1
