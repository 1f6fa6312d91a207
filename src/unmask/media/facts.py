"""The shape of the facts that the child may tell; whatever does not fit is a lie."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

Count = Annotated[int, Field(ge=0, lt=2**62)]
Small = Annotated[int, Field(ge=1, le=1 << 20)]
Name = Annotated[str, Field(max_length=100)]
Tag = Annotated[str, Field(max_length=400)]
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
