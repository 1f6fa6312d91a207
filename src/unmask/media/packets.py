"""The coded streams of a file, not decoded: what they are, and their packets."""

from collections.abc import Generator, Iterable
from fractions import Fraction
from pathlib import Path

from unmask.errors import BrokenMedia
from unmask.media.decoder import Packet, decoding
from unmask.media.facts import CodedFacts, CodedPicture, CodedSound, End
from unmask.media.source import shown
from unmask.media.video import early_end
from unmask.settings import Settings
from unmask.types import Media

MISSING_SECONDS = 1.0
"""Sound that ends this much before the header says broke off."""
WITH_A_HEADER = frozenset({"mp4", "matroska"})
"""Containers whose word on the length of their sound is to be believed."""


def read_coded(path: Path, media: Media, settings: Settings) -> CodedFacts:
    """How picture and sound of a file are coded.

    Raises:
        InputError: The file cannot be read within the limits.
    """
    with decoding("coded", path, media, settings) as decoder:
        facts = next(decoder.records())
        if not isinstance(facts, CodedFacts):
            raise decoder.liar()
        return facts


def packets_of(path: Path, media: Media, settings: Settings, stream: CodedPicture | CodedSound) -> Generator[Packet]:
    """The packets of the picture or of the sound, in decoding order.

    Raises:
        InputError: The file cannot be read to its end within the limits.
    """
    of = "picture" if isinstance(stream, CodedPicture) else "sound"
    end = Fraction(0)
    with decoding("packets", path, media, settings, of=of) as decoder:
        for record in decoder.records():
            if isinstance(record, Packet):
                end = max(end, end_of(record, stream))
                yield record
            elif isinstance(record, End):
                early = early_end(media, float(end), record) if of == "picture" else early_sound(media, float(end))
                if early is not None:
                    raise BrokenMedia(f"{early} {shown(path)} is not copied by halves; mend it or cut it there first.")


def end_of(packet: Packet, stream: CodedPicture | CodedSound) -> Fraction:
    """Seconds from the beginning of a stream to the end of a packet."""
    stamp = packet.shown_at if packet.shown_at is not None else packet.decoded_at
    return ((stamp or 0) - (stream.start or 0) + packet.duration) * Fraction(*stream.tick)


def early_sound(media: Media, end_seconds: float) -> str | None:
    """A sentence when the sound ended before its time."""
    expected = media.audio.duration_seconds if media.audio is not None else None
    if media.container in WITH_A_HEADER and expected and expected - end_seconds > MISSING_SECONDS:
        return f"The sound breaks off after {end_seconds:.1f} of {expected:.1f} s."
    return None


def zero_of(streams: Iterable[CodedPicture | CodedSound | None]) -> Fraction:
    """When the first of some streams begins, in seconds of their file's clock; 0 when the file does not tell."""
    return min((start_of(one) for one in streams if one is not None and one.start is not None), default=Fraction(0))


def start_of(stream: CodedPicture | CodedSound) -> Fraction:
    """When a stream is first seen or heard, in seconds of its file's clock; 0 when the file does not tell."""
    return (stream.start or 0) * Fraction(*stream.tick)


def left_out(coded: CodedFacts, kept: Iterable[CodedPicture | CodedSound | None]) -> Iterable[str]:
    """A sentence on the tracks that are not kept, if there are such."""
    number = sum(one is not None for one in kept)
    if coded.tracks > number:
        yield f"Of {coded.tracks} tracks {number} are kept: the first picture and the first sound."
