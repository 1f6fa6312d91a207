"""A file → a report, as one readable line of calls."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from unmask.detectors import Detector, bound, detectors, require_known
from unmask.errors import UsageError
from unmask.faces.track import Following, follow
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.models.folder import added, open_model, read_model
from unmask.provenance.gather import gather, open_key
from unmask.provenance.ledger import ledger_folder
from unmask.settings import Settings, models_folder
from unmask.settings import settings as read_settings
from unmask.types import Engine, Evidence, Frame, Media, Person, Provenance, Report, Track
from unmask.verdict.fuse import MANIPULATED_FROM, judge
from unmask.version import __version__
from unmask.weights import weight_card

EVERY_MODEL = "external"
"""Name of the detector that stands for the user's own models."""
FACE_WEIGHTS = ("face_detection_full_range", "face_landmark", "mean_face")

Progress = Callable[[float, float | None], None]
"""Called with the seconds of film done and its whole length, if known."""


def check(
    path: Path | str,
    *,
    only: Sequence[str] | None = None,
    threshold: float = MANIPULATED_FROM,
    settings: Settings | None = None,
    trust: Path | None = None,
    keys: Path | None = None,
    clip_key: Path | None = None,
    name: str | None = None,
    on_progress: Progress | None = None,
) -> Report:
    """Examine a video, image or sound file.

    Args:
        path: The file.
        only: Names of the detectors and of the user's own models to ask, all when None; ``external`` names all models.
        threshold: Probability (0–1) from which the verdict reads ``manipulated``.
        settings: Limits, and the folder of the user's own models; the user's when None.
        trust: PEM file of the certificates whose signers are trusted; the settings' when None.
        keys: Key folder of the institution whose marks are looked for; the settings' when neither it nor ``clip_key``
            is given.
        clip_key: Key of one clip, whose marks are looked for.
        name: Name shown in the report, the path when None.
        on_progress: Told how far the film was read.

    Returns:
        The report: facts, people, evidence and verdict.

    Raises:
        UsageError: A detector's name is unknown, or keys or trust list cannot be read.
        InputError: The file cannot be read, is no media, or is over a limit.
        MissingComponent: A weight file, or a model that the user added, is missing or altered.

    Example:
        >>> from unmask import check
        >>> report = check("examples/real.mp4")
        >>> report.verdict.word
        'cannot-tell'
    """
    limits = with_origin(settings or read_settings(), trust, keys, clip_key)
    asked = choose_with_models(only, limits)
    chosen = asked.detectors
    key = open_key(limits.keys, clip_key)
    media = probe(Path(path), limits, name=name)
    followed = follow_people(Path(path), media, limits, on_progress, changes=media.kind == "video")
    following, incomplete = followed.following, followed.incomplete
    people = tuple(Person(track, _ask(chosen, "track", track, media)) for track in following.tracks)
    provenance = gather(
        Path(path),
        media,
        limits,
        trust=limits.trust,
        key=key,
        ledger=None if limits.keys is None else ledger_folder(limits.keys),
        tracks=following.tracks,
        damaged_pictures=followed.damaged_pictures,
    )
    evidence = (*_ask(chosen, "media", media, media), *_ask(chosen, "provenance", provenance, media))
    cards = {detector.card.name: detector.card for detector in chosen}
    verdict = judge(
        media,
        people,
        evidence,
        cards,
        crowd=following.crowd,
        threshold=threshold,
        not_asked=asked.left_out,
        whole=incomplete is None,
    )
    engine = _engine(chosen, limits, threshold, clip_key)
    return Report(
        media, people, evidence, verdict, engine, following.seen_until, incomplete, following.crowd, provenance
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which detectors a file is shown to.

    Attributes:
        detectors: Those that come with unmask, then the user's own models.
        left_out: Names of those that were not asked for.
    """

    detectors: tuple[Detector, ...]
    left_out: tuple[str, ...]


def choose_with_models(only: Sequence[str] | None, settings: Settings) -> Asked:
    """The named detectors and models, or all; the models are loaded.

    Raises:
        UsageError: A name is unknown, or all models are asked for and there are none.
        MissingComponent: A model that is asked for was altered.
    """
    folder = models_folder(settings)
    shipped = {name: one for name, one in detectors().items() if one.card.needs != "model"}
    own = tuple(name for name in added(folder) if name not in detectors())
    if only is not None:
        require_known(only, (*detectors(), *own))
    if only is not None and EVERY_MODEL in only and not own:
        raise UsageError(f"No model was added, so '{EVERY_MODEL}' names none; add one with 'unmask models add'.")
    names = tuple(
        name for name in (*shipped, *own) if only is None or name in only or (EVERY_MODEL in only and name in own)
    )
    chosen = (shipped[name] if name in shipped else bound(open_model(read_model(folder, name))) for name in names)
    return Asked(tuple(chosen), tuple(name for name in (*shipped, *own) if name not in names))


def with_origin(settings: Settings, trust: Path | None, keys: Path | None, clip_key: Path | None) -> Settings:
    """The settings with what the call names instead: a clip's key takes the place of a key folder."""
    named = {"trust": trust or settings.trust, "keys": keys or (None if clip_key else settings.keys)}
    return settings.model_copy(update=named)


@dataclass(frozen=True, slots=True)
class Followed:
    """Everyone in a film, and how well it could be read.

    Attributes:
        incomplete: A sentence when the film broke off or has gaps.
        damaged_pictures: How many pictures in its middle could not be decoded.
    """

    following: Following
    incomplete: str | None = None
    damaged_pictures: int = 0


def follow_people(
    path: Path, media: Media, settings: Settings, on_progress: Progress | None = None, *, changes: bool = False
) -> Followed:
    """Tracks of everyone in a film or still, and a sentence when the film broke off.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits.
        on_progress: Told how far the film was read.
        changes: Whether to measure what changes from frame to frame, which a film alone has.

    Raises:
        InputError: The film cannot be decoded.
    """
    if media.video is None:
        return Followed(Following((), 0, None, (), 0))
    bits = media.video.bits_per_pixel if media.kind == "video" else None
    with open_frames(path, media, settings) as film:
        frames = _reported(film, media.duration_seconds, on_progress) if on_progress else film
        following = follow(frames, max_people=settings.max_people, bits_per_pixel=bits, changes=changes)
    return Followed(following, film.broken_off or _gaps(film.skipped), film.skipped)


def _gaps(skipped: int) -> str | None:
    """A sentence about pictures in the middle that could not be decoded."""
    if not skipped:
        return None
    return f"{skipped} damaged pictures were left out." if skipped > 1 else "One damaged picture was left out."


def _reported(frames: Iterable[Frame], length: float | None, on_progress: Progress) -> Iterator[Frame]:
    for frame in frames:
        on_progress(frame.seconds, length)
        yield frame


def _ask(
    chosen: tuple[Detector, ...], needs: str, subject: Track | Media | Provenance, media: Media
) -> tuple[Evidence, ...]:
    return tuple(
        detector.examine(subject)
        for detector in chosen
        if detector.card.needs == needs and media.kind in detector.card.kinds
    )


def _engine(chosen: tuple[Detector, ...], settings: Settings, threshold: float, clip_key: Path | None) -> Engine:
    own = {detector.card.name: detector.sha256 for detector in chosen if detector.sha256 is not None}
    names = sorted({*FACE_WEIGHTS, *(weight for detector in chosen for weight in detector.card.weights)})
    return Engine(
        version=__version__,
        weights={name: own.get(name) or weight_card(name).sha256 for name in names},
        detectors=tuple(detector.card.name for detector in chosen),
        settings=settings.model_dump(mode="json") | {"threshold": threshold} | _key_named(settings.keys, clip_key),
    )


def _key_named(keys: Path | None, clip_key: Path | None) -> dict[str, str | None]:
    """Which kind of key was used; where it lies is nobody's business."""
    return {"keys": "given" if keys else None} | ({"clip_key": "given"} if clip_key else {})
