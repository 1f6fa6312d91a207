"""Training a face swap: a loop that can be cut off at any moment and goes on bit for bit.

Everything drawn by chance follows from the seed and the number of the iteration, so that weights, optimiser and that
number are the whole state. On one machine, with the same number of threads, a training that was killed and resumed
has the same losses as one that ran through.

Reference:
    Perov et al., DeepFaceLab, arXiv:2005.05535, 2020; Kingma and Ba, Adam, ICLR 2015.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from unmask.errors import InputError
from unmask.forgery.steady import steady_torch
from unmask.forgery.swap.checkpoint import newest, read_checkpoint, save_checkpoint
from unmask.forgery.swap.curve import LossBook, open_book
from unmask.forgery.swap.faceset import FaceSet
from unmask.forgery.swap.interrupts import held_interrupts
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.plan import TrainingPlan
from unmask.forgery.swap.preview import preview_sheet
from unmask.forgery.swap.trainer import NotANumber, Trainer
from unmask.forgery.tensor_file import clear_away
from unmask.types import RgbImage

__all__ = ["Progress", "Trained", "TrainingPlan", "pretrain", "train"]

MOST_SETBACKS = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far training is.

    Attributes:
        iteration: How many are done.
        src_loss: Mean of the last iterations.
        dst_loss: The same; not a number when only one set is trained on.
        iterations_per_second: Of this run.
        eta_seconds: Time to the end.
    """

    iteration: int
    src_loss: float
    dst_loss: float
    iterations_per_second: float
    eta_seconds: float


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training came to.

    Attributes:
        checkpoint: Its file.
        iteration: How many are done, earlier runs included.
        src_loss: Mean of the last iterations.
        dst_loss: The same; not a number when only one set is trained on.
        src_held_out: Loss on the held-out faces of src, unbent.
        dst_held_out: The same of dst; not a number when there is none.
        seconds: Time spent on training, earlier runs included.
        learning_rate: At the end.
        interrupted: Whether it was stopped from the keyboard; it can be resumed.
        remarks: What went otherwise than planned, a sentence each.
    """

    checkpoint: Path
    iteration: int
    src_loss: float
    dst_loss: float
    src_held_out: float
    dst_held_out: float
    seconds: float
    learning_rate: float
    interrupted: bool = False
    remarks: tuple[str, ...] = ()


OnProgress = Callable[[Progress], None]
OnPreview = Callable[[RgbImage, int], None]


def train(
    src: FaceSet,
    dst: FaceSet,
    plan: TrainingPlan,
    folder: Path,
    *,
    pretrained: Path | None = None,
    on_progress: OnProgress | None = None,
    on_preview: OnPreview | None = None,
) -> Trained:
    """Train a swap that draws src with the expressions of dst, or go on with the training that the folder holds.

    Args:
        src: Faces of the person who is drawn.
        dst: Faces of the person who is drawn over.
        plan: How.
        folder: Of checkpoints and loss.csv; made when it is not there.
        pretrained: A checkpoint by ``pretrain`` of the same shape, for a new training to begin from.
        on_progress: Called after each iteration.
        on_preview: Called with a sheet of held-out faces and the iteration; pictures are written by no one else.

    Returns:
        What it came to.

    Raises:
        UsageError: The plan, the faces and the folder do not fit each other.
        InputError: A damaged file is to be begun from, or the loss was no number too often.
        OutputError: The disk is full, or the folder cannot be written.
    """
    return _trained(Trainer(plan, src, dst), folder, pretrained, on_progress, on_preview)


def pretrain(
    faces: FaceSet,
    plan: TrainingPlan,
    folder: Path,
    *,
    on_progress: OnProgress | None = None,
    on_preview: OnPreview | None = None,
) -> Trained:
    """Train encoder, bottleneck and one decoder on the faces of many people, for ``train`` to begin from.

    Raises and returns as ``train``.
    """
    return _trained(Trainer(plan, faces, None), folder, None, on_progress, on_preview)


def _trained(
    trainer: Trainer,
    folder: Path,
    pretrained: Path | None,
    on_progress: OnProgress | None,
    on_preview: OnPreview | None,
) -> Trained:
    plan = trainer.plan
    with (
        steady_torch(plan.threads, repeatable=plan.device == "cpu"),
        open_book(folder) as book,
        held_interrupts() as pressed,
    ):
        remarks = _begin(trainer, folder, book, pretrained)
        tell = _Teller(trainer, on_progress, on_preview)
        saved, interrupted = time.monotonic(), False
        while not interrupted and not plan.is_over(trainer.iteration, trainer.seconds):
            try:
                line = trainer.step()
            except NotANumber:
                remarks.append(_set_back(trainer, folder, book))
                continue
            book.add(line)
            interrupted = tell.step() or pressed()
            if time.monotonic() - saved >= plan.save_every_seconds:
                _save(trainer, folder, book)
                saved = time.monotonic()
        path = _save(trainer, folder, book)
        tell.end()
        return _outcome(trainer, path, tuple(remarks), interrupted=interrupted)


def _begin(trainer: Trainer, folder: Path, book: LossBook, pretrained: Path | None) -> list[str]:
    """Go on from the newest whole checkpoint, or begin and save the beginning, for a setback to go back to."""
    found = newest(folder)
    clear_away(folder, found.damaged)
    remarks = list(found.remarks)
    if found.checkpoint is not None:
        remarks += trainer.restore(found.checkpoint)
        book.cut_after(trainer.iteration)
        return remarks
    if pretrained is not None:
        trainer.begin_from(read_checkpoint(pretrained))
    book.cut_after(0)
    _save(trainer, folder, book)
    return remarks


def _set_back(trainer: Trainer, folder: Path, book: LossBook) -> str:
    """Go back to the last checkpoint with half the learning rate.

    Raises:
        InputError: It was done too often.
    """
    failed, setbacks = trainer.iteration + 1, trainer.setbacks + 1
    found = newest(folder)
    if setbacks > MOST_SETBACKS or found.checkpoint is None:
        raise InputError(
            f"The loss was no number at iteration {failed}, after {trainer.setbacks} setbacks and with a learning rate "
            f"of {trainer.learning_rate:.2g}; train anew with a lower learning rate, or with other faces."
        )
    trainer.restore(found.checkpoint)
    trainer.setbacks = setbacks
    book.cut_after(trainer.iteration)
    _save(trainer, folder, book)
    return (
        f"The loss was no number at iteration {failed}; training went back to iteration {trainer.iteration} and on "
        f"with a learning rate of {trainer.learning_rate:.2g}."
    )


def _save(trainer: Trainer, folder: Path, book: LossBook) -> Path:
    book.sync()
    return save_checkpoint(folder, trainer.checkpoint(), trainer.plan.keep)


def _outcome(trainer: Trainer, path: Path, remarks: tuple[str, ...], *, interrupted: bool) -> Trained:
    return Trained(
        path,
        trainer.iteration,
        *trainer.recent_losses(),
        *trainer.held_out_losses(),
        trainer.seconds,
        trainer.learning_rate,
        interrupted,
        remarks,
    )


class _Teller:
    """Calls back while a training runs; a callback may interrupt it."""

    def __init__(self, trainer: Trainer, on_progress: OnProgress | None, on_preview: OnPreview | None) -> None:
        self._trainer, self._on_progress, self._on_preview = trainer, on_progress, on_preview
        self._first, self._before = trainer.iteration, trainer.seconds
        self._shown = -1

    def step(self) -> bool:
        """Tell of one iteration; True when training is to be interrupted."""
        every = self._trainer.plan.preview_every
        try:
            if self._on_progress is not None:
                self._on_progress(self._progress())
            if every and self._trainer.iteration % every == 0:
                self._show()
        except KeyboardInterrupt:
            return True
        return False

    def end(self) -> None:
        """Show the last preview, unless it has just been shown."""
        if self._shown != self._trainer.iteration:
            self._show()

    def _show(self) -> None:
        if self._on_preview is None:
            return
        held_out = self._trainer.held_out
        sheet = preview_sheet(SwapModel(self._trainer.network), held_out["src"], held_out.get("dst"))
        self._shown = self._trainer.iteration
        self._on_preview(sheet, self._trainer.iteration)

    def _progress(self) -> Progress:
        trainer = self._trainer
        rate = max(trainer.iteration - self._first, 1) / max(trainer.seconds - self._before, 1e-6)
        remaining = trainer.plan.remaining_seconds(trainer.iteration, trainer.seconds, rate)
        return Progress(trainer.iteration, *trainer.recent_losses(), rate, remaining)
