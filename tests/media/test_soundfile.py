"""Sound files written and read back."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from unmask.errors import OutputError, UsageError
from unmask.media.audio import read_sound_channels
from unmask.media.probe import probe
from unmask.media.sound import Channels, Sound
from unmask.media.soundfile import write_sound
from unmask.settings import Settings


def tones(channels: int, rate_hz: int, seconds: float = 1.5) -> Channels:
    times = np.arange(int(seconds * rate_hz)) / rate_hz
    return np.stack([0.4 * np.sin(2 * np.pi * (60 + 240 * k) * times) for k in range(channels)]).astype(np.float32)


def blocks(samples: Channels, rate_hz: int, size: int = 777) -> Iterator[Sound]:
    for start in range(0, samples.shape[1], size):
        yield Sound(samples[:, start : start + size], rate_hz)


@pytest.mark.parametrize(
    ("name", "codec", "error"),
    [("a.wav", "pcm_s16le", 2e-5), ("a.FLAC", "flac", 2e-5), ("a.mp3", "mp3", 0.05), ("a.m4a", "aac", 0.05)],
)
@pytest.mark.parametrize(("channels", "rate_hz"), [(1, 16_000), (2, 44_100)])
def test_what_is_written_is_read(  # noqa: PLR0917 # pytest passes them by name
    tmp_path: Path, settings: Settings, name: str, codec: str, error: float, channels: int, rate_hz: int
) -> None:
    path, wave = tmp_path / name, tones(channels, rate_hz)
    write_sound(path, blocks(wave, rate_hz))
    media = probe(path, settings)
    assert media.audio is not None
    assert (media.kind, media.audio.codec) == ("audio", codec)
    sound = read_sound_channels(path, media, settings)
    assert (sound.rate_hz, len(sound.samples)) == (rate_hz, channels)
    assert wave.shape[1] <= sound.samples.shape[1] <= wave.shape[1] + 1024
    np.testing.assert_allclose(sound.samples[:, : wave.shape[1] - 2000], wave[:, :-2000], atol=error)


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_six_channels(tmp_path: Path, settings: Settings, name: str) -> None:
    path, wave = tmp_path / name, tones(6, 48_000, 0.5)
    write_sound(path, [Sound(wave, 48_000, "5.1(side)")])
    sound = read_sound_channels(path, probe(path, settings), settings)
    assert sound.layout.startswith("5.1")
    np.testing.assert_allclose(sound.samples, wave, atol=2e-5)


@pytest.mark.parametrize(("name", "written_hz"), [("a.mp3", 48_000), ("a.m4a", 96_000), ("a.wav", 192_000)])
def test_a_rate_that_the_coder_does_not_know(tmp_path: Path, settings: Settings, name: str, written_hz: int) -> None:
    path = tmp_path / name
    write_sound(path, blocks(tones(1, 192_000), 192_000))
    sound = read_sound_channels(path, probe(path, settings), settings)
    assert sound.rate_hz == written_hz
    assert sound.samples.shape[1] == pytest.approx(1.5 * written_hz, rel=0.03)
    spectrum = np.abs(np.fft.rfft(sound.samples[0, :written_hz]))
    assert np.argmax(spectrum) == pytest.approx(60, abs=1)


def test_too_many_channels_for_mp3(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'a\.mp3' takes 2 channels, not 3; name it \.wav or \.flac"):
        write_sound(tmp_path / "a.mp3", [Sound(tones(3, 48_000), 48_000)])


def test_more_channels_than_have_names(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Sound of 9 channels cannot be written; give 1 to 8"):
        write_sound(tmp_path / "a.wav", [Sound(np.zeros((9, 10), np.float32), 48_000)])


def test_no_sound(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs sound"):
        write_sound(tmp_path / "a.wav", [])


def test_another_ending(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"'a\.xyz' ends with '\.xyz'; name it \.wav, \.flac, \.mp3, \.m4a"):
        write_sound(tmp_path / "a.xyz", [Sound(tones(1, 8000), 8000)])


def test_torn_sound_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_text("old")

    def torn() -> Iterator[Sound]:
        yield from blocks(tones(1, 8000), 8000)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sound(path, torn())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
