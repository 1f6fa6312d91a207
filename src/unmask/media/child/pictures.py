"""Pictures out of packets, each with its time, as RGB."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, cast

import av
import av.container
import av.error
import av.sidedata.sidedata
import av.stream
import av.video.frame
import av.video.reformatter
import av.video.stream
from av.video.reformatter import Interpolation

from .opening import Request, open_file, plain, prepare, refuse_pixels, required_picture
from .wire import PICTURE, Refusal, send

STILLS = frozenset({"jpeg_pipe", "png_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe"})
INDEXED = frozenset({"mov", "matroska"})
"""Containers whose index leads to a key frame without fail; the others are decoded from their first picture."""
SMALLEST_STEP_SECONDS = 0.001
CLOCK_JUMP_SECONDS = 1.0
BT709, FCC, BT601, SMPTE240M, BT2020 = 1, 4, 5, 7, 9
MATRICES = {1: BT709, 4: FCC, 5: BT601, 6: BT601, 7: SMPTE240M, 9: BT2020, 10: BT2020}
"""Matrix as the stream names it → as swscale names it."""
FULL_RANGE = 2
EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
"""Rounds each colour; swscale's quick way, a tenth of the cost, cuts off and so darkens by about 1.2 of 255."""
ORIENTATIONS = {
    (1, 0, 0, 1): 1,
    (-1, 0, 0, 1): 2,
    (-1, 0, 0, -1): 3,
    (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5,
    (0, 1, -1, 0): 6,
    (0, -1, -1, 0): 7,
    (0, -1, 1, 0): 8,
}
"""Signs of a display matrix → EXIF orientation."""

# PyAV 18.1 names no EXIF side data and refuses to list a frame's side data when there is some.
av.sidedata.sidedata.Type._missing_ = classmethod(lambda kinds, _: kinds.VIDEO_HINT)  # type: ignore[assignment, method-assign]


Timed = tuple[av.video.frame.VideoFrame, float, float]
"""A picture, its time, and the time at which the next is due, in seconds."""


@dataclass
class Decoding:
    """What was met on the way: pictures that could not be decoded, and where the container broke."""

    skipped: int = 0
    fault: str | None = None

    def pictures(
        self, container: av.container.InputContainer, stream: av.video.stream.VideoStream
    ) -> Iterator[av.video.frame.VideoFrame]:
        """All whole pictures, in presentation order."""
        for packet in self.packets(container, stream):
            for frame in self.decode(packet):
                if frame.is_corrupt and container.format.name not in STILLS:
                    self.skipped += 1
                else:
                    yield frame

    def packets(self, container: av.container.InputContainer, *streams: av.stream.Stream) -> Iterator["av.Packet[Any]"]:
        """All packets up to the end, or up to where the container breaks."""
        try:
            yield from container.demux(*streams)
        except (av.error.FFmpegError, EOFError) as error:
            if isinstance(error, MemoryError):
                raise
            self.fault = plain(error)

    def decode(self, packet: "av.Packet[Any]") -> list[Any]:
        """What the packet holds; nothing, and one more skipped, when it is broken."""
        try:
            return list(packet.decode())
        except (av.error.FFmpegError, EOFError) as error:
            if isinstance(error, MemoryError):
                raise
            self.skipped += 1 if packet.size else 0
            return []


@dataclass
class Clock:
    """Presentation seconds that begin with the stream, rise, and survive missing and jumping stamps.

    Where the container has an index, a stamp that falls back comes from a damaged picture, not from a clock that
    begins anew; the times then stay within the film.
    """

    time_base: Fraction
    start: int | None
    usual_seconds: float
    indexed: bool = False
    shift: float = 0.0
    last: float | None = None
    due: float = 0.0

    def read(self, frame: av.video.frame.VideoFrame) -> float:
        """The time of the next picture."""
        seconds = self.rising(self.stamped(frame))
        self.last = seconds
        self.due = seconds + (float(frame.duration * self.time_base) if frame.duration else self.usual_seconds)
        return seconds

    def stamped(self, frame: av.video.frame.VideoFrame) -> float | None:
        """What the picture's own stamp says."""
        stamp = frame.pts if frame.pts is not None else frame.dts
        if stamp is None:
            return None
        if self.start is None:
            self.start = stamp
        return float((stamp - self.start) * self.time_base) + self.shift

    def rising(self, seconds: float | None) -> float:
        """The time, mended where the stamp is missing or falls back."""
        if seconds is None:
            return self.due
        if self.last is None or seconds > self.last:
            return seconds
        if self.indexed or self.last - seconds <= CLOCK_JUMP_SECONDS:
            return self.last + SMALLEST_STEP_SECONDS
        self.shift += self.due - seconds
        return self.due


def clock_of(stream: av.video.stream.VideoStream, *, indexed: bool) -> Clock:
    """A clock for the stream; without stamps it goes by the nominal rate if that is believable, else by 25."""
    rate = stream.average_rate
    usual = float(1 / rate) if rate and 1 <= rate <= 1000 else 0.04
    return Clock(stream.time_base or Fraction(1, 1000), stream.start_time, usual, indexed)


def side_data(frame: av.video.frame.VideoFrame, kind: str) -> list[bytes]:
    """What lies beside the picture's pixels, of one kind."""
    beside = cast("Iterable[av.sidedata.sidedata.SideData]", frame.side_data)  # iterates over values, not names
    return [bytes(piece) for piece in beside if piece.type.name == kind]


def turn_of(frame: av.video.frame.VideoFrame) -> int:
    """The turn that players apply, as an EXIF orientation."""
    matrices = side_data(frame, "DISPLAYMATRIX")
    if not matrices or len(matrices[0]) != 36:
        return 1
    a, b, _, c, d = struct.unpack("=5i", matrices[0][:20])
    half = 0x8000
    signs = tuple((value > half) - (value < -half) for value in (a, b, c, d))
    return ORIENTATIONS.get(signs, 1)


def matrix_of(frame: av.video.frame.VideoFrame) -> int:
    """The colour matrix; unnamed, it goes by the size of the picture as players do."""
    return MATRICES.get(frame.colorspace) or (BT709 if frame.height > 576 or frame.width >= 1280 else BT601)


def has_alpha(frame: av.video.frame.VideoFrame) -> bool:
    """Whether parts of the picture may be see-through."""
    return frame.format.name == "pal8" or any(part.is_alpha for part in frame.format.components)


def send_picture(
    frame: av.video.frame.VideoFrame,
    reformatter: av.video.reformatter.VideoReformatter,
    turn: int,
    seconds: float,
    *,
    exact: bool,
) -> None:
    """One picture of full range, RGB or, where parts may be see-through, RGBA; its rows without padding."""
    channels = 4 if has_alpha(frame) else 3
    matrix = None if frame.format.is_rgb or frame.format.name == "pal8" else matrix_of(frame)
    rgb = reformatter.reformat(
        frame,
        format="rgba" if channels == 4 else "rgb24",
        src_colorspace=matrix,
        dst_colorspace=matrix,
        dst_color_range=FULL_RANGE,
        interpolation=EXACT if exact else None,
        threads=1,
    )
    row, stride = rgb.width * channels, rgb.planes[0].line_size
    pixels = memoryview(rgb.planes[0])[: stride * rgb.height]
    tight = pixels if stride == row else b"".join(pixels[top : top + row] for top in range(0, len(pixels), stride))
    send(PICTURE, tight, (rgb.width, rgb.height, channels), turn, seconds)


def film(request: Request) -> dict[str, Any]:
    """Send the pictures of the stretches of time asked for, which rise, and tell how it ended."""
    stretches = [Stretch(*times) for times in request["stretches"]]
    showing = Showing(request)
    if request["format"] in INDEXED:
        ends = [showing.go_over([stretch]) for stretch in stretches]
    else:
        ends = [showing.go_over(stretches)]
    lasts = [end["last"] for end in ends if end["last"] is not None]
    return {**ends[-1], "skipped": sum(end["skipped"] for end in ends), "last": max(lasts, default=None)}


class Stretch(NamedTuple):
    """A stretch of presentation time in seconds; its end is left out."""

    start: float
    stop: float


class Showing:
    """The pictures that are sent, and how many were seen for it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.reformatter = av.video.reformatter.VideoReformatter()
        self.seen = 0

    def go_over(self, stretches: list[Stretch]) -> dict[str, Any]:
        """Send the pictures of some stretches in one run over the film, and tell how it ended."""
        decoding, turn, skipped, end = Decoding(), 1, 0, None
        left = iter(stretches)
        now = next(left)
        for frame, seconds, due in timed_pictures(self.request, now.start, decoding):
            while seconds >= now.stop:
                skipped = decoding.skipped
                following = next(left, None)
                if following is None:
                    return {"end": "asked", "skipped": skipped, "last": end}
                now = following
            if self.seen >= self.request["most"]:
                return {"end": "asked", "skipped": decoding.skipped, "last": end}
            if seconds > self.request["max_seconds"]:
                raise Refusal(f"it still runs after {self.request['max_seconds']:g} s", "max_seconds")
            end = due
            # A look at the side data ties a picture into a circle that only the collector frees, so not at each one.
            turn = turn_of(frame) if frame.key_frame else turn
            if seconds < now.start:
                decoding.skipped = skipped
            else:
                self.show(frame, turn, seconds)
        return {"end": "complete", "skipped": decoding.skipped, "fault": decoding.fault, "last": end}

    def show(self, frame: av.video.frame.VideoFrame, turn: int, seconds: float) -> None:
        """Send one picture, if it is one of those wanted."""
        if self.seen % self.request["every"] == 0:
            refuse_pixels(frame.width, frame.height, self.request)
            send_picture(frame, self.reformatter, turn, seconds, exact=self.request["exact"])
        self.seen += 1


def timed_pictures(request: Request, start_seconds: float, decoding: Decoding) -> Iterator[Timed]:
    """Pictures and times, from a key frame before the start where the index can be trusted, else from the first."""
    if start_seconds > 0 and request["format"] in INDEXED:
        found = run_of_pictures(request, decoding, seek_seconds=start_seconds)
        first = next(found, None)
        if first is not None and first[1] <= start_seconds:
            yield first
            yield from found
            return
        decoding.skipped = 0
    yield from run_of_pictures(request, decoding)


def run_of_pictures(request: Request, decoding: Decoding, *, seek_seconds: float | None = None) -> Iterator[Timed]:
    """Pictures and times, from the first or from the key frame before a time; none when that cannot be found."""
    with open_file(request) as container:
        stream = required_picture(container)
        prepare(stream, request)
        if seek_seconds is not None and not seek_before(container, stream, seek_seconds):
            return
        clock = clock_of(stream, indexed=request["format"] in INDEXED)
        for frame in decoding.pictures(container, stream):
            yield frame, clock.read(frame), clock.due


def seek_before(
    container: av.container.InputContainer, stream: av.video.stream.VideoStream, start_seconds: float
) -> bool:
    """Go to the key frame before the start; False when the stream cannot tell where that is."""
    if stream.start_time is None or stream.time_base is None:
        return False
    try:
        container.seek(stream.start_time + int(start_seconds / stream.time_base), stream=stream)
    except av.error.FFmpegError:
        return False
    return True
