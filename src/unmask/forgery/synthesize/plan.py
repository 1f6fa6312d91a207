"""How a network that draws faces of nobody is to be trained, as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from types import MappingProxyType
from typing import Literal

from unmask.errors import UsageError
from unmask.networks.generator import Upsampling

MethodName = Literal["vae", "gan"]
ColorName = Literal["colour", "luma"]
CHANNELS: Mapping[ColorName, int] = MappingProxyType({"colour": 3, "luma": 1})
LEARNING_RATES: Mapping[MethodName, float] = MappingProxyType({"vae": 1e-3, "gan": 2e-4})
MOST_SEED = 2**31 - 1
LEAST_BATCH = 2
"""A discriminator compares the pictures of a batch with each other."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that the weights follow from, beside the faces and the iteration.

    Attributes:
        method: ``vae`` draws blurred faces within minutes, ``gan`` sharper ones within many.
        upsampling: How pictures are doubled, which decides what trace they bear.
        color: ``colour`` for RGB, ``luma`` for grey.
        latent: Numbers that a face is drawn from.
        width: Channels of the generator at 64 pixels.
        batch: Faces in an iteration.
        learning_rate: Of Adam, None for the method's own; halved whenever the loss was no number.
        seed: Of weights, order and noise.
        beta: How much the encoder's freedom costs; more gives rounder samples and blurrier faces.
        warm_iterations: Iterations in which a GAN's generator learns as a VAE's, before it is judged.

    Raises:
        UsageError: A number is out of range.
    """

    method: MethodName = "vae"
    upsampling: Upsampling = "shuffle"
    color: ColorName = "colour"
    latent: int = 64
    width: int = 16
    batch: int = 16
    learning_rate: float | None = None
    seed: int = 1
    beta: float = 12.0
    warm_iterations: int = 700

    def __post_init__(self) -> None:
        if self.batch < LEAST_BATCH or min(self.latent, self.width) < 1:
            raise UsageError(f"A batch holds {LEAST_BATCH} faces or more; latent and width are 1 or more.")
        if not 0 <= self.seed <= MOST_SEED or self.beta < 0 or self.warm_iterations < 0:
            raise UsageError(f"A seed is 0 to {MOST_SEED}; beta and warm iterations are 0 or more.")
        if not 0 < self.first_learning_rate < 1:
            raise UsageError(f"A learning rate of {self.learning_rate} is not between 0 and 1; try 0.001.")

    @property
    def name(self) -> str:
        """Method and upsampling, such as ``gan-transposed``."""
        return f"{self.method}-{self.upsampling}"

    @property
    def channels(self) -> int:
        """Of the pictures: 3 or 1."""
        return CHANNELS[self.color]

    @property
    def first_learning_rate(self) -> float:
        """The recipe's own, or the method's."""
        return LEARNING_RATES[self.method] if self.learning_rate is None else self.learning_rate


@dataclass(frozen=True, slots=True)
class SynthesisPlan:
    """All settings of a training.

    Attributes:
        recipe: What the weights follow from.
        until_iterations: End after so many, earlier runs included; None for no such end.
        until_seconds: End after so much time spent on training, earlier runs included; None for no such end.
        save_every_seconds: Time between two checkpoints.
        keep: How many checkpoints stay.
        threads: That torch computes with; networks as small as these gain nothing from more than one.
        facts: What else is to be kept in each checkpoint.

    Raises:
        UsageError: There is no end, or a number is out of range.
    """

    recipe: Recipe = field(default_factory=Recipe)
    until_iterations: int | None = None
    until_seconds: float | None = None
    save_every_seconds: float = 60.0
    keep: int = 2
    threads: int = 1
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.until_iterations is None and self.until_seconds is None:
            raise UsageError("A training without an end never ends; give it a number of iterations or of seconds.")
        if min(self.keep, self.threads) < 1:
            raise UsageError("Kept checkpoints and threads are 1 or more.")

    def is_over(self, iteration: int, seconds: float) -> bool:
        """Whether an end is reached."""
        too_many = self.until_iterations is not None and iteration >= self.until_iterations
        return too_many or (self.until_seconds is not None and seconds >= self.until_seconds)

    def remaining_seconds(self, iteration: int, seconds: float, iterations_per_second: float) -> float:
        """Time to the end that comes first."""
        by_time = inf if self.until_seconds is None else self.until_seconds - seconds
        if self.until_iterations is None:
            return max(by_time, 0.0)
        return max(min(by_time, (self.until_iterations - iteration) / iterations_per_second), 0.0)
