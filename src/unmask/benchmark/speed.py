"""The suite ``speed``: processor time and memory beside their targets. Nothing is measured by the clock."""

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from unmask.benchmark import loops, peer
from unmask.benchmark.cost import Cost, cost_of
from unmask.benchmark.films import source_frames, write_film, write_longer, write_pictures
from unmask.benchmark.origin import origin_of
from unmask.benchmark.sections import Section, table
from unmask.benchmark.suite import SuiteResult
from unmask.errors import UnmaskError
from unmask.settings import settings

EXAMPLE = Path("examples/real.mp4")
PEER = "UNMASK_BENCH_PEER_PYTHON"
FILM_SECONDS, LONG_TIMES = 60, 10
LOOP_FRAMES = 330
HELP_RUNS = 5
MEGABYTE = 1e6
SIGHTLESS = "file"
"""A detector that looks at no face."""
UNMASK = (sys.executable, "-m", "unmask")

Begin = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure.

    Attributes:
        name: What was measured.
        value: The figure.
        unit: Its unit.
        at_most: The target, None where there is none.
        detail: On what, and what it is made of.
    """

    name: str
    value: float
    unit: str
    at_most: float | None = None
    detail: str = ""


def speed_suite(
    clip: Path, *, quick: bool = False, note: str | None = None, on_begin: Begin = lambda _: None
) -> SuiteResult:
    """Measure the cost of unmask on films made of one clip.

    Args:
        clip: A short film of one face.
        quick: Leave out the film of ten minutes.
        note: A sentence for the section.
        on_begin: Told what is measured next.

    Raises:
        InputError: The clip cannot be read.
        UnmaskError: A program that was to be measured failed.
    """
    origin = origin_of("unmask bench speed --quick" if quick else "unmask bench speed", [clip])
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="unmask-bench-") as folder:
        measures = tuple(_measure(clip, Path(folder), on_begin, quick=quick))
    rows = [
        *({"kind": "measure", **asdict(one)} for one in measures),
        {"kind": "origin", **asdict(origin), "load": round(load, 2)},
    ]
    told = f"Processor time, never the clock's; each in a fresh process. Load of the machine at the start: {load:.1f}."
    return SuiteResult(tuple(rows), Section("speed", (told, "", *_table(measures)), origin, note))


def _measure(clip: Path, folder: Path, on_begin: Begin, *, quick: bool) -> Iterator[Measure]:
    on_begin("unmask --help")
    yield _help()
    on_begin("POS")
    yield _pos()
    on_begin("the face loop")
    images = source_frames(clip, settings())
    pictures, film = folder / "pictures.npy", folder / "film.mp4"
    write_pictures(images, pictures, LOOP_FRAMES)
    yield from _face(pictures, os.environ.get(PEER))
    on_begin(f"decoding ({FILM_SECONDS} s of 720p, drawn first)")
    write_film(images, film, FILM_SECONDS)
    yield _decoding(film)
    on_begin(f"check on {FILM_SECONDS} s")
    short = _cost_of_check(film)
    yield from _check(short, FILM_SECONDS)
    on_begin(f"check --fast on {FILM_SECONDS} s, with all detectors and with none that looks at faces")
    yield from _fast(short, _cost_of_check(film, "--fast"), _cost_of_check(film, "--fast", "--only", SIGHTLESS))
    if not quick:
        seconds = FILM_SECONDS * LONG_TIMES
        on_begin(f"check on {seconds} s")
        write_longer(film, folder / "long.mp4", LONG_TIMES)
        long = _cost_of_check(folder / "long.mp4")
        yield from _check(long, seconds)
        growth = (long.peak_bytes - short.peak_bytes) / MEGABYTE / ((seconds - FILM_SECONDS) / 60)
        yield Measure("memory a further minute", growth, "MB", detail="longer film against shorter")


def _help() -> Measure:
    spent = [cost_of([*UNMASK, "--help"]).cpu_seconds for _ in range(HELP_RUNS)]
    return Measure("unmask --help", statistics.median(spent), "CPU s", 0.4, f"median of {HELP_RUNS} runs")


def _pos() -> Measure:
    detail = f"{loops.POS_CELLS} cells × {loops.POS_FRAMES} frames, mean of {loops.POS_ROUNDS} calls"
    return Measure("POS", _loop("pos")["pos_ms"], "CPU ms", 50.0, detail)


def _face(pictures: Path, peer_python: str | None) -> Iterator[Measure]:
    own = _loop("face", str(pictures))
    following = own["loop_ms"] - own["measuring_ms"]
    detail = (
        f"640×480, {own['frames']:.0f} frames, followed in {100 * own['tracked']:.0f} %; "
        f"following {following:.1f}, colours, sharpness and crops {own['measuring_ms']:.1f}"
    )
    yield Measure("face loop a frame", own["loop_ms"], "CPU ms", 7.0, detail)
    if peer_python is None:
        return
    theirs = _told(cost_of([peer_python, peer.__file__, str(pictures)]))
    spent, named = float(theirs["loop_ms"]), f"mediapipe {theirs['version']} FaceMesh"
    detail = f"landmarks alone, same frames, same run, followed in {100 * float(theirs['tracked']):.0f} %"
    yield Measure(f"{named} a frame", spent, "CPU ms", None, detail)
    yield Measure(f"face loop ÷ {named}", own["loop_ms"] / spent, "", None, f"following alone {following / spent:.2f}")


def _decoding(film: Path) -> Measure:
    cost = cost_of(_loop_command("decode", str(film)))
    told = _told(cost)
    receiving, frames = float(told["receiving_seconds"]), float(told["frames"])
    spent = 1000 * (receiving + cost.below_seconds) / frames
    detail = (
        f"{frames:.0f} frames of 720p; receiving {1000 * receiving / frames:.2f}, decoder behind its walls the rest"
    )
    return Measure("decoding and transfer a frame", spent, "CPU ms", None, detail)


def _cost_of_check(film: Path, *options: str) -> Cost:
    return cost_of([*UNMASK, "check", "--json", "--quiet", *options, str(film)])


def _fast(whole: Cost, fast: Cost, sightless: Cost) -> Iterator[Measure]:
    """The cost of a fast check, and what of it the detectors that look at faces cost; people are followed in any case."""
    spent = fast.cpu_seconds / FILM_SECONDS
    detail = f"the same film; decoder {fast.below_seconds / FILM_SECONDS:.2f}"
    yield Measure(f"check --fast a second of film ({FILM_SECONDS} s)", spent, "CPU s", detail=detail)
    yield Measure("check --fast ÷ check", fast.cpu_seconds / whole.cpu_seconds, "", detail="same run")
    detectors = (fast.cpu_seconds - sightless.cpu_seconds) / FILM_SECONDS
    detail = f"check --fast less check --fast --only {SIGHTLESS}, which decodes and follows as well"
    yield Measure("detectors of faces, fast, a second of film", detectors, "CPU s", 0.1, detail)


def _check(cost: Cost, seconds: int) -> Iterator[Measure]:
    row = json.loads(cost.output.splitlines()[0])
    detail = f"720p30, {seconds} s, start included; decoder {cost.below_seconds / seconds:.2f}; {row['verdict']}"
    yield Measure(f"check a second of film ({seconds} s)", cost.cpu_seconds / seconds, "CPU s", 1.0, detail)
    peak = cost.peak_bytes / MEGABYTE
    yield Measure(f"peak memory ({seconds} s)", peak, "MB", 700.0, "all processes together, shared pages for each")


def _loop(name: str, *words: str) -> dict[str, float]:
    return {key: float(value) for key, value in _told(cost_of(_loop_command(name, *words))).items()}


def _loop_command(name: str, *words: str) -> list[str]:
    return [sys.executable, "-m", loops.__name__, name, *words]


def _told(cost: Cost) -> dict[str, float | str]:
    try:
        told = json.loads(cost.output.strip().splitlines()[-1])
    except (IndexError, json.JSONDecodeError) as error:
        raise UnmaskError(f"A measured loop printed no result but '{cost.output[-200:]}'.") from error
    return dict(told)


def _table(measures: tuple[Measure, ...]) -> list[str]:
    rows = [
        (
            one.name,
            f"{one.value:.3g} {one.unit}".strip() if abs(one.value) < 100 else f"{one.value:.0f} {one.unit}",
            "–" if one.at_most is None else f"≤ {one.at_most:g}",
            "–" if one.at_most is None else "yes" if one.value <= one.at_most else "NO",
            one.detail,
        )
        for one in measures
    ]
    return table(("what", "measured", "target", "met", "on what"), rows)
