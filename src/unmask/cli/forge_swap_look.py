"""``unmask forge swap coverage|measure|export``: what a store shows, how good a model is, and a model handed on."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unmask.cli.forge import Force, Json, LabFolder, Output, opened_lab
from unmask.cli.output import print_json
from unmask.errors import UsageError

if TYPE_CHECKING:
    from unmask.forgery.swap.coverage import Coverage
    from unmask.forgery.swap.export import Exported
    from unmask.forgery.swap.measure_films import FilmFigures
    from unmask.forgery.swap.measure_model import HeldOut, Likeness, ModelFigures
    from unmask.forgery.swap.measure_truth import TruthFigures
    from unmask.types import PerFrame

Model = Annotated[str, typer.Argument(metavar="MODEL", help="Name of the model in the lab.", show_default=False)]


def coverage(
    store: Annotated[str, typer.Argument(metavar="STORE", help="Name of the faces in the lab.", show_default=False)],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PNG", help="Draw it too.", show_default=False)
    ] = None,
    lab: LabFolder = Path("lab"),
    json: Json = False,
) -> int:
    """Tell which turns, mouths and light the faces of a store show: how well could somebody fake me from these videos?

    A swap cannot learn what it has not seen. Prepare the films that are public of you, without a consent, and look.

    \b
    Examples:
      unmask forge swap coverage me
      unmask forge swap coverage me -o coverage.png --json
    """
    from unmask.forgery.swap.coverage import store_coverage
    from unmask.forgery.swap.store import open_store

    found = open_store(opened_lab(lab).faces / store)
    shown = store_coverage(found)
    if output is not None:
        _draw(shown, found.subject, output)
    told = coverage_as_json(shown, found.subject)
    print_json(told) if json else _tell_coverage(told)
    return 0


def measure(
    model: Model,
    *,
    film: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A film before the swap.", show_default=False)
    ] = None,
    swapped: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The same film after it.", show_default=False)
    ] = None,
    lab: LabFolder = Path("lab"),
    json: Json = False,
) -> int:
    """Measure a model on faces it never saw, and a swapped film beside the film before it.

    Identity is measured by a network that nothing is trained with; puppets of this lab also by the true swap.

    \b
    Examples:
      unmask forge swap measure one-as-other
      unmask forge swap measure one-as-other --film other.mp4 --swapped swapped.mp4 --json
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.forgery.swap.measure_films import measure_films
    from unmask.forgery.swap.measure_model import measure_model
    from unmask.settings import settings

    if (film is None) != (swapped is None):
        raise UsageError("A swapped film is measured beside the film before it; name both with --film and --swapped.")
    home = opened_lab(lab)
    told: dict[str, Any] = {"model": model, **model_as_json(measure_model(home, model))}
    if film is not None and swapped is not None:
        told["film"] = film_as_json(measure_films(home, model, film, swapped, settings()))
    print_json(told) if json else _tell_measured(told)
    return 0


def export(
    model: Model, *, output: Output, force: Force = False, lab: LabFolder = Path("lab"), json: Json = False
) -> int:
    """Write a model as one ONNX file with the tensor names of DFM, if everyone agreed to its export.

    The file names the consents it rests on and the day they end. Nothing that it draws is labelled or marked by itself,
    which is why this needs a consent of its own (--scope export).

    \b
    Examples:
      unmask forge swap export one-as-other -o one-as-other.dfm
    """
    from unmask.forgery.swap.torch_there import require_torch

    require_torch()
    from unmask.forgery.swap.export import export_model

    told = exported_as_json(export_model(opened_lab(lab), model, output, force=force))
    print_json(told) if json else _tell_exported(told)
    return 0


COMMANDS: dict[str, Callable[..., int]] = {"coverage": coverage, "measure": measure, "export": export}


def coverage_as_json(shown: "Coverage", subject: str) -> dict[str, Any]:
    """A coverage as plain values."""
    from unmask.forgery.swap import coverage as edges
    from unmask.report.plain import rounded, text

    bars = {
        "mouth": (shown.mouth, edges.MOUTH_EDGES),
        "luma": (shown.luma, edges.LUMA_EDGES),
        "side_light": (shown.side_light, edges.SIDE_LIGHT_EDGES),
    }
    return {
        "subject": text(subject),
        "faces": shown.faces,
        "cap_share": rounded(shown.cap_share, 4),
        "yaw_degrees": [rounded(end, 1) for end in shown.yaw],
        "pitch_degrees": [rounded(end, 1) for end in shown.pitch],
        "yaw_gaps_degrees": [[rounded(end, 1) for end in gap] for gap in shown.gaps],
        "cells": {
            "yaw_edges": edges.YAW_EDGES.tolist(),
            "pitch_edges": edges.PITCH_EDGES.tolist(),
            "faces": shown.cells.tolist(),
        },
        **{
            name: {"edges": [rounded(edge, 2) for edge in ends.tolist()], "faces": counts.tolist()}
            for name, (counts, ends) in bars.items()
        },
        "lacking": list(shown.lacking),
        "answer": list(shown.answer),
    }


def model_as_json(found: "ModelFigures") -> dict[str, Any]:
    """A model's figures as plain values; what could not be measured is null."""
    return {
        "iteration": found.iteration,
        "side": found.side,
        "src_held_out": _held_out(found.src),
        "dst_held_out": _held_out(found.dst),
        "likeness": None if found.likeness is None else _likeness(found.likeness),
    }


def film_as_json(found: "FilmFigures") -> dict[str, Any]:
    """A film's figures as plain values."""
    from unmask.report.plain import rounded

    return {
        "frames": len(found.times),
        "seen": rounded(found.seen, 4),
        "pose_error_degrees": _mean(found.pose_degrees, 2),
        "landmark_error_percent": _mean(found.landmark_percent, 2),
        "eyes_error": _mean(found.eyes, 4),
        "mouth_error": _mean(found.mouth, 4),
        "jitter_ratio": rounded(found.jitter, 3),
        "seam_ratio": rounded(found.seam, 3),
        "likeness": _likeness(found.likeness),
        "truth": None if found.truth is None else _truth(found.truth),
    }


def exported_as_json(done: "Exported") -> dict[str, Any]:
    """An exported model as plain values."""
    from unmask.report.plain import significant, text, texts

    return {
        "output": text(str(done.path)),
        "side": done.side,
        "largest_difference": significant(done.apart),
        "metadata": texts(done.facts),
    }


def _draw(shown: "Coverage", subject: str, output: Path) -> None:
    from unmask.forgery.swap.coverage_plot import coverage_plot
    from unmask.media.writing import written_aside

    if output.suffix.lower() != ".png":
        raise UsageError(f"'{output.name}' must end with .png.")
    picture = coverage_plot(shown, subject)
    with written_aside(output) as aside:
        aside.write_bytes(picture)


def _held_out(found: "HeldOut | None") -> dict[str, Any] | None:
    if found is None:
        return None
    return {"faces": len(found.ssim), "ssim": _mean(found.ssim, 4), "psnr_db": _mean(found.psnr_db, 2)}


def _likeness(found: "Likeness") -> dict[str, Any]:
    from unmask.report.plain import rounded

    return {
        "distance_to_src": rounded(found.to_src, 3),
        "distance_to_dst": rounded(found.to_dst, 3),
        "rank_of_src": found.rank,
        "people": found.people,
    }


def _truth(found: "TruthFigures") -> dict[str, Any]:
    ssim = {
        "ssim_drawn": found.of(lambda frame: frame.drawn.ssim),
        "ssim_undrawn": found.of(lambda frame: frame.undrawn.ssim),
        "ssim_placed": found.of(lambda frame: frame.placed.ssim),
        "ssim_merged": found.of(lambda frame: frame.merged.ssim),
        "ssim_merged_ideal": found.of(lambda frame: frame.ideal.ssim),
        "ssim_before": found.of(lambda frame: frame.before.ssim),
        "ssim_in_film": found.of(lambda frame: frame.ssim_in_film),
    }
    return {
        "frames": len(found.frames),
        **{name: _mean(values, 4) for name, values in ssim.items()},
        "scale": _mean(found.of(lambda frame: frame.scale), 3),
        "psnr_drawn_db": _mean(found.of(lambda frame: frame.drawn.psnr_db), 2),
        "psnr_undrawn_db": _mean(found.of(lambda frame: frame.undrawn.psnr_db), 2),
        "pose_error_degrees": _mean(found.pose_degrees, 2),
        "pose_error_before_degrees": _mean(found.pose_degrees_before, 2),
    }


def _mean(values: "PerFrame", digits: int) -> float | None:
    from unmask.report.plain import rounded

    return rounded(float(values.mean()), digits) if len(values) else None


def _tell_coverage(told: Mapping[str, Any]) -> None:
    from unmask.report.wording import visible

    low, high = told["yaw_degrees"]
    down, up = told["pitch_degrees"]
    typer.echo(f"{visible(told['subject'])}: {told['faces']} faces, yaw {low}° to {high}°, pitch {down}° to {up}°")
    for sentence in (*told["lacking"], *told["answer"]):
        typer.echo(f"  {sentence}")


def _tell_measured(told: Mapping[str, Any]) -> None:
    from unmask.report.wording import visible

    typer.echo(f"{visible(told['model'])}: {told['iteration']} iterations, faces of {told['side']} pixels")
    for side in ("src", "dst"):
        held = told[f"{side}_held_out"]
        said = "not measured, its faces are there no more"
        if held is not None:
            said = f"SSIM {held['ssim']}, PSNR {held['psnr_db']} dB on {held['faces']} faces held out"
        typer.echo(f"  {side} drawn as {side}: {said}")
    if told["likeness"] is not None:
        typer.echo(f"  dst drawn as src: {_likeness_told(told['likeness'])}")
    if "film" in told:
        _tell_film(told["film"])


def _tell_film(film: Mapping[str, Any]) -> None:
    typer.echo(f"  Film: {film['frames']} frames, face seen in {100 * film['seen']:.0f} %")
    typer.echo(f"    {_likeness_told(film['likeness'])}")
    typer.echo(
        f"    Away from the film before: pose {film['pose_error_degrees']}°, points {film['landmark_error_percent']} % of the "
        f"face, eyes {film['eyes_error']}, mouth {film['mouth_error']}"
    )
    typer.echo(f"    Jitter {film['jitter_ratio']} and seam {film['seam_ratio']} times the original's")
    truth = film["truth"]
    if truth is not None:
        typer.echo(
            f"    Against the true swap: SSIM as drawn {truth['ssim_drawn']}, without swap {truth['ssim_undrawn']}; merged "
            f"{truth['ssim_merged']} (a perfect model {truth['ssim_merged_ideal']}), without swap {truth['ssim_before']}; pose "
            f"{truth['pose_error_degrees']}°, before {truth['pose_error_before_degrees']}°; the true head is {truth['scale']} times as large"
        )


def _likeness_told(likeness: Mapping[str, Any]) -> str:
    return (
        f"identity {likeness['distance_to_src']} from src and {likeness['distance_to_dst']} from dst (one person below "
        f"0.6); src is number {likeness['rank_of_src']} of {likeness['people']} people"
    )


def _tell_exported(told: Mapping[str, Any]) -> None:
    from unmask.report.wording import visible

    facts = told["metadata"]
    typer.echo(f"Exported: {visible(told['output'])}, faces of {told['side']} pixels")
    typer.echo(f"  Consents {facts['consents']}, which end on {facts['consents_expire']}")
    typer.echo(f"  {facts['licence']}")
