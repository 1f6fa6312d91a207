"""Films written: H.264 in MP4, whole or not at all."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain, count
from pathlib import Path

import av
import av.audio.frame
import av.container
import av.error
import av.video.frame
import av.video.stream
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter

from unmask.errors import OutputError, UsageError
from unmask.media.source import shown
from unmask.media.writing import written_aside
from unmask.types import MonoAudio, RgbImage, Seconds

CLOCK_HZ = 90_000
SOUND_BLOCK_SAMPLES = 1024


def write_video(
    path: Path,
    frames: Iterable[RgbImage],
    frame_rate: float | Fraction,
    *,
    times: Seconds | None = None,
    audio: MonoAudio | None = None,
    audio_rate_hz: int = 16_000,
    crf: int = 18,
    preset: str = "medium",
    codec: str = "libx264",
) -> None:
    """Write a film: yuv420p tagged as BT.709, with AAC sound when there is some.

    Odd sides are made even by repeating the last row or column.

    Args:
        path: Where to; it appears only when it is complete.
        frames: Pictures of one size, at least one.
        frame_rate: Frames a second, up to 1000.
        times: Presentation time of each frame, rising, for a film of uneven gaps; the rate then only guides the coder.
        audio: Sound from time zero on, as long as the film or shorter.
        audio_rate_hz: Samples a second of the sound.
        crf: Quality of the coder, 0 (without loss) to 51.
        preset: Speed of the coder, as x264 names it.
        codec: The encoder, as FFmpeg names it.

    Raises:
        UsageError: No frame was given, the frames differ in size, or there are fewer times than frames.
        OutputError: The film cannot be written.
    """
    if not 0 < frame_rate <= 1000:
        raise UsageError(f"A frame rate of {frame_rate} cannot be written; take more than 0 and at most 1000.")
    rate = Fraction(frame_rate).limit_denominator(1001)
    pictures = iter(frames)
    first = next(pictures, None)
    if first is None:
        raise UsageError("A film needs at least one frame; none was given.")
    options = {"crf": str(crf), "preset": preset}
    with written_aside(path) as aside:
        try:
            with av.open(str(aside), "w", format="mp4", options={"movflags": "+faststart"}) as container:
                picture = PictureTrack(
                    container, shape=first.shape, codec=codec, rate=rate, options=options, stamps=stamps_of(rate, times)
                )
                sound = SoundTrack(container, audio, audio_rate_hz) if audio is not None else None
                for image in chain([first], pictures):
                    seconds = picture.write(image)
                    if sound is not None:
                        sound.write_until(seconds)
                picture.finish()
                if sound is not None:
                    sound.finish()
        except (av.error.FFmpegError, ValueError) as error:
            raise OutputError(
                f"{shown(path)} cannot be written: {getattr(error, 'strerror', None) or error}."
            ) from error


def stamps_of(rate: Fraction, times: Seconds | None) -> Iterator[int]:
    """Presentation stamps on a clock of ``CLOCK_HZ``; without end where no times are given."""
    if times is not None:
        return (round(float(seconds) * CLOCK_HZ) for seconds in times)
    return (round(index * CLOCK_HZ / rate) for index in count())


class PictureTrack:
    """The picture of a film being written."""

    def __init__(
        self,
        container: av.container.OutputContainer,
        *,
        shape: tuple[int, ...],
        codec: str,
        rate: Fraction,
        options: dict[str, str],
        stamps: Iterator[int],
    ) -> None:
        self.container = container
        self.shape = shape
        self.stamps = stamps
        self.reformatter = VideoReformatter()
        stream = container.add_stream(codec, rate=rate, options=options)
        if not isinstance(stream, av.video.stream.VideoStream):
            raise UsageError(f"The encoder '{codec}' makes no pictures.")
        self.stream = stream
        context = stream.codec_context
        context.width, context.height = shape[1] + shape[1] % 2, shape[0] + shape[0] % 2
        context.pix_fmt = "yuv420p"
        context.time_base = Fraction(1, CLOCK_HZ)
        context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709

    def write(self, image: RgbImage) -> float:
        """One picture more; its time in seconds comes back.

        Raises:
            UsageError: It differs in size from the first, or has no time.
        """
        stamp = next(self.stamps, None)
        if stamp is None:
            raise UsageError("There are fewer times than frames; give each frame its time.")
        if image.shape != self.shape:
            raise UsageError(f"A frame of shape {image.shape} follows one of {self.shape}; give all frames one size.")
        frame = self.coded(image)
        frame.pts, frame.time_base = stamp, Fraction(1, CLOCK_HZ)
        self.container.mux(self.stream.encode(frame))
        return stamp / CLOCK_HZ

    def coded(self, image: RgbImage) -> av.video.frame.VideoFrame:
        """The picture in the film's own colours."""
        height, width = image.shape[:2]
        even = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        return self.reformatter.reformat(
            av.video.frame.VideoFrame.from_ndarray(np.ascontiguousarray(even), format="rgb24"),
            format="yuv420p",
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            dst_colorspace=Colorspace.ITU709,
            threads=1,
        )

    def finish(self) -> None:
        """Write what the encoder still holds."""
        self.container.mux(self.stream.encode(None))


class SoundTrack:
    """The sound of a film being written, in step with its picture."""

    def __init__(self, container: av.container.OutputContainer, samples: MonoAudio, rate_hz: int) -> None:
        self.container = container
        self.samples = samples
        self.rate_hz = rate_hz
        self.written = 0
        self.stream = container.add_stream("aac", rate=rate_hz, layout="mono")

    def write_until(self, seconds: float) -> None:
        """Write the blocks that begin before a time."""
        while self.written < min(len(self.samples), seconds * self.rate_hz):
            block = self.samples[self.written : self.written + SOUND_BLOCK_SAMPLES]
            frame = av.audio.frame.AudioFrame.from_ndarray(block[None].astype(np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = self.rate_hz, self.written, Fraction(1, self.rate_hz)
            self.container.mux(self.stream.encode(frame))
            self.written += len(block)

    def finish(self) -> None:
        """Write the rest."""
        self.write_until(float("inf"))
        self.container.mux(self.stream.encode(None))
