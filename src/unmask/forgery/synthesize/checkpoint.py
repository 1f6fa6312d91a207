"""A synthesis kept on the disk: whole or not at all, noticed when damaged, with an older one to go back to.

One file holds everything: weights and moments as safetensors, the rest as JSON in its head, and a SHA-256 over both.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from unmask.errors import InputError, OutputError, UnmaskError, Unreadable
from unmask.forgery.synthesize.plan import Recipe
from unmask.media.source import shown
from unmask.media.writing import written_aside

FORMAT = 1
HEAD, DIGEST = "unmask-synthesis", "sha256"
PATTERN, ENDING = "synthesis-*.safetensors", ".safetensors"
DAMAGED = ".damaged"


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
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.tensors.items()}
    head = json.dumps(_head_of(checkpoint), sort_keys=True)
    with written_aside(path) as aside:
        try:
            save_file(tensors, aside, {HEAD: head, DIGEST: _digest(tensors, head)})
        except SafetensorError as error:
            raise OutputError(f"{shown(path)} cannot be written: {error}.") from error
        _sync(aside)
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
        InputError: It is damaged, or is no checkpoint of a synthesis.
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
        raise InputError(f"{shown(path)} is damaged, or is no checkpoint of a synthesis.") from error
    if checkpoint is None:
        raise InputError(f"{shown(path)} is damaged: its bytes do not match their SHA-256.")
    return checkpoint


def newest(folder: Path) -> tuple[Checkpoint | None, tuple[Path, ...]]:
    """The newest whole checkpoint of a folder, None if there is none, and the damaged ones that are newer."""
    damaged: list[Path] = []
    for path in checkpoints(folder):
        try:
            return read_checkpoint(path), tuple(damaged)
        except InputError:
            damaged.append(path)
    return None, tuple(damaged)


def checkpoints(folder: Path) -> list[Path]:
    """Files of checkpoints in a folder, the newest first."""
    return sorted(folder.glob(PATTERN), reverse=True)


def put_away(damaged: tuple[Path, ...]) -> tuple[str, ...]:
    """Rename damaged files so that they count no more; a sentence for each.

    Raises:
        OutputError: The folder cannot be changed.
    """
    for path in damaged:
        try:
            path.replace(path.with_name(path.name + DAMAGED))
        except OSError as error:
            raise OutputError(f"{shown(path)} cannot be renamed: {error.strerror}.") from error
    return tuple(f"The checkpoint {shown(path)} is damaged and was passed over." for path in damaged)


def _digest(tensors: Mapping[str, Tensor], head: str) -> str:
    digest = sha256(head.encode())
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].dtype} {tuple(tensors[name].shape)}".encode())
        digest.update(tensors[name].numpy().reshape(-1).data)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _head_of(checkpoint: Checkpoint) -> dict[str, Any]:
    plain = {name: getattr(checkpoint, name) for name in ("iteration", "faces_sha256", "setbacks", "seconds")}
    kept = {"facts": dict(checkpoint.facts), "made_with": dict(checkpoint.made_with)}
    return plain | kept | {"format": FORMAT, "recipe": asdict(checkpoint.recipe)}


def _checkpoint_of(head: dict[str, Any], tensors: Mapping[str, Tensor]) -> Checkpoint:
    if head.pop("format") != FORMAT:
        raise ValueError
    return Checkpoint(recipe=Recipe(**head.pop("recipe")), tensors=tensors, **head)
