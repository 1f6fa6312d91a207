"""Error against yaw: what becomes of a model that was trained on faces looking ahead when the head turns to profile."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unmask.benchmark.lab_effort import SEED
from unmask.benchmark.lab_puppets import DST, FRONTAL_DEGREES, SRC
from unmask.benchmark.sections import table
from unmask.benchmark.statistics import Interval, cluster_interval
from unmask.benchmark.suite import interval_text
from unmask.forgery.puppets.identity import identity
from unmask.forgery.puppets.nuisance import Nuisance
from unmask.forgery.puppets.render import render
from unmask.forgery.swap.alignment import crop_matrix, cut_out
from unmask.forgery.swap.measure import psnr_db, ssim
from unmask.forgery.swap.measure_truth import mask_in_crop
from unmask.forgery.swap.model import SwapModel
from unmask.types import PerFrame

YAWS = tuple(range(0, 91, 10))
SIDE = 256


@dataclass(frozen=True, slots=True)
class TurnRow:
    """Pictures at one turn of the head.

    Attributes:
        yaw_degrees: The turn, to both sides.
        pictures: How many.
        ssim: Mean of swap and truth, in the truth's face mask, at the model's size.
        interval: Where it may lie (95 %), pictures drawn anew.
        ssim_before: The same of the picture before the swap.
        psnr_db: Mean of swap and truth.
        known: Whether the model was trained on such turns.
    """

    yaw_degrees: int
    pictures: int
    ssim: float
    interval: Interval | None
    ssim_before: float
    psnr_db: float
    known: bool


def turn_rows(model: SwapModel, face_type: str, pictures: int) -> tuple[TurnRow, ...]:
    """The error at each turn; faces are cut out by their true points, so that no finder's errors are in it.

    Args:
        model: Trained on the bench's puppets.
        face_type: With which its faces were cut out.
        pictures: Of each turn; every second one looks to the other side.
    """
    return tuple(_row(yaw, [_compared(model, face_type, yaw, k) for k in range(pictures)]) for yaw in YAWS)


def turn_lines(rows: Sequence[TurnRow]) -> list[str]:
    """The rows as a Markdown table."""
    cells = [
        (
            f"{row.yaw_degrees}°",
            f"{row.ssim:.3f}",
            interval_text(row.interval, 3),
            f"{row.ssim_before:.3f}",
            f"{row.psnr_db:.1f} dB",
            "yes" if row.known else "no",
        )
        for row in rows
    ]
    return table(("yaw", "SSIM against truth", "95 %", "without swap", "PSNR", "turn was learned from"), cells)


def turn_plot(rows: Sequence[TurnRow]) -> bytes:
    """SSIM against yaw, with the turns that were learned from; a PNG file's bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 # a second's import, for this alone
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8.0, 4.5), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    yaws = [row.yaw_degrees for row in rows]
    low, high = ([row.ssim if row.interval is None else row.interval[end] for row in rows] for end in (0, 1))
    axes.axvspan(0, FRONTAL_DEGREES, color="#f0e6d2", label="turns it was trained on")
    axes.fill_between(yaws, low, high, color="#1f6f8b", alpha=0.2)
    axes.plot(yaws, [row.ssim for row in rows], color="#1f6f8b", marker="o", label="swap against truth")
    axes.plot(
        yaws, [row.ssim_before for row in rows], color="#c8553d", marker=".", linestyle="--", label="without swap"
    )
    axes.set(xlabel="yaw in degrees, to both sides", ylabel="SSIM in the face", xticks=YAWS, xlim=(0, 90))
    axes.grid(visible=True, alpha=0.2)
    axes.legend(loc="lower left")
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _row(yaw: int, compared: Sequence[tuple[float, float, float]]) -> TurnRow:
    values = np.array(compared, np.float32)
    swapped: PerFrame = values[:, 0]
    clusters = [str(k) for k in range(len(values))]
    interval = cluster_interval(clusters, lambda rows: float(swapped[rows].mean()), SEED)
    means = [float(mean) for mean in values.mean(axis=0)]
    return TurnRow(yaw, len(values), means[0], interval, means[1], means[2], yaw <= FRONTAL_DEGREES)


def _compared(model: SwapModel, face_type: str, yaw: int, number: int) -> tuple[float, float, float]:
    """SSIM of swap and of no swap against the truth, and PSNR of the swap."""
    chance = np.random.default_rng((SEED, yaw, number))
    nuisance = Nuisance(
        yaw_degrees=float(yaw if number % 2 == 0 else -yaw),
        pitch_degrees=float(chance.uniform(-5, 5)),
        mouth_open=float(chance.uniform(0, 0.5)),
        smile=float(chance.uniform(-0.3, 0.3)),
        face_width=0.34 * SIDE,
    )
    before, truth = (render(identity(person), nuisance, SIDE, SIDE) for person in (DST, SRC))
    side = model.shape.resolution
    matrix = crop_matrix(truth.landmarks, face_type, side)
    own, true = (cut_out(picture.image, matrix, side) for picture in (before, truth))
    mask = mask_in_crop(truth.face_mask, matrix, side)
    drawn = model.swap(own[None]).images[0]
    return ssim(drawn, true, mask), ssim(own, true, mask), psnr_db(drawn, true, mask)
