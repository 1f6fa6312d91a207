"""Sound in one channel or as it is, in step with the picture."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from unmask.errors import OverLimit, UsageError
from unmask.media.audio import open_sound, read_audio, read_sound_channels
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.sound import Channels
from unmask.settings import Settings
from unmask.types import MonoAudio

DrawFilm = Callable[..., Path]


def tones(seconds: float, rate_hz: int, channels: int) -> Channels:
    times = np.arange(int(seconds * rate_hz)) / rate_hz
    return np.stack([0.5 * np.sin(2 * np.pi * (440 + 220 * k) * times) for k in range(channels)]).astype(np.float32)


def loudest_hz(sound: MonoAudio, rate_hz: int) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * rate_hz / len(sound))


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.wav", "pcm_s16le"),
        ("a.mp3", "mp3"),
        ("a.flac", "flac"),
        ("a.ogg", "libopus"),
        ("a.aac", "aac"),
        ("a.m4a", "aac"),
    ],
)
@pytest.mark.parametrize("rate_hz", [16_000, 22_050])
def test_the_tone_comes_back(sing: DrawFilm, settings: Settings, name: str, codec: str, rate_hz: int) -> None:
    path = sing(name, codec)
    sound = read_audio(path, probe(path, settings), settings, rate_hz=rate_hz)
    assert sound.dtype == np.float32
    assert len(sound) == pytest.approx(rate_hz, rel=0.15)
    assert loudest_hz(sound, rate_hz) == pytest.approx(440, abs=1.5)
    assert np.abs(sound[2000:12_000]).max() == pytest.approx(0.5, abs=0.05)


def test_sound_of_a_film(draw: DrawFilm, settings: Settings) -> None:
    path = draw(sound_seconds=1.0)
    sound = read_audio(path, probe(path, settings), settings)
    assert loudest_hz(sound, 16_000) == pytest.approx(440, abs=1.5)


def test_a_clap_is_heard_at_its_time(tmp_path: Path, settings: Settings) -> None:
    sound = np.zeros(32_000, np.float32)
    sound[16_000:16_200] = 0.8
    path = tmp_path / "clap.mp4"
    write_video(path, [np.zeros((32, 32, 3), np.uint8)] * 50, 25.0, audio=sound)
    heard = read_audio(path, probe(path, settings), settings)
    assert np.flatnonzero(np.abs(heard) > 0.4)[0] == pytest.approx(16_000, abs=40)


def test_sound_without_a_stream(draw: DrawFilm, settings: Settings) -> None:
    path = draw()
    with pytest.raises(UsageError, match=r"'film.mp4' has no sound"):
        read_audio(path, probe(path, settings), settings)


def test_a_senseless_rate(sing: DrawFilm, settings: Settings) -> None:
    path = sing("a.wav", "pcm_s16le")
    with pytest.raises(UsageError, match="0 Hz is out of range"):
        read_audio(path, probe(path, settings), settings, rate_hz=0)


def test_sound_that_runs_on_past_the_limit(sing: DrawFilm, settings: Settings) -> None:
    path = sing("a.aac", "aac")
    media = probe(path, settings)
    with pytest.raises(OverLimit, match=r"still sounds after 0\.5 s; raise UNMASK_MAX_SECONDS"):
        read_audio(path, media, Settings(max_seconds=0.5))


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz", "layout"),
    [
        ("a.wav", "pcm_s16le", 44_100, "stereo"),
        ("a.flac", "flac", 96_000, "5.1(side)"),
        ("a.m4a", "aac", 48_000, "quad"),
        ("a.mp3", "mp3", 22_050, "mono"),
        ("a.ogg", "libopus", 48_000, "stereo"),
    ],
)
def test_sound_as_it_is(  # noqa: PLR0917 # pytest passes them by name
    sing: DrawFilm, settings: Settings, name: str, codec: str, rate_hz: int, layout: str
) -> None:
    path = sing(name, codec, rate_hz=rate_hz, layout=layout)
    sound = read_sound_channels(path, probe(path, settings), settings)
    assert (sound.rate_hz, sound.layout) == (rate_hz, layout)
    assert sound.samples.shape[1] == pytest.approx(rate_hz, rel=0.15)
    for index, channel in enumerate(sound.samples):
        assert loudest_hz(channel, rate_hz) == pytest.approx(440 + 220 * index, abs=1.5)


def test_sound_comes_in_blocks(sing: DrawFilm, settings: Settings) -> None:
    path = sing("a.flac", "flac", rate_hz=48_000, layout="stereo", seconds=4.0)
    media = probe(path, settings)
    with open_sound(path, media, settings) as recording:
        blocks = list(recording)
    assert len(blocks) > 10
    assert max(block.samples.shape[1] for block in blocks) <= 48_000
    whole = read_sound_channels(path, media, settings)
    np.testing.assert_array_equal(np.concatenate([block.samples for block in blocks], axis=1), whole.samples)
    np.testing.assert_allclose(whole.samples, tones(4.0, 48_000, 2), atol=1e-4)


def test_blocks_without_a_stream(draw: DrawFilm, settings: Settings) -> None:
    path = draw()
    with pytest.raises(UsageError, match="has no sound"):
        open_sound(path, probe(path, settings), settings)
