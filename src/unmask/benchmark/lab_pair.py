"""A real pair: two people's films under a licence, swapped inside a lab of the run and measured."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from unmask.benchmark.lab_effort import SEED, Effort, trained
from unmask.benchmark.lab_figures import Figure, mean_figure
from unmask.benchmark.lab_puppets import CODING
from unmask.benchmark.origin import sha256_of
from unmask.benchmark.rates import films_of
from unmask.errors import UsageError
from unmask.forgery.consent import Enrolment, Evidence, enrol, today
from unmask.forgery.followed import follow_person
from unmask.forgery.lab import Sealer
from unmask.forgery.swap.measure_films import FilmFigures, measure_films
from unmask.forgery.swap.measure_model import HeldOut, measure_model
from unmask.forgery.swap.merge import MergeRecipe
from unmask.forgery.swap.prepare import Preparing, prepare
from unmask.forgery.swap.swapping import merge_swap
from unmask.forgery.writing import write_sealed
from unmask.settings import Settings

MODEL, ANEW = "pair", "pair-anew"
LEAST_SSIM, MOST_JITTER = 0.80, 1.5
NEIGHBOURS = 8
"""Held-out faces that are drawn anew together, as neighbours are alike."""


def pair_of(folder: Path) -> tuple[Path, Path]:
    """The films of a pair: the first by name shows who is drawn, the second who is drawn over.

    Raises:
        UsageError: There are fewer than two.
    """
    films = films_of(folder)
    if len(films) < 2:
        raise UsageError(f"{folder} holds {len(films)} films; a swap needs two, of one person each.")
    return films[0], films[1]


def pair_figures(sealer: Sealer, folder: Path, effort: Effort, settings: Settings) -> Iterator[Figure]:
    """Swap the second film's person for the first's.

    Raises:
        UnmaskError: A step failed.
    """
    films = pair_of(folder)
    faces = tuple(follow_person(film, settings).embedding() for film in films)
    evidence = Evidence(sha256=sha256_of(films[0]), name=films[0].name[:200])
    corpus = Enrolment("corpus of the bench", "licensed-corpus", today() + timedelta(days=1), evidence, faces)
    consent = enrol(sealer.lab, corpus)
    stores = ("pair-src", "pair-dst")
    for name, film in zip(stores, films, strict=True):
        prepare(sealer.lab, Preparing((film,), sealer.lab.faces / name, name, (consent.id,)), settings)
    spent = trained(sealer, stores, MODEL, effort.pair_preset, cpu_seconds=effort.pair_cpu_seconds, settings=settings)
    swapped = sealer.lab.outputs / "pair.mp4"
    write_sealed(merge_swap(sealer, MODEL, films[1], MergeRecipe(), settings), swapped, settings, CODING)
    model = measure_model(sealer.lab, MODEL)
    on = f"{effort.pair_preset}, {spent.cpu_seconds:.0f} CPU s on one core, {spent.iterations} iterations"
    for name, held in (("src", model.src), ("dst", model.dst)):
        if held is not None:
            yield _held_out(name, held, on)
    yield from _begun_anew(sealer, stores, effort, settings)
    yield from _film_figures(measure_films(sealer.lab, MODEL, films[1], swapped, settings))


def _begun_anew(sealer: Sealer, stores: tuple[str, str], effort: Effort, settings: Settings) -> Iterator[Figure]:
    """What the same training comes to without the encoder that comes with the package."""
    seconds = effort.pair_cpu_seconds
    spent = trained(sealer, stores, ANEW, effort.pair_preset, cpu_seconds=seconds, settings=settings, anew=True)
    model = measure_model(sealer.lab, ANEW)
    for name, held in (("src", model.src), ("dst", model.dst)):
        if held is not None:
            detail = f"without the shipped encoder, {spent.iterations} iterations"
            clusters = [str(k // NEIGHBOURS) for k in range(len(held.ssim))]
            yield mean_figure(f"… of {name}, begun anew", held.ssim, clusters, SEED, detail=detail, digits=3)


def _held_out(name: str, held: HeldOut, on: str) -> Figure:
    clusters = [str(k // NEIGHBOURS) for k in range(len(held.ssim))]
    detail = f"{on}; {len(held.ssim)} faces, PSNR {held.psnr_db.mean():.1f} dB"
    title = f"SSIM of {name} held out"
    return mean_figure(title, held.ssim, clusters, SEED, at_least=LEAST_SSIM, detail=detail, digits=3)


def _film_figures(film: FilmFigures) -> Iterator[Figure]:
    like = film.likeness
    nearer = f"to dst {like.to_dst:.2f}; one person below 0.6"
    yield Figure("identity distance to src", like.to_src, at_most=round(like.to_dst, 2), detail=nearer)
    yield Figure("rank of src", float(like.rank), at_most=1.0, detail=f"of {like.people} people", digits=0)
    yield Figure("jitter, swap ÷ film", film.jitter, at_most=MOST_JITTER, detail=f"{len(film.times)} frames")
    seconds = [str(int(one)) for one in film.times]
    yield mean_figure(
        "pose, swap against film", film.pose_degrees, seconds, SEED, unit="°", detail="as FaceMesh sees both"
    )
    yield Figure("seam, swap ÷ film", film.seam, detail="edges along the mask's rim")
