"""The suite ``lab``: how good and how fast the forgery lab's face swaps are, beside their targets."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from unmask.benchmark.lab_effort import FULL, QUICK, SEED, Effort
from unmask.benchmark.lab_figures import Figure, figure_table
from unmask.benchmark.lab_live import live_figure
from unmask.benchmark.lab_pair import pair_figures, pair_of
from unmask.benchmark.lab_puppets import MODEL, merge_figures, puppet_figures, puppet_swap
from unmask.benchmark.lab_yaw import TurnRow, turn_lines, turn_plot, turn_rows
from unmask.benchmark.origin import origin_of
from unmask.benchmark.sections import Section
from unmask.benchmark.suite import SuiteResult
from unmask.forgery.lab import Sealer, open_lab, open_sealer
from unmask.forgery.swap.export import INPUT, write_onnx
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.presets import preset_named
from unmask.forgery.swap.swapping import open_model
from unmask.media.writing import written_aside
from unmask.networks.autoencoder import SwapNetwork
from unmask.networks.inference import OnnxNetwork
from unmask.settings import Settings

MOST_MILLISECONDS = 15.0
WARM_FACES = 10
PLOT = "lab-yaw.png"

Begin = Callable[[str], None]


def lab_suite(
    place: Path | None,
    settings: Settings,
    *,
    quick: bool = False,
    effort: Effort | None = None,
    note: str | None = None,
    plot: Path | None = None,
    on_begin: Begin = lambda _: None,
) -> SuiteResult:
    """Measure the lab in a folder of the run's own, which is gone afterwards with all that was forged.

    Args:
        place: Folder with films of two people, one each; None leaves the real pair out.
        settings: Limits, and the least sandbox.
        quick: Spend seconds where minutes are needed; the figures are then worth little.
        effort: What is spent, instead of what ``quick`` says.
        note: A sentence for the section.
        plot: Where the error against yaw is drawn; None draws none.
        on_begin: Told what is measured next.

    Raises:
        UsageError: The folder does not hold two films.
        UnmaskError: A step failed.
    """
    spending = effort or (QUICK if quick else FULL)
    films = () if place is None else pair_of(place)
    command = " ".join(["unmask bench lab", *([place.name] if place else []), *(["--quick"] if quick else [])])
    origin = origin_of(command, films, SEED)
    with tempfile.TemporaryDirectory(prefix="unmask-bench-") as folder:
        sealer = open_sealer(open_lab(Path(folder) / "lab"))
        on_begin(f"a swap of puppets ({spending.puppet_cpu_seconds:.0f} CPU s of training)")
        puppets = list(puppet_figures(puppet_swap(sealer, spending, settings), spending))
        on_begin("the error against yaw")
        turns = _turns(sealer, spending, plot)
        on_begin("inference and merging")
        costs = [
            _inference(spending, Path(folder)),
            *merge_figures(sealer, spending, settings, quick=quick),
            live_figure(sealer, spending, settings),
        ]
        pair: list[Figure] = []
        if place is not None:
            on_begin(f"a real pair ({spending.pair_cpu_seconds:.0f} CPU s of training)")
            pair = list(pair_figures(sealer, place, spending, settings))
    rows = [
        *({"kind": "lab", "part": part, **asdict(one), "met": one.met} for part, one in _parts(puppets, costs, pair)),
        *({"kind": "turn", **asdict(row)} for row in turns),
        {"kind": "origin", **asdict(origin)},
    ]
    return SuiteResult(tuple(rows), Section("lab", tuple(_lines(puppets, costs, pair, turns, plot)), origin, note))


def _parts(puppets: list[Figure], costs: list[Figure], pair: list[Figure]) -> Iterator[tuple[str, Figure]]:
    for part, figures in (("puppets", puppets), ("cost", costs), ("pair", pair)):
        for figure in figures:
            yield part, figure


def _turns(sealer: Sealer, effort: Effort, plot: Path | None) -> tuple[TurnRow, ...]:
    checkpoint, descent = open_model(sealer.lab, MODEL)
    rows = turn_rows(SwapModel.of(checkpoint), descent.face_type, effort.turns)
    if plot is not None:
        plot.parent.mkdir(exist_ok=True)
        with written_aside(plot) as aside:
            aside.write_bytes(turn_plot(rows))
    return rows


def _inference(effort: Effort, folder: Path) -> Figure:
    """Processor time of one face through ONNX Runtime; the weights are those of no one, as they do not matter."""
    preset = preset_named(effort.timed_preset)
    place = folder / "untrained.onnx"
    write_onnx(SwapNetwork(preset.shape), place, {})
    network, side = OnnxNetwork(place), preset.shape.resolution
    faces = np.random.default_rng(SEED).random((effort.faces, 1, side, side, 3), np.float32)
    spent = []
    for face in (*faces[:WARM_FACES], *faces):
        begun = time.process_time()
        network({INPUT: face})
        spent.append(1000 * (time.process_time() - begun))
    measured = spent[len(faces[:WARM_FACES]) :]
    detail = f"{preset.name}, both masks and the face, median of {len(measured)}; untrained weights"
    value = statistics.median(measured)
    return Figure("a face through ONNX Runtime", value, "CPU ms", at_most=MOST_MILLISECONDS, detail=detail, digits=1)


def _lines(
    puppets: list[Figure], costs: list[Figure], pair: list[Figure], turns: tuple[TurnRow, ...], plot: Path | None
) -> Iterator[str]:
    yield (
        "Puppets: the true swap is known. SSIM is taken in the true face's mask at the model's size; for the face as drawn the true "
        "one is cut out as faces are for a model, by its own points. Figures are means over frames, intervals over seconds of the "
        "film drawn anew."
    )
    yield ""
    yield from figure_table(puppets)
    yield ""
    yield "Cost, processor time; live by the clock, reading, drawing and sealing at once:"
    yield ""
    yield from figure_table(costs)
    yield ""
    if pair:
        yield "A real pair, under a licence that keeps it inside the lab; the film that is swapped is one it was trained on:"
        yield ""
        yield from figure_table(pair)
    else:
        yield "A real pair: not measured."
    yield ""
    yield "Error against yaw, for the model of the puppets, which learned from faces that look ahead:"
    yield ""
    yield from turn_lines(turns)
    if plot is not None:
        yield ""
        yield f"![SSIM against yaw]({plot.parent.name}/{plot.name})"
