"""Tensors kept on the disk: whole or not at all, noticed when damaged, with older files to go back to.

One file holds everything: tensors as safetensors, what else is to be known as JSON in its head, and a SHA-256 over both.
Nothing in it is executed when it is read.
"""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from unmask.errors import InputError, OutputError, UnmaskError, Unreadable
from unmask.media.source import shown
from unmask.media.writing import written_aside

Tensors = Mapping[str, Tensor]
Told = TypeVar("Told")
HEAD, DIGEST = "unmask", "sha256"
ENDING = ".safetensors"
LEFTOVERS = f".unmask-*{ENDING}"
"""What a save that was cut off leaves behind."""
DAMAGED = ".damaged"
OS_ERROR = re.compile(r"\(os error (\d+)\)")


def write_tensors(path: Path, tensors: Tensors, told: Mapping[str, Any]) -> None:
    """Write a file; it and its name are on the disk when this returns.

    Args:
        path: Where to.
        tensors: By name.
        told: Plain values for its head.

    Raises:
        OutputError: It cannot be written; what lay there is as it was.
    """
    kept = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    head = json.dumps(told, sort_keys=True)
    with written_aside(path) as aside:
        _write(kept, aside, {HEAD: head, DIGEST: _digest(kept, head)})
    try:
        _sync(path.parent)
    except OSError as error:
        raise OutputError(f"{shown(path.parent)} cannot be written: {error.strerror}.") from error


def read_tensors(path: Path, what: str, understood: Callable[[dict[str, Any], Tensors], Told]) -> Told:
    """What a file holds.

    Args:
        path: The file.
        what: It is to be, for the error: ``a checkpoint of a face swap``.
        understood: Head and tensors → what they mean; may raise ValueError, KeyError or TypeError.

    Raises:
        Unreadable: It cannot be opened.
        InputError: It is damaged, or is something else.
    """
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 # no mapping
        whole = metadata[DIGEST] == _digest(tensors, metadata[HEAD])
        told = understood(json.loads(metadata[HEAD]), tensors) if whole else None
    except OSError as error:
        raise Unreadable(f"{shown(path)} cannot be opened: {error.strerror or error}.") from error
    except (SafetensorError, ValueError, KeyError, TypeError, UnmaskError) as error:
        raise InputError(f"{shown(path)} is damaged, or is no {what}.") from error
    if told is None:
        raise InputError(f"{shown(path)} is damaged: its bytes do not match their SHA-256.")
    return told


def newest_whole(paths: Sequence[Path], read: Callable[[Path], Told]) -> tuple[Told | None, tuple[Path, ...]]:
    """The first file that is whole, None if none is, and the damaged ones before it.

    Args:
        paths: The newest first.
        read: Raises InputError for a damaged one.
    """
    damaged: list[Path] = []
    for path in paths:
        try:
            return read(path), tuple(damaged)
        except InputError:
            damaged.append(path)
    return None, tuple(damaged)


def drop_older(paths: Sequence[Path], keep: int) -> None:
    """Remove all but the newest files.

    Args:
        paths: The newest first.
        keep: How many stay.

    Raises:
        OutputError: One cannot be removed.
    """
    for path in paths[keep:]:
        try:
            path.unlink()
        except OSError as error:
            raise OutputError(f"{shown(path)} cannot be removed: {error.strerror}.") from error


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


def _digest(tensors: Tensors, head: str) -> str:
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
