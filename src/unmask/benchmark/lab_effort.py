"""How much the suite ``lab`` spends, and training that ends by processor time."""

import time
from dataclasses import dataclass

from unmask.forgery.lab import Sealer
from unmask.forgery.swap.plan import TrainingPlan
from unmask.forgery.swap.presets import preset_named
from unmask.forgery.swap.swapping import encoder_for, train_swap
from unmask.forgery.swap.training import Progress
from unmask.settings import Settings

SEED = 1
ENDLESS = 10_000_000


@dataclass(frozen=True, slots=True)
class Effort:
    """What a run of the suite spends.

    Attributes:
        puppet_cpu_seconds: Processor time of the training on puppets.
        pair_cpu_seconds: The same of that on a real pair.
        film_seconds: Length of each puppet's film that is trained on.
        test_seconds: Length of the film that is swapped.
        frame_rate: Of these films, frames a second.
        side: Of their pictures, pixels.
        turns: Pictures a turn of the head, for the error against yaw.
        faces: Faces drawn to time the inference.
        merge_seconds: Length of the film of 640×360 at 25 frames a second whose merging is timed.
        preset: Networks trained on puppets.
        pair_preset: Networks trained on a real pair.
        timed_preset: Networks whose inference is timed.
    """

    puppet_cpu_seconds: float = 600.0
    pair_cpu_seconds: float = 1200.0
    film_seconds: float = 24.0
    test_seconds: float = 10.0
    frame_rate: float = 12.5
    side: int = 320
    turns: int = 12
    faces: int = 200
    merge_seconds: float = 8.0
    preset: str = "micro64"
    pair_preset: str = "tiny96"
    timed_preset: str = "tiny64"


FULL = Effort()
QUICK = Effort(
    puppet_cpu_seconds=20.0,
    pair_cpu_seconds=20.0,
    film_seconds=6.0,
    test_seconds=2.0,
    side=224,
    turns=3,
    faces=50,
    merge_seconds=1.0,
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a training took.

    Attributes:
        cpu_seconds: Processor time of this process.
        iterations: How many were done in it.
    """

    cpu_seconds: float
    iterations: int


class CpuBudget:
    """Ends a training, as a press of Ctrl-C would, when so much processor time is spent."""

    def __init__(self, seconds: float) -> None:
        self._end = time.process_time() + seconds

    def __call__(self, _: Progress) -> None:
        """Called after each iteration."""
        if time.process_time() >= self._end:
            raise KeyboardInterrupt


def trained(
    sealer: Sealer,
    stores: tuple[str, str],
    name: str,
    preset: str,
    *,
    cpu_seconds: float,
    settings: Settings,
    anew: bool = False,
) -> Spent:
    """Train a model on one thread until its processor time is spent, from the shipped encoder or anew."""
    plan = TrainingPlan(preset_named(preset), seed=SEED, until_iterations=ENDLESS, save_every_seconds=1e6, threads=1)
    begun = time.process_time()
    begin = None if anew else encoder_for(plan)
    done = train_swap(sealer, stores, name, plan, settings, pretrained=begin, on_progress=CpuBudget(cpu_seconds))
    return Spent(time.process_time() - begun, done.iteration)
