"""The state of a training: networks, optimiser, faces, and one step of it."""

import platform
import time
from collections import deque
from collections.abc import Mapping
from math import isfinite, nan

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_, convert_conv2d_weight_memory_format

from unmask.errors import UsageError
from unmask.forgery.swap.batches import Batch, Batches
from unmask.forgery.swap.checkpoint import Checkpoint, DataOrder
from unmask.forgery.swap.curve import SMOOTHED_OVER, LossLine
from unmask.forgery.swap.faceset import FaceSet, parted
from unmask.forgery.swap.losses import PerPicture, face_loss
from unmask.forgery.swap.matching import CodeMatch
from unmask.forgery.swap.plan import TrainingPlan
from unmask.networks.autoencoder import Codes, SwapNetwork
from unmask.networks.shape import Side
from unmask.version import __version__

MOST_NORM = 10.0
"""Longer gradients are shortened to this: one odd batch must not undo a thousand."""
BETAS = (0.5, 0.999)
PEOPLE_APART = 1 << 20
"""Between the seeds of the two people."""


class NotANumber(ArithmeticError):
    """A loss or a gradient is infinite or no number; the weights are as they were."""


class Trainer:
    """A training in memory.

    Args:
        plan: How.
        src: Faces of the person who is drawn, of any size.
        dst: Faces of the person who is drawn over; None trains on one set only.

    Attributes:
        plan: How.
        network: The networks.
        held_out: Faces that are never trained on, at the network's size.
        iteration: How many are done.
        setbacks: How often the learning rate was halved.
        seconds: Time spent on steps, earlier runs included.

    Raises:
        UsageError: A set is too small.
    """

    def __init__(self, plan: TrainingPlan, src: FaceSet, dst: FaceSet | None) -> None:
        self.plan = plan
        self._device = torch.device(plan.device)
        self.network = _untrained(plan).to(self._device)
        self._optimiser = torch.optim.Adam(self.network.parameters(), plan.first_learning_rate, BETAS, fused=True)
        self.held_out: dict[Side, FaceSet] = {}
        self._batches: dict[Side, Batches] = {}
        self._take(src, dst)
        self._match = CodeMatch()
        self._order = DataOrder(plan.seed, plan.batch, plan.uniform_yaw, src.sha256, "" if dst is None else dst.sha256)
        self.iteration, self.setbacks, self.seconds = 0, 0, 0.0
        self._tail: deque[LossLine] = deque(maxlen=SMOOTHED_OVER)

    @property
    def learning_rate(self) -> float:
        """The plan's, halved at each setback."""
        return self.plan.first_learning_rate / float(2**self.setbacks)

    def step(self) -> LossLine:
        """One iteration.

        Raises:
            NotANumber: Loss or gradient is none; nothing has changed.
        """
        begun = time.perf_counter()
        self._optimiser.zero_grad()
        for group in self._optimiser.param_groups:
            group["lr"] = self.learning_rate
        losses: dict[Side, float] = {}
        for side, batches in self._batches.items():
            faces, codes = self._losses(side, batches.of(self.iteration + 1))
            loss = faces.mean()
            away = self._match.loss(side, codes) if len(self._batches) > 1 else torch.zeros(())
            torch.autograd.backward(loss + self.plan.weights.match * away)
            losses[side] = float(loss.detach())
        norm = clip_grad_norm_(self.network.parameters(), MOST_NORM)
        if not all(map(isfinite, (*losses.values(), float(norm)))):
            raise NotANumber
        self._optimiser.step()
        self.iteration += 1
        self.seconds += time.perf_counter() - begun
        line = LossLine(self.iteration, losses["src"], losses.get("dst", nan))
        self._tail.append(line)
        return line

    def recent_losses(self) -> tuple[float, float]:
        """Mean of the last iterations, of src and of dst; not a number before the first."""
        count = len(self._tail) or nan
        return sum(line.src for line in self._tail) / count, sum(line.dst for line in self._tail) / count

    def held_out_losses(self) -> tuple[float, float]:
        """Loss on faces never trained on, of src and of dst."""
        losses: dict[Side, float] = {}
        for side, faces in self.held_out.items():
            with torch.inference_mode():
                losses[side] = float(self._losses(side, self._batches_of(faces, 0).straight())[0].mean())
        return losses["src"], losses.get("dst", nan)

    def checkpoint(self) -> Checkpoint:
        """All that is needed to go on from here."""
        return Checkpoint(
            self.iteration,
            self.plan.preset.name,
            self.plan.shape,
            self._order,
            self.network.state_dict(),
            self._moments(),
            tuple(self._tail),
            self.setbacks,
            self.seconds,
            self.plan.consent_id,
            dict(self.plan.facts),
            made_with(),
            self._match.state(),
        )

    def restore(self, checkpoint: Checkpoint) -> tuple[str, ...]:
        """Go back to, or on from, a checkpoint.

        Returns:
            What keeps the losses from being those of an unbroken training, a sentence each.

        Raises:
            UsageError: It is one of another plan.
        """
        self._require_same_plan(checkpoint)
        self.network.load_state_dict(dict(checkpoint.weights))
        self._set_moments(checkpoint.optimiser)
        self._match.restore(checkpoint.match)
        self.iteration, self.setbacks, self.seconds = checkpoint.iteration, checkpoint.setbacks, checkpoint.seconds
        self._tail = deque(checkpoint.tail, maxlen=SMOOTHED_OVER)
        return self._differences(checkpoint)

    def begin_from(self, pretrained: Checkpoint) -> None:
        """Take encoder and bottlenecks from another training; ``liae`` begins with both bottlenecks alike.

        Raises:
            UsageError: It has another shape.
        """
        if pretrained.shape != self.plan.shape:
            raise UsageError(
                f"The pretrained {pretrained.preset} ({pretrained.shape.arch}) does not fit a "
                f"{self.plan.preset.name} ({self.plan.arch}); pretrain one of the same preset and arch."
            )
        weights = {name: tensor for name, tensor in pretrained.weights.items() if not name.startswith("decoder")}
        for name in [name for name in weights if name.startswith("inter_b.")]:
            weights[name] = weights[name.replace("inter_b.", "inter_ab.")]
        self.network.load_state_dict(weights, strict=False)

    def _take(self, src: FaceSet, dst: FaceSet | None) -> None:
        side, seed = self.plan.shape.resolution, self.plan.seed
        trained, self.held_out["src"] = parted(src.at(side))
        if dst is None:
            self._batches["src"] = self._batches_of(trained, seed)
            return
        others, self.held_out["dst"] = parted(dst.at(side))
        self._batches["src"] = self._batches_of(trained, seed, others)
        self._batches["dst"] = self._batches_of(others, seed + PEOPLE_APART, trained)

    def _batches_of(self, faces: FaceSet, seed: int, others: FaceSet | None = None) -> Batches:
        plan = self.plan
        return Batches(
            faces,
            plan.batch,
            seed,
            uniform_yaw=plan.uniform_yaw,
            warp=plan.warp,
            device=self._device,
            others=others,
            recolored=plan.recolored,
        )

    def _losses(self, side: Side, batch: Batch) -> tuple[PerPicture, Codes]:
        """The loss of each face, and its code."""
        drawn, codes = self.network.drawn_with_codes(batch.shown, side)
        return face_loss(drawn, batch.goal, batch.goal_mask, batch.features, self.plan.weights), codes

    def _moments(self) -> dict[str, Tensor]:
        state = self._optimiser.state
        return {
            f"{name}.{moment}": tensor
            for name, weight in self.network.named_parameters()
            for moment, tensor in state.get(weight, {}).items()
        }

    def _set_moments(self, moments: Mapping[str, Tensor]) -> None:
        self._optimiser.state.clear()
        weights = dict(self.network.named_parameters())
        for name, tensor in moments.items():
            weight_name, moment = name.rsplit(".", 1)
            weight = weights[weight_name]
            like = weight if tensor.dim() else torch.zeros((), device=self._device)
            self._optimiser.state[weight][moment] = torch.empty_like(like.detach()).copy_(tensor)

    def _require_same_plan(self, checkpoint: Checkpoint) -> None:
        pairs = {
            "preset": (checkpoint.preset, self.plan.preset.name),
            "networks": (checkpoint.shape, self.plan.shape),
            "seed": (checkpoint.order.seed, self.plan.seed),
            "batch": (checkpoint.order.batch, self.plan.batch),
            "uniform_yaw": (checkpoint.order.uniform_yaw, self.plan.uniform_yaw),
        }
        for name, (theirs, ours) in pairs.items():
            if theirs != ours:
                raise UsageError(
                    f"The folder holds a training with {name} {theirs}, not {ours}; go on with that, or choose another folder."
                )

    def _differences(self, checkpoint: Checkpoint) -> tuple[str, ...]:
        then, now = checkpoint.made_with, made_with()
        changed = [f"{name} {then.get(name, 'unknown')} to {now[name]}" for name in now if then.get(name) != now[name]]
        if checkpoint.order != self._order:
            changed.append("the faces")
        if not changed:
            return ()
        return (
            f"Since the checkpoint some things have changed ({', '.join(changed)}), so its losses are not continued bit for bit.",
        )


def made_with() -> dict[str, str]:
    """Versions and number of threads, which the last digits of a loss depend on."""
    return {
        "unmask": __version__,
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "threads": str(torch.get_num_threads()),
    }


def _untrained(plan: TrainingPlan) -> SwapNetwork:
    """Networks with the weights that follow from the seed; the chance of others is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(plan.seed)
        network = SwapNetwork(plan.shape)
    return convert_conv2d_weight_memory_format(network, torch.channels_last)
