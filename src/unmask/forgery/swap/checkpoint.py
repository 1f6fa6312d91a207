"""A training kept on the disk: whole or not at all, noticed when damaged, with older ones to go back to.

One file holds everything: weights and optimiser as safetensors, the rest as JSON in its head, and a SHA-256 over both.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from unmask.errors import InputError, OutputError, UnmaskError, Unreadable
from unmask.forgery.swap.curve import LossLine
from unmask.media.source import shown
from unmask.media.writing import written_aside
from unmask.networks.shape import SwapShape

FORMAT = 1
HEAD, DIGEST = "unmask", "sha256"
WEIGHTS, OPTIMISER = "weights.", "optimiser."
NAME = re.compile(r"checkpoint-\d{9}\.safetensors")
LEFTOVERS = ".unmask-*.safetensors"
"""What a save that was cut off leaves behind."""
DAMAGED = ".damaged"
OS_ERROR = re.compile(r"\(os error (\d+)\)")


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
    path = folder / f"checkpoint-{checkpoint.iteration:09d}.safetensors"
    tensors = _named(WEIGHTS, checkpoint.weights) | _named(OPTIMISER, checkpoint.optimiser)
    head = json.dumps(_head_of(checkpoint), sort_keys=True)
    with written_aside(path) as aside:
        _write(tensors, aside, {HEAD: head, DIGEST: _digest(tensors, head)})
    try:
        _sync(folder)
        for old in checkpoints(folder)[keep:]:
            old.unlink()
    except OSError as error:
        raise OutputError(f"{shown(folder)} cannot be written: {error.strerror}.") from error
    return path


def read_checkpoint(path: Path) -> Checkpoint:
    """A checkpoint from its file; nothing in it is executed.

    Raises:
        Unreadable: It cannot be opened.
        InputError: It is damaged, or is no checkpoint.
    """
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 # no mapping
        whole = metadata[DIGEST] == _digest(tensors, metadata[HEAD])
        checkpoint = _checkpoint_of(json.loads(metadata[HEAD]), tensors) if whole else None
    except OSError as error:
        raise Unreadable(f"{shown(path)} cannot be opened: {error.strerror or error}.") from error
    except (SafetensorError, ValueError, KeyError, TypeError, UnmaskError) as error:
        raise InputError(f"{shown(path)} is damaged, or is no checkpoint of a face swap.") from error
    if checkpoint is None:
        raise InputError(f"{shown(path)} is damaged: its bytes do not match their SHA-256.")
    return checkpoint


def newest(folder: Path) -> Found:
    """The newest whole checkpoint of a folder, passing over damaged ones with a remark."""
    damaged: list[Path] = []
    for path in checkpoints(folder):
        try:
            checkpoint = read_checkpoint(path)
        except InputError:
            damaged.append(path)
        else:
            instead = f"training goes on from the older one of iteration {checkpoint.iteration}"
            return Found(checkpoint, tuple(damaged), _remarks(damaged, instead))
    return Found(None, tuple(damaged), _remarks(damaged, "no older one is whole, so training begins anew"))


def checkpoints(folder: Path) -> list[Path]:
    """Files of checkpoints in a folder, the newest first."""
    found = [path for path in folder.glob("checkpoint-*.safetensors") if NAME.fullmatch(path.name)]
    return sorted(found, reverse=True)


def clear_away(folder: Path, damaged: tuple[Path, ...]) -> None:
    """Rename damaged files so that they count no more, and remove what saves that were cut off have left.

    Raises:
        OutputError: The folder cannot be changed.
    """
    try:
        for path in damaged:
            path.replace(path.with_name(path.name + DAMAGED))
        for path in folder.glob(LEFTOVERS):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{shown(folder)} cannot be written: {error.strerror}.") from error


def _remarks(damaged: list[Path], instead: str) -> tuple[str, ...]:
    return tuple(f"The checkpoint {shown(path)} is damaged; {instead}." for path in damaged)


def _named(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {prefix + name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}


def _without(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _digest(tensors: Mapping[str, Tensor], head: str) -> str:
    digest = sha256(head.encode())
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].dtype} {tuple(tensors[name].shape)}".encode())
        digest.update(tensors[name].numpy().reshape(-1).data)
    return digest.hexdigest()


def _write(tensors: dict[str, Tensor], path: Path, metadata: dict[str, str]) -> None:
    """The file, on the disk.

    Raises:
        OSError: It cannot be written.
    """
    try:
        save_file(tensors, path, metadata)
    except SafetensorError as error:  # what the system said is in its text only
        number = OS_ERROR.search(str(error))
        raise OSError(int(number[1]), os.strerror(int(number[1]))) if number else OSError(str(error)) from error
    _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
        tail=tuple(LossLine(int(iteration), float(src), float(dst)) for iteration, src, dst in tail),
        **head,
    )
