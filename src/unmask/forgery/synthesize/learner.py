"""The state of a synthesis that is being trained: networks, moments, faces, and one step of it."""

import time
from collections import deque
from math import nan

import torch
from torch import Tensor

from unmask.errors import UsageError
from unmask.forgery.swap.curve import SMOOTHED_OVER
from unmask.forgery.swap.trainer import made_with
from unmask.forgery.synthesize.checkpoint import Checkpoint
from unmask.forgery.synthesize.faces import TrainingFaces
from unmask.forgery.synthesize.methods import Turn, method_of
from unmask.forgery.synthesize.plan import SynthesisPlan

WEIGHTS, MOMENTS = "weights.", "moments."
ITERATIONS_APART = 1 << 32
"""Between the noise of two seeds."""


class Learner:
    """A training in memory.

    Args:
        plan: How.
        faces: What is learned from.

    Attributes:
        plan: How.
        method: Networks and optimisers.
        iteration: How many are done.
        setbacks: How often the learning rate was halved.
        seconds: Time spent on steps, earlier runs included.

    Raises:
        UsageError: The faces are not in the plan's colours.
    """

    def __init__(self, plan: SynthesisPlan, faces: TrainingFaces) -> None:
        if faces.channels != plan.recipe.channels:
            raise UsageError(f"Faces of {faces.channels} channels are not in {plan.recipe.color}; take others.")
        self.plan, self._faces = plan, faces
        self.method = method_of(plan.recipe)
        self.iteration, self.setbacks, self.seconds = 0, 0, 0.0
        self._tail: deque[tuple[float, float]] = deque(maxlen=SMOOTHED_OVER)

    @property
    def learning_rate(self) -> float:
        """The plan's, halved at each setback."""
        return self.plan.recipe.first_learning_rate / float(2**self.setbacks)

    def step(self) -> tuple[float, float]:
        """One iteration; its losses.

        Raises:
            NotANumber: Loss or gradient is none; go back to a checkpoint.
        """
        begun, number = time.perf_counter(), self.iteration + 1
        recipe = self.plan.recipe
        chance = torch.Generator().manual_seed(recipe.seed * ITERATIONS_APART + number)
        pictures = self._faces.batch(recipe.batch, recipe.seed, number)
        losses = self.method.step(Turn(number, pictures, chance, self.learning_rate))
        self.iteration = number
        self.seconds += time.perf_counter() - begun
        self._tail.append(losses)
        return losses

    def recent_losses(self) -> tuple[float, float]:
        """Mean of the last iterations of this run; not a number before the first."""
        count = len(self._tail) or nan
        return sum(first for first, _ in self._tail) / count, sum(second for _, second in self._tail) / count

    def checkpoint(self) -> Checkpoint:
        """All that is needed to go on from here."""
        weights = {WEIGHTS + name: tensor for name, tensor in self.method.networks.state_dict().items()}
        return Checkpoint(
            self.iteration,
            self.plan.recipe,
            self._faces.sha256,
            weights | self._moments(),
            self.setbacks,
            self.seconds,
            dict(self.plan.facts),
            made_with(),
        )

    def restore(self, checkpoint: Checkpoint) -> tuple[str, ...]:
        """Go back to, or on from, a checkpoint.

        Returns:
            What keeps the losses from being those of an unbroken training, a sentence or none.

        Raises:
            UsageError: It is one of another recipe.
        """
        ours = self.plan.recipe
        if checkpoint.recipe != ours:
            raise UsageError(
                f"The folder holds a training by {checkpoint.recipe}, not by {ours}; go on with that, or choose another name."
            )
        restore_networks(self.method.networks, checkpoint)
        self._restore_moments(checkpoint)
        self.iteration, self.setbacks, self.seconds = checkpoint.iteration, checkpoint.setbacks, checkpoint.seconds
        self._tail.clear()
        then, now = checkpoint.made_with, made_with()
        changed = [name for name in now if then.get(name) != now[name]]
        changed += ["the faces"] if checkpoint.faces_sha256 != self._faces.sha256 else []
        said = f"Since the checkpoint some things have changed ({', '.join(changed)}), so its losses are not continued bit for bit."
        return (said,) if changed else ()

    def _moments(self) -> dict[str, Tensor]:
        return {
            f"{MOMENTS}{name}.{number}.{moment}": tensor
            for name, optimiser in self.method.optimisers.items()
            for number, moments in optimiser.state_dict()["state"].items()
            for moment, tensor in moments.items()
        }

    def _restore_moments(self, checkpoint: Checkpoint) -> None:
        for name, optimiser in self.method.optimisers.items():
            begin = f"{MOMENTS}{name}."
            state: dict[int, dict[str, Tensor]] = {}
            for full, tensor in checkpoint.tensors.items():
                if full.startswith(begin):
                    number, moment = full.removeprefix(begin).split(".")
                    state.setdefault(int(number), {})[moment] = tensor
            optimiser.load_state_dict(optimiser.state_dict() | {"state": state})


def restore_networks(networks: torch.nn.Module, checkpoint: Checkpoint) -> None:
    """Give networks the weights of a checkpoint.

    Raises:
        UsageError: It does not hold them.
    """
    weights = {
        name.removeprefix(WEIGHTS): tensor for name, tensor in checkpoint.tensors.items() if name.startswith(WEIGHTS)
    }
    try:
        networks.load_state_dict(weights)
    except RuntimeError as error:
        raise UsageError("The checkpoint does not hold the weights of its recipe; train anew.") from error
