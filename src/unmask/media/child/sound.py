"""Sound as floats: mixed to one channel, or as it is."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import av
import av.audio.frame
import av.audio.resampler
import av.container
import av.stream

from .opening import Request, open_file, picture_of, sound_of
from .pictures import Decoding
from .wire import FASTEST_HZ, HEARD, LAYOUTS, SLOWEST_HZ, SOUND, Refusal, send, send_json

VALUE_BYTES = 4
LARGEST_BODY_BYTES = 1 << 18
NAMED_LAYOUTS = re.compile(
    r"mono|stereo|quad|quad\(side\)|hexagonal|octagonal|[2-7]\.[01](\((back|front|side|wide|wide-side)\))?"
)
"""Layouts of up to eight channels that every encoder of unmask takes."""
GAP_SECONDS = 0.02
"""A longer gap between two stretches of sound is filled with silence, so that sound and picture stay together."""


class Shape(NamedTuple):
    """What the samples sent are."""

    rate_hz: int
    channels: int
    layout: str


def sound(request: Request) -> dict[str, Any]:
    """Send what the sound is, and its samples; the first lies at the film's time zero.

    A rate or channels of 0 take those of its beginning.

    Raises:
        Refusal: There is no sound, it has too many channels, or it is longer than allowed.
    """
    decoding = Decoding()
    with open_file(request) as container:
        stream = sound_of(container)
        if stream is None:
            raise Refusal("no sound that can be decoded")
        frames = (frame for packet in decoding.packets(container, stream) for frame in decoding.decode(packet))
        first = next(frames, None)
        if first is not None:
            shape = shape_of(first, request)
            send_json(HEARD, shape._asdict())
            line = Line(shape, request["max_seconds"], zero_of(container, stream))
            for piece in pieces_of(chain([first], frames), shape):
                line.place(piece)
    return {"end": "complete", "skipped": decoding.skipped, "fault": decoding.fault}


def shape_of(first: av.audio.frame.AudioFrame, request: Request) -> Shape:
    """What to send: as asked, or as the sound begins.

    Raises:
        Refusal: It has no rate, or more channels than have names.
    """
    rate_hz = request["rate_hz"] or first.sample_rate
    if request["channels"] == 1:
        return Shape(rate_hz, 1, "mono")
    channels = first.layout.nb_channels
    if channels not in LAYOUTS or not SLOWEST_HZ <= rate_hz <= FASTEST_HZ:
        raise Refusal(f"its sound has {channels} channels at {rate_hz} Hz")
    named = first.layout.name if NAMED_LAYOUTS.fullmatch(first.layout.name) else LAYOUTS[channels]
    return Shape(rate_hz, channels, named)


def zero_of(container: av.container.InputContainer, sound_stream: av.stream.Stream) -> float:
    """The film's time zero in seconds of the container: where its picture begins, or else its sound."""
    for stream in (picture_of(container), sound_stream):
        if stream is not None and stream.start_time is not None and stream.time_base is not None:
            return float(stream.start_time * stream.time_base)
    return 0.0


def pieces_of(frames: Iterable[av.audio.frame.AudioFrame], shape: Shape) -> Iterator[av.audio.frame.AudioFrame]:
    """The sound as interleaved floats; the resampler is made anew when the sound changes its kind midway."""
    resampler: av.audio.resampler.AudioResampler | None = None
    kind = None
    for frame in frames:
        if resampler is None or kind != (frame.format.name, frame.layout.name, frame.sample_rate):
            if resampler is not None:
                yield from resampler.resample(None)
            resampler = av.audio.resampler.AudioResampler(format="flt", layout=shape.layout, rate=shape.rate_hz)
            kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        yield from resampler.resample(frame)
    if resampler is not None:
        yield from resampler.resample(None)


class Line:
    """The samples sent so far, evenly spaced from time zero."""

    def __init__(self, shape: Shape, max_seconds: float, zero_seconds: float) -> None:
        self.rate_hz = shape.rate_hz
        self.sample_bytes = VALUE_BYTES * shape.channels
        self.body_bytes = LARGEST_BODY_BYTES // self.sample_bytes * self.sample_bytes
        self.most_samples = int(max_seconds * shape.rate_hz)
        self.zero_seconds = zero_seconds
        self.samples = 0

    def place(self, piece: av.audio.frame.AudioFrame) -> None:
        """Send the piece at its time: silence before it where there is a gap, nothing of it before time zero."""
        at = self.samples
        if piece.pts is not None and piece.time_base is not None:
            at = round((float(piece.pts * piece.time_base) - self.zero_seconds) * self.rate_hz)
        early = min(max(0, -at), piece.samples)
        gap = at - self.samples
        silence = gap if gap > GAP_SECONDS * self.rate_hz or self.samples == 0 < gap else 0
        if self.samples + silence + piece.samples > self.most_samples:
            raise Refusal(f"it still sounds after {self.most_samples / self.rate_hz:g} s", "max_seconds")
        self.write_silence(silence)
        self.write(memoryview(piece.planes[0])[early * self.sample_bytes : piece.samples * self.sample_bytes])

    def write_silence(self, samples: int) -> None:
        """So many zeros."""
        zeros = memoryview(bytes(min(samples * self.sample_bytes, self.body_bytes)))
        while samples > 0:
            part = zeros[: samples * self.sample_bytes]
            self.write(part)
            samples -= len(part) // self.sample_bytes

    def write(self, samples: memoryview) -> None:
        """The samples, in bodies of bounded size."""
        for start in range(0, len(samples), self.body_bytes):
            send(SOUND, samples[start : start + self.body_bytes])
        self.samples += len(samples) // self.sample_bytes
