"""The shape of the facts that the child may tell; whatever does not fit is a lie."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from unmask.media.child.wire import FASTEST_HZ, LAYOUTS, SLOWEST_HZ

Count = Annotated[int, Field(ge=0, lt=2**62)]
Small = Annotated[int, Field(ge=1, le=1 << 20)]
Name = Annotated[str, Field(max_length=100)]
Tag = Annotated[str, Field(max_length=400)]
Stamp = Annotated[int, Field(gt=-(2**62), lt=2**62)]
Ratio = Annotated[list[Annotated[int, Field(ge=1, lt=2**31)]], Field(min_length=2, max_length=2)]
"""Numerator and denominator, both above 0."""
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Positive = Annotated[FiniteFloat, Field(ge=0)]


class Told(BaseModel):
    """Facts as told: no field more, none less."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PictureFacts(Told):
    """Facts of the film's picture, see ``unmask.media.child.facts``."""

    codec: Name
    profile: Name | None
    width: Annotated[int, Field(ge=0, le=1 << 20)]
    height: Annotated[int, Field(ge=0, le=1 << 20)]
    turn: Annotated[int, Field(ge=1, le=8)]
    pixel_format: Name
    bit_depth: Annotated[int, Field(ge=1, le=64)]
    rate: Positive | None
    duration: Positive | None
    transfer: Name | None
    space: Name | None
    encoder: Tag | None
    pixel_aspect: Positive
    decoded: bool
    packets: Count
    bytes: Count
    sizes: Annotated[list[Count], Field(max_length=200_000)]
    keys: Annotated[list[FiniteFloat], Field(max_length=20_000)]
    span: Positive
    stamped: Count
    end: FiniteFloat | None
    tick: Positive
    gaps: Annotated[list[Positive], Field(min_length=3, max_length=3)] | None


class SoundFacts(Told):
    """Facts of the sound."""

    codec: Name
    sample_rate_hz: Annotated[int, Field(ge=0, le=10_000_000)]
    channels: Annotated[int, Field(ge=0, le=1024)]
    duration: Positive | None
    bytes: Count
    packets: Count
    span: FiniteFloat | None


class FileFacts(Told):
    """Facts of the file."""

    container: Name
    tags: Annotated[dict[Name, Tag], Field(max_length=64)]
    duration: FiniteFloat | None
    end: FiniteFloat | None
    fault: Tag | None
    skipped: Count
    video: PictureFacts | None
    audio: SoundFacts | None


class SoundShape(Told):
    """What the samples that follow are."""

    rate_hz: Annotated[int, Field(ge=SLOWEST_HZ, le=FASTEST_HZ)]
    channels: Annotated[int, Field(ge=1, le=max(LAYOUTS))]
    layout: Annotated[str, Field(pattern=r"^[0-9a-z.()-]{1,20}$")]


class CodedStream(Told):
    """How a stream is coded.

    Attributes:
        codec: As FFmpeg names it (``h264``, ``aac``).
        preface: What the decoder needs before the first packet ("extradata"), in hexadecimal digits.
        tick: Seconds that a stamp counts, as a fraction.
        start: Stamp at which it is first seen or heard, None when not told.
    """

    codec: Name
    preface: Annotated[str, Field(max_length=1 << 21, pattern=r"^([0-9a-f]{2})*$")]
    tick: Ratio
    start: Stamp | None


class CodedPicture(CodedStream):
    """How the picture is coded; the colours are numbers of ISO/IEC 23091-2, the range FFmpeg's.

    Attributes:
        pixel_aspect: Width of a pixel over its height.
    """

    width: Annotated[int, Field(ge=1, le=1 << 16)]
    height: Annotated[int, Field(ge=1, le=1 << 16)]
    pixel_format: Name
    pixel_aspect: Ratio
    range: Annotated[int, Field(ge=0, le=2)]
    primaries: Annotated[int, Field(ge=0, le=255)]
    transfer: Annotated[int, Field(ge=0, le=255)]
    matrix: Annotated[int, Field(ge=0, le=255)]


class CodedSound(CodedStream):
    """How the sound is coded.

    Attributes:
        packet_samples: Samples of each packet, 0 when they differ or it is not known.
    """

    rate_hz: Annotated[int, Field(ge=0, le=10_000_000)]
    layout: Annotated[str, Field(max_length=100)]
    packet_samples: Annotated[int, Field(ge=0, le=1 << 20)]


class CodedFacts(Told):
    """How picture and sound are coded.

    Attributes:
        tracks: How many there are in all, of any kind.
    """

    picture: CodedPicture | None
    sound: CodedSound | None
    tracks: Count


class EssenceFacts(Told):
    """SHA-256 of what is coded, in hexadecimal digits; None where there is no such stream."""

    picture: Digest | None
    sound: Digest | None


class End(Told):
    """The child's last word.

    Attributes:
        end: ``complete`` at the end of the file, ``asked`` at the end of what was asked for, ``refused``.
        reason: Why the file was refused.
        setting: The limit that it is over; none when it is broken.
        fault: What the container said when it broke.
        skipped: Pictures that could not be decoded.
        last: Where the last picture met ends, in presentation seconds.
    """

    end: Literal["complete", "asked", "refused"]
    reason: Tag = ""
    setting: Literal["", "max_pixels", "max_seconds", "decode_memory_bytes"] = ""
    fault: Tag | None = None
    skipped: Count = 0
    last: FiniteFloat | None = None
