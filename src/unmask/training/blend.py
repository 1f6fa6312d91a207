"""Trains the network of the detector ``blend``: was a face laid over this picture, and where?

Pairs are made while it learns; both members lie in one batch, and beside the label of each the difference of the two
is asked for. What it is worth is measured on people, kinds and a coder that it never sees.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import cos, inf, isfinite, pi
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from unmask.errors import InputError, UsageError
from unmask.forgery.steady import steady_torch
from unmask.forgery.swap.interrupts import held_interrupts
from unmask.forgery.tensor_file import Tensors, read_tensors, write_tensors
from unmask.media.writing import written_aside
from unmask.networks.blend import BlendNetwork, Net
from unmask.training.blend_looks import Answer, answers_of, area, as_input, settle_places, trials_of
from unmask.training.blend_pairs import LEARNED, Pair, make_pair
from unmask.training.faces import Faces
from unmask.training.filming import draw_filming, filmed, filmed_mask

LABEL_RATE_FACTOR = 5.0
"""The heads begin from nothing and learn faster than the trunk."""
RANKING, PLACES = 0.5, 1.0
"""Weights of the difference within pairs and of the squares, against one for the label."""
WARM_SHARE = 0.05
LEAST_RATE_SHARE = 0.03
MOST_NORM = 5.0
CHECKPOINT, BEST, CURVE = "blend-checkpoint.safetensors", "blend-best.safetensors", "blend-curve.csv"
VALIDATION_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class BlendRecipe:
    """How the network is trained.

    Attributes:
        iterations: At most.
        pairs: Of each iteration.
        rate: Learning rate of the trunk at its height.
        seed: Of everything that is drawn.
        look_every: Iterations from one look at the validation to the next.
        patience: Looks without a rise after which training ends.
        threads: Of torch.
        net: What reads the pictures.
        paired: Whether a forged picture lies in a batch with its own original, and their difference is asked for; where
            not, the originals are of others, which only shows what pairs are worth.
        device: As torch names it; only ``cpu`` comes to the same again, and only that was tried.
    """

    iterations: int = 6000
    pairs: int = 8
    rate: float = 5e-4
    seed: int = 1
    look_every: int = 500
    patience: int = 5
    threads: int = 1
    net: Net = "mobilenet16"
    paired: bool = True
    device: str = "cpu"

    def __post_init__(self) -> None:
        if not (isfinite(self.rate) and self.rate > 0):
            raise UsageError(f"A learning rate of {self.rate} trains nothing; take one above 0, such as 0.0005.")
        if min(self.iterations, self.pairs, self.look_every, self.patience, self.threads) < 1:
            raise UsageError("Iterations, pairs, looks, patience and threads of a recipe are at least 1 each.")
        if self.device.startswith("cuda") and not torch.cuda.is_available():
            raise UsageError(f"There is no device '{self.device}' here; train on the processor, 'cpu'.")


FULL = BlendRecipe()
QUICK = BlendRecipe(iterations=200, look_every=100)


@dataclass(frozen=True, slots=True)
class Look:
    """How the network did after some iterations.

    Attributes:
        loss: Mean since the last look.
        area: Under the curve, over all trials of the validation.
        overlap: Median intersection over union of the places.
    """

    iteration: int
    seconds: float
    loss: float
    area: float
    overlap: float

    def sentence(self, iterations: int) -> str:
        """The look for someone who waits."""
        return f"Iteration {self.iteration} of {iterations}, {self.seconds / 60:.1f} min: loss {self.loss:.3f}, AUC {self.area:.3f} on people it does not learn from."


@dataclass(frozen=True, slots=True, eq=False)
class TrainedBlend:
    """The network as it did best, and how.

    Attributes:
        network: Ready to judge, its squares settled.
        answers: Of it, on the validation.
        untrained: Of the network before its first iteration, on the same.
        looks: All of them, in order.
        interrupted: Whether the one who is told stopped it; the next run goes on.
    """

    network: BlendNetwork
    answers: tuple[Answer, ...]
    untrained: tuple[Answer, ...]
    looks: tuple[Look, ...]
    interrupted: bool

    @property
    def best_iteration(self) -> int:
        """Of the state that was kept; 0 before the first look."""
        return max(self.looks, key=lambda look: look.area).iteration if self.looks else 0


def train_blend(
    films: Sequence[Faces],
    work: Path,
    recipe: BlendRecipe = FULL,
    *,
    begin_from: Tensors | None = None,
    on_look: Callable[[Look], None] = lambda _: None,
    on_step: Callable[[int], None] = lambda _: None,
) -> TrainedBlend:
    """Train until the recipe's end, or until the validation rises no more.

    Args:
        films: Faces nobody has forged, of four people or more; a quarter of the people validate.
        work: Folder with the checkpoint, from which a broken run goes on, and the curve as CSV.
        recipe: How.
        begin_from: Weights of a whole MobileNetV2; chance when None.
        on_look: Told of each look at the validation.
        on_step: Told of each iteration.

    Raises:
        UsageError: There are too few people, the checkpoint belongs to another recipe or other films, or the network
            takes no weights of MobileNetV2.
        InputError: The loss was no number, or the checkpoint is damaged.
        OutputError: The checkpoint cannot be written.
    """
    seen, unseen = split_people(films, recipe.seed)
    work.mkdir(parents=True, exist_ok=True)
    with steady_torch(recipe.threads, repeatable=False), held_interrupts() as pressed:
        learner = _Learner(recipe, seen, unseen, work, begin_from)
        while not (learner.is_over or pressed()):
            learner.step()
            on_step(learner.iteration)
            if learner.iteration % recipe.look_every == 0 or learner.iteration == recipe.iterations:
                on_look(learner.look())
        return learner.trained(interrupted=pressed())


def split_people(films: Sequence[Faces], seed: int) -> tuple[tuple[Faces, ...], tuple[Faces, ...]]:
    """Films to learn from and films to validate on, no person in both.

    Raises:
        UsageError: There are fewer than four people.
    """
    people = sorted({film.person for film in films})
    if len(people) < 4:
        raise UsageError(
            f"There are faces of {len(people)} people; two to learn from and two to validate on are the least."
        )
    drawn = np.random.default_rng(seed).permutation(len(people))
    kept = {people[number] for number in drawn[: max(2, round(len(people) * VALIDATION_SHARE))]}
    return tuple(f for f in films if f.person not in kept), tuple(f for f in films if f.person in kept)


class _Learner:
    """A training in progress: network, optimiser, and how well it did at best."""

    def __init__(
        self,
        recipe: BlendRecipe,
        seen: Sequence[Faces],
        unseen: Sequence[Faces],
        work: Path,
        begin_from: Tensors | None,
    ) -> None:
        self._recipe, self._seen, self._work = recipe, seen, work
        self._trials = trials_of(unseen, recipe.seed)
        torch.manual_seed(recipe.seed)
        self._device = torch.device(recipe.device)
        self.network = BlendNetwork(recipe.net)
        if begin_from is not None:
            self.network.begin_from(begin_from)
        self.network.to(self._device).to(memory_format=torch.channels_last)  # type: ignore[call-overload] # torch's stubs know no memory_format alone
        self._optimiser = torch.optim.AdamW(list(self._groups()), weight_decay=1e-2)
        self.iteration, self._seconds, self._best_area, self._best_iteration = 0, 0.0, -inf, 0
        self._losses: list[float] = []
        self._looks: list[Look] = []
        self._untrained = answers_of(self.network, self._trials)
        self._begun = monotonic()
        if (work / CHECKPOINT).is_file():
            self._go_on()

    @property
    def is_over(self) -> bool:
        """Whether the last iteration is done, or the validation has not risen for long."""
        waited = self.iteration - self._best_iteration
        return self.iteration >= self._recipe.iterations or waited >= self._recipe.patience * self._recipe.look_every

    def step(self) -> None:
        """One iteration.

        Raises:
            InputError: The loss is no number.
        """
        chance = np.random.default_rng([self._recipe.seed, self.iteration])
        torch.manual_seed(int(chance.integers(2**31)))
        pictures, masks = (one.to(self._device) for one in self._batch(chance))
        self._set_rate()
        self.network.learning(learns=True)
        self._optimiser.zero_grad()
        totals, places = self.network(pictures)
        loss = blend_loss(totals, places, masks, paired=self._recipe.paired)
        if not isfinite(float(loss.detach())):
            raise InputError(
                f"The loss was no number at iteration {self.iteration + 1}; train with another seed or rate."
            )
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), MOST_NORM)
        self._optimiser.step()
        self._losses.append(float(loss.detach()))
        self.iteration += 1

    def look(self) -> Look:
        """See how well the validation is met, keep the weights if better than ever, and what is needed to go on."""
        answers = answers_of(self.network, self._trials)
        seconds = self._seconds + monotonic() - self._begun
        overlap = float(np.median([one.overlap for one in answers]))
        look = Look(self.iteration, seconds, float(np.mean(self._losses or [np.nan])), area(answers), overlap)
        self._losses = []
        self._looks.append(look)
        if look.area > self._best_area:
            self._best_area, self._best_iteration = look.area, self.iteration
            write_tensors(self._work / BEST, self.network.state_dict(), {"recipe": asdict(self._recipe)})
        self._keep(seconds)
        return look

    def trained(self, *, interrupted: bool) -> TrainedBlend:
        """The network as it did best, on the processor."""
        self.network.to("cpu")
        if (self._work / BEST).is_file():
            weights = read_tensors(self._work / BEST, "network for blends", lambda _, tensors: dict(tensors))
            self.network.load_state_dict(weights)
        settle_places(self.network, self._trials)
        answers = answers_of(self.network, self._trials)
        return TrainedBlend(self.network, answers, self._untrained, tuple(self._looks), interrupted)

    def _batch(self, chance: np.random.Generator) -> tuple[Tensor, Tensor]:
        pairs = self._pairs(chance)
        return _as_batch(pairs, pairs if self._recipe.paired else self._pairs(chance), chance)

    def _pairs(self, chance: np.random.Generator) -> list[Pair]:
        return [make_pair(self._seen, LEARNED, chance) for _ in range(self._recipe.pairs)]

    def _groups(self) -> Iterator[dict[str, Any]]:
        heads = [self.network.coarse, self.network.fine, self.network.place, self.network.label]
        yield {"params": list(self.network.trunk.parameters()), "lr": self._recipe.rate}
        yield {
            "params": [weight for head in heads for weight in head.parameters()],
            "lr": self._recipe.rate * LABEL_RATE_FACTOR,
        }

    def _set_rate(self) -> None:
        """Warm up, then fall along a cosine."""
        done = self.iteration / self._recipe.iterations
        share = min(1.0, (done + 1e-9) / WARM_SHARE) * (
            LEAST_RATE_SHARE + (1 - LEAST_RATE_SHARE) * (1 + cos(pi * done)) / 2
        )
        for group, factor in zip(self._optimiser.param_groups, (1.0, LABEL_RATE_FACTOR), strict=True):
            group["lr"] = self._recipe.rate * factor * share

    def _keep(self, seconds: float) -> None:
        moments = {
            f"moment.{number}.{name}": value
            for number, weight in enumerate(self._weights())
            for name, value in self._optimiser.state.get(weight, {}).items()
        }
        network = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        told = {
            "recipe": asdict(self._recipe),
            "iteration": self.iteration,
            "seconds": seconds,
            "best": [self._best_area, self._best_iteration],
            "looks": [asdict(look) for look in self._looks],
            "films": self._films(),
        }
        write_tensors(self._work / CHECKPOINT, network | moments, told)
        with written_aside(self._work / CURVE) as aside:
            lines = [",".join(f"{value:.6g}" for value in asdict(look).values()) for look in self._looks]
            aside.write_text("\n".join([",".join(Look.__dataclass_fields__), *lines]) + "\n", encoding="utf-8")

    def _go_on(self) -> None:
        told, tensors = read_tensors(
            self._work / CHECKPOINT, "checkpoint of blend", lambda head, kept: (head, dict(kept))
        )
        if BlendRecipe(**told["recipe"]) != self._recipe or told["films"] != self._films():
            raise UsageError(
                f"The checkpoint in '{self._work.name}' belongs to another recipe or other films; name another folder with --work."
            )
        self.network.load_state_dict(
            {n.removeprefix("network."): t for n, t in tensors.items() if n.startswith("network.")}
        )
        for number, weight in enumerate(self._weights()):
            # The count of its steps is kept where torch wants it: on the processor.
            state = {
                n.split(".")[2]: t.to(self._device) if t.dim() else t
                for n, t in tensors.items()
                if n.startswith(f"moment.{number}.")
            }
            if state:
                self._optimiser.state[weight] = state
        self.iteration, self._seconds = told["iteration"], told["seconds"]
        self._best_area, self._best_iteration = told["best"]
        self._looks = [Look(**look) for look in told["looks"]]

    def _weights(self) -> list[Tensor]:
        return [weight for group in self._optimiser.param_groups for weight in group["params"]]

    def _films(self) -> list[str]:
        return sorted({f"{film.person} {film.clip.path.name} {len(film.images)}" for film in self._seen})


def blend_loss(
    totals: Float[Tensor, " batch"],
    places: Float[Tensor, "batch 28 28"],
    masks: Float[Tensor, "batch 28 28"],
    *,
    paired: bool = True,
) -> Float[Tensor, ""]:
    """Label, difference within each pair if there are any, and squares; forged pictures have even numbers, originals odd ones."""
    label = (torch.arange(len(totals), device=totals.device) % 2 == 0).float()
    ranked = softplus(totals[1::2] - totals[0::2]).mean()
    return (
        binary_cross_entropy_with_logits(totals, label)
        + (RANKING if paired else 0.0) * ranked
        + PLACES * binary_cross_entropy_with_logits(places, masks)
    )


def _as_batch(
    pairs: Sequence[Pair], others: Sequence[Pair], chance: np.random.Generator
) -> tuple[Float32[Tensor, "batch 3 224 224"], Float32[Tensor, "batch 28 28"]]:
    """Forged pictures and where they were, each before an original: its own, filmed alike, or that of another pair."""
    pictures, masks = [], []
    for pair, other in zip(pairs, others, strict=True):
        filming = draw_filming(chance)
        pictures += [filmed(pair.fake, filming), filmed(other.real, filming if other is pair else draw_filming(chance))]
        mask = filmed_mask(pair.mask, filming)
        masks += [mask, np.zeros_like(mask)]
    given = torch.from_numpy(as_input(pictures)).contiguous(memory_format=torch.channels_last)
    return given, torch.from_numpy(np.stack(masks))
