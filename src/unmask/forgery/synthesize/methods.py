"""The two ways in which drawing faces is learned: as the inverse of an encoder, and against a discriminator.

Reference:
    Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014; Higgins et al., beta-VAE, ICLR 2017. Goodfellow et
    al., Generative adversarial nets, NeurIPS 2014; Miyato et al., ICLR 2018, for the hinge; Larsen et al., Autoencoding
    beyond pixels, ICML 2016, for a generator that is a decoder too.
"""

from copy import deepcopy
from dataclasses import dataclass, replace
from math import isfinite
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import relu
from torch.nn.utils import clip_grad_norm_
from torch.optim import Adam

from unmask.forgery.swap.losses import dssim
from unmask.forgery.swap.trainer import NotANumber
from unmask.forgery.synthesize.augment import augmented
from unmask.forgery.synthesize.plan import Recipe
from unmask.networks.discriminator import Discriminator
from unmask.networks.generator import Drawn, Encoder, Generator, Latents

Network = TypeVar("Network", bound=nn.Module)

SQUARES, STRUCTURE = 50.0, 1.0
"""Weights of the mean squared difference (that of noise with deviation 0.1) and of DSSIM."""
VAE_BETAS, GAN_BETAS = (0.9, 0.999), (0.5, 0.99)
MOST_NORM = 10.0
"""Longer gradients are shortened to this."""
JUDGING_RATE = 2.0
"""A discriminator learns so many times as fast as the generator (Heusel et al., NeurIPS 2017)."""
WARM_RATE = 5.0
"""A generator that begins as a decoder learns so many times as fast as it does against a discriminator."""
ANCHORED_EVERY = 2
"""Iterations from one to the next in which the generator also learns as a decoder, which keeps faces whole."""
AVERAGED_OVER = 0.995
"""Share of the averaged generator that an iteration leaves as it was."""


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """What an iteration begins with.

    Attributes:
        number: Of the iteration, from 1 on.
        pictures: Filmed faces.
        chance: Of all noise in it.
        learning_rate: Of Adam.
    """

    number: int
    pictures: Drawn
    chance: torch.Generator
    learning_rate: float


class Vae:
    """Encoder and generator, which learn to tell and to draw the same faces."""

    columns = ("picture", "divergence")

    def __init__(self, recipe: Recipe) -> None:
        self._beta = recipe.beta
        self._encoder = _laid_out(Encoder(recipe.latent, recipe.width, recipe.channels))
        self._generator = _laid_out(Generator(recipe.latent, recipe.width, recipe.upsampling, recipe.channels))
        self.networks = nn.ModuleDict({"encoder": self._encoder, "generator": self._generator})
        self.optimisers = {"vae": Adam(self.networks.parameters(), recipe.first_learning_rate, VAE_BETAS)}

    @property
    def drawing(self) -> Generator:
        """The generator."""
        return self._generator

    def step(self, turn: Turn) -> tuple[float, float]:
        """One iteration; how far the pictures are from what they should be, and what the encoder tells (nats a value).

        Raises:
            NotANumber: Loss or gradient is none; no weight has changed.
        """
        mean, log_variance = self._encoder(turn.pictures)
        noise = torch.randn(mean.shape, generator=turn.chance)
        drawn = self._generator(mean + noise * torch.exp(log_variance / 2))
        picture = picture_loss(drawn, turn.pictures)
        divergence = divergence_of(mean, log_variance) / turn.pictures[0].numel()
        _descend(self.optimisers["vae"], picture + self._beta * divergence, turn.learning_rate)
        return float(picture.detach()), float(divergence.detach())


class Gan:
    """A generator and a discriminator; the generator begins as a VAE's decoder, and goes on as one now and then."""

    columns = ("generator", "discriminator")

    def __init__(self, recipe: Recipe) -> None:
        self._warm, self._warm_iterations = Vae(recipe), recipe.warm_iterations
        self._generator = self._warm.drawing
        self._averaged = deepcopy(self._generator).requires_grad_(requires_grad=False)
        self._discriminator = _laid_out(Discriminator(2 * recipe.width, recipe.channels))
        self.networks = self._warm.networks
        self.networks.update({"averaged": self._averaged, "discriminator": self._discriminator})
        rate = recipe.first_learning_rate
        self.optimisers = self._warm.optimisers | {
            "generator": Adam(self._generator.parameters(), rate, GAN_BETAS),
            "discriminator": Adam(self._discriminator.parameters(), rate, GAN_BETAS),
        }

    @property
    def drawing(self) -> Generator:
        """The running mean of the generator, which draws more steadily than any moment of it."""
        return self._averaged

    def step(self, turn: Turn) -> tuple[float, float]:
        """One iteration; the losses of the generator and the discriminator, in a warm-up those of a VAE.

        Raises:
            NotANumber: Loss or gradient is none; no weight has changed, or those of the discriminator only.
        """
        if turn.number <= self._warm_iterations:
            losses = self._warm.step(replace(turn, learning_rate=WARM_RATE * turn.learning_rate))
            self._average(0.0)
            return losses
        if turn.number % ANCHORED_EVERY == 0:
            self._warm.step(turn)
        judging, drawing = self._judge(turn), self._draw(turn)
        self._average(AVERAGED_OVER)
        return drawing, judging

    def _judge(self, turn: Turn) -> float:
        with torch.no_grad():
            drawn = self._generator(self._latents(turn))
        filmed, made = (self._discriminator(augmented(some, turn.chance)) for some in (turn.pictures, drawn))
        loss = relu(1 - filmed).mean() + relu(1 + made).mean()
        _descend(self.optimisers["discriminator"], loss, JUDGING_RATE * turn.learning_rate)
        return float(loss.detach())

    def _draw(self, turn: Turn) -> float:
        drawn = self._generator(self._latents(turn))
        loss = -self._discriminator(augmented(drawn, turn.chance)).mean()
        _descend(self.optimisers["generator"], loss, turn.learning_rate)
        return float(loss.detach())

    def _latents(self, turn: Turn) -> Latents:
        return torch.randn(len(turn.pictures), self._generator.latent, generator=turn.chance)

    @torch.no_grad()
    def _average(self, kept: float) -> None:
        for mean, weight in zip(self._averaged.parameters(), self._generator.parameters(), strict=True):
            mean.lerp_(weight, 1 - kept)


Method = Vae | Gan
"""Either: ``networks`` is all that a checkpoint keeps, ``optimisers`` all that keep moments, both by name."""


def method_of(recipe: Recipe) -> Method:
    """Networks with the weights that follow from the recipe's seed; the chance of others is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return Vae(recipe) if recipe.method == "vae" else Gan(recipe)


def picture_loss(drawn: Drawn, goal: Drawn) -> Tensor:
    """How far pictures are from what they should be, mean over all: squares and structure."""
    structure = dssim(drawn.expand(-1, 3, -1, -1), goal.expand(-1, 3, -1, -1)).mean()
    return SQUARES * (drawn - goal).square().mean() + STRUCTURE * structure


def divergence_of(mean: Latents, log_variance: Latents) -> Tensor:
    """How far what an encoder tells is from the normal spread, in nats a picture (Kullback-Leibler)."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()


def _descend(optimiser: Adam, loss: Tensor, learning_rate: float) -> None:
    """One step of an optimiser.

    Raises:
        NotANumber: Loss or gradient is none; no weight has changed.
    """
    weights = [weight for group in optimiser.param_groups for weight in group["params"]]
    for group in optimiser.param_groups:
        group["lr"] = learning_rate
    optimiser.zero_grad()
    torch.autograd.backward(loss, inputs=weights)
    if not isfinite(float(clip_grad_norm_(weights, MOST_NORM))) or not isfinite(float(loss.detach())):
        raise NotANumber
    optimiser.step()


def _laid_out(network: Network) -> Network:
    """Channels last, which the processor computes quicker."""
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
