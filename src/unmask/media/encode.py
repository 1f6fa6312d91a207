"""Films written: H.264 in MP4, whole or not at all."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain, count
from pathlib import Path

import av.codec.codec

from unmask.errors import UsageError
from unmask.media.muxing import media_file
from unmask.media.sound import Sound
from unmask.media.tracks import PictureTrack, encoded_sound
from unmask.types import MonoAudio, RgbImage, Seconds

CLOCK_HZ = 90_000


def write_video(
    path: Path,
    frames: Iterable[RgbImage],
    frame_rate: float | Fraction,
    *,
    times: Iterable[float] | Seconds | None = None,
    audio: MonoAudio | None = None,
    audio_rate_hz: int = 16_000,
    crf: int = 18,
    preset: str = "medium",
    codec: str = "libx264",
    further: Mapping[str, str] | None = None,
) -> None:
    """Write a film: yuv420p tagged as BT.709, with AAC sound when there is some.

    Odd sides are made even by repeating the last row or column.

    Args:
        path: Where to; it appears only when it is complete.
        frames: Pictures of one size, at least one.
        frame_rate: Frames a second, up to 1000.
        times: Presentation time of each frame, rising, for a film of uneven gaps; the rate then only guides the coder.
            Each is asked for after its frame was taken.
        audio: Sound from time zero on, as long as the film or shorter.
        audio_rate_hz: Samples a second of the sound.
        crf: Quality of the coder, 0 (without loss) to 51.
        preset: Speed of the coder, as x264 names it.
        codec: The encoder, as FFmpeg names it.
        further: More of its options, as FFmpeg names them.

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
    options = {"crf": str(crf), "preset": preset, **(further or {})}
    blocks = [Sound(audio[None], audio_rate_hz)] if audio is not None else []
    with media_file(path) as file:
        picture = PictureTrack(file, shape=first.shape, codec=codec, rate=rate, options=options, clock_hz=CLOCK_HZ)
        sound = encoded_sound(file, blocks)
        seconds_of = times_of(rate, times)
        for image in chain([first], pictures):
            seconds = next(seconds_of, None)
            if seconds is None:
                raise UsageError("There are fewer times than frames; give each frame its time.")
            picture.write(image, seconds)
            sound.write_until(seconds)
        picture.finish()
        sound.finish()


def has_encoder(name: str) -> bool:
    """Whether the PyAV of this machine has an encoder, as FFmpeg names it.

    >>> has_encoder("libx264"), has_encoder("libx999")
    (True, False)
    """
    try:
        av.codec.codec.Codec(name, "w")
    except av.codec.codec.UnknownCodecError:
        return False
    return True


def times_of(rate: Fraction, times: Iterable[float] | Seconds | None) -> Iterator[float]:
    """Presentation times; without end where none are given."""
    return map(float, times) if times is not None else (float(index / rate) for index in count())
