"""How a face swap is to be trained, as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf

from unmask.errors import UsageError
from unmask.forgery.swap.losses import LossWeights
from unmask.forgery.swap.presets import DEFAULT_PRESET, Preset
from unmask.forgery.swap.warp import Warp
from unmask.networks.shape import Arch, SwapShape


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """All settings of a training.

    Attributes:
        preset: Size of the networks.
        arch: ``df`` keeps the looks of src, ``liae`` bends more to the light and shape of dst.
        batch: Faces of each person in an iteration.
        learning_rate: Of Adam, None for the preset's; halved whenever the loss was no number.
        seed: Of weights, order and warps.
        until_iterations: End after so many, earlier runs included; None for no such end.
        until_seconds: End after so much time spent on training, earlier runs included; None for no such end.
        save_every_seconds: Time between two checkpoints.
        keep: How many checkpoints stay.
        preview_every: Iterations between two previews; 0 for one at the end only.
        uniform_yaw: Whether turns of the head are drawn evenly.
        warp: How strongly faces are moved and bent.
        recolored: Share of the faces that are shown in the other person's colours, 0–1.
        weights: What counts how much in the loss.
        threads: That torch computes with; another number gives slightly other losses. None for torch's own choice.
        device: As torch names it; only ``cpu`` goes on bit for bit, and only that was tested.
        consent_id: Of the consent record, kept in each checkpoint; empty for puppets.
        facts: What else is to be kept in each checkpoint.

    Raises:
        UsageError: There is no end, or a number is out of range.
    """

    preset: Preset = DEFAULT_PRESET
    arch: Arch = "df"
    batch: int = 4
    learning_rate: float | None = None
    seed: int = 1
    until_iterations: int | None = None
    until_seconds: float | None = None
    save_every_seconds: float = 120.0
    keep: int = 3
    preview_every: int = 0
    uniform_yaw: bool = False
    warp: Warp = field(default_factory=Warp)
    recolored: float = 0.4
    weights: LossWeights = field(default_factory=LossWeights)
    threads: int | None = None
    device: str = "cpu"
    consent_id: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.until_iterations is None and self.until_seconds is None:
            raise UsageError("A training without an end never ends; give it a number of iterations or of seconds.")
        if self.batch < 1 or self.keep < 1 or self.seed < 0:
            raise UsageError("Batch and kept checkpoints are 1 or more, and a seed is 0 or more.")
        if not 0 <= self.recolored <= 1:
            raise UsageError(
                f"A share of {self.recolored} of the faces in other colours is not between 0 and 1; try 0.4."
            )
        if not 0 < self.first_learning_rate < 1:
            raise UsageError(f"A learning rate of {self.learning_rate} is not between 0 and 1; try 0.0002.")

    @property
    def shape(self) -> SwapShape:
        """The preset's networks in the chosen architecture."""
        return replace(self.preset.shape, arch=self.arch)

    @property
    def first_learning_rate(self) -> float:
        """The plan's own, or the preset's."""
        return self.preset.learning_rate if self.learning_rate is None else self.learning_rate

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
