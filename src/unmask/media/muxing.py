"""A media file being written: streams that are coded here, and streams that are carried through as they are."""

import io
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.audio.frame
import av.audio.stream
import av.container
import av.error
import av.video.frame
import av.video.stream

from unmask.errors import OutputError, UsageError
from unmask.media.facts import CodedPicture, CodedSound
from unmask.media.source import shown
from unmask.media.writing import written_aside

MP4_OPTIONS = {"movflags": "+faststart", "movie_timescale": "90000"}
"""The index comes first, and the start of a late track is exact to 1/90000 s, not to a millisecond as is usual."""
PICTURE_CODERS = {
    "h264": "libx264",
    "hevc": "libx265",
    "vp9": "libvpx-vp9",
    "av1": "libsvtav1",
    "mpeg4": "mpeg4",
    "mpeg2video": "mpeg2video",
}
"""Pictures that MP4 takes as they are, and the encoder that stands for each; it codes nothing here."""
SOUND_CODERS = {
    "aac": "aac",
    "mp3": "libmp3lame",
    "ac3": "ac3",
    "eac3": "eac3",
    "opus": "libopus",
    "flac": "flac",
    "alac": "alac",
}
"""Sounds that MP4 takes as they are, likewise."""
WITH_PREFACE = frozenset({"h264", "hevc", "av1", "mpeg4", "mpeg2video", "aac", "opus", "flac", "alac"})
"""Codecs whose preface stands in an MP4 file; others have none, or one that is their old container's."""
SLOWEST_MP3_HZ = 16_000
SOUND_OPTIONS = {"aac": {"aac_coder": "fast"}}
"""FFmpeg's usual search errs by up to full scale where a tone begins; at the rates used here the fast one is as good."""

Stream = av.video.stream.VideoStream | av.audio.stream.AudioStream


@dataclass(frozen=True, slots=True)
class Stamped:
    """A coded packet with its place in the file that is written, in ticks of a clock."""

    payload: bytes = field(repr=False)
    shown_at: int
    decoded_at: int
    duration: int
    key: bool
    tick: Fraction


@contextmanager
def media_file(path: Path, form: str = "mp4", options: dict[str, str] | None = None) -> Generator["MediaFile"]:
    """A file to fill; it appears under its name when the block ends, and not at all when something fails.

    Args:
        path: Where to.
        form: The container, as FFmpeg names it.
        options: The muxer's; those of ``MP4_OPTIONS`` when None.

    Raises:
        OutputError: It cannot be written.
    """
    with written_aside(path) as aside:
        file = MediaFile(path, aside, form, MP4_OPTIONS if options is None else options)
        try:
            yield file
        except BaseException:
            file.discard()
            raise
        file.close()


class MediaFile:
    """The file; what its muxer or an encoder complains of becomes an ``OutputError``."""

    def __init__(self, path: Path, aside: Path, form: str, options: dict[str, str]) -> None:
        self.path = path
        with self.told():
            self.container = av.open(str(aside), "w", format=form, options=options)

    @contextmanager
    def told(self) -> Generator[None]:
        """Complaints, told as one sentence.

        Raises:
            OutputError: There was one.
        """
        try:
            yield
        except (av.error.FFmpegError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise OutputError(f"{shown(self.path)} cannot be written: {reason}.") from error

    def add_picture(self, codec: str, rate: Fraction, options: dict[str, str]) -> av.video.stream.VideoStream:
        """A picture to be coded here.

        Raises:
            UsageError: The encoder makes no pictures.
        """
        with self.told():
            stream = self.container.add_stream(codec, rate=rate, options=options)
        if not isinstance(stream, av.video.stream.VideoStream):
            raise UsageError(f"The encoder '{codec}' makes no pictures.")
        return stream

    def add_sound(self, codec: str, rate_hz: int, layout: str, bit_rate: int) -> av.audio.stream.AudioStream:
        """A sound to be coded here.

        Raises:
            UsageError: The encoder makes no sound.
        """
        with self.told():
            stream = self.container.add_stream(
                codec, rate=rate_hz, options=SOUND_OPTIONS.get(codec), layout=layout, bit_rate=bit_rate
            )
        if not isinstance(stream, av.audio.stream.AudioStream):
            raise UsageError(f"The encoder '{codec}' makes no sound.")
        return stream

    def carry_picture(self, told: CodedPicture, *, clockwise_degrees: int) -> av.video.stream.VideoStream:
        """A picture whose packets come coded; ``clockwise_degrees`` is the turn that players are to apply."""
        with self.told():
            stream: av.video.stream.VideoStream = self._carried(PICTURE_CODERS[told.codec], told)
            context = stream.codec_context
            context.width, context.height = told.width, told.height
            context.pix_fmt = told.pixel_format
            context.sample_aspect_ratio = Fraction(*told.pixel_aspect)
            context.color_range, context.colorspace = told.range, told.matrix
            context.color_primaries, context.color_trc = told.primaries, told.transfer
            if told.codec == "hevc":
                context.codec_tag = "hvc1"  # what every player takes; FFmpeg's own choice is not played by some
            if clockwise_degrees:
                stream.set_display_rotation(-clockwise_degrees)
        return stream

    def carry_sound(self, told: CodedSound) -> av.audio.stream.AudioStream:
        """A sound whose packets come coded."""
        with self.told():
            stream: av.audio.stream.AudioStream = self._carried(SOUND_CODERS[told.codec], told)
            context: Any = stream.codec_context
            context.sample_rate, context.layout = told.rate_hz, told.layout
        return stream

    def _carried(self, coder: str, told: CodedPicture | CodedSound) -> Any:
        # PyAV lets all of a stream be set only on one made after another's pattern; the pattern is never written.
        with closing(av.open(io.BytesIO(), "w", format="matroska")) as nowhere:
            stream = self.container.add_stream_from_template(nowhere.add_stream(coder), opaque=True)
        if told.preface and told.codec in WITH_PREFACE:
            stream.codec_context.extradata = bytes.fromhex(told.preface)
        stream.time_base = Fraction(*told.tick)
        return stream

    def encode_picture(
        self, stream: av.video.stream.VideoStream, frame: av.video.frame.VideoFrame | None, lengths: dict[int, int]
    ) -> None:
        """Code a picture, or with None what the encoder still holds, and write what comes of it.

        Args:
            stream: Where to.
            frame: The picture.
            lengths: By presentation stamp, how long each picture is shown; encoders lose it. What is written is taken
                out.
        """
        with self.told():
            for packet in stream.encode(frame):
                packet.duration = lengths.pop(packet.pts or 0, 0)
                self.container.mux(packet)

    def encode_sound(self, stream: av.audio.stream.AudioStream, frame: av.audio.frame.AudioFrame | None) -> None:
        """Code a piece of sound, or with None what the encoder still holds, and write what comes of it."""
        with self.told():
            self.container.mux(stream.encode(frame))

    def write(self, stream: Stream, packet: Stamped) -> None:
        """Write a packet that came coded."""
        with self.told():
            coded: av.Packet[Any] = av.Packet(packet.payload)
            coded.stream, coded.time_base = stream, packet.tick
            coded.pts, coded.dts, coded.duration = packet.shown_at, packet.decoded_at, packet.duration
            coded.is_keyframe = packet.key
            self.container.mux(coded)

    def close(self) -> None:
        """Write the index."""
        with self.told():
            self.container.close()

    def discard(self) -> None:
        """Close it, whatever becomes of it."""
        with suppress(av.error.FFmpegError, ValueError):
            self.container.close()


def why_not_picture(told: CodedPicture) -> str | None:
    """Why MP4 cannot carry a picture as it is, None when it can."""
    return None if told.codec in PICTURE_CODERS else f"MP4 takes no {told.codec} pictures"


def why_not_sound(told: CodedSound) -> str | None:
    """Why MP4 cannot carry a sound as it is, None when it can.

    >>> vorbis = CodedSound(
    ...     codec="vorbis", preface="", tick=[1, 1000], start=0, rate_hz=48_000, layout="stereo", packet_samples=0
    ... )
    >>> why_not_sound(vorbis)
    'MP4 takes no vorbis sound'
    """
    if told.codec not in SOUND_CODERS or told.rate_hz == 0:
        return f"MP4 takes no {told.codec} sound"
    if told.codec == "mp3" and told.rate_hz < SLOWEST_MP3_HZ:
        return f"MP4 takes no mp3 sound of {told.rate_hz} Hz"
    return None
