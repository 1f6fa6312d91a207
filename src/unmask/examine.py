"""A file → a report, as one readable line of calls."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from unmask.detectors import Detector
from unmask.engine import all_cards, choose_with_models, completed, engine_of, open_profile, with_origin, with_profile
from unmask.errors import InputError
from unmask.faces.track import Following, follow
from unmask.media.audio import Recording, open_sound
from unmask.media.probe import probe
from unmask.media.sound import Sound
from unmask.media.video import open_frames
from unmask.provenance.gather import gather, open_key
from unmask.provenance.ledger import ledger_folder
from unmask.reference import read_reference
from unmask.settings import Settings
from unmask.settings import settings as read_settings
from unmask.signals.appearance import chosen_evenly
from unmask.signals.loudness import Loudness, loudness
from unmask.types import Comparison, Evidence, Frame, Media, Person, PixelBox, Provenance, Reference, Report, Track
from unmask.verdict.fuse import MANIPULATED_FROM, judge
from unmask.verdict.threats import threats

FAST_VIEWS = 4

Progress = Callable[[float, float | None], None]
"""Called with the seconds of film done and its whole length, if known."""
Findings = Callable[[int | None, Evidence], None]
"""Called with the number of a person, None for the file, and what a detector found there."""


def check(
    path: Path | str,
    *,
    only: Sequence[str] | None = None,
    threshold: float | None = None,
    settings: Settings | None = None,
    trust: Path | None = None,
    keys: Path | None = None,
    clip_key: Path | None = None,
    profile: Path | None = None,
    reference: Path | str | Reference | None = None,
    name: str | None = None,
    blank: PixelBox | None = None,
    on_progress: Progress | None = None,
    on_evidence: Findings | None = None,
) -> Report:
    """Examine a video, image or sound file.

    Args:
        path: The file.
        only: Names of the detectors and of the user's own models to ask, all when None; ``external`` names all models.
        threshold: Probability (0–1) from which the verdict reads ``manipulated``; when None that of the profile, or
            ``MANIPULATED_FROM`` without one.
        settings: Limits, and the folder of the user's own models; the user's when None.
        trust: PEM file of the certificates whose signers are trusted; the settings' when None.
        keys: Key folder of the institution whose marks are looked for; the settings' when neither it nor ``clip_key``
            is given.
        clip_key: Key of one clip, whose marks are looked for.
        profile: Profile of the user's own real clips to judge by, as `unmask enrol` writes it; the settings' when
            neither it nor a threshold is given.
        reference: Films and stills of one person, a folder or a file, with whom people are compared; for several files
            read it once by ``read_reference``.
        name: Name shown in the report, the path when None.
        blank: A box of each picture that is painted over before faces are looked for, such as one with a visible label;
            credentials and marks are read in the file as it is.
        on_progress: Told how far the film was read.
        on_evidence: Told what each detector finds as soon as it has, long before the verdict.

    Returns:
        The report: facts, people, evidence and verdict.

    Raises:
        UsageError: A detector's name is unknown, keys, trust list or profile cannot be read, the profile does not fit, or
            the reference does not show one person.
        InputError: The file cannot be read, is no media, or is over a limit.
        MissingComponent: A weight file, or a model that the user added, is missing or altered.

    Example:
        >>> from unmask import check
        >>> report = check("examples/real.mp4")
        >>> report.verdict.word
        'cannot-tell'
    """
    limits = with_profile(with_origin(settings or read_settings(), trust, keys, clip_key), threshold, profile)
    asked = choose_with_models(only, limits)
    chosen = asked.detectors
    engine = engine_of(chosen, limits, threshold, clip_key, referred=reference is not None)
    opened = open_profile(limits, engine)
    key = open_key(limits.keys, clip_key)
    known = read_reference(reference, limits) if isinstance(reference, Path | str) else reference
    media = probe(Path(path), limits, name=name)
    with_changes = media.kind == "video" and not limits.fast
    followed = follow_people(Path(path), media, limits, on_progress, changes=with_changes, blank=blank)
    following, incomplete = followed.following, followed.incomplete
    tracks = tuple(map(_glanced_at, following.tracks)) if limits.fast else following.tracks
    tell = on_evidence or _nobody
    people = tuple(Person(track, _ask_of_person(chosen, track, known, media, tell)) for track in tracks)
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
    of_file = partial(tell, None)
    evidence = (
        *_ask(chosen, "media", media, media, of_file),
        *_ask(chosen, "provenance", provenance, media, of_file),
    )
    # Without a reference nothing was asked of it, so that it cannot have been left undone either.
    cards = {one.card.name: one.card for one in chosen if known is not None or one.card.needs != "reference"}
    verdict = judge(
        media,
        people,
        evidence,
        cards,
        crowd=following.crowd,
        threshold=MANIPULATED_FROM if threshold is None else threshold,
        own=None if opened is None else opened.profile.population(media.kind),
        not_asked=asked.left_out,
        whole=incomplete is None,
    )
    used = None if opened is None else opened.use(media.kind, verdict.odds)
    return Report(
        media,
        people,
        evidence,
        verdict,
        completed(engine, used, people),
        following.seen_until,
        incomplete,
        following.crowd,
        provenance,
        used,
        threats(media, people, evidence, all_cards(asked)),
    )


def _glanced_at(track: Track) -> Track:
    """The track with few of its views, as a fast check looks at it."""
    return replace(track, crops=chosen_evenly(track.crops, FAST_VIEWS))


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
    path: Path,
    media: Media,
    settings: Settings,
    on_progress: Progress | None = None,
    *,
    changes: bool = False,
    blank: PixelBox | None = None,
) -> Followed:
    """Tracks of everyone in a film or still, and a sentence when the film broke off.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits.
        on_progress: Told how far the film was read.
        changes: Whether to measure what changes from frame to frame, which a film alone has.
        blank: A box of each picture that is painted over first.

    Raises:
        InputError: The film cannot be decoded.
    """
    if media.video is None:
        return Followed(Following((), 0, None, (), 0))
    bits = media.video.bits_per_pixel if media.kind == "video" else None
    with open_frames(path, media, settings, blank=blank) as film:
        frames = _reported(film, media.duration_seconds, on_progress) if on_progress else film
        following = follow(frames, max_people=settings.max_people, bits_per_pixel=bits, changes=changes)
    return Followed(following, film.broken_off or _gaps(film.skipped), film.skipped)


def hear(path: Path, media: Media, settings: Settings, on_block: Callable[[], None] | None = None) -> Loudness | None:
    """How loud the sound of a file is along its time, for those who draw it; no detector asks for it.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits.
        on_block: Called before each block of sound is decoded.

    Returns:
        None without sound. Sound that breaks off is measured as far as it can be decoded.
    """
    if media.audio is None:
        return None
    with open_sound(path, media, settings) as recording:
        return loudness(_decodable(recording, on_block))


def _decodable(recording: Recording, on_block: Callable[[], None] | None) -> Iterator[Sound]:
    """Blocks until the end, or until one cannot be decoded: the film was examined, whatever its sound is."""
    with suppress(InputError):
        for block in recording:
            if on_block is not None:
                on_block()
            yield block


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
    chosen: tuple[Detector, ...],
    needs: str,
    subject: Track | Comparison | Media | Provenance | tuple[Evidence, ...],
    media: Media,
    tell: Callable[[Evidence], None],
) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for detector in chosen:
        if detector.card.needs == needs and media.kind in detector.card.kinds:
            found.append(detector.examine(subject))
            tell(found[-1])
    return tuple(found)


def _ask_of_person(
    chosen: tuple[Detector, ...], track: Track, reference: Reference | None, media: Media, tell: Findings
) -> tuple[Evidence, ...]:
    """What all detectors that look at a person find, in the order of their names."""
    of_person = partial(tell, track.id)
    found = (
        *_ask(chosen, "track", track, media, of_person),
        *_ask(chosen, "reference", Comparison(track, reference), media, of_person),
    )
    weighed = _ask(chosen, "evidence", found, media, of_person)
    return tuple(sorted((*found, *weighed), key=lambda one: one.detector))


def _nobody(_person: int | None, _evidence: Evidence) -> None:
    """Nobody wants to know before the report is whole."""
