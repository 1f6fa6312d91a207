"""Puppets swapped from end to end: drawn, prepared, trained, merged, measured against the true swap."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from unmask.benchmark.cost import cost_of
from unmask.benchmark.lab_effort import SEED, Effort, Spent, trained
from unmask.benchmark.lab_figures import Figure, mean_figure
from unmask.forgery.drawing import PuppetOrder, draw_puppet
from unmask.forgery.followed import follow_person
from unmask.forgery.lab import Sealer
from unmask.forgery.swap.measure_films import FilmFigures, measure_films
from unmask.forgery.swap.measure_truth import Compared, TruthFigures
from unmask.forgery.swap.merge import Merger, MergeRecipe
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.prepare import Preparing, prepare
from unmask.forgery.swap.swapping import merge_swap, open_model
from unmask.forgery.writing import Coding, write_sealed
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import Settings

SRC, DST = 1, 2
"""Seeds of who is drawn, and of who is drawn over: the first two, whoever they are."""
MOTIONS = {"src": 11, "dst": 12, "test": 13, "wide": 14}
"""Seeds of what they do; the film that is swapped moves as none that was learned from."""
FRONTAL_DEGREES = 22.0
MODEL = "puppets"
RECIPE = MergeRecipe(transfer="none")
"""Colours stay as they were drawn, because the true swap has the skin of src; the rest is usual."""
LEAST_SSIM, LEAST_GAIN, MOST_POSE = 0.80, 0.25, 4.0
CODING = Coding(crf=12, preset="veryfast", masks=True)


@dataclass(frozen=True, slots=True, eq=False)
class PuppetSwap:
    """A swap of puppets, trained and applied.

    Attributes:
        spent: What its training took.
        figures: The swapped film's.
        truth: The same against the true swap.
    """

    spent: Spent
    figures: FilmFigures
    truth: TruthFigures


def draw(sealer: Sealer, name: str, order: PuppetOrder, settings: Settings) -> Path:
    """A puppet's film in the lab's folder."""
    place = sealer.lab.outputs / f"{name}.mp4"
    write_sealed(draw_puppet(order, sealer), place, settings, replace(CODING, masks=False))
    return place


def puppet_swap(sealer: Sealer, effort: Effort, settings: Settings) -> PuppetSwap:
    """Swap one puppet for another.

    Raises:
        UnmaskError: A step failed.
    """
    order = PuppetOrder(
        seconds=effort.film_seconds,
        width=effort.side,
        height=effort.side,
        frame_rate=effort.frame_rate,
        yaw_degrees=FRONTAL_DEGREES,
    )
    for name, person in (("src", SRC), ("dst", DST)):
        film = draw(sealer, name, replace(order, person=person, motion=MOTIONS[name]), settings)
        prepare(sealer.lab, Preparing((film,), sealer.lab.faces / name, name), settings)
    spent = trained(
        sealer, ("src", "dst"), MODEL, effort.preset, cpu_seconds=effort.puppet_cpu_seconds, settings=settings
    )
    test = replace(order, person=DST, motion=MOTIONS["test"], seconds=effort.test_seconds)
    film, swapped = draw(sealer, "test", test, settings), sealer.lab.outputs / "swapped.mp4"
    write_sealed(merge_swap(sealer, MODEL, film, RECIPE, settings), swapped, settings, CODING)
    figures = measure_films(sealer.lab, MODEL, film, swapped, settings)
    if figures.truth is None:  # the lab drew both, so the truth is known
        raise RuntimeError
    return PuppetSwap(spent, figures, figures.truth)


def puppet_figures(swap: PuppetSwap, effort: Effort) -> Iterator[Figure]:
    """A swap of puppets beside its targets; means over frames, their intervals over seconds of the film."""
    truth, film = swap.truth, swap.figures
    seconds = [str(int(frame.seconds)) for frame in truth.frames]
    every = [str(int(one)) for one in film.times]
    on = (
        f"{effort.preset}, {swap.spent.cpu_seconds:.0f} CPU s on one core, {swap.spent.iterations} iterations; "
        f"{len(seconds)} frames of a film it never saw"
    )
    drawn, undrawn, placed, before, ideal = (
        truth.of(_ssim(name)) for name in ("drawn", "undrawn", "placed", "before", "ideal")
    )
    yield mean_figure("SSIM, face as drawn", drawn, seconds, SEED, at_least=LEAST_SSIM, detail=on, digits=3)
    as_drawn = f"beside the same the film before the swap has {undrawn.mean():.3f}"
    yield mean_figure(
        "SSIM above no swap", drawn - undrawn, seconds, SEED, at_least=LEAST_GAIN, detail=as_drawn, digits=3
    )
    scale = truth.of(lambda frame: frame.scale).mean()
    size = f"where the true face is in the film; its head is {scale:.2f} times as large, which no film told"
    yield mean_figure("SSIM, face as placed", placed, seconds, SEED, detail=size, digits=3)
    nothing = f"the film before the swap has {before.mean():.3f}"
    perfect = f"rim and all, in the whole face; a perfect model merged with this mask would have {ideal.mean():.3f}"
    merged = truth.of(_ssim("merged"))
    yield mean_figure("SSIM, face as merged", merged, seconds, SEED, at_least=LEAST_SSIM, detail=perfect, digits=3)
    yield mean_figure(
        "SSIM above no swap, merged", merged - before, seconds, SEED, at_least=LEAST_GAIN, detail=nothing, digits=3
    )
    own_pixels = truth.of(lambda frame: frame.ssim_in_film)
    yield mean_figure("SSIM, in the film's pixels", own_pixels, seconds, SEED, detail="the same, not shrunk", digits=3)
    decibel = f"the film before the swap has {truth.of(lambda frame: frame.undrawn.psnr_db).mean():.1f}"
    psnr = truth.of(lambda frame: frame.drawn.psnr_db)
    yield mean_figure("PSNR, face as drawn", psnr, seconds, SEED, unit="dB", detail=decibel, digits=1)
    own = f"FaceMesh's against the true turn; on the film before the swap {truth.pose_degrees_before.mean():.1f}°"
    yield mean_figure(
        "pose, swap against truth", truth.pose_degrees, seconds, SEED, unit="°", at_most=MOST_POSE, detail=own
    )
    seen = "as FaceMesh sees both"
    yield mean_figure("pose, swap against film", film.pose_degrees, every, SEED, unit="°", detail=seen)
    yield mean_figure(
        "points, swap against film", film.landmark_percent, every, SEED, unit="% of the face", detail=seen
    )
    yield mean_figure("mouth, swap against film", film.mouth, every, SEED, detail="opening ÷ width", digits=3)
    yield Figure("jitter, swap ÷ film", film.jitter, detail=f"{len(film.times)} frames")
    yield Figure("seam, swap ÷ film", film.seam, detail="edges along the mask's rim")


def _ssim(face: str) -> Callable[[Compared], float]:
    return lambda frame: float(getattr(frame, face).ssim)


def merge_figures(sealer: Sealer, effort: Effort, settings: Settings, *, quick: bool) -> Iterator[Figure]:
    """What merging a film of 640×360 costs: the merge alone, and the whole command."""
    order = PuppetOrder(DST, MOTIONS["wide"], effort.merge_seconds, 640, 360, yaw_degrees=FRONTAL_DEGREES)
    film = draw(sealer, "wide", order, settings)
    checkpoint, descent = open_model(sealer.lab, MODEL)
    merger = Merger(SwapModel.of(checkpoint), descent.face_type, follow_person(film, settings), MergeRecipe())
    with open_frames(film, probe(film, settings), settings, exact=True) as opened:
        frames = list(opened)
    begun = time.process_time()
    for frame in frames:
        merger.change(frame)
    alone = len(frames) / (time.process_time() - begun)
    on = f"{len(frames)} frames of 640×360, {effort.preset}"
    yield Figure("merge alone", alone, "frames / CPU s", detail=f"{on}: drawn, coloured, laid over", digits=1)
    if quick:
        return
    command = [sys.executable, "-m", "unmask", "forge", "swap", "merge", MODEL, str(film)]
    place = str(sealer.lab.outputs / "merged.mp4")
    cost = cost_of([*command, "-o", place, "--lab", str(sealer.lab.folder), "--quiet"])
    whole = "the command from start to end: following, merging, sealing, coding"
    yield Figure("merge, whole", len(frames) / cost.cpu_seconds, "frames / CPU s", detail=whole, digits=1)
