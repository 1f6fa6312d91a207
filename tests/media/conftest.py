"""Films drawn and encoded on the fly."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.audio.stream
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
            sound = container.add_stream("aac", rate=16_000, layout="mono") if sound_seconds else None
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
            if sound is not None:
                wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(sound_seconds * 16_000)) / 16_000)
                for start in range(0, len(wave), 1024):
                    block = av.AudioFrame.from_ndarray(
                        wave[None, start : start + 1024].astype(np.float32), format="fltp", layout="mono"
                    )
                    block.sample_rate, block.pts, block.time_base = 16_000, start, Fraction(1, 16_000)
                    container.mux(sound.encode(block))
                container.mux(sound.encode(None))
        return path

    return write


@pytest.fixture
def sing(tmp_path: Path) -> DrawFilm:
    """Write a second of a 440 Hz tone."""

    def write(name: str, codec: str) -> Path:
        path = tmp_path / name
        wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
        with av.open(str(path), "w", format={".aac": "adts", ".m4a": "mp4"}.get(path.suffix)) as container:
            stream = container.add_stream(codec, rate=16_000, layout="mono")
            assert isinstance(stream, av.audio.stream.AudioStream)
            resampler = av.AudioResampler(format=stream.format, layout="mono", rate=16_000, frame_size=1024)
            whole = av.AudioFrame.from_ndarray(wave[None].astype(np.float32), format="fltp", layout="mono")
            whole.sample_rate, whole.pts, whole.time_base = 16_000, 0, Fraction(1, 16_000)
            for piece in [*resampler.resample(whole), *resampler.resample(None)]:
                container.mux(stream.encode(piece))
            container.mux(stream.encode(None))
        return path

    return write
