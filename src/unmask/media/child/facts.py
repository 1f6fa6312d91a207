"""The facts of a file: its streams as declared, and as a walk over its packets shows them."""

import re
from array import array
from collections.abc import Generator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from typing import Any

import av
import av.container
import av.logging
import av.stream
import av.video.frame
import av.video.stream

from .opening import Request, open_file, picture_of, prepare, refuse_pixels, sound_of
from .pictures import STILLS, Decoding, side_data, turn_of
from .wire import Refusal

MOST_STORED_PACKETS = 200_000
MOST_STORED_KEYFRAMES = 20_000
MOST_TAGS = 64
MOST_TAG_CHARACTERS = 400
ENCODER_LETTER = re.compile(rb"[ -~]{8,400}")
TRANSFERS = {
    1: "bt709",
    4: "gamma22",
    5: "gamma28",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    11: "iec61966-2-4",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}
SPACES = {
    0: "gbr",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    14: "ictcp",
}


class Walk:
    """What the packets of one stream show, without decoding them."""

    def __init__(self) -> None:
        self.packets = 0
        self.bytes = 0
        self.sizes = array("I")
        self.stamps = array("q")
        self.keys = array("q")
        self.first: int | None = None
        self.end: int | None = None

    def take(self, packet: "av.Packet[Any]") -> None:
        """One packet more."""
        self.packets += 1
        self.bytes += packet.size
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is not None:
            self.first = stamp if self.first is None else min(self.first, stamp)
            self.end = max(self.end if self.end is not None else stamp, stamp + (packet.duration or 0))
        if self.packets <= MOST_STORED_PACKETS:
            self.sizes.append(packet.size)
            if stamp is not None:
                self.stamps.append(stamp)
                if packet.is_keyframe and len(self.keys) < MOST_STORED_KEYFRAMES:
                    self.keys.append(stamp)


def facts(request: Request) -> dict[str, Any]:
    """The facts of the file.

    Raises:
        Refusal: It is damaged beyond use, or over a limit.
    """
    decoding = Decoding()
    with sizes_refused() as refused, open_file(request) as container:
        refuse_duration(container, request)
        picture = picture_of(container)
        if picture is not None:
            prepare(picture, request)
        sound = sound_of(container)
        walks = {stream.index: Walk() for stream in container.streams}
        first = walk(container, picture, walks, decoding, request)
        if first is None and picture is not None:
            refuse_sizes(refused)
        return {
            "container": container.format.name,
            "tags": tags_of(container.metadata),
            "duration": container.duration / av.time_base if container.duration else None,
            "end": latest_end(container, walks),
            "fault": decoding.fault or complaint_of(container, refused),
            "skipped": decoding.skipped,
            "video": picture and picture_facts(picture, walks[picture.index], first),
            "audio": sound and sound_facts(sound, walks[sound.index]),
        }


@contextmanager
def sizes_refused() -> Generator[list[tuple[int, str, str]]]:
    """What the decoder complains of meanwhile: the only place where it names the size that it refused to allocate."""
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture(local=False) as complaints:
            yield complaints
    finally:
        av.logging.set_level(None)


def complaint_of(container: av.container.InputContainer, complaints: list[tuple[int, str, str]]) -> str | None:
    """What the decoder complained of in a still; a torn JPEG decodes, and only this betrays it."""
    if container.format.name not in STILLS or not complaints:
        return None
    return complaints[0][2].strip()[:MOST_TAG_CHARACTERS]


def refuse_sizes(complaints: list[tuple[int, str, str]]) -> None:
    """Refuse a film whose pictures were too large to decode.

    Raises:
        Refusal: There was a complaint of a size.
    """
    for _, _, message in complaints:
        size = re.search(r"[Pp]icture size (\d{1,9})x(\d{1,9}) ", message)
        if size:
            raise Refusal(f"its picture is {size[1]}×{size[2]} pixels", "max_pixels")


def refuse_duration(container: av.container.InputContainer, request: Request) -> None:
    """Refuse a film whose header says that it is longer than allowed."""
    claims = [container.duration / av.time_base] if container.duration else []
    claims += [seconds for seconds in map(declared_seconds, container.streams) if seconds]
    if claims and max(claims) > request["max_seconds"]:
        raise Refusal(f"its header says {max(claims):.0f} s", "max_seconds")


def declared_seconds(stream: av.stream.Stream) -> float | None:
    """Duration of one stream as its header says it."""
    if stream.duration and stream.time_base and stream.duration > 0:
        return float(stream.duration * stream.time_base)
    clock = re.fullmatch(r"(\d{1,9}):(\d\d):(\d\d(?:\.\d+)?)", stream.metadata.get("DURATION", ""))
    return int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3]) if clock else None


def walk(
    container: av.container.InputContainer,
    picture: av.video.stream.VideoStream | None,
    walks: dict[int, Walk],
    decoding: Decoding,
    request: Request,
) -> av.video.frame.VideoFrame | None:
    """Go over all packets and decode only up to the first picture, which is returned."""
    first = None
    for packet in decoding.packets(container):
        if packet.stream_index not in walks:
            continue
        if packet.size:
            walks[packet.stream_index].take(packet)
        if first is None and picture is not None and packet.stream_index == picture.index:
            first = next(iter(decoding.decode(packet)), None)
            if first is not None:
                refuse_pixels(first.width, first.height, request)
    return first


def latest_end(container: av.container.InputContainer, walks: dict[int, Walk]) -> float | None:
    """Where the last packet of any stream ends, in seconds from where the first begins."""
    spans = [
        (float(walks[stream.index].first * stream.time_base), float(walks[stream.index].end * stream.time_base))  # type: ignore[operator] # checked on the next line
        for stream in container.streams
        if walks[stream.index].end is not None and stream.time_base is not None
    ]
    return max(end for _, end in spans) - min(start for start, _ in spans) if spans else None


def tags_of(metadata: dict[str, str]) -> dict[str, str]:
    """Tags, bounded in number and length."""
    return {name[:64]: value[:MOST_TAG_CHARACTERS] for name, value in list(metadata.items())[:MOST_TAGS]}


def picture_facts(
    stream: av.video.stream.VideoStream, seen: Walk, first: av.video.frame.VideoFrame | None
) -> dict[str, Any]:
    """Facts of the film's picture; sizes and colours are the first decoded picture's where there is one."""
    context = stream.codec_context
    shape = first if first is not None else context
    form = first.format if first is not None else context.format
    aspect = context.sample_aspect_ratio
    return {
        "codec": context.codec.canonical_name,
        "profile": context.profile,
        "width": shape.width,
        "height": shape.height,
        "turn": turn_of(first) if first is not None else 1,
        "pixel_format": form.name if form else "",
        "bit_depth": max((part.bits for part in form.components), default=8) if form else 8,
        "rate": sane_rate(stream.average_rate),
        "duration": declared_seconds(stream),
        "transfer": TRANSFERS.get(shape.color_trc),
        "space": SPACES.get(shape.colorspace),
        "encoder": encoder_of(stream, first),
        "pixel_aspect": float(aspect) if aspect else 1.0,
        "decoded": first is not None,
        **walk_facts(stream, seen),
    }


def sane_rate(rate: Fraction | None) -> float | None:
    """The declared rate, None when it is no rate that a camera has."""
    return float(rate) if rate and 0 < rate <= 1000 else None


def walk_facts(stream: av.stream.Stream, seen: Walk) -> dict[str, Any]:
    """Packets of the picture: sizes in decoding order, times in presentation order."""
    base = stream.time_base or Fraction(1, 1000)
    start = stream.start_time if stream.start_time is not None else (seen.first or 0)
    stamps = sorted(seen.stamps)
    gaps = sorted(later - earlier for earlier, later in pairwise(stamps) if later > earlier)
    return {
        "packets": seen.packets,
        "bytes": seen.bytes,
        "sizes": seen.sizes.tolist(),
        "keys": [round(float((stamp - start) * base), 6) for stamp in seen.keys],
        "span": float((stamps[-1] - stamps[0]) * base) if stamps else 0.0,
        "stamped": len(stamps),
        "end": float((seen.end - start) * base) if seen.end is not None else None,
        "tick": float(base),
        "gaps": [float(gap * base) for gap in (gaps[0], gaps[len(gaps) // 2], gaps[-1])] if gaps else None,
    }


def encoder_of(stream: av.stream.Stream, first: av.video.frame.VideoFrame | None) -> str | None:
    """What made the stream: its tag, or the line that encoders such as x264 leave beside the first picture."""
    tag = stream.metadata.get("encoder") or stream.metadata.get("ENCODER")
    if first is not None:
        notes = [note[16:] for note in side_data(first, "SEI_UNREGISTERED")]
        lines = [line for line in map(ENCODER_LETTER.match, notes) if line]
        if lines:
            return lines[0][0].decode("ascii")
    return tag[:MOST_TAG_CHARACTERS] if tag else None


def sound_facts(stream: Any, seen: Walk) -> dict[str, Any]:
    """Facts of the sound."""
    base = stream.time_base or Fraction(1, 1000)
    span = float((seen.end - seen.first) * base) if seen.end is not None and seen.first is not None else None
    return {
        "codec": stream.codec_context.codec.canonical_name,
        "sample_rate_hz": stream.codec_context.sample_rate,
        "channels": stream.codec_context.channels,
        "duration": declared_seconds(stream) or span,
        "bytes": seen.bytes,
        "packets": seen.packets,
        "span": span,
    }
