"""A film in another container, without coding anything anew."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

from unmask.errors import BrokenMedia, UsageError
from unmask.media.decoder import Packet
from unmask.media.facts import CodedFacts, CodedPicture
from unmask.media.muxing import MediaFile, Stamped, media_file, why_not_picture, why_not_sound
from unmask.media.packets import left_out, packets_of, read_coded, zero_of
from unmask.media.source import shown
from unmask.media.tracks import CarriedSound, NoSound, SoundTrack
from unmask.settings import Settings
from unmask.types import Media

MOST_WITHOUT_STAMP = 64
"""Packets at the beginning whose decoding stamp the container does not tell; encoders hold back a few."""
CLOCK_JUMP_SECONDS = 1


def remux_to_mp4(source: Path, destination: Path, media: Media, settings: Settings) -> tuple[str, ...]:
    """Write a film or a sound as MP4 with the packets it has: nothing is decoded, nothing is coded anew.

    Args:
        source: A film or a sound whose codecs MP4 takes; it is read behind the walls of the sandbox alone.
        destination: Where to; it appears only when it is complete.
        media: What ``probe`` found in the source.
        settings: Limits, and the least sandbox.

    Returns:
        Sentences on what is not as it was, such as further tracks that are left out; often none.

    Raises:
        UsageError: MP4 does not take its picture or its sound, or it is a still.
        InputError: It cannot be read to its end; nothing is written then.
        OutputError: It cannot be written.
    """
    if media.kind == "image":
        raise UsageError(f"{shown(source)} is a still, which needs no MP4; name a film or a sound.")
    coded = read_coded(source, media, settings)
    refuse_codecs(source, coded)
    zero = zero_of([coded.picture, coded.sound])
    with ExitStack() as stack:
        file = stack.enter_context(media_file(destination))
        sound: SoundTrack = NoSound()
        if coded.sound is not None:
            packets = stack.enter_context(closing(packets_of(source, media, settings, coded.sound)))
            sound = CarriedSound(file, coded.sound, packets, zero)
        if coded.picture is not None and media.video is not None:
            packets = stack.enter_context(closing(packets_of(source, media, settings, coded.picture)))
            stamped = PictureClock(source, coded.picture, zero).stamped(packets)
            carry(file, coded.picture, stamped, sound, clockwise_degrees=media.video.rotation_degrees)
        sound.finish()
    return tuple(left_out(coded, [coded.picture, coded.sound]))


def refuse_codecs(source: Path, coded: CodedFacts) -> None:
    """Refuse what MP4 cannot carry.

    Raises:
        UsageError: It cannot.
    """
    reasons = [
        why_not_picture(coded.picture) if coded.picture else None,
        why_not_sound(coded.sound) if coded.sound else None,
    ]
    for reason in filter(None, reasons):
        raise UsageError(
            f"{shown(source)} cannot be moved to MP4 as it is: {reason}; convert it to H.264 with AAC first."
        )


def carry(
    file: MediaFile, told: CodedPicture, packets: Iterable[Stamped], sound: SoundTrack, *, clockwise_degrees: int
) -> None:
    """Write the picture's packets, and the sound's in step with them."""
    stream = file.carry_picture(told, clockwise_degrees=clockwise_degrees)
    for packet in packets:
        file.write(stream, packet)
        sound.write_until(float(packet.decoded_at * packet.tick))


@dataclass(slots=True)
class PictureClock:
    """Places packets of a picture in the new file.

    Attributes:
        zero_seconds: What the new file's time zero reads on the packets' clock.
    """

    source: Path
    told: CodedPicture
    zero_seconds: Fraction

    def stamped(self, packets: Iterable[Packet]) -> Iterator[Stamped]:
        """The packets with stamps that rise, as ``unmask.media.child.pictures.Clock`` takes them to.

        Raises:
            BrokenMedia: The container does not tell when a picture is shown.
        """
        tick = Fraction(*self.told.tick)
        zero, jump = round(self.zero_seconds / tick), CLOCK_JUMP_SECONDS / tick
        last, due = None, 0
        for packet, decoded in with_decoding_stamps(packets):
            if packet.shown_at is None:
                raise BrokenMedia(
                    f"{shown(self.source)} does not tell when its pictures are shown; convert it to MP4 by a program that decodes it."
                )
            if last is not None and decoded - zero < last - jump:
                zero -= due - (decoded - zero)
            at = decoded - zero if last is None else max(decoded - zero, last + 1)
            last, due = at, at + packet.duration
            yield Stamped(packet.payload, max(packet.shown_at - zero, at), at, packet.duration, packet.key, tick)


def with_decoding_stamps(packets: Iterable[Packet]) -> Iterator[tuple[Packet, int]]:
    """Packets with their decoding stamps; those that Matroska does not tell are counted back from the first it tells."""
    coming = iter(packets)
    first = list(islice(coming, MOST_WITHOUT_STAMP))
    known = next((index for index, packet in enumerate(first) if packet.decoded_at is not None), None)
    stamp = first[known].decoded_at or 0 if known is not None else 0
    for packet in first[:known]:
        stamp -= packet.duration
    for packet in chain(first, coming):
        if packet.decoded_at is not None:
            stamp = packet.decoded_at
        yield packet, stamp
        stamp += packet.duration
