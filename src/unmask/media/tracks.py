"""The tracks of a film being written: its picture, and its sound in step with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, runtime_checkable

import av.audio.frame
import av.video.frame
import numpy as np
from av.codec.context import ThreadType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from unmask.errors import UsageError
from unmask.media.decoder import Packet
from unmask.media.facts import CodedSound
from unmask.media.muxing import MediaFile, Stamped
from unmask.media.sound import Sound, alike
from unmask.types import RgbImage

BITS_A_CHANNEL = 96_000
FEWEST_BITS = 160_000
"""Bits a second of AAC: 160 kb/s for one channel, 192 kb/s for two."""
AAC_RATES_HZ = (8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000)
PACKET_SAMPLES = {"ac3": 1536}
"""Of codecs for which FFmpeg does not tell."""


@dataclass(frozen=True, slots=True)
class Colors:
    """How RGB is coded: numbers of ISO/IEC 23091-2, but for the matrix as swscale counts."""

    matrix: int
    swscale_matrix: int
    primaries: int
    transfer: int


BT709 = Colors(Colorspace.ITU709, Colorspace.ITU709, ColorPrimaries.BT709, ColorTrc.BT709)
PQ = Colors(9, Colorspace.BT2020, ColorPrimaries.BT2020, ColorTrc.SMPTE2084)
HLG = Colors(9, Colorspace.BT2020, ColorPrimaries.BT2020, ColorTrc.ARIB_STD_B67)


EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP
"""Rounds, so that colours come back as bright as they were."""


class PictureTrack:
    """The picture of a film being written; odd sides are made even by repeating the last row or column."""

    def __init__(
        self,
        file: MediaFile,
        *,
        shape: tuple[int, ...],
        codec: str,
        rate: Fraction,
        options: dict[str, str],
        clock_hz: int,
        pixel_aspect: Fraction = Fraction(1),
        colors: Colors = BT709,
    ) -> None:
        self.file = file
        self.shape = shape
        self.tick = Fraction(1, clock_hz)
        self.stamp = -1
        self.lengths: dict[int, int] = {}
        self.colors = colors
        self.reformatter = VideoReformatter()
        self.stream = file.add_picture(codec, rate, options)
        context = self.stream.codec_context
        context.width, context.height = shape[1] + shape[1] % 2, shape[0] + shape[0] % 2
        context.pix_fmt = "yuv420p"
        context.time_base = self.tick
        # Whole pictures to a thread, as x264 itself does: PyAV asks for slices, which cost bits.
        context.thread_type = ThreadType.FRAME
        context.color_range, context.colorspace = ColorRange.MPEG, colors.matrix
        context.color_primaries, context.color_trc = colors.primaries, colors.transfer
        context.sample_aspect_ratio = pixel_aspect

    def write(self, image: RgbImage, seconds: float, length: float = 0.0) -> None:
        """One picture more.

        Args:
            image: The picture.
            seconds: When it is shown; at least a tick after the one before, whatever is said.
            length: How long, in seconds; 0 up to the next.

        Raises:
            UsageError: It differs in size from the first.
        """
        if image.shape != self.shape:
            raise UsageError(f"A frame of shape {image.shape} follows one of {self.shape}; give all frames one size.")
        self.stamp = max(self.stamp + 1, round(seconds / self.tick))
        frame = self.coded(image)
        frame.pts, frame.time_base = self.stamp, self.tick
        self.lengths[self.stamp] = round(length / self.tick)
        self.file.encode_picture(self.stream, frame, self.lengths)

    def coded(self, image: RgbImage) -> av.video.frame.VideoFrame:
        """The picture in the film's own colours."""
        height, width = image.shape[:2]
        if height % 2 or width % 2:
            image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        return self.reformatter.reformat(
            av.video.frame.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24"),
            format="yuv420p",
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            dst_colorspace=self.colors.swscale_matrix,
            interpolation=EXACT,
            threads=1,
        )

    def finish(self) -> None:
        """Write what the encoder still holds."""
        self.file.encode_picture(self.stream, None, self.lengths)


@runtime_checkable
class SoundTrack(Protocol):
    """The sound of a film being written, in step with its picture."""

    def write_until(self, seconds: float) -> None:
        """Write what begins before a time of the film."""

    def finish(self) -> None:
        """Write the rest."""


class NoSound:
    """The sound of a silent film."""

    def write_until(self, seconds: float) -> None:
        """Nothing."""

    def finish(self) -> None:
        """Nothing."""


class EncodedSound:
    """Sound that is coded here; its first sample lies at the film's time zero."""

    def __init__(
        self,
        file: MediaFile,
        first: Sound,
        blocks: Iterable[Sound],
        *,
        codec: str = "aac",
        rates_hz: tuple[int, ...] = AAC_RATES_HZ,
    ) -> None:
        self.file = file
        self.rate_hz = first.rate_hz
        self.pieces = pieces_of(blocks)
        self.written = 0
        bits = max(FEWEST_BITS, BITS_A_CHANNEL * len(first.samples))
        self.stream = file.add_sound(codec, coded_rate_hz(first.rate_hz, rates_hz), first.speakers, bits)

    def write_until(self, seconds: float) -> None:
        """Write the pieces that begin before a time."""
        while self.written < seconds * self.rate_hz:
            piece = next(self.pieces, None)
            if piece is None:
                return
            frame = av.audio.frame.AudioFrame.from_ndarray(
                np.ascontiguousarray(piece.samples), format="fltp", layout=piece.speakers
            )
            frame.sample_rate, frame.pts, frame.time_base = self.rate_hz, self.written, Fraction(1, self.rate_hz)
            self.file.encode_sound(self.stream, frame)
            self.written += piece.samples.shape[1]

    def finish(self) -> None:
        """Write the rest."""
        self.write_until(float("inf"))
        self.file.encode_sound(self.stream, None)


def encoded_sound(file: MediaFile, blocks: Iterable[Sound]) -> SoundTrack:
    """A track for blocks of sound; none when there are no blocks.

    Raises:
        UsageError: The blocks are of more than one kind, or have too many channels.
    """
    first, checked = alike(blocks)
    return NoSound() if first is None else EncodedSound(file, first, checked)


def coded_rate_hz(rate_hz: int, known_hz: tuple[int, ...]) -> int:
    """The rate at which sound is coded: its own, or the next above it that the coder knows; empty knows all.

    >>> [coded_rate_hz(rate_hz, AAC_RATES_HZ) for rate_hz in (44_100, 37_800, 192_000)]
    [44100, 44100, 96000]
    """
    return min((known for known in known_hz if known >= rate_hz), default=max(known_hz, default=rate_hz))


def pieces_of(blocks: Iterable[Sound]) -> Iterator[Sound]:
    """The blocks in pieces of at most a second, so that sound and picture lie side by side in the file."""
    for block in blocks:
        for start in range(0, block.samples.shape[1], block.rate_hz):
            yield Sound(block.samples[:, start : start + block.rate_hz], block.rate_hz, block.layout)


class CarriedSound:
    """Sound that is carried through as it is coded."""

    def __init__(self, file: MediaFile, told: CodedSound, packets: Iterable[Packet], zero_seconds: Fraction) -> None:
        self.file = file
        self.stream = file.carry_sound(told)
        self.clock = SampleClock(
            rate_hz=told.rate_hz,
            tick=Fraction(*told.tick),
            zero_seconds=zero_seconds,
            packet_samples=told.packet_samples or PACKET_SAMPLES.get(told.codec, 0),
        )
        self.stamped = map(self.clock.stamped, packets)
        self.next = next(self.stamped, None)

    def write_until(self, seconds: float) -> None:
        """Write the packets that begin before a time."""
        while self.next is not None and self.next.shown_at < seconds * self.clock.rate_hz:
            self.file.write(self.stream, self.next)
            self.next = next(self.stamped, None)

    def finish(self) -> None:
        """Write the rest."""
        self.write_until(float("inf"))


@dataclass(slots=True)
class SampleClock:
    """Places packets of sound on a clock of samples.

    Stamps that are rounded to coarse ticks are put where the packet before ends. A clock that falls back by more than
    a second has begun anew, as ``unmask.media.child.pictures.Clock`` takes it to have; its stamps are shifted.

    Attributes:
        tick: Seconds that a stamp counts.
        zero_seconds: What the film's time zero reads on the packets' clock.
        packet_samples: Samples in each packet, 0 when they differ.
        last: Sample at which the packet before began.
        due: Sample at which the next packet should begin.
    """

    rate_hz: int
    tick: Fraction
    zero_seconds: Fraction
    packet_samples: int
    last: int | None = None
    due: int = 0
    shift: int = 0

    def stamped(self, packet: Packet) -> Stamped:
        """The packet at its sample."""
        samples = self.samples_in(packet)
        at = self.place(packet)
        self.last, self.due = at, at + samples
        return Stamped(packet.payload, at, at, samples, key=True, tick=Fraction(1, self.rate_hz))

    def samples_in(self, packet: Packet) -> int:
        """How many samples a packet holds, at least one."""
        told = round(packet.duration * self.tick * self.rate_hz)
        exact = self.tick * self.rate_hz <= 1 and told > 0
        return max(1, told if exact else self.packet_samples or told)

    def place(self, packet: Packet) -> int:
        """Where a packet begins."""
        stamp = packet.shown_at if packet.shown_at is not None else packet.decoded_at
        if stamp is None:
            return self.due
        at = round((stamp * self.tick - self.zero_seconds) * self.rate_hz) + self.shift
        if self.last is None:
            return at
        if at < self.due - self.rate_hz:
            self.shift += self.due - at
            return self.due
        near = abs(at - self.due) <= max(1.0, float(self.tick * self.rate_hz))
        return self.due if near else max(at, self.last + 1)
