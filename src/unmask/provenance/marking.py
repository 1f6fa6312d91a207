"""A film, still or sound written with our mark as a user asks for it: refused early, never by halves, and noted."""

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from unmask.errors import BrokenMedia, OutputError, UsageError
from unmask.media.audio import Recording, open_sound
from unmask.media.essence import essence_of
from unmask.media.image import CODERS, losses
from unmask.media.probe import probe
from unmask.media.rewrite import Progress
from unmask.media.sound import Sound
from unmask.media.soundfile import FORMS, write_sound
from unmask.media.source import shown
from unmask.provenance.essence import one_digest
from unmask.provenance.keys import MarkKeys
from unmask.provenance.ledger import Entry, find, record
from unmask.provenance.marks import read_marks
from unmask.provenance.sound import SoundMarker
from unmask.provenance.watermark.write import CRF, mark_image, mark_video
from unmask.settings import Settings
from unmask.types import Media, MediaKind, Payload

PRESET = "medium"
ENDINGS: dict[MediaKind, tuple[str, ...]] = {"video": (".mp4", ".m4v"), "image": (*CODERS,), "audio": (*FORMS,)}
"""What the name of a marked file may end with."""
KIND = "marked"
"""What the ledger calls a file with a mark."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be marked, and how.

    Attributes:
        source: The file.
        destination: Where the marked one is to lie.
        clip: Number of the clip, 32 bits.
        crf: Quality of a film's coder, 0 (without loss) to 51.
        preset: Speed of a film's coder, as x264 names it.
        sound: Whether a film's sound is marked too; else it is carried through untouched. Of a sound file it always is.
        force: Whether a file that lies at the destination may be replaced.
    """

    source: Path
    destination: Path
    clip: int
    crf: int = CRF
    preset: str = PRESET
    sound: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """A file that was marked, and its line in the ledger.

    Attributes:
        payload: What its mark says.
        entry: Its line.
        frames: Pictures that were marked, 0 in a sound file.
        psnr_db: Peak signal-to-noise ratio of the marked pictures' luma before coding; endless when nothing was
            changed, None in a sound file.
        remarks: Sentences on what else is not as it was.
    """

    payload: Payload
    entry: Entry
    frames: int
    psnr_db: float | None
    remarks: tuple[str, ...]


def mark_file(
    order: Order,
    media: Media,
    settings: Settings,
    keys: MarkKeys,
    ledger: Path,
    *,
    on_progress: Progress | None = None,
) -> Noted:
    """Write a film, still or sound with its mark, and note it in the ledger.

    Args:
        order: What is wanted.
        media: What ``probe`` found in the source.
        settings: Limits, and the least sandbox.
        keys: The institution's keys.
        ledger: Folder of the institution's ledger.
        on_progress: Told how far a film is written.

    Raises:
        UsageError: It cannot be marked, carries our mark already, or would be written over a file.
        InputError: The source cannot be decoded to its end; nothing is written then.
        OutputError: The file or the ledger cannot be written.
    """
    require_place(order, media)
    payload = Payload(keys.institution, order.clip)
    used = find(ledger, payload=payload)
    frames, psnr_db, remarks = _written(order, media, settings, keys, on_progress)
    if used:
        remarks = (
            *remarks,
            f"Clip {order.clip:08x} stands in the ledger already, for {shown(used[-1].file)}; only a copy of the same film should share its number.",
        )
    return Noted(payload, _noted(order, media, settings, payload, ledger), frames, psnr_db, remarks)


def require_place(order: Order, media: Media) -> None:
    """Refuse a destination that would cost a file, or whose name would say something false.

    Raises:
        UsageError: It would.
    """
    source, destination = order.source, order.destination
    if os.path.exists(destination) and destination.samefile(source):
        raise UsageError(f"{shown(source)} would be marked over itself; name another file with --output.")
    if os.path.isdir(destination):
        raise UsageError(f"{shown(destination)} is a folder; name a file in it.")
    if os.path.lexists(destination) and not order.force:
        raise UsageError(f"{shown(destination)} is there already; name another, or replace it with --force.")
    if destination.suffix.lower() not in ENDINGS[media.kind]:
        wanted = " or ".join(ENDINGS[media.kind])
        raise UsageError(f"{shown(destination)} must end with {wanted} to hold what {shown(source)} holds.")
    if order.sound and media.audio is None:
        raise UsageError(f"{shown(source)} has no sound to mark; leave out --sound.")


def _written(
    order: Order, media: Media, settings: Settings, keys: MarkKeys, on_progress: Progress | None
) -> tuple[int, float | None, tuple[str, ...]]:
    """Pictures, their likeness to the unmarked ones, and remarks."""
    source, destination = order.source, order.destination
    if media.kind == "image":
        still = mark_image(source, destination, settings, keys, order.clip)
        return still.frames, still.psnr_db, (*losses(media), *still.remarks)
    with ExitStack() as stack:
        sound: Iterator[Sound] | None = None
        if order.sound or media.kind == "audio":
            require_unmarked_sound(source, media, settings, keys)
            sound = stack.enter_context(marked_sound(source, media, settings, keys, order.clip))
        if media.kind == "audio" and sound is not None:
            write_sound(destination, sound)
            return 0, None, ()
        film = mark_video(
            source,
            destination,
            media,
            settings,
            keys=keys,
            clip=order.clip,
            crf=order.crf,
            preset=order.preset,
            audio=sound,
            on_progress=on_progress,
        )
    return film.frames, film.psnr_db, film.remarks


def require_unmarked_sound(source: Path, media: Media, settings: Settings, keys: MarkKeys) -> None:
    """Refuse to write a mark over another one of the same keys.

    Raises:
        UsageError: The sound carries a mark of these keys.
        InputError: It cannot be decoded.
    """
    _, mark = read_marks(source, replace(media, video=None), settings, keys, None)
    if mark is not None and mark.state != "absent":
        raise UsageError(
            f"The sound of {shown(source)} carries a mark of {keys.organization} already; mark the original instead."
        )


@contextmanager
def marked_sound(
    source: Path, media: Media, settings: Settings, keys: MarkKeys, clip: int
) -> Generator[Iterator[Sound]]:
    """The sound of a file with the mark of a clip, block by block.

    Raises:
        UsageError: Its rate cannot be marked.
        InputError: It cannot be decoded to its end.
    """
    with open_sound(source, media, settings) as recording:
        yield _marked(recording, source, keys, clip)


def _marked(recording: Recording, source: Path, keys: MarkKeys, clip: int) -> Iterator[Sound]:
    marker: SoundMarker | None = None
    last: Sound | None = None
    for last in recording:
        if marker is None:
            marker = SoundMarker(keys.clip_key(clip), keys.payload_secret, last.rate_hz, len(last.samples))
        yield replace(last, samples=marker.mark(last.samples))
    if recording.broken_off is not None:
        raise BrokenMedia(
            f"{recording.broken_off} The sound of {shown(source)} is not marked by halves; mend it first."
        )
    if marker is not None and last is not None:
        yield replace(last, samples=marker.finish())


def _noted(order: Order, media: Media, settings: Settings, payload: Payload, ledger: Path) -> Entry:
    """The line in the ledger, on the disk when this returns."""
    written = probe(order.destination, settings)
    parts = {"picture": media.kind != "audio", "sound": order.sound or media.kind == "audio"}
    entry = Entry(
        order.destination.name,
        KIND,
        written.sha256,
        essence=one_digest(essence_of(order.destination, written, settings)),
        payload=payload,
        sources=(media.sha256,),
        extra={"marked": [part for part, is_marked in parts.items() if is_marked]},
    )
    try:
        return record(ledger, entry)
    except OutputError as error:
        raise OutputError(
            f"{shown(order.destination)} is marked as clip {order.clip:08x}, but not noted: {error}"
        ) from error
