"""The loss over the iterations: a line each in loss.csv, and a picture of them."""

import fcntl
import io
import math
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import Float64

from unmask.errors import OutputError, Unreadable, UsageError
from unmask.media.source import shown

LOSS_FILE = "loss.csv"
HEADER = b"iteration,src,dst\n"
SMOOTHED_OVER = 50
"""Iterations that a smoothed value is the mean of."""


@dataclass(frozen=True, slots=True)
class LossLine:
    """The loss of one iteration.

    Attributes:
        iteration: From 1 on.
        src: Mean loss of the batch of src; 0 would be perfect.
        dst: The same of dst, not a number when only one set is trained on.
    """

    iteration: int
    src: float
    dst: float

    def __str__(self) -> str:
        """The line in loss.csv, with every digit that a 32-bit number has."""
        return f"{self.iteration},{self.src:.9g},{self.dst:.9g}"


class LossBook:
    """loss.csv, open for adding lines; while it is open no other training can open it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, line: LossLine) -> None:
        """Add a line; it survives the end of this program, and after ``sync`` that of the machine.

        Raises:
            OSError: It cannot be written.
        """
        self._file.write(f"{line}\n".encode())
        self._file.flush()

    def cut_after(self, iteration: int) -> None:
        """Drop the lines after an iteration, and what is no line."""
        self._file.seek(0)
        kept = self._file.readline()
        if kept != HEADER:
            kept = HEADER
            self._file.seek(0)
            self._file.truncate()
            self._file.write(HEADER)
        end = len(kept)
        while (raw := self._file.readline()).endswith(b"\n"):
            line = _parsed(raw)
            if line is None or line.iteration > iteration:
                break
            end += len(raw)
        self._file.seek(end)
        self._file.truncate()

    def sync(self) -> None:
        """Wait until the lines are on the disk."""
        os.fsync(self._file.fileno())


@contextmanager
def open_book(folder: Path) -> Generator[LossBook]:
    """The loss.csv of a folder, made when it is not there.

    Raises:
        OutputError: It cannot be opened.
        UsageError: Another training is going on in this folder.
    """
    with locked_losses(folder) as file:
        yield LossBook(file)


@contextmanager
def locked_losses(folder: Path) -> Generator[BinaryIO]:
    """The file loss.csv of a folder, made when it is not there; while it is open, no other training can open it.

    Raises:
        OutputError: It cannot be opened.
        UsageError: Another training is going on in this folder.
    """
    path = folder / LOSS_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise OutputError(f"{shown(path)} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"Another training is going on in {shown(folder)}; choose another folder.") from error
        yield file


def read_losses(path: Path) -> tuple[LossLine, ...]:
    """The lines of a loss.csv; a torn last line is passed over.

    Raises:
        Unreadable: It cannot be opened.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{shown(path)} cannot be opened: {error.strerror}.") from error
    return tuple(line for line in map(_parsed, raw.splitlines(keepends=True)) if line is not None)


def loss_curve(lines: Sequence[LossLine]) -> bytes:
    """The losses as a picture: pale as they came, strong as a running mean, on a logarithmic scale.

    Returns:
        A PNG file's bytes.

    Raises:
        UsageError: There is no line.
    """
    if not lines:
        raise UsageError("There is no loss to draw yet; train for some iterations first.")
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 # a second's import, for this alone
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8.0, 4.5), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    iterations = np.array([line.iteration for line in lines])
    for name, color in (("src", "#1f6f8b"), ("dst", "#c8553d")):
        losses = np.array([getattr(line, name) for line in lines], np.float64)
        if np.isfinite(losses).any():
            axes.plot(iterations, losses, color=color, alpha=0.25, linewidth=0.7)
            axes.plot(iterations, smoothed(losses), color=color, linewidth=1.8, label=name)
    axes.set(xlabel="iteration", ylabel="loss", yscale="log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    axes.grid(visible=True, which="both", alpha=0.2)
    axes.legend()
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def smoothed(losses: Float64[np.ndarray, " lines"]) -> Float64[np.ndarray, " lines"]:
    """Mean of each value and up to SMOOTHED_OVER − 1 before it.

    >>> smoothed(np.array([4.0, 2.0, 3.0])).tolist()
    [4.0, 3.0, 3.0]
    """
    sums = np.concatenate([[0.0], np.cumsum(losses)])
    ends = np.arange(1, len(losses) + 1)
    starts = np.maximum(ends - SMOOTHED_OVER, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def _parsed(raw: bytes) -> LossLine | None:
    """One line of loss.csv; None for its head, and for what was torn."""
    try:
        iteration, src, dst = raw.decode("ascii").rstrip("\n").split(",")
        line = LossLine(int(iteration), float(src), float(dst))
    except ValueError:
        return None
    return line if raw.endswith(b"\n") and math.isfinite(line.src) else None
