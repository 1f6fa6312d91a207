"""Training a segmenter on a few dozen masks drawn by hand.

What it is shown is moved, bent, lit otherwise and partly covered by pieces of other faces each time anew, so that few
drawings go a long way. All chance follows from the seed and the number of the iteration.

Reference:
    Milletari, Navab, Ahmadi: V-Net, 3DV 2016, for the soft Dice loss.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf, isfinite

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from unmask.errors import InputError, UsageError
from unmask.forgery.steady import steady_torch
from unmask.forgery.swap.interrupts import held_interrupts
from unmask.forgery.swap.mask_examples import FaceMasks, MaskExamples, covered, lit, mean_overlap
from unmask.forgery.swap.mask_net import drawn_by
from unmask.forgery.swap.warp import Warp, generator_of, warped
from unmask.networks.segmenter import FaceLogits, Segmenter

FIFTH, HELD_OUT = 5, 2
"""Of each five drawings in order of time, the third is held out."""
RISE = 0.001
"""Less than this is no rise of the overlap."""
MOST_NORM = 5.0
DICE_FLOOR = 1.0


@dataclass(frozen=True, slots=True)
class MaskPlan:
    """All settings of a training.

    Attributes:
        until_iterations: End after so many; None for no such end.
        until_seconds: End after so much time; None for no such end.
        batch: Faces in an iteration.
        learning_rate: Of Adam.
        seed: Of weights, order, warps, light and pieces.
        warp: How strongly faces are moved and bent.
        covered: Share of the faces over which a piece of another one is laid.
        look_every: Iterations between two looks at the drawings held out.
        patience: Looks without a rise after which it ends.
        threads: That torch computes with; None for torch's own choice.

    Raises:
        UsageError: There is no end, or a number is out of range.
    """

    until_iterations: int | None = None
    until_seconds: float | None = None
    batch: int = 8
    learning_rate: float = 2e-3
    seed: int = 1
    warp: Warp = field(default_factory=lambda: Warp(rotation_degrees=15.0, scale=0.1, shift=0.06, bend=0.12, flip=0.5))
    covered: float = 0.5
    look_every: int = 25
    patience: int = 12
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.until_iterations is None and self.until_seconds is None:
            raise UsageError("A training without an end never ends; give it a number of iterations or of seconds.")
        if min(self.batch, self.look_every, self.patience) < 1 or self.seed < 0:
            raise UsageError("Batch, looks and patience are 1 or more, and a seed is 0 or more.")

    def is_over(self, iteration: int, seconds: float) -> bool:
        """Whether an end is reached."""
        return iteration >= (self.until_iterations or inf) or seconds >= (self.until_seconds or inf)


@dataclass(frozen=True, slots=True)
class MaskProgress:
    """How far a training is.

    Attributes:
        iteration: How many are done.
        seconds: Since it began.
        share: Of what is to be done at most, 0–1.
        iou: Best mean overlap with the drawings held out so far; not a number before the first look.
    """

    iteration: int
    seconds: float
    share: float
    iou: float


@dataclass(frozen=True, slots=True, eq=False)
class MaskTrained:
    """What a training came to.

    Attributes:
        network: The segmenter as it did best on the drawings held out.
        iteration: When that was.
        iterations: How many were done.
        seconds: How long it took.
        drawings: How many were learned from.
        held_out: How many were held out.
        iou: Mean overlap with those held out, 0–1.
        hull_iou: The same of the hulls of these faces' points.
        ended_early: Whether it ended because the overlap rose no more.
        interrupted: Whether it was stopped from the keyboard.
    """

    network: Segmenter
    iteration: int
    iterations: int
    seconds: float
    drawings: int
    held_out: int
    iou: float
    hull_iou: float
    ended_early: bool = False
    interrupted: bool = False


OnProgress = Callable[[MaskProgress], None]


def train_masks(examples: MaskExamples, plan: MaskPlan, *, on_progress: OnProgress | None = None) -> MaskTrained:
    """Train a segmenter until its time is over, or until it does no better on the drawings held out.

    Args:
        examples: As ``examples_of`` gives them.
        plan: How.
        on_progress: Called after each iteration.

    Raises:
        InputError: The loss was no number.
    """
    held_out = np.arange(len(examples.images)) % FIFTH == HELD_OUT
    seen, unseen = examples.chosen(~held_out), examples.chosen(held_out)
    with steady_torch(plan.threads), held_interrupts() as pressed:
        learner = _Learner(plan, seen, unseen)
        interrupted = False
        while not (interrupted or learner.is_over or learner.is_stale):
            learner.step()
            interrupted = _told(learner, on_progress) or pressed()
        learner.look()
        return MaskTrained(
            learner.best(),
            learner.best_iteration,
            learner.iteration,
            learner.seconds,
            len(seen.images),
            len(unseen.images),
            learner.best_iou,
            mean_overlap(unseen.hulls / np.float32(255), unseen),
            ended_early=learner.is_stale and not interrupted,
            interrupted=interrupted,
        )


def mask_loss(logits: FaceLogits, masks: FaceMasks) -> Float[Tensor, ""]:
    """Cross entropy of each pixel, and soft Dice of each face, which counts a small face as much as a large one."""
    shares = torch.sigmoid(logits)
    both = (shares * masks).sum((1, 2, 3))
    dice = 1 - (2 * both + DICE_FLOOR) / ((shares + masks).sum((1, 2, 3)) + DICE_FLOOR)
    return binary_cross_entropy_with_logits(logits, masks) + dice.mean()


class _Learner:
    """A training in memory: the network, and how well it did at best."""

    def __init__(self, plan: MaskPlan, seen: MaskExamples, unseen: MaskExamples) -> None:
        self.plan, self._seen_count, self._unseen = plan, len(seen.images), unseen
        layers = np.concatenate([seen.images.transpose(0, 3, 1, 2), seen.masks[:, None]], axis=1)
        self._layers = torch.from_numpy(np.ascontiguousarray(layers))
        self._network = _untrained(plan.seed)
        self._optimiser = torch.optim.Adam(self._network.parameters(), plan.learning_rate, fused=True)
        self.iteration, self.best_iteration, self.best_iou = 0, 0, -inf
        self._kept: dict[str, Tensor] = {}
        self._looked, self._begun = -1, time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    @property
    def is_over(self) -> bool:
        return self.plan.is_over(self.iteration, self.seconds)

    @property
    def is_stale(self) -> bool:
        """Whether the overlap has not risen for long."""
        return self.iteration - self.best_iteration >= self.plan.patience * self.plan.look_every

    def step(self) -> None:
        """One iteration, and a look now and then.

        Raises:
            InputError: The loss is no number.
        """
        chance = generator_of(self.plan.seed, self.iteration + 1)
        rows = torch.randint(self._seen_count, (self.plan.batch,), generator=chance)
        bent, _ = warped(self._layers[rows].float() / 255, self.plan.warp, chance)
        pictures, masks = covered(lit(bent[:, :3], chance), bent[:, 3:], self.plan.covered, chance)
        self._network.train()
        self._optimiser.zero_grad()
        loss = mask_loss(self._network(pictures), masks)
        if not isfinite(float(loss.detach())):
            raise InputError(f"The loss was no number at iteration {self.iteration + 1}; train with another seed.")
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), MOST_NORM)
        self._optimiser.step()
        self.iteration += 1
        if self.iteration % self.plan.look_every == 0:
            self.look()

    def look(self) -> None:
        """See how well the drawings held out are met, and keep the weights if better than ever."""
        if self._looked == self.iteration:
            return
        self._looked = self.iteration
        iou = mean_overlap(drawn_by(self._network, self._unseen.images), self._unseen)
        if iou > self.best_iou + RISE:
            self.best_iou, self.best_iteration = iou, self.iteration
            self._kept = {name: weight.clone() for name, weight in self._network.state_dict().items()}

    def best(self) -> Segmenter:
        """The network as it did best."""
        self._network.load_state_dict(self._kept)
        return self._network.eval()


def _told(learner: _Learner, on_progress: OnProgress | None) -> bool:
    """Tell of one iteration; True when the one who is told interrupts."""
    if on_progress is None:
        return False
    plan, seconds = learner.plan, learner.seconds
    share = max(learner.iteration / (plan.until_iterations or inf), seconds / (plan.until_seconds or inf))
    iou = learner.best_iou if isfinite(learner.best_iou) else float("nan")
    try:
        on_progress(MaskProgress(learner.iteration, seconds, min(share, 1.0), iou))
    except KeyboardInterrupt:
        return True
    return False


def _untrained(seed: int) -> Segmenter:
    """A segmenter with the weights that follow from the seed; the chance of others is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Segmenter()
