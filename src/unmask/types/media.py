"""What is known of a file, and its pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from unmask.types.arrays import RgbImage

MediaKind = Literal["video", "image", "audio"]


@dataclass(frozen=True, slots=True)
class VideoStream:
    """What the file says of its picture, and what a look at its packets shows.

    Attributes:
        width: Displayed width in pixels, rotation applied.
        height: Displayed height in pixels, rotation applied.
        rotation_degrees: Clockwise turn that players apply: 0, 90, 180 or 270.
        frame_rate: Mean frames a second, or None when the stream does not tell.
        variable_frame_rate: Whether the gaps between frames differ by more than a tenth.
        frames: Number of packets seen (the frames, but for broken ones).
        bit_rate: Bits a second of this stream, measured from its packets.
        color_transfer: Transfer curve as named by the stream (``bt709``, ``smpte2084``, …).
        hdr: Whether the transfer curve is PQ or HLG; colours are then not comparable with SDR clips.
        encoder: Encoder tag of the stream, None when absent.
        keyframe_seconds: Presentation times of the key frames.
        packet_bytes: Size of each packet in decoding order; shows an earlier encoding's rhythm.
    """

    codec: str
    profile: str | None
    width: int
    height: int
    rotation_degrees: int
    pixel_format: str
    bit_depth: int
    frame_rate: float | None
    variable_frame_rate: bool
    frames: int
    duration_seconds: float | None
    bit_rate: float | None
    color_transfer: str | None
    color_space: str | None
    hdr: bool
    encoder: str | None
    keyframe_seconds: tuple[float, ...] = field(repr=False, default=())
    packet_bytes: tuple[int, ...] = field(repr=False, default=())

    @property
    def bits_per_pixel(self) -> float | None:
        """Coded bits a displayed pixel and frame, None when the stream does not tell."""
        if not self.bit_rate or not self.frame_rate:
            return None
        return self.bit_rate / self.frame_rate / (self.width * self.height)


@dataclass(frozen=True, slots=True)
class AudioStream:
    """What the file says of its sound."""

    codec: str
    sample_rate_hz: int
    channels: int
    duration_seconds: float | None
    bit_rate: float | None


@dataclass(frozen=True, slots=True)
class Media:
    """Facts of a file, read without decoding a picture.

    Attributes:
        file: The name under which the user gave it.
        sha256: Hex digest of its bytes.
        container: Demuxer's short name (``mov,mp4,…`` reads ``mp4``; ``matroska``; ``png``).
        tags: Container tags such as ``encoder``, ``major_brand``, ``creation_time``.
        boxes: Top-level MP4 boxes in file order (``ftyp``, ``moov``, ``mdat``); empty elsewhere.
        edit_list: Whether an MP4 edit list shifts or cuts the film.
        sandbox: Level under which it was read: ``bubblewrap``, ``landlock`` or ``limits``.
        warnings: Sentences about oddities met, such as a truncated end.
    """

    file: str
    sha256: str
    bytes: int
    kind: MediaKind
    container: str
    duration_seconds: float | None
    video: VideoStream | None
    audio: AudioStream | None
    tags: Mapping[str, str] = field(default_factory=dict)
    boxes: tuple[str, ...] = ()
    edit_list: bool = False
    sandbox: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture with its presentation time."""

    image: RgbImage
    seconds: float
