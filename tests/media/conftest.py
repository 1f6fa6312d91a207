"""Films drawn and encoded on the fly."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.audio.stream
import av.container
import av.video.frame
import av.video.stream
import numpy as np
import pytest

from unmask.settings import Settings

RATE = 25
SIZE = (64, 48)

DrawFilm = Callable[..., Path]


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings()


def drawn(index: int, width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A picture whose red tells its number, with a bright corner at the top left."""
    image = np.full((height, width, 3), (20 + 6 * (index % 36), 90, 150), np.uint8)
    image[: height // 4, : width // 4] = (250, 250, 40)
    return image


def number_in(image: np.ndarray[Any, np.dtype[np.uint8]]) -> int:
    """The number that ``drawn`` wrote."""
    height, width = image.shape[:2]
    return round((float(image[height // 2, width // 2, 0]) - 20) / 6)


@pytest.fixture
def number() -> Callable[[np.ndarray[Any, np.dtype[np.uint8]]], int]:
    return number_in


def tones(seconds: float, rate_hz: int, channels: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A tone of its own in each channel: 440 Hz, 660 Hz and so on."""
    times = np.arange(int(seconds * rate_hz)) / rate_hz
    return np.stack([0.5 * np.sin(2 * np.pi * (440 + 220 * k) * times) for k in range(channels)]).astype(np.float32)


def sing_into(
    container: av.container.OutputContainer, stream: av.audio.stream.AudioStream, seconds: float, starts: float = 0.0
) -> None:
    """Write tones into a stream of a container."""
    rate_hz, layout = stream.rate, stream.layout.name
    wave = tones(seconds, rate_hz, stream.channels)
    for start in range(0, wave.shape[1], 1024):
        block = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(wave[:, start : start + 1024]), format="fltp", layout=layout
        )
        block.sample_rate, block.time_base = rate_hz, Fraction(1, rate_hz)
        block.pts = start + round(starts * rate_hz)
        container.mux(stream.encode(block))
    container.mux(stream.encode(None))


@pytest.fixture
def draw(tmp_path: Path) -> DrawFilm:
    """Write a film of numbered pictures; all that is odd about it is an argument."""

    def write(
        name: str = "film.mp4",
        *,
        frames: int = 30,
        size: tuple[int, int] = SIZE,
        rate: Fraction | int = RATE,
        codec: str = "libx264",
        pixel_format: str = "yuv420p",
        stamps: list[int] | None = None,
        time_base: Fraction | None = None,
        turn: int = 0,
        sound_seconds: float = 0.0,
        sound_codec: str = "aac",
        sound_rate_hz: int = 16_000,
        sound_layout: str = "mono",
        sound_starts: float = 0.0,
        more_sounds: int = 0,
        pixel_aspect: Fraction | None = None,
        noise: bool = False,
        muxer: str | None = None,
        container_options: dict[str, str] | None = None,
        options: dict[str, str] | None = None,
        tags: dict[str, int] | None = None,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", format=muxer, options=container_options or {}) as container:
            stream = container.add_stream(codec, rate=rate, options=options or {})
            assert isinstance(stream, av.video.stream.VideoStream)
            stream.width, stream.height, stream.pix_fmt = *size, pixel_format
            context = stream.codec_context
            context.time_base = time_base or 1 / Fraction(rate)
            for tag, value in (tags or {}).items():
                setattr(context, tag, value)
            if turn:
                stream.set_display_rotation(turn)
            if pixel_aspect:
                context.sample_aspect_ratio = pixel_aspect
            sounds: list[Any] = []
            if sound_seconds:
                strictness = {"strict": "experimental"} if sound_codec == "vorbis" else {}
                sounds = [
                    container.add_stream(sound_codec, rate=sound_rate_hz, layout=sound_layout, options=strictness)
                    for _ in range(1 + more_sounds)
                ]
            container.start_encoding()
            generator = np.random.default_rng(0)
            for index in range(frames):
                image = drawn(index, *size)
                if noise:
                    image[size[1] // 2 + 4 :] = generator.integers(0, 255, (size[1] - size[1] // 2 - 4, size[0], 3))
                frame = av.video.frame.VideoFrame.from_ndarray(image, format="rgb24")
                if tags:
                    frame = frame.reformat(
                        format=pixel_format,
                        src_color_range=2,
                        dst_color_range=tags.get("color_range", 1),
                        dst_colorspace=tags["colorspace"],
                    )
                frame.pts = stamps[index] if stamps else index
                frame.time_base = context.time_base
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
            for sound in sounds:
                sing_into(container, sound, sound_seconds, sound_starts)
        return path

    return write


@pytest.fixture
def sing(tmp_path: Path) -> DrawFilm:
    """Write a second of a 440 Hz tone, and one of its own in each further channel."""

    def write(name: str, codec: str, *, rate_hz: int = 16_000, layout: str = "mono", seconds: float = 1.0) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", format={".aac": "adts", ".m4a": "mp4"}.get(path.suffix)) as container:
            stream = container.add_stream(codec, rate=rate_hz, layout=layout)
            assert isinstance(stream, av.audio.stream.AudioStream)
            sing_into(container, stream, seconds)
        return path

    return write
