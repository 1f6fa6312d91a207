"""Sealed media written: coded, signed and noted in the ledger, all of it or nothing."""

import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from unmask.errors import OutputError, UsageError
from unmask.forgery.mask_film import MaskFilm, mask_place
from unmask.forgery.seal import Made, SealedFrame, SealedMedia, require_genuine
from unmask.media.encode import write_video
from unmask.media.image import write_image
from unmask.media.probe import probe
from unmask.media.rewrite import Progress, rewrite_video
from unmask.media.source import shown
from unmask.provenance.claims import Claims
from unmask.provenance.essence import EssenceClaim, one_digest
from unmask.provenance.ledger import Entry, record
from unmask.provenance.signing import Signed, essence_to_sign, now, readable_name, sign_file
from unmask.settings import Settings
from unmask.types import Frame, RgbImage
from unmask.version import __version__

FILMS, STILLS = (".mp4", ".m4v"), (".png", ".jpg", ".jpeg", ".webp")
USUAL_RATE = 25.0
SOFTWARE = f"unmask {__version__}"


@dataclass(frozen=True, slots=True)
class Coding:
    """How an output is written.

    Attributes:
        crf: Quality of a film's coder, 0 (without loss) to 51.
        preset: Its speed, as x264 names it.
        masks: Whether the masks are written beside it, see ``mask_place``.
        force: Whether a file that lies at the destination may be replaced.
    """

    crf: int = 18
    preset: str = "medium"
    masks: bool = False
    force: bool = False


USUAL = Coding()


@dataclass(frozen=True, slots=True)
class Written:
    """A sealed file.

    Attributes:
        path: Where it lies.
        entry: Its line in the ledger.
        mask: Where its masks lie, None when there are none.
        frames: Pictures in it.
        remarks: Sentences on what else is not as it was; often none.
    """

    path: Path
    entry: Entry
    mask: Path | None
    frames: int
    remarks: tuple[str, ...] = ()


def write_sealed(
    media: SealedMedia,
    destination: Path,
    settings: Settings,
    coding: Coding = USUAL,
    *,
    on_progress: Progress | None = None,
    on_frame: Callable[[SealedFrame], None] | None = None,
) -> Written:
    """Write what was sealed: coded, signed and noted, or not at all.

    Args:
        media: As ``unmask.forgery.seal`` made it.
        destination: Where to; a film ends with .mp4, a still with .png, .jpg or .webp.
        settings: Limits, and the least sandbox.
        coding: How it is written.
        on_progress: Told how far a film is made.
        on_frame: Shown each picture before it is coded, where there is no film before them.

    Raises:
        TypeError: It was not sealed.
        UsageError: It cannot be written there.
        InputError: The film it is made from cannot be decoded to its end.
        OutputError: It cannot be written or noted.
    """
    sealed = require_genuine(media)
    require_place(sealed, destination, force=coding.force)
    with _folder_beside(destination) as folder:
        coded, signed = (folder / f"{name}{destination.suffix.lower()}" for name in ("coded", "signed"))
        masks = MaskFilm(mask_place(coded), _rate(sealed)) if coding.masks else None
        told = _Told(on_progress, on_frame)
        frames, remarks = _coded(sealed, coded, masks, settings, coding=coding, told=told)
        stated = essence_to_sign(coded, probe(coded, settings), settings, payload=sealed.payload)
        truth = sealed.truth
        claims = Claims(readable_name(destination), truth.actions(now(), SOFTWARE), truth.ingredients(), stated)
        noted = sign_file(coded, signed, sealed.sealer.signer, claims, settings)
        moves = [(signed, destination)]
        if masks is not None and masks.seen:
            moves.append((masks.path, mask_place(destination)))
        entry = _entry(sealed, noted, stated, [place for _, place in moves])
        entry = _moved_and_noted(sealed, moves, entry, noted.manifest)
    return Written(destination, entry, moves[1][1] if len(moves) > 1 else None, frames, remarks)


def require_place(sealed: SealedMedia, destination: Path, *, force: bool) -> None:
    """Refuse a destination that would cost a file, or that a licence forbids.

    Raises:
        UsageError: It does.
    """
    endings = FILMS if sealed.film or sealed.pace else STILLS
    lab = sealed.sealer.lab.folder
    if destination.suffix.lower() not in endings:
        raise UsageError(f"{shown(destination)} must end with {' or '.join(endings)}.")
    if sealed.truth.keep_inside and not destination.resolve().is_relative_to(lab.resolve()):
        raise UsageError(
            f"{shown(destination)} lies outside the lab, and the licence of what it is made from keeps it there; name a file in {shown(lab)}."
        )
    if sealed.film is not None and os.path.exists(destination) and destination.samefile(sealed.film.path):
        raise UsageError(f"{shown(destination)} would be forged over itself; name another file.")
    if os.path.isdir(destination):
        raise UsageError(f"{shown(destination)} is a folder; name a file in it.")
    if os.path.lexists(destination) and not force:
        raise UsageError(f"{shown(destination)} is there already; name another, or replace it with --force.")


@dataclass(frozen=True, slots=True)
class _Told:
    """Who is told what of the writing."""

    on_progress: Progress | None
    on_frame: Callable[[SealedFrame], None] | None


def _coded(
    sealed: SealedMedia,
    coded: Path,
    masks: MaskFilm | None,
    settings: Settings,
    *,
    coding: Coding,
    told: _Told,
) -> tuple[int, tuple[str, ...]]:
    """Code the pictures; their number, and remarks."""
    with masks if masks is not None else nullcontext():
        if sealed.film is not None:
            film = sealed.film

            def change(frame: Frame) -> RgbImage:
                return _masked(sealed.changed(frame), frame.seconds, masks)

            rewritten = rewrite_video(
                film.path,
                coded,
                film.media,
                settings,
                change,
                crf=coding.crf,
                preset=coding.preset,
                on_progress=told.on_progress,
            )
            return rewritten.frames, rewritten.remarks
        counted = _Counted(sealed, masks, told)
        if sealed.pace is None:
            write_image(coded, next(iter(counted)))
        else:
            pace = sealed.pace
            write_video(
                coded,
                counted,
                pace.frame_rate,
                times=None if pace.even else counted.times(),
                audio=pace.audio,
                audio_rate_hz=pace.audio_rate_hz,
                crf=coding.crf,
                preset=coding.preset,
            )
        return counted.frames, ()


class _Counted:
    """Pictures without a film before them, their masks taken, and counted."""

    def __init__(self, sealed: SealedMedia, masks: MaskFilm | None, told: _Told) -> None:
        self._sealed, self._masks, self._told = sealed, masks, told
        self._seconds = 0.0
        self.frames = 0

    def __iter__(self) -> Iterator[RgbImage]:
        for frame in self._sealed.frames():
            self.frames, self._seconds = self.frames + 1, frame.seconds
            if self._told.on_progress is not None:
                self._told.on_progress(frame.seconds, self._sealed.pace.seconds if self._sealed.pace else None)
            if self._told.on_frame is not None:
                self._told.on_frame(frame)
            yield _masked(frame.made, frame.seconds, self._masks)

    def times(self) -> Iterator[float]:
        """When the picture that was taken last is shown."""
        while True:
            yield self._seconds


def _masked(made: Made, seconds: float, masks: MaskFilm | None) -> RgbImage:
    """The picture, its mask noted."""
    if masks is not None:
        masks.add(made.mask, made.image.shape, seconds)
    return made.image


def _rate(sealed: SealedMedia) -> float:
    if sealed.film is not None and sealed.film.media.video is not None:
        return sealed.film.media.video.frame_rate or USUAL_RATE
    return float(sealed.pace.frame_rate) if sealed.pace is not None else USUAL_RATE


def _entry(sealed: SealedMedia, signed: Signed, stated: EssenceClaim, places: list[Path]) -> Entry:
    truth = sealed.truth
    return Entry(
        readable_name(places[0]),
        truth.kind,
        signed.sha256,
        essence=one_digest(stated),
        payload=sealed.payload,
        sources=tuple(dict.fromkeys(source.sha256 for source in truth.sources)),
        extra={
            "truth": truth.as_json(),
            "mask": readable_name(places[1]) if len(places) > 1 else None,
            "version": __version__,
        },
    )


def _moved_and_noted(sealed: SealedMedia, moves: list[tuple[Path, Path]], entry: Entry, manifest: bytes) -> Entry:
    """Give the files their names; where the ledger cannot be written, take them back."""
    done: list[Path] = []
    try:
        for aside, place in moves:
            aside.replace(place)
            done.append(place)
        return record(sealed.sealer.lab.ledger, entry, manifest)
    except (OSError, OutputError) as error:
        for place in done:
            place.unlink(missing_ok=True)
        if isinstance(error, OutputError):
            raise OutputError(f"{shown(moves[0][1])} is not written, as it could not be noted: {error}") from error
        raise OutputError(f"{shown(moves[0][1])} cannot be written: {error.strerror}.") from error


@contextmanager
def _folder_beside(destination: Path) -> Generator[Path]:
    try:
        folder = tempfile.TemporaryDirectory(prefix=".unmask-", dir=destination.parent)
    except OSError as error:
        raise OutputError(f"{shown(destination)} cannot be written: {error.strerror}.") from error
    with folder as name:
        yield Path(name)
