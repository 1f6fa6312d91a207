"""The suite ``ladder``: films of pairs, coded and changed step by step, and checked on each rung.

What was checked is kept in a folder, so that an interrupted run goes on: a file a film and rung, under a name that tells
of the film's bytes, the rung, the weights and the code that checks. Whoever changes one of these measures anew.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from unmask.benchmark.clips import FAKE, REAL, ClipRow, clip_row, not_analysed
from unmask.benchmark.origin import sha256_of
from unmask.benchmark.rungs import NEARLY_LOSSLESS, QUICK, RUNGS, Rung
from unmask.benchmark.truth import Film, Films
from unmask.benchmark.watermark_films import even
from unmask.benchmark.watermark_kept import keep_row, kept_row, stamp_of
from unmask.detectors import choose
from unmask.engine import choose_with_models, engine_of
from unmask.errors import InputError, NotMedia, OutputError, UsageError
from unmask.media.audio import RATE_HZ, read_audio
from unmask.media.encode import has_encoder, write_video
from unmask.media.probe import probe
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Frame, Media, PixelBox, RgbImage
from unmask.version import __version__

MOST_SECONDS = 10.0
SLACK_SECONDS = 0.1
USUAL_RATE = 30.0
QUICK_PAIRS = 2
SOURCE = Path(__file__).parents[1]
CHECKING = ("detectors", "faces", "media", "models", "networks", "provenance", "signals", "types", "verdict")
"""Packages whose code decides what a check says."""
MEASURING = ("attacks", "bins", "clips", "rungs", "views")
"""Modules of this package that decide what is checked, and what is noted of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One film on one rung.

    Attributes:
        cut: Whether the film or its counterpart is too long to be taken whole, so that both are coded anew.
    """

    film: Film
    rung: Rung
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Climbed:
    """What `check` said of a film on a rung."""

    rung: str
    row: ClipRow


@dataclass(frozen=True, slots=True)
class Ladder:
    """A run of the suite.

    Attributes:
        films: Fakes and originals, each with its counterpart.
        rungs: In the order in which they are printed.
        only: Names of the detectors to ask, all when None.
        work: Folder in which is kept what was checked.
    """

    films: tuple[Film, ...]
    rungs: tuple[Rung, ...]
    only: tuple[str, ...] | None
    work: Path

    @property
    def steps(self) -> list[Step]:
        """Films on the rungs whose coder is there, film after film."""
        return [Step(film, rung) for film in self.films for rung in self.rungs if not missing_encoder(rung)]


def ladder_of(found: Films, folder: Path, work: Path, *, only: Sequence[str] | None, quick: bool) -> Ladder:
    """What is to be measured of a folder's films.

    Args:
        found: The films.
        folder: Where they lie, for the message.
        work: Where to keep what was checked.
        only: Names of the detectors to ask, all when None.
        quick: Three rungs and the first two pairs.

    Raises:
        UsageError: No film has its pair, or a detector's name is unknown.
        OutputError: The folder to work in cannot be made.
    """
    choose(tuple(only) if only is not None else None)
    pairs = _whole_pairs(found)
    if not pairs:
        raise UsageError(
            f"No film of {shown(folder)} has its pair; name a data set in which fakes lie beside their own originals, such as X_fake.mp4 and X_real.mp4."
        )
    taken = pairs[:QUICK_PAIRS] if quick else pairs
    films = tuple(film for film in found.films if film.pair in taken and film.path.is_file())
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {shown(work)} cannot be made: {error.strerror}; name another.") from error
    return Ladder(films, QUICK if quick else RUNGS, tuple(only) if only is not None else None, work)


def missing_encoder(rung: Rung) -> str | None:
    """The encoder that a rung needs and this machine's PyAV has not, None where nothing is missing."""
    if rung.coding is None or has_encoder(rung.coding.codec):
        return None
    return rung.coding.codec


def climb(ladder: Ladder, settings: Settings) -> Generator[Climbed]:
    """Check every film on every rung; what was kept from an earlier run is not checked again.

    A film that could not be analysed is not kept, so the next run tries it again.

    Raises:
        Unreadable: A film cannot be opened.
        OutputError: A row cannot be kept.
    """
    weights = engine_of(choose_with_models(ladder.only, settings).detectors, settings).weights
    stamp = stamp_of(_sources(), __version__, weights, ladder.only, settings.model_dump_json(exclude={"serve"}))
    hashes = {film.path: sha256_of(film.path) for film in ladder.films}
    long = {film.pair for film in ladder.films if _is_long(film.path, settings)}
    for planned in ladder.steps:
        step = replace(planned, cut=planned.film.pair in long)
        name = stamp_of((), stamp, hashes[step.film.path], step.rung.name, step.cut, step.film.label_box)
        values = kept_row(ladder.work, name)
        row = ClipRow(**values) if values is not None else checked(step, settings, ladder.only)
        if values is None and row.error is None:
            keep_row(ladder.work, name, row)
        film = step.film
        yield Climbed(step.rung.name, replace(row, file=film.name, side=film.side, pair=film.pair, group=film.person))


def checked(step: Step, settings: Settings, only: Sequence[str] | None) -> ClipRow:
    """Put a film on a rung and check it; where the coder refuses it, the row says so."""
    film = step.film
    with TemporaryDirectory(prefix="unmask-bench-") as folder:
        place = Path(folder) / "film.mp4"
        try:
            path = put_on(step.rung, film.path, place, settings, cut=step.cut, blank=film.label_box)
        except (InputError, OutputError) as error:
            return not_analysed(film, str(error))
        coded_anew = path != film.path  # what was painted over stays so, wherever it lies now
        left = replace(film, path=path, label_box=None if coded_anew else film.label_box, mask=None)
        return clip_row(left, settings, only=only)


def put_on(
    rung: Rung, source: Path, destination: Path, settings: Settings, *, cut: bool, blank: PixelBox | None = None
) -> Path:
    """The first ten seconds of a film as a rung leaves them.

    Args:
        rung: What is done.
        source: The film.
        destination: Where to write it.
        settings: Limits, and the least sandbox.
        cut: Whether it is written anew where nothing else is to be done to it.
        blank: A box that is painted over in what is written anew.

    Returns:
        The destination; the source itself where nothing is to be done to it.

    Raises:
        InputError: The film cannot be read.
        OutputError: The coder refuses it.
    """
    media = probe(source, settings)
    if media.kind != "video":
        raise NotMedia(f"{shown(source)} is no film; a ladder takes films only.")
    if rung.coding is None and not cut:
        return source
    _write(rung, source, media, destination, settings, blank=blank)
    return destination


def _is_long(path: Path, settings: Settings) -> bool:
    """Whether a film lasts longer than is taken, or does not say how long it is."""
    try:
        seconds = probe(path, settings).duration_seconds
    except InputError:
        return False
    return seconds is None or seconds > MOST_SECONDS + SLACK_SECONDS


def _write(
    rung: Rung, source: Path, media: Media, destination: Path, settings: Settings, *, blank: PixelBox | None
) -> None:
    coding, times = rung.coding or NEARLY_LOSSLESS, deque[float]()
    rate = (media.video.frame_rate if media.video is not None else None) or USUAL_RATE
    sound = read_audio(source, media, settings)[: round(MOST_SECONDS * RATE_HZ)] if media.audio is not None else None
    with open_frames(
        source, media, settings, stop_seconds=MOST_SECONDS, every=rung.every, exact=True, blank=blank
    ) as film:
        write_video(
            destination,
            _changed(film, rung, times),
            rate / rung.every,
            times=iter(times.popleft, None),
            audio=sound,
            crf=coding.crf,
            preset=coding.preset,
            codec=coding.codec,
            further=dict(rung.further),
        )


def _changed(frames: Iterable[Frame], rung: Rung, times: deque[float]) -> Iterator[RgbImage]:
    """The pictures as they go into the coder; the time of each is noted as it is taken, the first at 0 s."""
    first = None
    for index, frame in enumerate(frames):
        first = frame.seconds if first is None else first
        times.append(frame.seconds - first)
        yield even(rung.changed(frame.image, index))


def _whole_pairs(found: Films) -> list[str]:
    """Names of the pairs of which both members are files, in their order."""
    there = [film for film in found.films if film.pair is not None and film.path.is_file()]
    sides = [{film.pair for film in there if film.side == side} for side in (FAKE, REAL)]
    return sorted(pair for pair in sides[0] & sides[1] if pair is not None)


def _sources() -> Iterator[Path]:
    yield from (SOURCE / name for name in ("engine.py", "examine.py"))
    yield from (SOURCE / "benchmark" / f"{name}.py" for name in MEASURING)
    for package in CHECKING:
        yield from (SOURCE / package).rglob("*.py")
