import pytest
import torch

from unmask.networks.discriminator import Discriminator
from unmask.networks.generator import UPSAMPLINGS, Doubling, Encoder, Generator, Upsampling


def seeded(seed: int = 3) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
def test_pictures_are_64_pixels_wide_and_lie_between_0_and_1(upsampling: Upsampling, channels: int) -> None:
    torch.manual_seed(1)
    drawn = Generator(8, 2, upsampling, channels)(torch.randn(5, 8, generator=seeded()))
    assert drawn.shape == (5, channels, 64, 64)
    assert 0 < drawn.min() < drawn.max() < 1
    assert (drawn[0] - drawn[1]).abs().mean() > 1e-3  # other numbers, another picture


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
def test_the_usual_size_has_less_than_a_million_and_a_half_weights(upsampling: Upsampling) -> None:
    networks = [Generator(64, 16, upsampling), Encoder(64, 16), Discriminator(32)]
    assert all(sum(weight.numel() for weight in network.parameters()) < 1_500_000 for network in networks)


def evenness(upsampling: Upsampling) -> float:
    """Ratio of the strengths of the four pixels of a square, the weakest to the strongest, over many weights."""
    torch.manual_seed(2)
    larger = [torch.nn.Sequential(*list(Doubling(8, 8, upsampling))[:-2]) for _ in range(40)]
    drawn = torch.cat([layers(torch.ones(1, 8, 9, 9)) for layers in larger])
    inside = drawn[..., 4:-4, 4:-4]
    strengths = torch.stack([inside[..., y::2, x::2].square().mean() for y in (0, 1) for x in (0, 1)])
    return float((strengths.min() / strengths.max()).detach())


def test_a_transposed_convolution_covers_pixels_unevenly() -> None:
    assert evenness("nearest") > 0.99
    assert evenness("transposed") < 0.4  # a kernel of 3 at stride 2 covers one pixel of a square four times, one once


def test_an_encoder_tells_a_mean_and_a_variance_for_each_number() -> None:
    torch.manual_seed(1)
    mean, log_variance = Encoder(8, 2)(torch.rand(3, 3, 64, 64, generator=seeded()))
    assert mean.shape == log_variance.shape == (3, 8)


def test_a_discriminator_learns_to_tell_dark_from_bright() -> None:
    torch.manual_seed(1)
    discriminator = Discriminator(4, channels=1)
    optimiser = torch.optim.Adam(discriminator.parameters(), 2e-3)
    bright, dark = (level + 0.1 * torch.rand(8, 1, 64, 64, generator=seeded()) for level in (0.7, 0.2))
    for _ in range(25):
        optimiser.zero_grad()
        (discriminator(dark) - discriminator(bright)).mean().backward()
        optimiser.step()
    assert discriminator(bright).shape == (8, 4, 4)
    assert discriminator(bright).min() > discriminator(dark).max()


def test_a_generator_that_repeats_itself_is_noticed() -> None:
    torch.manual_seed(1)
    discriminator = Discriminator(4).eval()
    pictures = torch.rand(6, 3, 64, 64, generator=seeded())
    among_others, among_its_like = discriminator(pictures)[0], discriminator(pictures[:1].repeat(6, 1, 1, 1))[0]
    assert (among_others - among_its_like).abs().max() > 1e-4
