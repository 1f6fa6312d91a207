"""Sound as mono floats."""

from collections.abc import Iterator
from typing import Any

import av
import av.audio.frame
import av.audio.resampler
import av.container
import av.stream

from .opening import Request, open_file, picture_of, sound_of
from .pictures import Decoding
from .wire import SOUND, Refusal, send

SAMPLE_BYTES = 4
LARGEST_BODY_BYTES = 1 << 18
GAP_SECONDS = 0.02
"""A longer gap between two stretches of sound is filled with silence, so that sound and picture stay together."""


def sound(request: Request) -> dict[str, Any]:
    """Send the sound; its first sample lies at the film's time zero.

    Raises:
        Refusal: There is no sound, or it is longer than allowed.
    """
    decoding = Decoding()
    with open_file(request) as container:
        stream = sound_of(container)
        if stream is None:
            raise Refusal("no sound that can be decoded")
        line = Line(request["rate_hz"], request["max_seconds"], zero_of(container, stream))
        for piece in mono_pieces(container, stream, request["rate_hz"], decoding):
            line.place(piece)
    return {"end": "complete", "skipped": decoding.skipped, "fault": decoding.fault}


def zero_of(container: av.container.InputContainer, sound_stream: av.stream.Stream) -> float:
    """The film's time zero in seconds of the container: where its picture begins, or else its sound."""
    for stream in (picture_of(container), sound_stream):
        if stream is not None and stream.start_time is not None and stream.time_base is not None:
            return float(stream.start_time * stream.time_base)
    return 0.0


def mono_pieces(
    container: av.container.InputContainer, stream: av.stream.Stream, rate_hz: int, decoding: Decoding
) -> Iterator[av.audio.frame.AudioFrame]:
    """The sound as mono floats; the resampler is made anew when the sound changes its kind midway."""
    resampler: av.audio.resampler.AudioResampler | None = None
    kind = None
    for packet in decoding.packets(container, stream):
        for frame in decoding.decode(packet):
            if resampler is None or kind != (frame.format.name, frame.layout.name, frame.sample_rate):
                if resampler is not None:
                    yield from resampler.resample(None)
                resampler = av.audio.resampler.AudioResampler(format="flt", layout="mono", rate=rate_hz)
                kind = (frame.format.name, frame.layout.name, frame.sample_rate)
            yield from resampler.resample(frame)
    if resampler is not None:
        yield from resampler.resample(None)


class Line:
    """The samples sent so far, evenly spaced from time zero."""

    def __init__(self, rate_hz: int, max_seconds: float, zero_seconds: float) -> None:
        self.rate_hz = rate_hz
        self.most_samples = int(max_seconds * rate_hz)
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
        self.write(memoryview(piece.planes[0])[early * SAMPLE_BYTES : piece.samples * SAMPLE_BYTES])

    def write_silence(self, samples: int) -> None:
        """So many zeros."""
        zeros = memoryview(bytes(min(samples * SAMPLE_BYTES, LARGEST_BODY_BYTES)))
        while samples > 0:
            part = zeros[: samples * SAMPLE_BYTES]
            self.write(part)
            samples -= len(part) // SAMPLE_BYTES

    def write(self, samples: memoryview) -> None:
        """The samples, in bodies of bounded size."""
        for start in range(0, len(samples), LARGEST_BODY_BYTES):
            send(SOUND, samples[start : start + LARGEST_BODY_BYTES])
        self.samples += len(samples) // SAMPLE_BYTES
