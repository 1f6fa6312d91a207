"""Training a synthesis: a loop that can be cut off at any moment and goes on bit for bit.

All chance follows from the seed and the number of the iteration, so that weights, moments and that number are the whole
state. On one machine, with the same number of threads, a training that was killed and resumed has the same losses
as one that ran through.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from unmask.errors import InputError
from unmask.forgery.steady import steady_torch
from unmask.forgery.swap.interrupts import held_interrupts
from unmask.forgery.swap.model_folder import SYNTHESIS, require_own
from unmask.forgery.swap.trainer import NotANumber
from unmask.forgery.synthesize.book import Book, open_book
from unmask.forgery.synthesize.checkpoint import newest, save_checkpoint
from unmask.forgery.synthesize.faces import TrainingFaces
from unmask.forgery.synthesize.learner import Learner
from unmask.forgery.synthesize.plan import SynthesisPlan
from unmask.forgery.tensor_file import clear_away
from unmask.media.source import shown

MOST_SETBACKS = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far training is.

    Attributes:
        iteration: How many are done.
        seconds: Time spent on training, earlier runs included.
        losses: Means of the last iterations.
        eta_seconds: Time to the end.
    """

    iteration: int
    seconds: float
    losses: tuple[float, float]
    eta_seconds: float


@dataclass(frozen=True, slots=True)
class Learned:
    """What a training came to.

    Attributes:
        checkpoint: Its file.
        iteration: How many are done, earlier runs included.
        columns: What the two losses are.
        losses: Means of the last iterations of this run; not a number when there was none.
        seconds: Time spent on training, earlier runs included.
        learning_rate: At the end.
        interrupted: Whether it was stopped from the keyboard; it can be resumed.
        remarks: What went otherwise than planned, a sentence each.
    """

    checkpoint: Path
    iteration: int
    columns: tuple[str, str]
    losses: tuple[float, float]
    seconds: float
    learning_rate: float
    interrupted: bool = False
    remarks: tuple[str, ...] = ()


OnProgress = Callable[[Progress], None]


def train(faces: TrainingFaces, plan: SynthesisPlan, folder: Path, *, on_progress: OnProgress | None = None) -> Learned:
    """Train a synthesis, or go on with the training that the folder holds.

    Args:
        faces: What is learned from.
        plan: How.
        folder: Of checkpoints and loss.csv; made when it is not there.
        on_progress: Called after each iteration; what it interrupts is saved.

    Raises:
        UsageError: The plan, the faces and the folder do not fit each other.
        InputError: The loss was no number too often.
        OutputError: The disk is full, or the folder cannot be written.
    """
    require_own(folder, SYNTHESIS)
    learner = Learner(plan, faces)
    with (
        steady_torch(plan.threads),
        open_book(folder, learner.method.columns) as book,
        held_interrupts() as pressed,
    ):
        remarks = _begin(learner, folder, book)
        first = learner.iteration, learner.seconds
        saved, interrupted = time.monotonic(), False
        while not interrupted and not plan.is_over(learner.iteration, learner.seconds):
            try:
                losses = learner.step()
            except NotANumber:
                remarks.append(_set_back(learner, folder, book))
                continue
            book.add(learner.iteration, losses)
            interrupted = _told(learner, first, on_progress) or pressed()
            if time.monotonic() - saved >= plan.save_every_seconds:
                _save(learner, folder, book)
                saved = time.monotonic()
        path = _save(learner, folder, book)
    return Learned(
        path,
        learner.iteration,
        learner.method.columns,
        learner.recent_losses(),
        learner.seconds,
        learner.learning_rate,
        interrupted,
        tuple(remarks),
    )


def _begin(learner: Learner, folder: Path, book: Book) -> list[str]:
    """Go on from the newest whole checkpoint, or begin and save the beginning, for a setback to go back to."""
    checkpoint, damaged = newest(folder)
    clear_away(folder, damaged)
    remarks = [f"The checkpoint {shown(path)} is damaged and was passed over." for path in damaged]
    if checkpoint is not None:
        remarks += learner.restore(checkpoint)
    book.cut_after(learner.iteration)
    if checkpoint is None:
        _save(learner, folder, book)
    return remarks


def _set_back(learner: Learner, folder: Path, book: Book) -> str:
    """Go back to the last checkpoint with half the learning rate.

    Raises:
        InputError: It was done too often.
    """
    failed, setbacks = learner.iteration + 1, learner.setbacks + 1
    checkpoint, _ = newest(folder)
    if setbacks > MOST_SETBACKS or checkpoint is None:
        raise InputError(
            f"The loss was no number at iteration {failed}, after {learner.setbacks} setbacks; train anew with a lower learning rate, or with other faces."
        )
    learner.restore(checkpoint)
    learner.setbacks = setbacks
    book.cut_after(learner.iteration)
    _save(learner, folder, book)
    return f"The loss was no number at iteration {failed}; training went back to iteration {learner.iteration} and on with a learning rate of {learner.learning_rate:.2g}."


def _save(learner: Learner, folder: Path, book: Book) -> Path:
    book.sync()
    return save_checkpoint(folder, learner.checkpoint(), learner.plan.keep)


def _told(learner: Learner, first: tuple[int, float], on_progress: OnProgress | None) -> bool:
    """Tell of one iteration; True when the one who is told interrupts."""
    if on_progress is None:
        return False
    rate = max(learner.iteration - first[0], 1) / max(learner.seconds - first[1], 1e-6)
    left = learner.plan.remaining_seconds(learner.iteration, learner.seconds, rate)
    try:
        on_progress(Progress(learner.iteration, learner.seconds, learner.recent_losses(), left))
    except KeyboardInterrupt:
        return True
    return False
