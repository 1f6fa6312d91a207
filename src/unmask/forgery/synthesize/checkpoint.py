"""A training of a synthesis, kept in files of tensors: all that is needed to go on where it stopped."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from unmask.forgery.synthesize.plan import Recipe
from unmask.forgery.tensor_file import ENDING, drop_older, newest_whole, read_tensors, write_tensors

FORMAT = 1
PATTERN = f"synthesis-*{ENDING}"


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A training at one iteration, all that is needed to go on.

    Attributes:
        iteration: How many are done.
        recipe: What the weights follow from.
        faces_sha256: Of the faces, as ``TrainingFaces.sha256``.
        tensors: Weights of the networks and moments of the optimisers, by name.
        setbacks: How often training had to go back, halving the learning rate.
        seconds: Time spent on training.
        facts: What else is kept with it.
        made_with: Versions and number of threads, which the last digits of a loss depend on.
    """

    iteration: int
    recipe: Recipe
    faces_sha256: str
    tensors: Mapping[str, Tensor]
    setbacks: int = 0
    seconds: float = 0.0
    facts: Mapping[str, str] = field(default_factory=dict)
    made_with: Mapping[str, str] = field(default_factory=dict)


def save_checkpoint(folder: Path, checkpoint: Checkpoint, keep: int = 2) -> Path:
    """Write a checkpoint into a folder; it is on the disk when this returns.

    Args:
        folder: Where it goes, as ``synthesis-ITERATION.safetensors``.
        checkpoint: What to keep.
        keep: How many checkpoints stay, this one included.

    Returns:
        Its path.

    Raises:
        OutputError: It cannot be written; the older ones are as they were.
    """
    path = folder / f"synthesis-{checkpoint.iteration:09d}{ENDING}"
    write_tensors(path, checkpoint.tensors, _head_of(checkpoint))
    drop_older(checkpoints(folder), keep)
    return path


def read_checkpoint(path: Path) -> Checkpoint:
    """A checkpoint from its file; nothing in it is executed.

    Raises:
        Unreadable: It cannot be opened.
        InputError: It is damaged, or is no checkpoint of a synthesis.
    """
    return read_tensors(path, "checkpoint of a synthesis", _checkpoint_of)


def newest(folder: Path) -> tuple[Checkpoint | None, tuple[Path, ...]]:
    """The newest whole checkpoint of a folder, None if there is none, and the damaged ones that are newer."""
    return newest_whole(checkpoints(folder), read_checkpoint)


def checkpoints(folder: Path) -> list[Path]:
    """Files of checkpoints in a folder, the newest first."""
    return sorted(folder.glob(PATTERN), reverse=True)


def _head_of(checkpoint: Checkpoint) -> dict[str, Any]:
    plain = {name: getattr(checkpoint, name) for name in ("iteration", "faces_sha256", "setbacks", "seconds")}
    kept = {"facts": dict(checkpoint.facts), "made_with": dict(checkpoint.made_with)}
    return plain | kept | {"format": FORMAT, "recipe": asdict(checkpoint.recipe)}


def _checkpoint_of(head: dict[str, Any], tensors: Mapping[str, Tensor]) -> Checkpoint:
    if head.pop("format") != FORMAT:
        raise ValueError
    return Checkpoint(recipe=Recipe(**head.pop("recipe")), tensors=tensors, **head)
