"""A training of a face swap, kept in files of tensors: all that is needed to go on where it stopped."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from unmask.forgery.swap.curve import LossLine
from unmask.forgery.tensor_file import ENDING, drop_older, newest_whole, read_tensors, write_tensors
from unmask.media.source import shown
from unmask.networks.shape import SwapShape

FORMAT = 1
WEIGHTS, OPTIMISER, MATCH = "weights.", "optimiser.", "match."
NAME = re.compile(r"checkpoint-\d{9}\.safetensors")


@dataclass(frozen=True, slots=True)
class DataOrder:
    """All that the order of the faces and their warps follows from, beside the iteration.

    Attributes:
        seed: Of everything drawn by chance.
        batch: Faces of each person in an iteration.
        uniform_yaw: Whether turns of the head are drawn evenly.
        src_sha256: Of the faces of src, as ``FaceSet.sha256``.
        dst_sha256: Of those of dst, empty when there is none.
    """

    seed: int
    batch: int
    uniform_yaw: bool
    src_sha256: str
    dst_sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A training at one iteration, all that is needed to go on.

    Attributes:
        iteration: How many are done.
        preset: Name of the size.
        shape: Sizes of the networks.
        order: What the order of faces follows from.
        weights: Of the networks, by name.
        optimiser: Its moments and steps, by name of the weight and of the moment.
        tail: The last lines of the losses.
        setbacks: How often training had to go back, halving the learning rate.
        seconds: Time spent on training.
        consent_id: Of the consent record, empty for puppets.
        facts: What else is to be kept with it.
        made_with: Versions and number of threads, which the last digits of a loss depend on.
        match: Where the codes of both people lie, by name; empty before both were seen.
    """

    iteration: int
    preset: str
    shape: SwapShape
    order: DataOrder
    weights: Mapping[str, Tensor]
    optimiser: Mapping[str, Tensor]
    tail: tuple[LossLine, ...] = ()
    setbacks: int = 0
    seconds: float = 0.0
    consent_id: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    made_with: Mapping[str, str] = field(default_factory=dict)
    match: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a folder holds.

    Attributes:
        checkpoint: The newest whole one, None when there is none.
        damaged: Files newer than it that are no whole checkpoints.
        remarks: A sentence for each of them.
    """

    checkpoint: Checkpoint | None
    damaged: tuple[Path, ...] = ()
    remarks: tuple[str, ...] = ()


def save_checkpoint(folder: Path, checkpoint: Checkpoint, keep: int = 3) -> Path:
    """Write a checkpoint into a folder; it is on the disk when this returns.

    Args:
        folder: Where it goes, as ``checkpoint-ITERATION.safetensors``.
        checkpoint: What to keep.
        keep: How many checkpoints stay, this one included; older ones are removed.

    Returns:
        Its path.

    Raises:
        OutputError: It cannot be written; the older ones are as they were.
    """
    path = folder / f"checkpoint-{checkpoint.iteration:09d}{ENDING}"
    write_checkpoint(path, checkpoint)
    drop_older(checkpoints(folder), keep)
    return path


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint into a file of any name.

    Raises:
        OutputError: It cannot be written.
    """
    tensors = (
        _named(WEIGHTS, checkpoint.weights) | _named(OPTIMISER, checkpoint.optimiser) | _named(MATCH, checkpoint.match)
    )
    write_tensors(path, tensors, _head_of(checkpoint))


def read_checkpoint(path: Path) -> Checkpoint:
    """A checkpoint from its file; nothing in it is executed.

    Raises:
        Unreadable: It cannot be opened.
        InputError: It is damaged, or is no checkpoint.
    """
    return read_tensors(path, "checkpoint of a face swap", _checkpoint_of)


def newest(folder: Path) -> Found:
    """The newest whole checkpoint of a folder, passing over damaged ones with a remark."""
    checkpoint, damaged = newest_whole(checkpoints(folder), read_checkpoint)
    if checkpoint is None:
        return Found(None, damaged, _remarks(damaged, "no older one is whole, so training begins anew"))
    instead = f"training goes on from the older one of iteration {checkpoint.iteration}"
    return Found(checkpoint, damaged, _remarks(damaged, instead))


def checkpoints(folder: Path) -> list[Path]:
    """Files of checkpoints in a folder, the newest first."""
    found = [path for path in folder.glob("checkpoint-*.safetensors") if NAME.fullmatch(path.name)]
    return sorted(found, reverse=True)


def _remarks(damaged: tuple[Path, ...], instead: str) -> tuple[str, ...]:
    return tuple(f"The checkpoint {shown(path)} is damaged; {instead}." for path in damaged)


def _named(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {prefix + name: tensor for name, tensor in tensors.items()}


def _without(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _head_of(checkpoint: Checkpoint) -> dict[str, Any]:
    plain = {name: getattr(checkpoint, name) for name in ("iteration", "preset", "setbacks", "seconds", "consent_id")}
    return plain | {
        "format": FORMAT,
        "shape": asdict(checkpoint.shape),
        "order": asdict(checkpoint.order),
        "tail": [str(line) for line in checkpoint.tail],
        "facts": dict(checkpoint.facts),
        "made_with": dict(checkpoint.made_with),
    }


def _checkpoint_of(head: dict[str, Any], tensors: Mapping[str, Tensor]) -> Checkpoint:
    if head.pop("format") != FORMAT:
        raise ValueError
    tail = (line.split(",") for line in head.pop("tail"))
    return Checkpoint(
        shape=SwapShape(**head.pop("shape")),
        order=DataOrder(**head.pop("order")),
        weights=_without(WEIGHTS, tensors),
        optimiser=_without(OPTIMISER, tensors),
        match=_without(MATCH, tensors),
        tail=tuple(LossLine(int(iteration), float(src), float(dst)) for iteration, src, dst in tail),
        **head,
    )
