"""The work of the suite ``watermark`` in pieces: what is slow is done once, several at a time, and kept."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from unmask.benchmark.origin import sha256_of
from unmask.benchmark.watermark_beside import Peer, peer_row
from unmask.benchmark.watermark_cost import CostRow, cost_rows
from unmask.benchmark.watermark_films import MOST_FRAMES, Excerpt, excerpt_of
from unmask.benchmark.watermark_kept import keep_row, keep_version, kept_row, stamp_of
from unmask.benchmark.watermark_measure import altered_versions, bench_keys, film_row, honest_versions
from unmask.benchmark.watermark_sound import open_utterance, sound_row, sounds_of
from unmask.benchmark.watermark_stills import open_still, peer_still_row, still_row, stills_of
from unmask.errors import InputError, UsageError
from unmask.media import encode
from unmask.provenance import code
from unmask.settings import Settings
from unmask.types import Payload

Part = Literal["versions", "payload", "peer", "still", "peer-still", "sound", "cost"]
QUICK_FILMS, QUICK_STILLS, QUICK_SOUNDS, QUICK_FRAMES = 3, 10, 5, 66
MOST_STILLS, MOST_SOUNDS = 50, 40
MEASURING = ("attacks", "watermark_films", "watermark_faces", "watermark_measure", "watermark_kept", "watermark_stills")
BESIDE = ("attacks", "watermark_films", "watermark_faces", "watermark_beside", "watermark_peer", "watermark_stills")
COSTING = ("watermark_cost", "watermark_loops")
MARKING = ("align", "embed", "find", "geometry", "lattice", "layout", "measure", "record")
"""Modules of the mark on which all that is kept depends; how films are judged is not among them."""
JUDGING = ("answer", "expect", "faces", "locate", "read", "write")
MOVING = ("encode", "tracks", "video", "child/pictures")
"""Modules of media through which all pictures go."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured.

    Attributes:
        films: Films, in order.
        stills: Stills of faces.
        sounds: Utterances.
        work: Folder in which what was measured is kept.
        settings: Limits, and the least sandbox.
        peer: A Python that has the peer, None for none.
        frames: Frames taken of each film.
    """

    films: tuple[Path, ...]
    stills: tuple[Path, ...]
    sounds: tuple[Path, ...]
    work: Path
    settings: Settings
    peer: str | None = None
    frames: int = MOST_FRAMES


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work.

    Attributes:
        part: What is to be measured.
        file: Of which film, still or utterance.
        donor: Film whose face, or utterance whose voice, is put in.
        plan: The whole.
        name: The name under which the outcome is kept; it tells the files and the code that measures them.
        clip: The number of the clip that is written into the file.
    """

    part: Part
    file: Path
    donor: Path
    plan: Plan
    name: str
    clip: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be measured, and why."""

    refused: str


@dataclass(frozen=True, slots=True)
class Versions:
    """Names of the versions of a film that were measured; kept when all of them are."""

    film: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Costs:
    """Figures of cost."""

    rows: tuple[CostRow, ...]


def plan_of(
    films: Sequence[Path],
    work: Path,
    settings: Settings,
    *,
    faces: Path | None = None,
    speech: Path | None = None,
    peer: str | None = None,
    most_films: int | None = None,
    quick: bool = False,
) -> Plan:
    """What is to be measured.

    Args:
        films: Films of a folder.
        work: Folder in which what was measured is kept; made when it is not there.
        settings: Limits, and the least sandbox.
        faces: Folder of stills of faces, None for none.
        speech: Folder of utterances, None for none.
        peer: A Python that has the peer.
        most_films: Take only so many films, evenly spread over the folder; None for all.
        quick: Three films, ten stills, five utterances and two seconds of each film.

    Raises:
        UsageError: There is no film, or no still or utterance where some were named.
    """
    if not films:
        raise UsageError("The folder holds no films; name one with some: unmask bench watermark FOLDER.")
    stills, sounds = stills_of(faces) if faces else (), sounds_of(speech) if speech else ()
    if faces is not None and not stills:
        raise UsageError(f"'{faces}' holds no stills; name a folder of portraits, or leave --faces out.")
    if speech is not None and not sounds:
        raise UsageError(f"'{speech}' holds no sound files; name a folder of utterances, or leave --speech out.")
    work.mkdir(parents=True, exist_ok=True)
    return Plan(
        _spread(films, most_films or (QUICK_FILMS if quick else len(films))),
        stills[: QUICK_STILLS if quick else MOST_STILLS],
        _spread(sounds, QUICK_SOUNDS if quick else MOST_SOUNDS),
        work,
        settings,
        peer,
        QUICK_FRAMES if quick else MOST_FRAMES,
    )


def _spread(files: Sequence[Path], most: int) -> tuple[Path, ...]:
    """Some of the files, evenly spread."""
    count = min(len(files), most)
    return tuple(files[index * len(files) // count] for index in range(count))


def jobs_of(plan: Plan) -> tuple[Job, ...]:
    """All pieces of work, the one that needs the machine for itself last."""
    of_films: tuple[Part, ...] = ("versions", "payload") if plan.peer is None else ("versions", "payload", "peer")
    of_stills: tuple[Part, ...] = ("still",) if plan.peer is None else ("still", "peer-still")
    return (
        *(_job(part, film, donor, plan) for film, donor in _with_next(plan.films) for part in of_films),
        *(_job(part, still, still, plan) for still in plan.stills for part in of_stills),
        *(_job("sound", sound, other, plan) for sound, other in _with_next(plan.sounds)),
        _job("cost", plan.films[0], plan.films[0], plan),
    )


def _with_next(files: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """Each file with the one after it, the last with the first."""
    return zip(files, (*files[1:], *files[:1]), strict=True)


def _job(part: Part, file: Path, donor: Path, plan: Plan) -> Job:
    beside = part == "cost" and plan.peer is not None
    stamp = stamp_of(_sources(part), _digest(file), _digest(donor), plan.frames, beside)
    return Job(part, file, donor, plan, f"{part}-{stamp}", int(_digest(file)[:8], 16))


def work_off(jobs: Sequence[Job], workers: int) -> Iterator[Job]:
    """Do what is not kept from before, several at a time; each job comes back when it is done."""
    together, alone = ([job for job in jobs if (job.part == "cost") is costing] for costing in (False, True))
    waiting = [job for job in together if kept_row(job.plan.work, job.name) is None]
    yield from (job for job in together if job not in waiting)
    yield from _at_once(waiting, workers) if workers > 1 else _in_turn(waiting)
    yield from _in_turn(alone)


def _in_turn(jobs: Sequence[Job]) -> Iterator[Job]:
    for job in jobs:
        do(job)
        yield job


def _at_once(jobs: Sequence[Job], workers: int) -> Iterator[Job]:
    # Children are made anew: of a process with threads, a copy may hang.
    anew = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, anew, initializer=_silently) as pool:
        doing = {pool.submit(do, job): job for job in jobs}
        try:
            for done in as_completed(doing):
                done.result()
                yield doing[done]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _silently() -> None:
    """Keep what coders print of themselves off the terminal; errors come back as exceptions."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def do(job: Job) -> None:
    """Measure one piece and keep it, unless it is kept from before; a file that cannot be measured is kept as refused."""
    if kept_row(job.plan.work, job.name) is not None:
        return
    try:
        row = MEASURES[job.part](job)
    except (InputError, UsageError) as error:
        row = Refused(str(error))
    keep_row(job.plan.work, job.name, row)


def _payload(job: Job) -> Any:
    return film_row(job.file.name, _excerpt(job.file, job.plan), job.clip, job.plan.settings)


def _versions(job: Job) -> Any:
    excerpt, donor = _excerpt(job.file, job.plan), _excerpt(job.donor, job.plan)
    names = []
    for versions in (
        honest_versions(excerpt, job.clip, job.plan.settings),
        altered_versions(excerpt, donor, job.clip, job.plan.settings),
    ):
        for version in versions:
            keep_version(job.plan.work, job.name, version)
            names.append(version.name)
    return Versions(job.file.name, tuple(names))


def _peer(job: Job) -> Any:
    excerpt, donor = _excerpt(job.file, job.plan), _excerpt(job.donor, job.plan)
    payload = Payload(bench_keys().institution, job.clip)
    with Peer(job.plan.peer or "") as peer:
        return peer_row(job.file.name, excerpt, donor, payload=payload, peer=peer, settings=job.plan.settings)


def _still(job: Job) -> Any:
    settings = job.plan.settings
    return still_row(job.file.name, open_still(job.file, settings), job.clip, settings)


def _peer_still(job: Job) -> Any:
    settings = job.plan.settings
    with Peer(job.plan.peer or "") as peer:
        return peer_still_row(job.file.name, open_still(job.file, settings), job.clip, peer, settings)


def _sound(job: Job) -> Any:
    settings = job.plan.settings
    sound, other = open_utterance(job.file, settings), open_utterance(job.donor, settings)
    return sound_row(job.file.name, sound, other, job.clip, settings)


def _cost(job: Job) -> Any:
    return Costs(cost_rows(job.file, job.plan.settings, job.plan.peer))


MEASURES: dict[Part, Callable[[Job], Any]] = {
    "payload": _payload,
    "versions": _versions,
    "peer": _peer,
    "still": _still,
    "peer-still": _peer_still,
    "sound": _sound,
    "cost": _cost,
}


def _excerpt(film: Path, plan: Plan) -> Excerpt:
    return excerpt_of(film, plan.settings, plan.frames)


@cache
def _digest(file: Path) -> str:
    return sha256_of(file)


@cache
def _sources(part: Part) -> tuple[Path, ...]:
    """The code on which an outcome depends."""
    here, provenance, media = (Path(file).parent for file in (__file__, code.__file__, encode.__file__))
    coding = provenance / "code.py"
    if part == "sound":
        return (coding, here / "audible.py", here / "watermark_sound.py", *sorted((provenance / "sound").glob("*.py")))
    moving = tuple(media / f"{name}.py" for name in MOVING)
    if part in ("peer", "peer-still"):
        return (*moving, *(here / f"{name}.py" for name in BESIDE))
    names = (*MARKING, *JUDGING) if part in ("still", "cost") else MARKING
    own = COSTING if part == "cost" else MEASURING
    marking = (provenance / "watermark" / f"{name}.py" for name in names)
    return (coding, *moving, *marking, *(here / f"{name}.py" for name in own))
