from pathlib import Path

import numpy as np
import pytest
from jaxtyping import Float32

from unmask.benchmark.audible import signal_to_noise_db
from unmask.benchmark.watermark_figures import hearings
from unmask.benchmark.watermark_sound import (
    CODINGS,
    RATE_HZ,
    SoundCoding,
    SoundRow,
    coded,
    marked_sound,
    sound_row,
    sounds_of,
    spoken_anew,
)
from unmask.settings import Settings

NAMES = [coding.name for coding in CODINGS]


def babble(seconds: float, seed: int) -> Float32[np.ndarray, " samples"]:
    """Noise as loud and as coloured as speech, coming and going four times a second."""
    chance = np.random.default_rng(seed)
    count = int(seconds * RATE_HZ)
    spectrum = np.fft.rfft(chance.normal(size=count))
    pitch = np.fft.rfftfreq(count, 1 / RATE_HZ)
    shaped = np.fft.irfft(spectrum / (1 + (pitch / 500) ** 2), count)
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * np.arange(count) / RATE_HZ)
    return (0.1 * shaped / shaped.std() * swell).astype(np.float32)


def row(name: str, honest: list[float], altered: list[float]) -> SoundRow:
    return SoundRow(
        name,
        9.0,
        25.0,
        -11.0,
        dict.fromkeys(NAMES, "read"),
        dict.fromkeys(NAMES, "intact"),
        dict.fromkeys(NAMES, "altered"),
        dict.fromkeys(NAMES, honest),
        dict.fromkeys(NAMES, altered),
    )


def test_a_sound_is_read_and_its_new_middle_is_found() -> None:
    found = sound_row("babble.wav", babble(9.0, 1), babble(9.0, 2), 7, Settings())
    name = "AAC 128 kb/s"
    assert found.reads[name] == "read"
    assert (found.states[name], found.altered_states[name]) == ("intact", "altered")
    assert min(found.honest[name]) > max(found.altered[name])
    assert found.unmarked == "not-found"
    assert found.snr_db > 15
    assert found.mask_db < -6


def test_the_new_middle_is_as_loud_and_the_rest_is_left() -> None:
    sound, other = babble(2.0, 1), 5 * babble(0.3, 2)
    made = spoken_anew(sound, other)
    middle = slice(int(0.45 * len(sound)), int(0.6 * len(sound)))
    assert np.array_equal(made[: int(0.39 * len(sound))], sound[: int(0.39 * len(sound))])
    assert not np.array_equal(made[middle], sound[middle])
    assert made[middle].std() == pytest.approx(sound[middle].std(), rel=0.3)


@pytest.mark.parametrize("codec", ["aac", "libmp3lame", "libopus"])
def test_fewer_bits_make_more_noise(codec: str) -> None:
    sound = babble(1.5, 3)
    few, many = (coded(sound, SoundCoding("x", codec, bits), Settings()) for bits in (32_000, 128_000))
    losses = [loss(sound, one) for one in (few, many)]
    assert losses[0] > losses[1] > 0


def loss(before: np.ndarray, after: np.ndarray) -> float:
    """Difference of short-time levels, which a delay of the coder does not touch."""
    bands = [np.abs(np.fft.rfft(one[:RATE_HZ].reshape(50, -1))) for one in (before, after)]
    return float(np.abs(np.log(bands[0] + 1e-3) - np.log(bands[1] + 1e-3)).mean())


def test_slower_sound_has_fewer_samples_and_cut_sound_begins_later() -> None:
    sound = babble(1.0, 4)
    assert len(coded(sound, SoundCoding("x", None, rate_hz=16_000), Settings())) == 16_000
    assert len(coded(sound, SoundCoding("x", None, cut_seconds=0.25), Settings())) == RATE_HZ * 3 // 4


def test_marking_keeps_the_length_and_stays_quiet() -> None:
    sound = babble(3.0, 5)
    marked = marked_sound(sound, 7)
    assert marked.shape == sound.shape
    assert 15 < signal_to_noise_db(sound, marked) < 60


def test_seconds_are_ranked_over_all_utterances() -> None:
    told = hearings([row("a", [1.0, 0.9], [0.1]), row("b", [0.05], [0.2, 0.0])], 0)[0]
    assert (told.utterances, told.read, told.called, told.found, told.seconds) == (2, 2, 0, 2, 3)
    assert told.area == pytest.approx((3 + 3 + 1) / 9)
    assert told.area_interval is not None
    assert hearings([], 0) == []


def test_only_sound_files_are_taken(tmp_path: Path) -> None:
    for name in ("b.flac", "a.wav", "read.me"):
        (tmp_path / name).write_bytes(b"x")
    assert [file.name for file in sounds_of(tmp_path)] == ["a.wav", "b.flac"]
